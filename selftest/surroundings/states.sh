# SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
# Surroundings: what the program inherits of its caller. See run.
# shellcheck shell=sh disable=SC2154

packages="$packages util-linux python3"

# ---- Scheduling --------------------------------------------------------------------------------------

surrounding nice nice -n 19 chrt --batch 0
surrounding idle chrt --idle 0 ionice -c 3 taskset --cpu-list 0
surrounding -r real_time chrt --fifo 10

# ---- Signals, processes ------------------------------------------------------------------------------

# in_state STATE... -- COMMAND...
in_state() {
	"$here/state.py" "$@"
}

surrounding signals_ignored in_state ignored descriptors --
surrounding signals_blocked in_state timers pending slack small_pages --
surrounding subreaper in_state below_subreaper parent_death --

# ---- Credentials -------------------------------------------------------------------------------------

surrounding -r -u ambient_capabilities setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps=+kill,+sys_admin \
	--ambient-caps=+kill,+sys_admin

# unreadable_program PREFIX... PROGRAM ARG...
unreadable_program() {
	chmod 711 "$program"
	status=0
	"$@" || status=$?
	chmod 755 "$program"
	return "$status"
}

# A root whose programs get nothing, for good.
surrounding -r no_root setpriv --bounding-set=-all --inh-caps=-all --securebits=+noroot_locked,+noroot,+no_setuid_fixup,+no_setuid_fixup_locked
# The program may be executed, not read: so its process is not dumpable.
surrounding -r -u unreadable_program unreadable_program setpriv --reuid 65534 --regid 65534 --clear-groups
surrounding landlock in_state landlock --

# ---- Memory, names -----------------------------------------------------------------------------------

surrounding fixed_addresses setarch --addr-no-randomize --read-implies-exec
surrounding legacy_layout setarch --addr-compat-layout

# narrow COMMAND...: with a umask that allows nothing, odd names for time and language, and an environment of 1 MiB
narrow() {
	long=$(head -c 130000 /dev/zero | tr '\0' x)
	(
		umask 777
		TZ=:No/Where LC_ALL=tr_TR.UTF-8 a=$long b=$long c=$long d=$long e=$long f=$long g=$long h=$long exec "$@"
	)
}

surrounding narrow narrow
# shellcheck disable=SC2016 # for the inner shell
surrounding -r long_hostname unshare --uts sh -c 'hostname "$(printf %064d 0)" && exec "$@"' sh

# ---- Descriptors -------------------------------------------------------------------------------------

# closed DESCRIPTORS COMMAND...: of 0, 1, 2; the report goes to a file
closed() {
	descriptors=$1 report=$tmp/closed
	shift
	(
		for fd in $descriptors; do
			eval "exec $fd>&-"
		done
		exec "$@" --output "$report"
	)
	status=$?
	cat "$report"
	return "$status"
}

for set in '0' '1' '2' '0 1' '0 2' '1 2' '0 1 2'; do
	surrounding -t 'fork.many fork.system fork.inherit_descriptors clone.files' "closed_$(echo "$set" | tr ' ' _)" closed "$set"
done
