#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
# The page of all targets in a browser without a screen: see selftest/matrix.py.
build=${BUILD:-build}

for command in chromium python3 "$build/forkcheck" "$build/matrix-page" "$build/forkcheck-report"; do
	command -v "$command" >/dev/null || {
		echo "1..0 # SKIP $command is missing (make check-matrix)"
		exit 0
	}
done
exec python3 "$(dirname "$0")/matrix.py" "$build"
