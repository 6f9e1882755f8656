#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
# The command line: what is wrong is named with what is allowed, and exits with 2; the subcommands.
# shellcheck source=selftest/lib.sh
. "$(dirname "$0")/lib.sh"

wrong() { # PATTERN ARG...
	pattern=$1
	shift
	exits 2 "refused: $*" "$bad" "$@"
	says "$pattern" "... and says why"
}

wrong "no test matches 'no.such'" no.such
wrong "no test matches 'spec:NO-1'" 'spec:NO-1'
wrong "unrecognized option" --no-such-option
wrong "a number from 1 to 64" -j 0
wrong "a number from 1 to 64" --jobs many
wrong "a number from 1 to 64" -j 65
exits 0 "64 jobs" "$bad" -j 64 bad.verdicts.passes
wrong "I/N is wanted" --shard 3/2
wrong "goes with --shard" --times Makefile
wrong "No such file" --shard 1/2 --times /no/such/file
wrong "bad.expect:3: .*a number of seconds are wanted" --shard 1/2 --times selftest/bad.expect
wrong "No such file" --save-times /no/such/file
wrong "a factor from" --timeout-scale 0
wrong "a release such as 6.1" --assume-kernel new
wrong "one of ktap, flat, tap, lava is wanted" --format xml
wrong "auto, always or never" --color blue
wrong "No such file" --kernel-config /no/such/file
wrong "no kernel configuration" --kernel-config /dev/null
wrong "GLOB VERDICT" --expect Makefile
wrong "/no/such/file: No such file" --expect /no/such/file
wrong "nosuch: No such file or directory, and no target has this name" --expect nosuch
wrong "leave no test" '!*'
wrong "leave no test" bad.verdicts.passes '!bad'
printf 'a FAIL\n\nb WRONG : x\nc FAIL if moon=full,sun=red : y\n' >"$scratch/expect"
wrong "expect:1: .*reason may not be missing" --expect "$scratch/expect"
says "expect:3: 'WRONG' is not a verdict" '... with all other wrong lines'
says "expect:4: 'moon=full' is not a condition" '... and conditions'
says "expect:4: 'sun=red' is not a condition" '... each of them'
wrong "neither a statement nor a test" explain NO-1
wrong "a test, a statement, or a line of the kernel such as kernel/fork.c:2300 is wanted" explain
wrong "no test 'bad.none'" debug bad.none
wrong "exclude each other" debug --strace --gdb bad.verdicts.passes
wrong "'x' is not wanted" env x

exits 0 'help' "$good" --help
test "$(wc -l <"$scratch/out")" -le 45
ok $? 'help fits a screen'
exits 0 'version' "$good" --version
exits 0 'list' "$good" list
cut -d ' ' -f 1 "$scratch/out" >"$scratch/ids"
exits 0 'list --covers' "$good" list --covers
exits 0 'list --list-features' "$good" list --list-features
exits 0 'list --json' "$good" list --json
python3 -c 'import json, sys; d = json.load(sys.stdin); assert d["statements"] and d["tests"][0]["covers"]' <"$scratch/out"
ok $? '... is JSON, of statements and tests'
exits 0 'list of a selection' "$bad" list bad.verdicts.passes
test "$(wc -l <"$scratch/out")" -eq 1
ok $? '... is of that alone'
exits 0 'env' "$good" env
says 'tests can be run here' 'env tells how much can be run'
exits 0 'explain a statement' "$good" explain FORK-001
says 'tested by fork' 'explain names the tests of a statement'
exits 0 'explain a test' "$bad" explain bad.verdicts.passes
says 'run it +forkcheck run bad.verdicts.passes' 'explain says how to run a test'
exits 0 'explain a test that fails somewhere' "$good" explain namespaces.mount_propagation.unbindable_stays.clone
says 'known +on linux: FAIL if release>=6.18,release<6.19: MNTNS-16, ' "explain tells the targets' known deviations"
printf 'bad.cases.crossed.two.back FAIL : the second door\n' >"$scratch/expect"
exits 0 'explain a test with an expectation for one case' "$bad" explain --expect "$scratch/expect" bad.cases.crossed
says '^bad.cases.crossed.two.back$' '... tells this case by itself'
says 'expected +FAIL: the second door' '... with the expectation'

exits 0 'debug of a test that passes' "$bad" debug bad.verdicts.passes
exits 1 'debug of a test that fails in a child' "$bad" debug bad.verdicts.fails_in_child
says 'in C, a child of the test' 'debug shows the record'
if command -v strace >/dev/null; then
	exits 1 'debug under strace' "$bad" debug --strace bad.verdicts.fails_in_child
	says '^\[pid +[0-9]+\] exit_group' '... shows the system calls of its processes'
	says 'bad.verdicts.fails_in_child: FAIL' '... and the verdict'
	exits 1 'debug under strace with a seed' "$bad" debug --seed 4321 --strace bad.verdicts.fails_in_child
	says 'run bad.verdicts.fails_in_child --seed 4321$' '... keeps it'
else
	skip 'debug under strace' 'no strace (apt-get install strace)'
fi
if command -v gdb >/dev/null; then
	printf 'break fails\nrun\nbacktrace\nkill inferiors 1 2\n' >"$scratch/commands"
	exits 0 'debug under gdb' "$bad" debug --gdb bad.verdicts.fails <"$scratch/commands"
	says '#0 +fails ' '... stands in the body of the test'
else
	skip 'debug under gdb' 'no gdb (apt-get install gdb)'
fi

exits 0 'exit status 0: all as expected' "$bad" bad.verdicts.passes
exits 1 'exit status 1: a failure' "$bad" bad.verdicts.fails
exits 4 'exit status 4: everything was skipped' "$bad" bad.verdicts.skips
printf 'bad.verdicts.passes FAIL : no longer\n' >"$scratch/expect"
exits 3 'exit status 3: an unexpected pass' "$bad" --expect "$scratch/expect" bad.verdicts.passes
says 'XPASS' '... is told'
printf 'bad.gone FAIL : no such test\n' >"$scratch/expect"
exits 3 'exit status 3: a stale expectation' "$bad" --expect "$scratch/expect" bad.verdicts.passes
says 'stale: .*:1: no test fits bad.gone' '... is told with its line'
printf 'bad.verdicts.hangs FAIL : it fails\n' >"$scratch/expect"
exits 1 'exit status 1: another failure than expected' "$bad" --expect "$scratch/expect" bad.verdicts.hangs
says "1 other than known" '... is told apart'

printf 'bad.verdicts.fails FAIL : known\n' >"$scratch/one"
printf 'bad.verdicts.fails CRASH : the first one counts\nbad.verdicts.hangs TIMEOUT : known too\n' >"$scratch/two"
exits 0 'several files of expectations' "$bad" --expect "$scratch/one" --expect "$scratch/two" bad.verdicts.fails bad.verdicts.hangs
says '^# 2 failures are known; 0 new' '... are all known'
exits 1 "a target's name in their place" "$bad" --expect runsc bad.verdicts.fails
exits 1 'nothing is expected' "$bad" --expect none bad.verdicts.fails
says '^#   FAIL    bad.verdicts.fails$' 'the end names what was not as expected'

# What is known of Linux's releases is there without being told.
"$good" --assume-kernel 6.18 --format flat namespaces.mount_propagation.unbindable_stays >"$scratch/out"
says '# (XPASS expected FAIL|XFAIL FAIL): MNTNS-16' "Linux's own deviations are known"
"$good" --assume-kernel 6.18 --format flat --expect none namespaces.mount_propagation.unbindable_stays >"$scratch/out"
! grep -q 'XPASS\|XFAIL' "$scratch/out"
ok $? '... unless they are turned off'

"$bad" --seed 77 bad.verdicts.fails >"$scratch/report"
again=$(sed -n 's/^ *# *again: //p' "$scratch/report")
# shellcheck disable=SC2086 # words
exits 1 'the command that runs a test again can be pasted' $again
says 'not ok 1 fails' '... and does'
says 'seed 77,' '... with the same seed'
exits 1 'another one may be said' "$bad" --again 'there it' bad.verdicts.fails
says 'again: there it run bad.verdicts.fails --seed' '... and is'
"$good" env >"$scratch/one"
(program=$(readlink -f "$good") && cd /proc && "$program" env) >"$scratch/two"
cmp "$scratch/one" "$scratch/two" >"$scratch/out"
ok $? 'env does not depend on the current directory'
"$good" --format tap >"$scratch/report"
skipped=$(grep -c '^ok .*# SKIP' "$scratch/report")
says_env=$(sed -n 's/^\([0-9]*\) of .* tests can be run here.*/\1/p' "$scratch/one")
# Some tests find out inside that they do not apply.
test $(($(wc -l <"$scratch/ids") - says_env)) -le "$skipped"
ok $? '... and counts no more as skipped than a run does'

"$bad" --shuffle=7 --format tap --expect selftest/bad.expect >"$scratch/one"
"$bad" --shuffle=7 --format tap --expect selftest/bad.expect >"$scratch/two"
test "$(grep -oE ' - bad[^ ]*' "$scratch/one")" = "$(grep -oE ' - bad[^ ]*' "$scratch/two")"
ok $? 'the same seed gives the same order'
"$bad" list >"$scratch/out"
test "$(grep -cE ' - bad' "$scratch/one")" -eq "$(wc -l <"$scratch/out")"
ok $? 'shuffling loses nothing'
exits 0 'saving times' "$bad" --save-times "$scratch/times" bad.verdicts.passes bad.cases
test "$(cut -d ' ' -f 1 "$scratch/times")" = "$("$bad" list bad.verdicts.passes bad.cases | cut -d ' ' -f 1)"
ok $? '... has a line for each test'
exits 2 'times on a full disk are told' "$bad" --save-times /dev/full bad.verdicts.passes
says '/dev/full: No space left' '... by name'
{
	echo 'bad.verdicts.hangs 3'
	"$bad" list | awk '$1 != "bad.verdicts.hangs" { print $1, 0.01 }'
} >"$scratch/times"
for shard in 1 2 3; do
	"$bad" list --shard $shard/3 --times "$scratch/times" >"$scratch/shard.$shard"
done
test "$(wc -l <"$scratch/shard.1")" -eq 1
ok $? 'a shard by times is full with one long test'
cat "$scratch"/shard.* | sort >"$scratch/one"
"$bad" list | sort | cmp - "$scratch/one" >"$scratch/out"
ok $? 'shards by times lose nothing'
exits 0 'repeating' "$bad" --repeat 3 bad.verdicts.passes
says '3 passed' '... runs it so often'
exits 0 'repeating in a flat format' "$bad" --repeat 3 --format=tap bad.verdicts.passes
says '^1[.][.]3$' '... has one plan'
test "$(grep -c '^1[.][.]' "$scratch/out")" -eq 1
ok $? '... and no other'
# Rounds of one test that wait side by side: their time limits pass at once.
exits 1 'rounds overlap' "$bad" --repeat 12 -j12 bad.verdicts.hangs
says '12 timed out.* [0-2][.][0-9]* s$' '... where there are more slots than tests'
finish
