/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/* arm (EABI): the number goes in r7, which Thumb code uses as its frame pointer, so it is saved by hand. */
#ifndef FORKCHECK_ARCH_H
#define FORKCHECK_ARCH_H

#define ARCH_NAME "arm"
/* clone(flags, stack, parent_tid, tls, child_tid) */
#define ARCH_CLONE_TLS_LAST 0
/* What the C library registers restartable sequences with. */
#define ARCH_RSEQ_SIGNATURE 0xe7f5def3U

static inline long arch_syscall(long nr, long a, long b, long c, long d, long e, long f)
{
	register long r0 __asm__("r0") = a;
	register long r1 __asm__("r1") = b;
	register long r2 __asm__("r2") = c;
	register long r3 __asm__("r3") = d;
	register long r4 __asm__("r4") = e;
	register long r5 __asm__("r5") = f;
	long save;

	__asm__ volatile("mov %[save], r7; mov r7, %[nr]; svc #0; mov r7, %[save]"
			 : "+r"(r0), [save] "=&r"(save)
			 : [nr] "r"(nr), "r"(r1), "r"(r2), "r"(r3), "r"(r4), "r"(r5)
			 : "memory");
	return r0;
}

/* What the TLS register holds. */
static inline unsigned long thread_pointer(void)
{
	unsigned long base;

	__asm__ volatile("mrc p15, 0, %0, c13, c0, 3" : "=r"(base));
	return base;
}

#endif
