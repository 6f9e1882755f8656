/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
#ifndef FORKCHECK_ARCH_H
#define FORKCHECK_ARCH_H

#define ARCH_NAME "aarch64"
/* clone(flags, stack, parent_tid, tls, child_tid) */
#define ARCH_CLONE_TLS_LAST 0
/* What the C library registers restartable sequences with. */
#define ARCH_RSEQ_SIGNATURE 0xd428bc00U

static inline long arch_syscall(long nr, long a, long b, long c, long d, long e, long f)
{
	register long x8 __asm__("x8") = nr;
	register long x0 __asm__("x0") = a;
	register long x1 __asm__("x1") = b;
	register long x2 __asm__("x2") = c;
	register long x3 __asm__("x3") = d;
	register long x4 __asm__("x4") = e;
	register long x5 __asm__("x5") = f;

	__asm__ volatile("svc #0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5) : "memory");
	return x0;
}

/* What the TLS register holds. */
static inline unsigned long thread_pointer(void)
{
	unsigned long base;

	__asm__ volatile("mrs %0, tpidr_el0" : "=r"(base));
	return base;
}

#endif
