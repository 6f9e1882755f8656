#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
# A run whose machine dies goes on in another one; the parts of its report make one report.
# shellcheck source=selftest/lib.sh
. "$(dirname "$0")/lib.sh"
here=$(dirname "$0")

# part FILE PATTERN: the report up to the line that matches
part() {
	awk -v end="$2" '{ print } $0 ~ end { exit }' "$1"
}

results() {
	grep -E '^ *(not )?ok |^ *1\.\.|Subtest' "$1"
}

set -- --announce -j 1 'bad.verdicts.fails*' bad.verdicts.passes bad.verdicts.skips '!*hangs'
"$bad" "$@" >"$scratch/whole"
part "$scratch/whole" 'begins: bad.verdicts.fails_in_vfork' >"$scratch/first"
{
	cat "$scratch/first"
	printf '# died: CRASH the machine ended\n# console: Kernel panic\n'
} >"$scratch/journal"
exits 1 'resumed' "$bad" --resume "$scratch/journal" "$@"
cat "$scratch/first" "$scratch/out" >"$scratch/both"
says 'not ok . fails_in_vfork_child # CRASH: the machine ended' 'the test that was running has crashed'
says 'console: Kernel panic' '... and the console is told'
results "$scratch/whole" | sed 's/\(fails_in_vfork_child\).*/\1 # CRASH: the machine ended/' >"$scratch/want"
results "$scratch/both" >"$scratch/got"
cmp -s "$scratch/want" "$scratch/got"
ok $? 'both parts make one report'
grep -q '^# 1 passed, 7 failed, 1 skipped; 0 broken, 0 timed out, 1 crashed' "$scratch/out"
ok $? 'the counts are of both'

# Two were running: each is run again, alone.
{
	part "$scratch/whole" 'begins: bad.verdicts.fails_in_vfork'
	printf '# begins: bad.verdicts.fails_in_raw_thread\n# died: TIMEOUT nothing was heard\n'
} >"$scratch/journal"
exits 1 'resumed with two suspects' "$bad" --resume "$scratch/journal" "$@"
says 'deaths of the machine that no single test accounts for: 1' 'neither was it'
{
	cat "$scratch/journal"
	printf '# begins: bad.verdicts.fails_in_vfork_child\n# died: TIMEOUT nothing was heard\n'
} >"$scratch/again"
exits 1 'resumed after one of them' "$bad" --resume "$scratch/again" "$@"
says 'not ok . fails_in_vfork_child # TIMEOUT nothing was heard' 'it was that one'
! grep -q 'no single test' "$scratch/out"
ok $? '... which explains both deaths'

exits 2 'a report of a run that came to its end' "$bad" --resume "$scratch/whole" "$@"
says 'no report of a run whose machine died' '... is refused'
exits 2 'no such report' "$bad" --resume /no/such/file
exits 2 'repeating' "$bad" --resume "$scratch/journal" --repeat 2
sed 's/vfork_child/other/' "$scratch/journal" >"$scratch/other"
exits 2 'a report of another suite' "$bad" --resume "$scratch/other"
says "there is no test 'bad.verdicts.fails_in_other'" '... is refused'

exits 2 'no report at all' timeout 20 "$bad" --resume /dev/zero
says 'this is no report' '... is refused at once'
awk 'BEGIN { print "# seed 1,"; for (i = 0; i < 300000; i++) print "# begins: bad.verdicts.passes"; print "# died: CRASH x" }' >"$scratch/long"
exits 0 'a long one is read fast' timeout 20 "$bad" --resume "$scratch/long" bad.verdicts.fails_in_child --expect selftest/bad.expect

# Where there is a machine to be had without the network: one that panics, one that starts again, one that hangs.
why=$("$here/../targets/run" --lacks uml)
if [ -n "$why" ] || ! "$here/../targets/fetch" --cached bookworm amd64 user-mode-linux >"$scratch/uml"; then
	skip 'a machine that dies' "${why:-user-mode-linux was not fetched yet}"
else
	EXPECT='' SILENCE=20 exits 1 'a machine that dies three times' "$here/../targets/run" uml "$bad" bad.machine
	says 'not ok 2 panics # CRASH: the machine ended' 'a panic'
	says 'console: Kernel panic - not syncing: sysrq triggered crash' '... with its text'
	says 'not ok 4 reboots # CRASH: the machine started again' 'a reboot'
	says 'not ok 5 freezes # TIMEOUT nothing was heard of the machine for 20 seconds' 'a hang'
	says '^    ok 6 last' 'the rest has run'
	says '^# 3 passed, 0 failed, 0 skipped; 0 broken, 1 timed out, 2 crashed' 'all are counted'
fi
finish
