// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* The one place where a system call is made: a function of its own, so that a linker can put another in its place. */
#include "syscalls.h"

long raw_syscall(long nr, long a, long b, long c, long d, long e, long f)
{
	return arch_syscall(nr, a, b, c, d, e, f);
}
