#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
# Independent readers of the output: prove(1) of TAP, the kernel's kunit.py of KTAP.
# shellcheck source=selftest/lib.sh
. "$(dirname "$0")/lib.sh"

cat >"$scratch/suite.t" <<END
#!/bin/sh
exec "$PWD/$bad" --format tap --expect "$PWD/selftest/bad.expect"
END
chmod +x "$scratch/suite.t"
exits 0 'prove reads the TAP of passes, skips and expected failures' prove --exec '' "$scratch/suite.t"
says 'Result: PASS' '... as a pass'
sed -i 's/ --expect .*//' "$scratch/suite.t"
exits 1 'prove reads unexpected failures' prove --exec '' "$scratch/suite.t"
says 'Failed [0-9]+/[0-9]+ subtests' '... as failures'

if kernel_source "$build/kunit" '*/tools/testing/kunit' 2>"$scratch/err"; then
	kunit=$build/kunit/tools/testing/kunit/kunit.py
	"$bad" --expect selftest/bad.expect 'bad.*' '!bad.machine.*' >"$scratch/ktap"
	exits 0 'kunit.py reads the KTAP' python3 "$kunit" parse "$scratch/ktap"
	! grep -qi 'error:' "$scratch/out"
	ok $? '... without an error'
	says 'Ran [0-9]+ tests: passed: [0-9]+, skipped: 3' '... and counts the tests'
	"$bad" --repeat 2 bad.verdicts.passes bad.verdicts.skips >"$scratch/ktap"
	exits 0 'kunit.py reads repeated runs' python3 "$kunit" parse "$scratch/ktap"
	! grep -qi 'error:' "$scratch/out"
	ok $? '... without an error'
else
	skip 'kunit.py reads the KTAP' 'no kernel source at hand (apt-get install linux-source)'
fi
finish
