#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
# Expectations don't lie: what is false fails, the failure tells what happened, and what is no integer does not compile.
# shellcheck source=selftest/lib.sh
. "$(dirname "$0")/lib.sh"

# told TEST LINE NAME: the test fails, and its report has this line.
told() {
	exits 1 "$3" "$bad" --output "$scratch/report" "bad.expectations.$1"
	grep -qE "^ *# *$2\$" "$scratch/report"
	ok $? '... and tells it'
}
told unsigned_is_not_negative 'got   9223372036854775808 \(0x8000000000000000\)' '2^63 is not below 1'
told negative_is_not_unsigned 'got   -1 \(-EPERM\)' '-1 is not 2^64 - 1'
told negative_is_less 'want  >= 1ULL, which is 1' '-1 is below 1, also if that has no sign'
told library_call 'got   ENOENT' 'a call of the C library that fails'
told result_of_library_call 'got   ENOENT' 'its result'
told wrong_value_of_library_call 'got   success \(1\)' 'a wrong value'
told in_a_loop 'i with i = 2' 'one time round a loop of three'
told with_a_name 'rows\[i\].value < 2 with second' 'one row of a table'
told children_in_a_loop 'status of child with i = 1' 'one child of two'

# compiles STATUS SNIPPET NAME
compiles() {
	printf '#include "forkcheck.h"\nTEST(snippet)\n{\n\t%s\n}\n' "$2" >"$scratch/snippet.c"
	exits "$1" "$3" "${CC:-gcc}" -std=gnu11 -Wall -Wextra -Werror -Iharness -Icommon -fsyntax-only "$scratch/snippet.c"
}
compiles 0 'EXPECT_EQ(1, 1); EXPECT_GT(2ULL, -1, "text"); EXPECT_TRUE(&errno != NULL, 3); EXPECT_OK(0L);' 'integers compile'
compiles 1 'EXPECT_EQ(0.5, 0);' 'a fraction does not'
says 'is not an integer' '... and the message says why'
compiles 1 'EXPECT_LT(0, 0.5);' '... nor one that is wanted'
compiles 1 'EXPECT_EQ((void *)0, 0);' 'a pointer does not'
compiles 1 'EXPECT_EQ("a", "a");' 'a text does not'
compiles 1 'EXPECT_OK(0.5);' 'nor a fraction as the result of a call'
compiles 1 'EXPECT_RETURNS(0.5, 0);' '... of the C library'
compiles 1 'EXPECT_ERRNO(-1.0, EPERM);' '... that is to fail'
finish
