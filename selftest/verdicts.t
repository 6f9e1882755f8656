#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Tests that are wrong on purpose get the verdicts that selftest/bad.expect lists, and leave nothing behind.
. "$(dirname "$0")/lib.sh"

exits 0 'each wrong test has its verdict' "$bad" -j2 --expect selftest/bad.expect
says 'in C, a child of the test' 'a failure in a child is reported from there'
says 'in G, a descendant of the test' 'a failure in a grandchild is reported from there'
says 'in a thread of the test.s process' 'a failure in a raw thread is reported from there'
says 'wchan' 'what hung is described'
says '^ *#.*\| ok 1 forged' 'a forged result line stays a comment'
gone 'no process is left'
test -z "$(find "${TMPDIR:-/tmp}" -maxdepth 1 -name 'forkcheck.*' 2>/dev/null)"
ok $? 'no directory is left'

exits 0 'the same, one at a time' "$bad" -j1 --expect selftest/bad.expect
exits 0 'the same, without a pen' "$bad" --no-pen -j2 --expect selftest/bad.expect '!*kills_everything*'
gone 'no process is left then either'

if [ "$(id -u)" -eq 0 ] && command -v setpriv >/dev/null; then
	# The build folder need not be open to everybody.
	public=$(mktemp -d /tmp/selftest.XXXXXX)
	cp "$bad" selftest/bad.expect "$public"
	chmod -R a+rX "$public"
	exits 0 'the same as an ordinary user' setpriv --reuid 65534 --regid 65534 --clear-groups \
		--bounding-set -all --no-new-privs "$public/forkcheck-bad" -j2 --expect "$public/bad.expect"
	rm -rf "$public"
	gone 'no process is left of it'
else
	skip 'the same as an ordinary user' 'this is one'
fi

python3 - "$bad" <<'END' >"$scratch/out"
import resource, subprocess, sys
subprocess.run([sys.argv[1], "bad.verdicts.writes_without_end", "bad.verdicts.floods_with_records"],
               stdout=subprocess.DEVNULL)
kib = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
print("largest process:", kib, "KiB")
sys.exit(kib >= 10 * 1024)
END
ok $? 'the runner stays below 10 MiB whatever a test writes'
finish
