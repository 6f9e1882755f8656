#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
# forkcheck in a real kernel's tree, by Debian's package linux-source: built, run and installed by kselftest's own tools, its
# results read by others, and its configuration merged into one that has nothing.
# shellcheck source=selftest/lib.sh
. "$(dirname "$0")/../selftest/lib.sh"

tree=$(readlink -f "$build")/linux
selftests=$tree/tools/testing/selftests

# What building selftests, configuring and reading results takes of the tree.
kernel_source "$tree" --exclude='*/dts/*' '*/Kconfig*' '*/Makefile' '*/Kbuild' '*/scripts/*' '*/include/*' '*/arch/*' \
	'*/tools/testing/kunit/*' '*/tools/testing/selftests/*' || {
	echo '1..0 # SKIP no kernel source at hand (apt-get install linux-source)'
	exit 0
}
jobs=$(nproc)

kselftest() {
	make -j "$jobs" -C "$selftests" TARGETS=forkcheck "$@"
}

# merged BASE: the options that the configuration asks for and does not get, and the tests that are skipped for it
merged() {
	(cd "$tree" && make -s "$1" && scripts/kconfig/merge_config.sh -m .config "$selftests"/forkcheck/config* &&
		make -s olddefconfig) >"$scratch/merge" 2>&1
	sed -n '/^CONFIG_/p' "$selftests/forkcheck/config" | grep -vxFf "$tree/.config" >"$scratch/out"
	"$good" env --kernel-config "$tree/.config" >"$scratch/env"
	grep 'skipped: .*CONFIG_.* is off' "$scratch/env" >>"$scratch/out"
	[ ! -s "$scratch/out" ] && [ -s "$scratch/env" ]
}

exits 0 'the kernel makes its headers' make -s -j "$jobs" -C "$tree" headers
exits 0 'make kselftest exports' kselftest/export "$build" "$selftests"
exits 0 'kselftest builds it' kselftest
exits 0 '... and runs it: run_tests' kselftest run_tests
cp "$scratch/out" "$scratch/tap"
"$good" list | cut -d ' ' -f 1 >"$scratch/ids"
exits 0 'a reader of commented KTAP finds each test once' kselftest/read-tap "$scratch/tap" "$scratch/ids"
exits 0 'kunit.py reads the programs' python3 "$tree/tools/testing/kunit/kunit.py" parse "$scratch/tap"
says "Ran $(wc -l <"$selftests/forkcheck/programs") tests: passed: [0-9]+(, skipped: [0-9]+)?$" '... and none failed'
! grep -q 'error:' "$scratch/out"
ok $? '... without an error'

rm -rf "$scratch/installed"
exits 0 'kselftest installs it' kselftest install INSTALL_PATH="$scratch/installed"
exits 0 'run_kselftest.sh -l' "$scratch/installed/run_kselftest.sh" -l
test "$(sed 's/forkcheck://' "$scratch/out" | sort)" = "$(sort "$selftests/forkcheck/programs")"
ok $? '... lists the programs'
exits 0 'run_kselftest.sh -t' "$scratch/installed/run_kselftest.sh" -t forkcheck:vfork_memory
says '^ok 1 selftests: forkcheck: vfork_memory$' '... runs one'
# The runner's own limit, which "settings" lifts for emulated machines.
echo timeout=45 >"$scratch/installed/forkcheck/settings"
exits 0 'run_kselftest.sh -c' "$scratch/installed/run_kselftest.sh" -c forkcheck
says '^ok [0-9]+ selftests: forkcheck: namespaces_user$' '... runs all'
! grep '^not ok' "$scratch/out" >"$scratch/err"
ok $? '... each within 45 seconds'

merged allnoconfig
ok $? 'in a configuration of nothing but "config" nothing is skipped for configuration'
merged defconfig
ok $? '... nor in the default one with it'
rm -f "$selftests/forkcheck/forkcheck"
exits 4 'what was not built is skipped' "$selftests/forkcheck/clone_files"
finish
