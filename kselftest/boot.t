#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
# What "config" promises: a kernel of Debian's linux-source that has nothing but what it asks for, and what an emulated machine
# takes, is built and booted, and no test is skipped for the kernel's configuration, or fails for it.
# shellcheck source=selftest/lib.sh
. "$(dirname "$0")/../selftest/lib.sh"

tree=$(readlink -f "$build")/kernel
fragment=$tree/tools/testing/selftests/forkcheck
kernel_source "$tree" '*' || {
	echo '1..0 # SKIP no kernel source at hand (apt-get install linux-source)'
	exit 0
}

configured() {
	printf 'CONFIG_%s=y\n' ACPI PCI PRINTK SERIAL_8250 SERIAL_8250_CONSOLE >"$scratch/machine"
	cd "$tree" && make -s allnoconfig &&
		scripts/kconfig/merge_config.sh -m .config "$fragment"/config* "$scratch/machine" && make -s olddefconfig
}

# Before 6.5 secret memory is off unless a parameter asks for it.
booted() {
	KERNEL=$tree/arch/x86/boot/bzImage KERNEL_CONFIG=$tree/.config APPEND=secretmem.enable=1 EXPECT=targets/linux.expect \
		targets/run qemu-x86_64 "$good"
}

exits 0 'the selftests have it' kselftest/export "$build" "$tree/tools/testing/selftests"
(configured) >"$scratch/out" 2>&1
ok $? 'a configuration of nothing but "config"'
exits 0 'such a kernel' make -s -j "$(nproc)" -C "$tree" bzImage
[ "$failures" -eq 0 ] || {
	finish
	exit 1
}
exits 0 'all is as expected there' booted
cp "$scratch/out" "$scratch/report"
says '^# [0-9]+ passed' '... to the last line'
! grep -F '# SKIP [config ' "$scratch/report" >"$scratch/out"
ok $? 'nothing is skipped for configuration'
finish
