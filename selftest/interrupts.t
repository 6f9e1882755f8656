#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
# A run that is ended from outside: by signals, a closed pipe, a full disk.
# shellcheck source=selftest/lib.sh
. "$(dirname "$0")/lib.sh"
own

# busy: whether the run has a cell in which a test is, beside the runner
busy() {
	grep -q passes "$scratch/out" && [ "$(processes "$bad" | wc -l)" -ge 3 ]
}

# interrupted SIGNAL PEN-OPTION: what a run prints that gets the signal while a test hangs.
interrupted() {
	: >"$scratch/out" # not what the last one left
	# shellcheck disable=SC2086 # an option or none
	"$bad" run $2 -j2 --timeout-scale 100 bad.verdicts.passes bad.verdicts.leaks_a_daemon bad.verdicts.hangs \
		>"$scratch/out" 2>"$scratch/err" &
	pid=$!
	soon busy
	ok $? "the processes of a run${2:+ without a pen} are seen"
	kill -s "$1" "$pid"
	status=0
	wait "$pid" || status=$?
}

# number SIGNAL
number() {
	case $1 in
	HUP) echo 1 ;;
	INT) echo 2 ;;
	TERM) echo 15 ;;
	esac
}

for pen in '' --no-pen; do
	for signal in INT TERM HUP; do
		interrupted $signal "$pen"
		test "$status" -eq $((128 + $(number $signal)))
		ok $? "SIG$signal${pen:+ without a pen}: the exit status is a shell's for it"
		says "stopped early: SIG$signal" "SIG$signal ends the run${pen:+ without a pen}, and it says so"
		says '^ok|^not ok' "SIG$signal: the report is complete"
		says 'passed, ' "SIG$signal: with its counts"
		gone "SIG$signal: no process is left"
	done
	interrupted KILL "$pen" 2>/dev/null
	gone "SIGKILL of the runner${pen:+ without a pen} leaves no process"
	test -z "$(ls -A "$TMPDIR")"
	ok $? '... and no directory'
done

env --ignore-signal=CHLD,PIPE --block-signal=CHLD,TERM "$bad" run bad.verdicts.fails >"$scratch/out" 2>"$scratch/err"
test $? -eq 1
ok $? 'a caller that ignores and blocks SIGCHLD gets the exit status'
says '0 passed, 1 failed, 0 skipped; 0 broken' '... and the verdicts'

exits 2 'a full disk is told' "$bad" --output /dev/full bad.verdicts.passes
says '/dev/full: No space left on device' '... by name'
"$bad" --until-fail bad.verdicts.passes 2>"$scratch/err" | head -n 3 >"$scratch/out"
says 'standard output: Broken pipe' 'a closed pipe ends the run and is told'
exits 2 'an output that cannot be opened' "$bad" --output /no/such/folder/file
says '/no/such/folder/file: No such file' '... is named'
finish
