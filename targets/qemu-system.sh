# SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
# Whole machines that QEMU emulates. A description sets
#
#	machine     x86_64, aarch64 or riscv64
#	kernel      SUITE ARCH FLAVOUR of a kernel of Debian, for fetch-kernel; or
#	built       a kernel that build-kernel has built; without both: the file KERNEL
#	version     of that kernel
#
# From the environment: KERNEL, KERNEL_CONFIG, MEM (MB), SMP, APPEND (more parameters for the kernel).
case $machine in
x86_64) packages='qemu-system-x86 cpio python3' ;;
aarch64) packages='qemu-system-arm cpio python3' ;;
riscv64) packages='qemu-system-misc cpio python3' ;;
esac
scale=4
deviations=linux
expect_inside=/expect
sees_terminal=no

missing() {
	need "qemu-system-$machine" "${packages%% *}"
	need cpio cpio
	if [ -n "${built-}" ]; then
		"$here/build-kernel" --cached "$built" >/dev/null 2>&1 ||
			echo "its kernel is not built: make debug-kernel DEBUG_KERNELS=$built"
		return
	fi
	[ -n "${kernel-}" ] || [ -f "${KERNEL-}" ] || echo "set KERNEL to a kernel for $machine"
}

# Sets $image and $config, which may be empty.
get_kernel() {
	if [ -n "${built-}" ]; then
		place=$(get build-kernel --cached "$built")
		image=$place/kernel config=$place/config
		return
	fi
	if [ -z "${kernel-}" ]; then
		image=$KERNEL config=${KERNEL_CONFIG-}
		[ -z "$config" ] || [ -f "$config" ] || die "KERNEL_CONFIG=$config: no such file"
		return
	fi
	# shellcheck disable=SC2086
	place=$(get fetch-kernel $kernel)
	image=$place/kernel config=$place/config
	[ -f "$config" ] || config=''
	case $(cat "$place/release") in
	"$version".*) ;;
	*) die "Debian's ${kernel%% *} has Linux $(cat "$place/release") by now" ;;
	esac
}

launch() {
	case $machine in
	x86_64) for_machine "$1" x86_64 i386 ;;
	aarch64) for_machine "$1" aarch64 arm ;;
	riscv64) for_machine "$1" riscv64 ;;
	esac
	get_kernel
	run_machine "$@"
}

# A machine's first serial line is its kernel's console, the second one its init's terminal.
#
# Linux on x86 puts int3 over what it is about to patch in its own code. With a thread for each processor in QEMU it dies of such
# an int3 (docs/findings.md).
power_on() {
	threads=multi
	case $machine in
	x86_64)
		hardware='-machine q35,usb=off -cpu max -device isa-serial,chardev=console -device isa-serial,chardev=report'
		serial=ttyS0 major=4 minor=65 size=1900
		threads=single
		;;
	aarch64)
		hardware='-machine virt,gic-version=3,mte=on -cpu max,pauth-impdef=on -serial chardev:console -device pci-serial,chardev=report'
		serial=ttyAMA0 major=4 minor=64 size=1900
		;;
	riscv64)
		hardware='-machine virt -serial chardev:console -device pci-serial,chardev=report'
		serial=ttyS0 major=4 minor=65 size=900
		;;
	esac
	file=$1
	shift
	arguments=$(init_arguments $((size - $(printf %s "${APPEND-}" | wc -c))) "$config" "$@")
	initramfs "$tmp/initrd" "$file" "$config" "$major" "$minor"
	# shellcheck disable=SC2086 # words
	boot "qemu-system-$machine" $hardware -accel "tcg,thread=$threads" -smp "${SMP:-2}" -m "${MEM:-1024}" \
		-nodefaults -no-user-config -display none -no-reboot -nic none \
		-chardev stdio,id=console,signal=off -chardev file,id=report,path=/dev/fd/3 \
		-kernel "$image" -initrd "$tmp/initrd" \
		-append "console=$serial panic=-1 ${APPEND-} $arguments"
}
