# SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
# QEMU's user mode: this machine's kernel, behind an emulator of system calls, for the machine that the program was
# built for. A description sets
#
#	arch        that machine
#
# and may set
#
#	emulators   SUITE ARCH PACKAGE that has them, for fetch
emulators='bookworm amd64 qemu-user-static'
scale=2
deviations=qemu-user

launch() {
	# shellcheck disable=SC2086
	place=$(get fetch $emulators)
	for emulator in "$place/usr/bin/qemu-$(machine "$1")" "$place/usr/bin/qemu-$(machine "$1")-static"; do
		[ ! -x "$emulator" ] || break
	done
	[ -x "$emulator" ] || die "$emulators has no emulator for $(machine "$1")"
	run_here "$emulator" "$@"
}
