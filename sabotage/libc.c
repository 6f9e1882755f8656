// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* Calls of the C library that lead to the system calls under test, on the same way as those. */
#include <sched.h>
#include <spawn.h>
#include <stdarg.h>
#include <sys/ptrace.h>

#include "sabotage.h"

long __wrap_raw_syscall(long nr, long a, long b, long c, long d, long e, long f);

static long to_errno(long result)
{
	if (result >= 0 || result < -4095)
		return result;
	errno = (int)-result;
	return -1;
}

/* Wrappers that do nothing but call. */
#define THIN(type, name, nr)                                                       \
	type __wrap_##name(long a, long b, long c, long d, long e, long f);        \
	type __wrap_##name(long a, long b, long c, long d, long e, long f)         \
	{                                                                          \
		return (type)to_errno(__wrap_raw_syscall((nr), a, b, c, d, e, f)); \
	}
THIN(int, madvise, SYS_madvise)
THIN(int, mlock, SYS_mlock)
THIN(int, unshare, SYS_unshare)
THIN(int, setns, SYS_setns)
THIN(int, mount, SYS_mount)
THIN(int, umount2, SYS_umount2)
THIN(int, ioctl, SYS_ioctl)
THIN(ssize_t, read, SYS_read)
THIN(ssize_t, write, SYS_write)
THIN(ssize_t, pwrite, SYS_pwrite64)
THIN(int, prctl, SYS_prctl)
THIN(int, setuid, SYS_setuid)
THIN(int, setgid, SYS_setgid)
THIN(int, setreuid, SYS_setreuid)
THIN(int, setregid, SYS_setregid)
THIN(int, setresuid, SYS_setresuid)
THIN(int, setresgid, SYS_setresgid)
THIN(int, setfsuid, SYS_setfsuid)
THIN(int, setfsgid, SYS_setfsgid)
THIN(int, setgroups, SYS_setgroups)
THIN(int, setpgid, SYS_setpgid)

/* The kernel stores what a peek finds; the library returns it. */
long __wrap_ptrace(long request, long pid, long addr, long data)
{
	long word, peeks = request == PTRACE_PEEKTEXT || request == PTRACE_PEEKDATA || request == PTRACE_PEEKUSER;
	long result = to_errno(__wrap_raw_syscall(SYS_ptrace, request, pid, addr, peeks ? (long)&word : data, 0, 0));

	return peeks && result >= 0 ? word : result;
}

pid_t __wrap_waitpid(pid_t pid, int *status, int options)
{
	return (pid_t)to_errno(__wrap_raw_syscall(SYS_wait4, pid, (long)status, options, 0, 0, 0));
}

pid_t __wrap_wait(int *status)
{
	return __wrap_waitpid(-1, status, 0);
}

/* ---- fork ------------------------------------------------------------------------------------------ */

pid_t real_fork(void) __asm__("__real_fork");
pid_t real__Fork(void) __asm__("__real__Fork");

/* fork calls _Fork, which is wrapped as well: one call is to be struck once. */
static __thread bool in_fork;

/* The library's own function as long as the fault leaves the call alone: it does more than to call. */
static pid_t fork_through(pid_t (*real)(void))
{
	struct call call = { .nr = SYS_clone, .arg = { SIGCHLD } };

	call_begin(&call);
	if (call.arg[0] == SIGCHLD) {
		in_fork = true;
		call.result = real();
		in_fork = false;
		if (call.result < 0)
			call.result = -errno;
	} else {
		call.result = REAL(SYS_clone, call.arg[0], call.arg[1], call.arg[2], call.arg[3], call.arg[4]);
	}
	if (call.result == 0)
		call_child(&call);
	else
		call_end(&call);
	return (pid_t)to_errno(call.again ? plain_fork() : call.result);
}

pid_t __wrap_fork(void)
{
	return fork_through(real_fork);
}

pid_t __wrap__Fork(void)
{
	return in_fork ? real__Fork() : fork_through(real__Fork);
}

/* ---- vfork ----------------------------------------------------------------------------------------- */

#define VFORK_FLAGS (CLONE_VM | CLONE_VFORK)
static const struct call vfork_call = {
	.nr = SYS_clone,
	.arg = { VFORK_FLAGS | SIGCHLD },
	.creates = true,
	.asked = { .flags = VFORK_FLAGS, .exit_signal = SIGCHLD },
	.how = { .flags = VFORK_FLAGS, .exit_signal = SIGCHLD },
};

/* Of vfork.S: what clone gets in place of that. */
long vfork_begin(void)
{
	struct call call = vfork_call;

	call_begin(&call);
	return call.arg[0];
}

/* In the child, which got 0, and in the caller. */
long vfork_end(long result)
{
	struct call call = vfork_call;

	call.result = result;
	if (result == 0) {
		call_child(&call);
		return 0;
	}
	return to_errno(call_end(&call));
}

/* ---- clone ----------------------------------------------------------------------------------------- */

int real_clone(int (*fn)(void *), void *stack, int flags, void *arg, ...) __asm__("__real_clone");

struct clone_start {
	struct call call;
	int (*fn)(void *);
	void *arg;
};

static int clone_entry(void *data)
{
	struct clone_start *start = data;

	call_child(&start->call);
	return start->fn(start->arg);
}

int __wrap_clone(int (*fn)(void *), void *stack, int flags, void *arg, ...)
{
	static struct clone_start starts[64];
	static unsigned used;
	struct clone_start *start = &starts[__atomic_fetch_add(&used, 1, __ATOMIC_RELAXED) % ARRAY_SIZE(starts)];
	va_list more;

	va_start(more, arg);
	void *parent_tid = va_arg(more, void *), *tls = va_arg(more, void *), *child_tid = va_arg(more, void *);
	va_end(more);
	*start = (struct clone_start){ .fn = fn, .arg = arg };
	start->call = (struct call){ .nr = SYS_clone, .arg = { flags, (long)stack, (long)parent_tid } };
	start->call.arg[ARCH_CLONE_TLS_LAST ? 3 : 4] = (long)child_tid;
	start->call.arg[ARCH_CLONE_TLS_LAST ? 4 : 3] = (long)tls;
	call_begin(&start->call);
	int pid = real_clone(fn ? clone_entry : NULL, stack, (int)start->call.arg[0], start, (void *)start->call.arg[2],
			     tls, child_tid);
	start->call.result = pid < 0 ? -errno : pid;
	call_end(&start->call);
	if (!start->call.again)
		return (int)to_errno(start->call.result);
	pid = (int)plain_fork();
	if (pid == 0)
		REAL(SYS_exit_group, fn ? fn(arg) : 0);
	return pid;
}
