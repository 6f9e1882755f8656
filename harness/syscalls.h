/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * System calls without a C library in between.
 *
 * Each sys_NAME() is the call NAME(2) with the kernel's own convention: the result, or -errno. None
 * touches errno, takes a lock or needs a TLS area, so all may be used in a vfork child, in a raw
 * thread, in a signal handler and after clone with CLONE_VM. (sys_exit_group and sys_exit don't return.)
 */
#ifndef FORKCHECK_SYSCALLS_H
#define FORKCHECK_SYSCALLS_H

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/wait.h>

#if defined(__x86_64__) && !defined(__ILP32__)
#include "arch/x86_64.h"
#elif defined(__i386__)
#include "arch/i386.h"
#elif defined(__aarch64__)
#include "arch/aarch64.h"
#elif defined(__arm__)
#include "arch/arm.h"
#elif defined(__riscv) && __riscv_xlen == 64
#include "arch/riscv64.h"
#elif defined(__s390x__)
#include "arch/s390x.h"
#else
#error "forkcheck does not know this architecture yet: add harness/arch/NAME.h and a part of clone_call.S"
#endif

/* What most architectures don't have: clone(stack, flags, ...), and mmap with its arguments in memory. */
#ifndef ARCH_CLONE_STACK_FIRST
#define ARCH_CLONE_STACK_FIRST 0
#define ARCH_MMAP_BY_POINTER 0
#endif

/* What some supported C libraries' headers lack. The numbers are the same on all architectures. */
#ifndef SYS_pidfd_send_signal
#define SYS_pidfd_send_signal 424
#endif
#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif
#ifndef SYS_clone3
#define SYS_clone3 435
#endif
#ifndef SYS_pidfd_getfd
#define SYS_pidfd_getfd 438
#endif
#ifndef SYS_process_madvise
#define SYS_process_madvise 440
#endif
#ifndef SYS_memfd_secret
#define SYS_memfd_secret 447
#endif
#ifndef SYS_mseal
#define SYS_mseal 462
#endif
#ifndef CLONE_NEWTIME
#define CLONE_NEWTIME 0x00000080
#endif
#ifndef CLONE_DETACHED
#define CLONE_DETACHED 0x00400000
#endif
#ifndef CLONE_PIDFD
#define CLONE_PIDFD 0x00001000
#endif
#ifndef CLONE_CLEAR_SIGHAND
#define CLONE_CLEAR_SIGHAND 0x100000000ULL
#endif
#ifndef CLONE_INTO_CGROUP
#define CLONE_INTO_CGROUP 0x200000000ULL
#endif
#ifndef CLONE_AUTOREAP
#define CLONE_AUTOREAP 0x400000000ULL
#endif
#ifndef CLONE_NNP
#define CLONE_NNP 0x800000000ULL
#endif
#ifndef CLONE_PIDFD_AUTOKILL
#define CLONE_PIDFD_AUTOKILL 0x1000000000ULL
#endif
#ifndef W_EXITCODE
#define W_EXITCODE(status, sig) ((status) << 8 | (sig))
#define W_STOPCODE(sig) ((sig) << 8 | 0x7f)
#define WCOREFLAG 0x80
#endif
#ifndef MADV_WIPEONFORK
#define MADV_WIPEONFORK 18
#define MADV_KEEPONFORK 19
#endif

/* One system call with the kernel's own convention. All calls of tests and harness pass through this function. */
long raw_syscall(long nr, long a, long b, long c, long d, long e, long f);

#define SYSCALL_ARG(x) ((long)(x))
#define SYSCALL0(nr) raw_syscall(nr, 0, 0, 0, 0, 0, 0)
#define SYSCALL1(nr, a) raw_syscall(nr, SYSCALL_ARG(a), 0, 0, 0, 0, 0)
#define SYSCALL2(nr, a, b) raw_syscall(nr, SYSCALL_ARG(a), SYSCALL_ARG(b), 0, 0, 0, 0)
#define SYSCALL3(nr, a, b, c) raw_syscall(nr, SYSCALL_ARG(a), SYSCALL_ARG(b), SYSCALL_ARG(c), 0, 0, 0)
#define SYSCALL4(nr, a, b, c, d) raw_syscall(nr, SYSCALL_ARG(a), SYSCALL_ARG(b), SYSCALL_ARG(c), SYSCALL_ARG(d), 0, 0)
#define SYSCALL5(nr, a, b, c, d, e) \
	raw_syscall(nr, SYSCALL_ARG(a), SYSCALL_ARG(b), SYSCALL_ARG(c), SYSCALL_ARG(d), SYSCALL_ARG(e), 0)
#define SYSCALL6(nr, a, b, c, d, e, f) \
	raw_syscall(nr, SYSCALL_ARG(a), SYSCALL_ARG(b), SYSCALL_ARG(c), SYSCALL_ARG(d), SYSCALL_ARG(e), SYSCALL_ARG(f))

struct rusage;

/* struct clone_args of <linux/sched.h>, under a name that can't clash with a libc's. */
struct clone3_args {
	uint64_t flags;
	uint64_t pidfd;
	uint64_t child_tid;
	uint64_t parent_tid;
	uint64_t exit_signal;
	uint64_t stack;
	uint64_t stack_size;
	uint64_t tls;
	uint64_t set_tid; /* 64 bytes before: CLONE_ARGS_SIZE_VER0 */
	uint64_t set_tid_size;
	uint64_t cgroup; /* 80 bytes before: CLONE_ARGS_SIZE_VER1 */
};

static inline pid_t sys_getpid(void)
{
	return (pid_t)SYSCALL0(SYS_getpid);
}

static inline pid_t sys_gettid(void)
{
	return (pid_t)SYSCALL0(SYS_gettid);
}

static inline pid_t sys_getppid(void)
{
	return (pid_t)SYSCALL0(SYS_getppid);
}

/* Ends this thread only. */
static inline _Noreturn void sys_exit(int status)
{
	for (;;)
		SYSCALL1(SYS_exit, status);
}

/* Ends the whole process. */
static inline _Noreturn void sys_exit_group(int status)
{
	for (;;)
		SYSCALL1(SYS_exit_group, status);
}

static inline long sys_write(int fd, const void *buf, size_t len)
{
	return SYSCALL3(SYS_write, fd, buf, len);
}

static inline long sys_read(int fd, void *buf, size_t len)
{
	return SYSCALL3(SYS_read, fd, buf, len);
}

static inline long sys_close(int fd)
{
	return SYSCALL1(SYS_close, fd);
}

static inline long sys_openat(int dir, const char *path, int flags, mode_t mode)
{
	return SYSCALL4(SYS_openat, dir, path, flags, mode);
}

static inline long sys_open(const char *path, int flags)
{
	return sys_openat(AT_FDCWD, path, flags, 0);
}

static inline long sys_fcntl(int fd, int command, long arg)
{
#ifdef SYS_fcntl64
	return SYSCALL3(SYS_fcntl64, fd, command, arg);
#else
	return SYSCALL3(SYS_fcntl, fd, command, arg);
#endif
}

static inline long sys_dup(int fd)
{
	return SYSCALL1(SYS_dup, fd);
}

static inline long sys_dup3(int fd, int number, int flags)
{
	return SYSCALL3(SYS_dup3, fd, number, flags);
}

static inline long sys_lseek(int fd, long offset, int whence)
{
	return SYSCALL3(SYS_lseek, fd, offset, whence);
}

static inline long sys_sched_yield(void)
{
	return SYSCALL0(SYS_sched_yield);
}

static inline long sys_chdir(const char *path)
{
	return SYSCALL1(SYS_chdir, path);
}

/* The kernel's getcwd: the length with the final NUL, or -errno. */
static inline long sys_getcwd(char *buf, size_t size)
{
	return SYSCALL2(SYS_getcwd, buf, size);
}

static inline long sys_chroot(const char *path)
{
	return SYSCALL1(SYS_chroot, path);
}

static inline long sys_umask(mode_t mask)
{
	return SYSCALL1(SYS_umask, mask);
}

static inline long sys_setpgid(pid_t pid, pid_t group)
{
	return SYSCALL2(SYS_setpgid, pid, group);
}

static inline pid_t sys_getpgid(pid_t pid)
{
	return (pid_t)SYSCALL1(SYS_getpgid, pid);
}

static inline long sys_setsid(void)
{
	return SYSCALL0(SYS_setsid);
}

static inline long sys_execve(const char *path, char *const argv[], char *const envp[])
{
	return SYSCALL3(SYS_execve, path, argv, envp);
}

static inline long sys_prctl(int option, unsigned long a, unsigned long b, unsigned long c, unsigned long d)
{
	return SYSCALL5(SYS_prctl, option, a, b, c, d);
}

/* mmap(2), with an offset in bytes; an address, or -errno. */
static inline long sys_map(void *at, size_t len, int prot, int flags, int fd, size_t offset)
{
#if ARCH_MMAP_BY_POINTER
	return SYSCALL1(SYS_mmap, ((long[]){ (long)at, (long)len, prot, flags, fd, (long)offset }));
#elif defined(SYS_mmap2)
	return SYSCALL6(SYS_mmap2, at, len, prot, flags, fd, offset / 4096);
#else
	return SYSCALL6(SYS_mmap, at, len, prot, flags, fd, offset);
#endif
}

/* The same for private memory, at exactly `at` if that is not NULL. */
static inline long sys_map_private(void *at, size_t len, int prot)
{
	return sys_map(at, len, prot, MAP_PRIVATE | MAP_ANONYMOUS | (at ? MAP_FIXED : 0), -1, 0);
}

static inline long sys_mprotect(void *addr, size_t len, int prot)
{
	return SYSCALL3(SYS_mprotect, addr, len, prot);
}

static inline long sys_madvise(void *addr, size_t len, int advice)
{
	return SYSCALL3(SYS_madvise, addr, len, advice);
}

static inline long sys_munmap(void *addr, size_t len)
{
	return SYSCALL2(SYS_munmap, addr, len);
}

static inline long sys_unshare(unsigned long flags)
{
	return SYSCALL1(SYS_unshare, flags);
}

static inline long sys_setns(int fd, int nstype)
{
	return SYSCALL2(SYS_setns, fd, nstype);
}

/* kcmp(2); type is one of <linux/kcmp.h>. 0: the same, above: not. */
static inline long sys_kcmp(pid_t a, pid_t b, int type, unsigned long fd_a, unsigned long fd_b)
{
	return SYSCALL5(SYS_kcmp, a, b, type, fd_a, fd_b);
}

static inline long sys_pidfd_open(pid_t pid, unsigned int flags)
{
	return SYSCALL2(SYS_pidfd_open, pid, flags);
}

static inline long sys_pidfd_send_signal(int pidfd, int sig, siginfo_t *info, unsigned int flags)
{
	return SYSCALL4(SYS_pidfd_send_signal, pidfd, sig, info, flags);
}

static inline long sys_pidfd_getfd(int pidfd, int fd, unsigned int flags)
{
	return SYSCALL3(SYS_pidfd_getfd, pidfd, fd, flags);
}

/* Whether (0 or 1, or -errno) one of the descriptors is ready now, or, if asked so, when it gets ready. */
static inline long sys_poll(struct pollfd *fds, unsigned count, _Bool may_sleep)
{
	const uint64_t zero[2] = { 0 };

	return SYSCALL5(SYS_ppoll, fds, count, may_sleep ? NULL : zero, NULL, 0);
}

/* The kernel's own convention: PTRACE_PEEK* write the word to *data. */
static inline long sys_ptrace(int request, pid_t pid, unsigned long addr, void *data)
{
	return SYSCALL4(SYS_ptrace, request, pid, addr, data);
}

static inline long sys_set_tid_address(int *word)
{
	return SYSCALL1(SYS_set_tid_address, word);
}

/* Signal calls take the kernel's set, of 64 signals on all of our architectures. */
typedef uint64_t sigset64;
#define SIGBIT(sig) ((sigset64)1 << ((sig)-1))

static inline long sys_sigprocmask(int how, const sigset64 *set, sigset64 *old)
{
	return SYSCALL4(SYS_rt_sigprocmask, how, set, old, sizeof(sigset64));
}

static inline long sys_sigpending(sigset64 *set)
{
	return SYSCALL2(SYS_rt_sigpending, set, sizeof(sigset64));
}

/* rt_sigtimedwait(2) with a time of 0: takes a pending signal of the set; its number, or -EAGAIN. */
static inline long sys_sigpoll(sigset64 set, siginfo_t *info)
{
	static const int64_t at_once[2]; /* whichever timespec the call has */

	return SYSCALL4(SYS_rt_sigtimedwait, &set, info, at_once, sizeof(set));
}

static inline long sys_sigaltstack(const stack_t *stack, stack_t *old)
{
	return SYSCALL2(SYS_sigaltstack, stack, old);
}

/*
 * The calls that create. A result of 0 means: this is the child. They may only be used so where the child
 * has a stack of its own or its own memory: never with CLONE_VM and no new stack (see clone_call).
 */
static inline long sys_clone(unsigned long flags, void *stack, void *parent_tid, void *child_tid, unsigned long tls)
{
#if ARCH_CLONE_STACK_FIRST
	return SYSCALL5(SYS_clone, stack, flags, parent_tid, child_tid, tls);
#elif ARCH_CLONE_TLS_LAST
	return SYSCALL5(SYS_clone, flags, stack, parent_tid, child_tid, tls);
#else
	return SYSCALL5(SYS_clone, flags, stack, parent_tid, tls, child_tid);
#endif
}

static inline long sys_clone3(const void *args, size_t size)
{
	return SYSCALL2(SYS_clone3, args, size);
}

/* fork(2) where the architecture has it, else what it is made of. */
static inline long sys_fork(void)
{
#ifdef SYS_fork
	return SYSCALL0(SYS_fork);
#else
	return sys_clone(SIGCHLD, NULL, NULL, NULL, 0);
#endif
}

/*
 * Calls that take a process id and are dangerous with a wrong one. The guarded versions, which tests use,
 * are in forkcheck.h; these are for them and for the runner.
 */
static inline long raw_kill(pid_t pid, int sig)
{
	return SYSCALL2(SYS_kill, pid, sig);
}

static inline long raw_wait4(pid_t pid, int *status, int options, struct rusage *usage)
{
	return SYSCALL4(SYS_wait4, pid, status, options, usage);
}

static inline long raw_waitid(int type, int id, siginfo_t *info, int options, struct rusage *usage)
{
	return SYSCALL5(SYS_waitid, type, id, info, options, usage);
}

static inline long raw_tgkill(pid_t tgid, pid_t tid, int sig)
{
	return SYSCALL3(SYS_tgkill, tgid, tid, sig);
}

#endif
