# SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
# QEMU's user mode: this machine's kernel, behind an emulator of system calls, for the machine that the program was
# built for. A description sets
#
#	arch        that machine
#
# and may set
#
#	emulators   SUITE ARCH PACKAGE that has them, for fetch
# Each fork copies the emulator, too.
scale=4
emulators='bookworm amd64 qemu-user-static'
deviations='qemu-user qemu-user-exec linux'

# execve(2) is the machine's below: of i386 it may have the means or not.
look_at() {
	"$1" --version >/dev/null 2>&1 ||
		deviations=$(printf %s "$deviations" | sed 's/^qemu-user qemu-user-exec /qemu-user qemu-user-foreign qemu-user-exec /')
}

# pen COMMAND...: in namespaces of its own, as far as this user may make them. The emulator makes none, and knows no
# subreapers: what tests leave behind ends with the first process, a shell, which collects it until then.
pen() {
	begin='unshare --pid --mount-proc --ipc --uts --kill-child'
	[ "$(id -u)" -eq 0 ] || begin="$begin --map-current-user"
	# shellcheck disable=SC2086 # words
	if [ "$command" = explore ]; then
		# The conductor has to be that first process.
		run_here $begin "$@"
	elif $begin true 2>/dev/null; then
		run_here $begin sh -c '"$@"; exit $?' sh "$@"
	else
		run_here "$@"
	fi
}

launch() {
	# shellcheck disable=SC2086
	place=$(get fetch $emulators)
	for emulator in "$place/usr/bin/qemu-$(machine "$1")" "$place/usr/bin/qemu-$(machine "$1")-static"; do
		[ ! -x "$emulator" ] || break
	done
	[ -x "$emulator" ] || die "$emulators has no emulator for $(machine "$1")"
	pen "$emulator" "$@"
}
