/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/* x86-64: system calls, and the stack pointer's own registers. */
#ifndef FORKCHECK_ARCH_H
#define FORKCHECK_ARCH_H

#define ARCH_NAME "x86_64"
/* clone(flags, stack, parent_tid, child_tid, tls) */
#define ARCH_CLONE_TLS_LAST 1
/* What the C library registers restartable sequences with. */
#define ARCH_RSEQ_SIGNATURE 0x53053053U

static inline long arch_syscall(long nr, long a, long b, long c, long d, long e, long f)
{
	register long r10 __asm__("r10") = d;
	register long r8 __asm__("r8") = e;
	register long r9 __asm__("r9") = f;
	long ret;

	__asm__ volatile("syscall"
			 : "=a"(ret)
			 : "a"(nr), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
			 : "rcx", "r11", "memory");
	return ret;
}

/* What the TLS register holds. */
static inline unsigned long thread_pointer(void)
{
	unsigned long base = 0;

	arch_syscall(158 /* arch_prctl */, 0x1003 /* ARCH_GET_FS */, (long)&base, 0, 0, 0, 0);
	return base;
}

#endif
