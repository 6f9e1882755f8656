# SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
# Surroundings: /proc, directories and the file systems that they are on. See run.
# shellcheck shell=sh disable=SC2154

packages="$packages util-linux"

# What works with files: the other tests have none.
files='clone.exec clone.files clone.fs fork.inherit_descriptors fork.inherit_fs fork.inherit_locks fork.inherit_queues fork.system
	fork.wait_status cow namespaces.mount* namespaces.user_files scenarios vfork'
# What reads of processes in /proc.
proc='clone.pid* fork.proc* fork.trace* fork.inherit_apart fork.inherit_system namespaces.pid* namespaces.proc_ns vfork'

# having COMMANDS COMMAND...: where these commands of a shell have been executed, in a mount namespace of its own
having() {
	# shellcheck disable=SC2016 # for the inner shell
	script="exec 9<\"\$1\" && { $1; } && shift && exec /proc/self/fd/9 \"\$@\""
	shift
	unshare --mount sh -c "$script" sh "$@"
}

# ... by an ordinary user
user_having() {
	# shellcheck disable=SC2016 # for the inner shell
	script="exec 9<\"\$1\" && { $1; } && shift && exec setpriv --reuid 65534 --regid 65534 --clear-groups /proc/self/fd/9 \"\$@\""
	shift
	unshare --mount sh -c "$script" sh "$@"
}

# ---- /proc -------------------------------------------------------------------------------------------

for level in 1 2; do
	hidden="mount -t proc -o hidepid=$level proc /proc"
	surrounding -r -t "$proc" "proc_hidepid_$level" having "$hidden"
	surrounding -r -u -t "$proc" "proc_hidepid_${level}_user" user_having "$hidden"
done
surrounding -r -t "$proc" proc_of_processes having 'mount -t proc -o subset=pid proc /proc'
surrounding -r -u -t "$proc" proc_of_processes_user user_having 'mount -t proc -o subset=pid proc /proc'

# no_proc COMMAND...: the program is found by its path
no_proc() {
	# shellcheck disable=SC2016 # for the inner shell
	unshare --mount sh -c 'umount -l /proc && exec "$@"' sh "$@"
}
surrounding -r no_proc no_proc
surrounding -r -u no_proc_user no_proc setpriv --reuid 65534 --regid 65534 --clear-groups

# ---- Directories -------------------------------------------------------------------------------------

# without_pen COMMAND...: without a pen, in which /tmp would be another one
without_pen() {
	"$@" --no-pen
}

surrounding -r -t "$files" read_only_root without_pen having 'mount -o remount,ro,bind /'
surrounding -r -u -t "$files" read_only_root_user without_pen user_having 'mount -o remount,ro,bind /'
plain_tmp='mount -t tmpfs -o mode=1777,noexec,nosuid,nodev tmp /tmp'
surrounding -r -t "$files" tmp_noexec without_pen having "$plain_tmp"
surrounding -r -u -t "$files" tmp_noexec_user without_pen user_having "$plain_tmp"
full_tmp='mount -t tmpfs -o mode=1777,size=64k tmp /tmp && { head -c 65536 /dev/zero >/tmp/full || :; }'
surrounding -r -t "$files" tmp_full without_pen having "$full_tmp"
surrounding -r -u -t "$files" tmp_full_user without_pen user_having "$full_tmp"

gone='mkdir -p /tmp/gone && cd /tmp/gone && rmdir /tmp/gone'
surrounding -r -t "$files" removed_directory having "$gone"
surrounding -r -u -t "$files" removed_directory_user without_pen user_having "$gone"
closed='mkdir -m 700 /tmp/closed && cd /tmp/closed && chmod 0 .'
surrounding -r -u -t "$files" unreadable_directory without_pen user_having "mount -t tmpfs tmp /tmp && $closed"
