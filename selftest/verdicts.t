#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
# Tests that are wrong on purpose get the verdicts that selftest/bad.expect lists, and leave nothing behind.
# shellcheck source=selftest/lib.sh
. "$(dirname "$0")/lib.sh"
own

exits 0 'each wrong test has its verdict' "$bad" -j2 --expect selftest/bad.expect
says 'selftest/bad/verdicts.c:[0-9]+ in P, the test.s process' 'a failure is reported with its place in the source'
says 'in C, a child of the test' 'a failure in a child is reported from there'
says 'in G, a descendant of the test' 'a failure in a grandchild is reported from there'
says 'in P/thread, a thread of the test.s process' 'a failure in a raw thread is reported from there'
says 'wchan' 'what hung is described'
says '^ *#.*\| ok 1 forged' 'a forged result line stays a comment'
! grep -q "^ *ok [0-9]* forged\|^ *ok 9 x\|$(printf '\033')" "$scratch/out"
ok $? 'nothing that a test says is a line of the report, or a command for the terminal'
gone 'no process is left'

exits 0 'the same, one at a time' "$bad" -j1 --expect selftest/bad.expect
exits 0 'the same, without a pen' "$bad" --no-pen -j2 --expect selftest/bad.expect '!*kills_everything*'
gone 'no process is left then either'
test -z "$(ls -A "$TMPDIR")"
ok $? 'nor a directory'

if [ "$(id -u)" -eq 0 ] && command -v setpriv >/dev/null; then
	cp selftest/bad.expect "$scratch"
	chmod a+r "$scratch/bad.expect"
	exits 0 'the same as an ordinary user' setpriv --reuid 65534 --regid 65534 --clear-groups \
		--bounding-set -all --no-new-privs "$bad" -j2 --expect "$scratch/bad.expect"
	gone 'no process is left of it'
else
	skip 'the same as an ordinary user' 'this is one'
fi

exits 1 'what fails and then hangs' "$bad" bad.verdicts.fails_then_hangs
says 'time was up after [0-2][.]' '... is not waited for until its limit of three seconds'

exits 1 'what fails while another one waits for it' "$bad" bad.verdicts.fails_while_awaited
! grep -q 'time was up' "$scratch/out"
ok $? '... does not let that one wait'

# The largest resident size of the runner, inside the pen and out, as long as there is one to ask.
"$bad" bad.verdicts.writes_without_end bad.verdicts.floods_with_records >"$scratch/report" &
runner=$!
while kill -0 "$runner" 2>/dev/null; do
	for pid in $runner $(ps -o pid= --ppid "$runner"); do
		sed -n 's/^VmHWM:[[:space:]]*\([0-9]*\).*/\1/p' "/proc/$pid/status" 2>/dev/null
	done >>"$scratch/sizes"
	sleep 0.05
done
wait "$runner"
sort -n "$scratch/sizes" | tail -n 1 >"$scratch/out"
test "$(cat "$scratch/out")" -lt 10240 && test "$(cat "$scratch/out")" -gt 100
ok $? 'the runner stays below 10 MiB whatever a test writes'
finish
