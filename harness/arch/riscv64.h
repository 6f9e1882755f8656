/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
#ifndef FORKCHECK_ARCH_H
#define FORKCHECK_ARCH_H

#define ARCH_NAME "riscv64"
/* clone(flags, stack, parent_tid, tls, child_tid) */
#define ARCH_CLONE_TLS_LAST 0
/* What the C library registers restartable sequences with. */
#define ARCH_RSEQ_SIGNATURE 0xf1401073U

static inline long arch_syscall(long nr, long a, long b, long c, long d, long e, long f)
{
	register long a7 __asm__("a7") = nr;
	register long a0 __asm__("a0") = a;
	register long a1 __asm__("a1") = b;
	register long a2 __asm__("a2") = c;
	register long a3 __asm__("a3") = d;
	register long a4 __asm__("a4") = e;
	register long a5 __asm__("a5") = f;

	__asm__ volatile("ecall" : "+r"(a0) : "r"(a7), "r"(a1), "r"(a2), "r"(a3), "r"(a4), "r"(a5) : "memory");
	return a0;
}

/* What the TLS register holds. */
static inline unsigned long thread_pointer(void)
{
	unsigned long base;

	__asm__ volatile("mv %0, tp" : "=r"(base));
	return base;
}

#endif
