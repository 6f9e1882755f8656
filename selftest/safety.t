#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
# No run hurts a process that is not its own: a canary of the same user lives through all of them, where no pen can be made.
# shellcheck source=selftest/lib.sh
. "$(dirname "$0")/lib.sh"

# Everything happens in a PID namespace, so that the canary is the only one who could be hurt; and in a user namespace,
# where the last one to be made can be refused.
cat >"$scratch/cage" <<'END'
#!/bin/sh
# cage ID BAD ARGUMENT...: runs BAD where it can make no pen, beside a canary; says whether that lives.
outside=$1
shift
if [ "$(readlink /proc/self/ns/user)" = "$outside" ] || ! echo 0 >/proc/sys/user/max_user_namespaces; then
	echo "no cage"
	exit 99
fi
sleep 1000 &
canary=$!
setpriv --bounding-set=-all --inh-caps=-all --no-new-privs "$@"
echo "status $?"
kill -0 $canary && ! grep -q '^State:.*Z' /proc/$canary/status && echo "the canary lives"
END
chmod 755 "$scratch/cage"

caged() {
	unshare -Urpfi --mount-proc --kill-child "$scratch/cage" "$(readlink /proc/self/ns/user)" "$bad" "$@" \
		>"$scratch/out" 2>"$scratch/err"
}

# lives NAME: it is told that the test was refused, and the canary lives.
lives() {
	says "\[surroundings pen\] missing, and the test may hit every process of its user" "$1: refused, with the reason"
	says '^the canary lives$' '... and the canary lives'
}

caged bad.verdicts.passes
if ! grep -q '^status 0' "$scratch/out"; then
	skip 'no pen, no kill' "no cage can be made: $(cat "$scratch/out" "$scratch/err")"
	finish
	exit
fi
says '^# no pen: ' 'there is no pen in the cage'
deadly=bad.verdicts.kills_everything
caged $deadly
lives 'a run'
says '^status 4$' '... with nothing but a skip'
caged --no-pen --repeat 2 -j2 $deadly bad.verdicts.passes
lives 'repeated'
caged --gtest_filter=$deadly
lives "GoogleTest's way"
caged debug $deadly
lives 'debug'
caged --format tap --expect selftest/bad.expect -j2 '!*hangs' '!*without_end'
lives 'all that are wrong'
says '^status 0$' '... with their verdicts'

if [ "$(id -u)" -eq 0 ]; then
	# The signal of user 0 would reach all that this PID namespace has.
	cat >"$scratch/rootcage" <<-'END'
		#!/bin/sh
		sleep 1000 &
		canary=$!
		"$@" 2>&1
		kill -0 $canary && ! grep -q '^State:.*Z' /proc/$canary/status && echo "the canary lives"
	END
	chmod 755 "$scratch/rootcage"
	unshare -pfi --mount-proc --kill-child "$scratch/rootcage" "$bad" --no-pen 'bad.verdicts.kills_everything*' \
		>"$scratch/out" 2>"$scratch/err"
	says 'may hit every process$' 'root without a pen: refused'
	lives '... both'
else
	skip 'root without a pen' 'not root'
fi

# What not even SIGKILL ends: a process that waits for a filesystem which does not answer.
stuck=$build/forkcheck-stuck
# shellcheck disable=SC2016 # the inner shell's
abort_connections() {
	sed -n 's/.*| connection \([0-9]*\)$/\1/p' "$scratch/report" | unshare -m sh -c '
		mount -t fusectl none /sys/fs/fuse/connections || exit
		while read -r number; do echo 1 >/sys/fs/fuse/connections/$number/abort; done' 2>"$scratch/err"
}
if [ "$(id -u)" -eq 0 ] && [ -w /dev/fuse ] && grep -q fusectl /proc/filesystems; then
	trap 'abort_connections; rm -rf "$scratch"' EXIT
	timeout 120 "$stuck" --timeout-scale 0.2 -j1 >"$scratch/report" 2>"$scratch/messages"
	status=$?
	cat "$scratch/report" "$scratch/messages" >"$scratch/out"
	test $status -eq 1
	ok $? 'a run with processes that SIGKILL does not end comes to its end'
	says 'not ok 1 waits_for_it # TIMEOUT after .*; not even SIGKILL ends it' '... such a test is a TIMEOUT'
	says 'could not be killed, and is given up:' '... it says what is given up'
	says 'state D, wchan [a-z_]+, system call [0-9]+, stack [a-z_]+ ' '... where in the kernel that is'
	says 'not ok 2 leaves_it # (TIMEOUT|LEAK)' 'one that has left such a process is no PASS'
	says '^ *ok 3 neighbour' 'the next test finds clean ground'
	says '^# still alive, of stuck.fuse.waits_for_it: pid' 'the end of the report says what still lives'
	says 'the run is over, but process [0-9]+ can.t end' '... and so does the process outside the pen'
	abort_connections
	gone 'an answer, and all of it is gone' "$stuck"
else
	skip 'what SIGKILL does not end' 'this takes root and FUSE'
fi

# Kernels with such faults have been seen: a test hangs there, and the run does not.
sabotaged=$build/forkcheck-sabotaged
if [ -x "$sabotaged" ]; then
	export FORKCHECK_FAULT=vfork.never_released
	exits 1 'a caller of vfork that is never released' \
		timeout 60 "$sabotaged" --timeout-scale 0.1 vfork.memory fork.return_values.child_gets_zero.libc
	says 'not ok . [a-z_]+.* # TIMEOUT' '... is a test that times out'
	says '^ *ok . libc' '... and the run goes on'
	export FORKCHECK_FAULT=kill.ignored_by_init
	exits 1 'an init that ignores SIGKILL' \
		timeout 60 "$sabotaged" --timeout-scale 0.1 spec:PIDNS-14 fork.return_values.child_gets_zero.libc
	says 'not ok . .*# TIMEOUT' '... is a test that times out'
	says '^ *ok . libc' '... and the run goes on'
	unset FORKCHECK_FAULT
else
	skip 'faults that hang tests' "there is no $sabotaged"
fi

"$bad" list $deadly >"$scratch/out"
says 'in a pen only' 'the list shows which tests these are'
"$bad" list --json >"$scratch/out"
says '"reaches": "every process of its user"' '... and so does the catalogue'
finish
