/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/* i386: %ebx and %ebp are arguments of the call, but the compiler may need them: pass them in memory. */
#ifndef FORKCHECK_ARCH_H
#define FORKCHECK_ARCH_H

#define ARCH_NAME "i386"
/* clone(flags, stack, parent_tid, tls, child_tid) */
#define ARCH_CLONE_TLS_LAST 0
/* What the C library registers restartable sequences with. */
#define ARCH_RSEQ_SIGNATURE 0x53053053U

static inline long arch_syscall(long nr, long a, long b, long c, long d, long e, long f)
{
	long in_memory[3] = { nr, a, f };
	long ret;

	__asm__ volatile("pushl %%ebx; pushl %%ebp;"
			 "movl 4(%%eax), %%ebx; movl 8(%%eax), %%ebp; movl (%%eax), %%eax;"
			 "int $0x80;"
			 "popl %%ebp; popl %%ebx"
			 : "=a"(ret)
			 : "a"(in_memory), "c"(b), "d"(c), "S"(d), "D"(e)
			 : "memory");
	return ret;
}

/* The first word of the TLS area, which by convention is its own address. */
static inline unsigned long thread_pointer(void)
{
	unsigned long base;

	__asm__ volatile("movl %%gs:0, %0" : "=r"(base));
	return base;
}

#endif
