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

# The suite's own report, by each reader: all of them count the same.
"$good" --format tap --output "$scratch/suite.tap" 2>"$scratch/err"
total=$(sed -n 's/^1[.][.]//p' "$scratch/suite.tap")
printf '#!/bin/sh\ncat "%s"\n' "$scratch/suite.tap" >"$scratch/suite.t"
prove --exec '' "$scratch/suite.t" >"$scratch/out" 2>"$scratch/err"
says "Tests=$total," "prove counts the suite's $total tests"
"$good" --output "$scratch/suite.ktap" 2>"$scratch/err"
# count NAME: one of the totals
count() {
	sed -n "s/^# Totals:.* $1:\([0-9]*\).*/\1/p" "$scratch/suite.ktap"
}
wrong=$(($(count fail) + $(count xpass) + $(count error)))
test $(($(count pass) + $(count xfail) + $(count skip) + wrong)) -eq "$total"
ok $? "the suite's own totals count each test once"
"$build/forkcheck-report" summary "$scratch/suite.ktap" >"$scratch/out" 2>&1
says "^  $(($(count pass) + $(count xpass))) passed, .* $(count skip) skipped" 'forkcheck-report counts the same'
says "^  $(count xfail) failures are known, $((wrong - $(count xpass))) are unexpected" '... and the known failures'

if kernel_source "$build/kunit" '*/tools/testing/kunit' 2>"$scratch/err"; then
	kunit=$build/kunit/tools/testing/kunit/kunit.py
	python3 "$kunit" parse "$scratch/suite.ktap" >"$scratch/out" 2>"$scratch/err"
	# A known failure is "ok" there; counts of nothing are left out.
	want="Ran $total tests: passed: $(($(count pass) + $(count xfail)))"
	[ "$wrong" -eq 0 ] || want="$want, failed: $wrong"
	says "$want, skipped: $(count skip)\$" "kunit.py counts the suite's tests"
	! grep -qi 'error:\|errors:' "$scratch/out"
	ok $? '... without an error'
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
