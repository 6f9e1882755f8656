# SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
# Surroundings: where in the system the program is, containers and namespaces. See run.
# shellcheck shell=sh disable=SC2154 # $tmp and $here are set by run

packages="$packages util-linux runc golang-github-containers-common bubblewrap systemd-container strace gdb python3"

# ---- Directories -------------------------------------------------------------------------------------

# new_root PROGRAM: makes $tmp/root with nothing in it but the program
new_root() {
	mkdir -p "$tmp/root/proc" "$tmp/root/tmp" "$tmp/root/dev"
	chmod 1777 "$tmp/root/tmp"
	cp "$1" "$tmp/root/forkcheck"
}

# in_chroot UID COMMAND...: with nothing but /proc
in_chroot() {
	new_root "$2"
	# shellcheck disable=SC2016 # for the inner shell
	unshare --mount sh -c 'mount -t proc proc "$1/proc" && root=$1 uid=$2 && shift 3 &&
		exec chroot --userspec="$uid:$uid" "$root" /forkcheck "$@"' sh "$tmp/root" "$@"
}

# in_full_chroot UID COMMAND...: with all that the machine has, as administrators make it
in_full_chroot() {
	mkdir -p "$tmp/full"
	# shellcheck disable=SC2016 # for the inner shell, which stays, as what is outside
	unshare --mount --pid --mount-proc --fork --kill-child sh -c \
		'mount --rbind / "$1" && root=$1 uid=$2 && shift 2 && chroot --userspec="$uid:$uid" "$root" "$@"; exit $?' sh "$tmp/full" "$@"
}

surrounding -r chroot in_chroot 0
surrounding -r -u chroot_user in_chroot 65534
surrounding -r chroot_full in_full_chroot 0
surrounding -r -u chroot_full_user in_full_chroot 65534

# ---- User namespaces ---------------------------------------------------------------------------------

# nested DEPTH COMMAND...: root of so many user namespaces, one in another
nested() {
	depth=$1
	shift
	while [ "$depth" -gt 0 ]; do
		set -- unshare --user --map-root-user "$@"
		depth=$((depth - 1))
	done
	"$@"
}

# without_more TYPE COMMAND...: root of a user namespace in which no namespace of this type may be made
without_more() {
	file=/proc/sys/user/max_$1_namespaces
	shift
	# shellcheck disable=SC2016 # for the inner shell
	unshare --user --map-root-user sh -c 'echo 0 >"$0" && exec "$@"' "$file" "$@"
}

surrounding userns nested 1
surrounding userns_4_deep nested 4
for type in cgroup ipc mnt net pid time user uts; do
	surrounding "no_more_${type}_ns" without_more "$type"
done

# ---- Containers --------------------------------------------------------------------------------------

# in_runc PROFILE CAPABILITIES UID COMMAND...: a container as engines make them
in_runc() {
	command -v runc >/dev/null || unable 'no runc'
	new_root "$4"
	mkdir -p "$tmp/bundle"
	profile=$1 caps=$2 uid=$3
	shift 4
	(
		cd "$tmp/bundle" || exit
		rm -f config.json
		runc spec
		"$here/bundle.py" "$tmp/root" "$profile" "$caps" "$uid" /forkcheck "$@" <config.json >ours.json
		mv ours.json config.json
	)
	runc --root "$tmp/runc" run -b "$tmp/bundle" "forkcheck-$$"
}

# What containers.conf(5) names.
in_podman() {
	profile=/usr/share/containers/seccomp.json
	[ -e "$profile" ] || unable "no $profile"
	in_runc "$profile" 'CHOWN DAC_OVERRIDE FOWNER FSETID KILL NET_BIND_SERVICE SETFCAP SETGID SETPCAP SETUID SYS_CHROOT' "$@"
}

surrounding -r runc_podman in_podman 0
surrounding -r -u runc_podman_user in_podman 65534

# Debian's package of that file is for builds and takes many others along: so it is fetched, not installed.
in_docker() {
	package=$("$here/../../targets/fetch" bookworm amd64 golang-github-docker-docker-dev 2>"$tmp/fetch") ||
		unable "$(tail -n 1 "$tmp/fetch")"
	in_runc "$package/usr/share/gocode/src/github.com/docker/docker/profiles/seccomp/default.json" \
		'AUDIT_WRITE CHOWN DAC_OVERRIDE FOWNER FSETID KILL MKNOD NET_BIND_SERVICE NET_RAW SETFCAP SETGID SETPCAP SETUID SYS_CHROOT' \
		"$@"
}

surrounding -r runc_docker in_docker 0
surrounding -r -u runc_docker_user in_docker 65534

# in_bwrap COMMAND...: all of the machine read-only, as Flatpak has it
in_bwrap() {
	command -v bwrap >/dev/null || unable 'no bwrap'
	fc=$1
	shift
	bwrap --unshare-all --ro-bind / / --proc /proc --dev /dev --tmpfs /tmp --ro-bind "$fc" /tmp/forkcheck /tmp/forkcheck "$@"
}

# in_nspawn COMMAND...
in_nspawn() {
	command -v systemd-nspawn >/dev/null || unable 'no systemd-nspawn'
	new_root "$1"
	shift
	mkdir -p "$tmp/root/usr" "$tmp/root/etc"
	: >"$tmp/root/etc/os-release"
	systemd-nspawn -q --console=pipe -D "$tmp/root" --register=no --keep-unit /forkcheck "$@"
}

surrounding bwrap in_bwrap
surrounding -r nspawn in_nspawn

# ---- Below others ------------------------------------------------------------------------------------

surrounding no_new_privs setpriv --no-new-privs

# in_strace COMMAND...: with all that it makes
in_strace() {
	command -v strace >/dev/null || unable 'no strace'
	strace -f -qq -o /dev/null "$@"
}

# in_gdb COMMAND...: the runner itself; its children are let go
in_gdb() {
	command -v gdb >/dev/null || unable 'no gdb'
	report=$tmp/gdb
	gdb -batch -nx -ex run --args "$@" --output "$report" >/dev/null
	cat "$report"
}

surrounding strace in_strace
surrounding gdb in_gdb

# ---- Clocks, sessions, numbers -----------------------------------------------------------------------

# in_terminal COMMAND...: with a terminal of its own
in_terminal() {
	program=$1 out=$tmp/terminal
	shift
	script -q -e -c "$program $* --output $out" /dev/null >/dev/null
	cat "$out"
}

# apart COMMAND...: in a time namespace with offsets
apart() {
	# shellcheck disable=SC2016 # for the inner shell
	unshare --user --map-current-user --time --boottime 100000 --monotonic 200000 "$@"
}
surrounding time_offsets apart
surrounding session setsid -w
surrounding terminal in_terminal
surrounding first_process unshare --user --map-current-user --pid --mount-proc --fork --kill-child
