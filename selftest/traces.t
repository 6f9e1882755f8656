#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
# No run leaves anything on the machine: what is hostile, and what is killed. selftest/traces looks.
# shellcheck source=selftest/lib.sh
. "$(dirname "$0")/lib.sh"
traces=$(dirname "$0")/traces
# The directory for runs without a pen, where it looks.
unset TMPDIR

if ! "$traces" true >"$scratch/out" 2>"$scratch/err"; then
	skip 'what runs leave' "it can't be observed: $(tail -n 1 "$scratch/err")"
	finish
	exit
fi
exits 1 'what a command leaves is seen' env WAIT=1 "$traces" sh -c 'ipcmk -S 1; touch /dev/shm/file; sleep 1000 &'
says '^[+] System V sem ' '... an object'
says '^[+] file /dev/shm/file' '... a file'
says '^[+] process .*sleep' '... a process'

# hostile NAME ARGUMENT...: the tests that attack, beside each other
hostile() {
	name=$1
	shift
	exits 0 "$name leaves nothing" "$traces" "$bad" --expect selftest/bad.expect -j2 "$@" bad.hostile bad.held bad.ground bad.left bad.outside
	says '^exit status 0$' '... and each test has its verdict'
}
hostile 'what is hostile' --shuffle
hostile '... without a pen' --shuffle --no-pen

# killed SIGNAL ARGUMENT...: a run that is hit while its tests hold all that they can
# shellcheck disable=SC2016 # the inner shell's
killed() {
	signal=$1
	shift
	exits 0 "SIG$signal of '$*' leaves nothing" "$traces" sh -c '
		signal=$1
		shift
		"$@" >/tmp/out 2>&1 &
		# Neither may the commands that look take long, nor be what is looked for.
		tries=0
		until [ "$(wc -l </proc/sysvipc/sem)" -gt 1 ] || [ $tries -ge 10 ]; do
			sleep 0.1
			tries=$((tries + 1))
		done
		kill -s "$signal" $!
		wait
		rm /tmp/out' sh "$signal" "$bad" "$@"
}
for signal in KILL TERM; do
	for how in run '--repeat 5' --gtest_filter=bad.left.holds_all*; do
		# shellcheck disable=SC2086 # options
		killed "$signal" $how --timeout-scale 100 bad.left.holds_all*
		# shellcheck disable=SC2086
		killed "$signal" $how --timeout-scale 100 --no-pen bad.left.holds_all*
	done
	killed "$signal" debug bad.left.holds_all
done
finish
