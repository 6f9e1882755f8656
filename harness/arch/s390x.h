/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/* s390x: big-endian. */
#ifndef FORKCHECK_ARCH_H
#define FORKCHECK_ARCH_H

#define ARCH_NAME "s390x"
/* clone(stack, flags, parent_tid, child_tid, tls) */
#define ARCH_CLONE_TLS_LAST 1
#define ARCH_CLONE_STACK_FIRST 1
#define ARCH_MMAP_BY_POINTER 1
/* What the C library registers restartable sequences with. */
#define ARCH_RSEQ_SIGNATURE 0xb2ff0fffU

static inline long arch_syscall(long nr, long a, long b, long c, long d, long e, long f)
{
	register long r1 __asm__("r1") = nr;
	register long r2 __asm__("r2") = a;
	register long r3 __asm__("r3") = b;
	register long r4 __asm__("r4") = c;
	register long r5 __asm__("r5") = d;
	register long r6 __asm__("r6") = e;
	register long r7 __asm__("r7") = f;

	__asm__ volatile("svc 0" : "+d"(r2) : "d"(r1), "d"(r3), "d"(r4), "d"(r5), "d"(r6), "d"(r7) : "memory");
	return r2;
}

/* What the TLS register holds: access registers 0 and 1 are its halves. */
static inline unsigned long thread_pointer(void)
{
	unsigned long base;

	__asm__ volatile("ear %0,%%a0; sllg %0,%0,32; ear %0,%%a1" : "=d"(base));
	return base;
}

#endif
