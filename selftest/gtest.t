#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
# forkcheck as a program of GoogleTest's: list, filter, shards, output, exit status; the XML held against its schema.
# shellcheck source=selftest/lib.sh
. "$(dirname "$0")/lib.sh"

# valid NAME: the XML file that was written has the form.
valid() {
	xmllint --noout --schema selftest/gtest.xsd "$scratch/xml" >"$scratch/out" 2>"$scratch/err"
	ok $? "$1"
}

# finds XPATH WANT NAME
finds() {
	got=$(xmllint --xpath "$1" "$scratch/xml" 2>&1)
	[ "$got" = "$2" ] || note "$1: $got, wanted $2"
	test "$got" = "$2"
	ok $? "$3"
}

# chosen FILTER: how many tests it lets through
chosen() {
	"$bad" --gtest_list_tests --gtest_filter="$1" | grep -c '^  '
}

exits 0 'it lists' "$good" --gtest_list_tests
awk '/^[^ ].*\.$/ { suite = $1; next } /^  [^ ]+$/ { print suite $1; next } { exit 1 }' "$scratch/out" >"$scratch/ids" &&
	"$good" list | cut -d ' ' -f 1 | cmp - "$scratch/ids"
ok $? '... suites and tests that together are all ids'

while read -r filter count; do
	test "$(chosen "$filter")" -eq "$count"
	ok $? "the filter '$filter' lets $count through"
done <<'END'
bad.verdicts.passes 1
bad.verdicts.passes:bad.verdicts.fails 2
bad.verdicts.fails_in_?h* 1
bad.verdicts.fails*-*_child:*_thread 6
none.such 0
END
all=$("$bad" list | wc -l)
test "$(chosen '-')" -eq "$all" && test "$(chosen '-bad.verdicts.passes')" -eq $((all - 1))
ok $? 'a filter that only takes away'

GTEST_TOTAL_SHARDS=2 GTEST_SHARD_INDEX=0 "$bad" --gtest_list_tests >"$scratch/one"
GTEST_TOTAL_SHARDS=2 GTEST_SHARD_INDEX=1 GTEST_SHARD_STATUS_FILE=$scratch/touched "$bad" --gtest_list_tests >"$scratch/two"
test "$(cat "$scratch/one" "$scratch/two" | grep -c '^  ')" -eq "$all" && test -e "$scratch/touched"
ok $? 'the shards of the environment are a partition, and are told to be known'

exits 0 'exit status 0: it passes' "$bad" --gtest_filter=bad.verdicts.passes
says '^\[ RUN      \] bad.verdicts.passes$' 'the test begins'
says '^\[       OK \] bad.verdicts.passes \([0-9]+ ms\)$' '... and passes'
says '^\[  PASSED  \] 1 test\.$' '... and is counted'
exits 0 'exit status 0: all is skipped' "$bad" --gtest_filter=bad.verdicts.skips
says '^\[  SKIPPED \] bad.verdicts.skips' 'a skip is told'
exits 0 'exit status 0: nothing is chosen' "$bad" --gtest_filter=none.such
exits 1 'exit status 1: it fails' "$bad" --gtest_filter=bad.verdicts.fails --gtest_brief=1
says '^\[  FAILED  \] bad.verdicts.fails \(' 'a failure is told'
says '^ 1 FAILED TEST$' '... and counted'
exits 2 'an option that is not known' "$bad" --gtest_fast
says "of GoogleTest's options list_tests" '... is refused with those that are'
exits 2 'a file that cannot be made' "$bad" --gtest_output=xml:/no/such/file
exits 2 'a full disk' "$bad" --gtest_output=xml:/dev/full --gtest_filter=bad.verdicts.passes
says '/dev/full: No space left' '... is told by name'

if command -v xmllint >/dev/null; then
	exits 1 'XML of all that can go wrong' "$bad" --gtest_output="xml:$scratch/xml" --gtest_filter='-*hangs*'
	valid '... is valid'
	finds 'count(//testcase)' $((all - $("$bad" list | grep -c hangs))) '... has a case for each test'
	finds 'count(//testcase[@name="fails"]/failure)' 1 '... has the failures'
	finds 'count(//testcase[@name="skips"]/skipped)' 1 '... and the skips'
	finds 'string(//testsuites/@failures)' "$(xmllint --xpath 'count(//testcase[failure])' "$scratch/xml")" \
		'... and counts them'
	exits 0 'XML with expectations' "$bad" --gtest_output="xml:$scratch/xml" --expect selftest/bad.expect -j2 --timeout-scale 0.2
	valid '... is valid'
	XML_OUTPUT_FILE=$scratch/xml TESTBRIDGE_TEST_ONLY=bad.verdicts.passes exits 0 'the variables of Bazel alone' "$bad"
	valid '... make a valid file'
	finds 'string(//testsuites/@tests)' 1 '... of the tests that they name'
	exits 0 'XML of a list' "$bad" --gtest_list_tests --gtest_output="xml:$scratch/xml"
	valid '... is valid'
else
	skip 'the XML has the form' 'no xmllint (apt-get install libxml2-utils)'
fi

"$bad" --gtest_output="json:$scratch/json" --gtest_filter='-*hangs*' >"$scratch/out" 2>"$scratch/err"
python3 - "$scratch/json" >"$scratch/out" 2>&1 <<'END'
import json, sys
root = json.load(open(sys.argv[1]))
cases = [case for suite in root["testsuites"] for case in suite["testsuite"]]
assert root["tests"] == len(cases) > 0
assert root["failures"] == sum("failures" in case for case in cases) > 0
assert all(case["classname"] and case["result"] in ("COMPLETED", "SKIPPED") for case in cases)
END
ok $? 'JSON says the same'
finish
