# SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
# User-mode Linux: a kernel that is a process of this machine. A description sets
#
#	suite       the release of Debian whose user-mode-linux it is; or
#	built       a kernel that build-kernel has built
#
# From the environment: UML (another kernel), MEM (512M), APPEND (more parameters for the kernel).
packages='cpio python3'
# Each system call and page fault is several switches between processes of the machine below.
scale=4
deviations='uml linux'
expect_inside=/expect
sees_terminal=no

missing() {
	need cpio cpio
	[ -z "${built-}" ] || [ -n "${UML-}" ] || "$here/build-kernel" --cached "$built" >/dev/null 2>&1 ||
		echo "its kernel is not built: make debug-kernel"
}

launch() {
	kernel=${UML:-}
	if [ -z "$kernel" ] && [ -n "${built-}" ]; then
		place=$(get build-kernel --cached "$built")
		kernel=$place/kernel
	elif [ -z "$kernel" ]; then
		place=$(get fetch "$suite" amd64 user-mode-linux)
		kernel=$place/usr/bin/linux.uml
	fi
	[ -x "$kernel" ] || die "UML=$kernel: no such program"
	for_machine "$1" "$(machine "$kernel")"
	"$kernel" --showconfig >"$tmp/config"
	run_machine "$@"
}

# The machine keeps its memory in a file of TMPDIR. Without root= it appends one to the arguments for init.
power_on() {
	initramfs "$tmp/initrd" "$1" "$tmp/config" 4 1
	shift
	arguments=$(init_arguments $((3500 - $(printf %s "${APPEND-}" | wc -c))) "$tmp/config" "$@")
	# shellcheck disable=SC2086 # words
	boot env TMPDIR="$tmp" "$kernel" mem="${MEM:-512M}" umid=forkcheck uml_dir="$tmp/uml/" \
		initrd="$tmp/initrd" root=/dev/ram0 con=null con0=null,fd:1 con1=null,fd:3 console=tty0 panic=-1 ${APPEND-} \
		"$arguments"
}
