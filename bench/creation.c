// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
#include <errno.h>
#include <linux/futex.h>
#include <pthread.h>
#include <spawn.h>
#include <sys/auxv.h>
#include <sys/wait.h>
#include <unistd.h>

#include "nanoseconds.h"
#include "clone_call.h"
#include "creation.h"
#include "syscalls.h"

#define THREAD_FLAGS \
	(CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM | CLONE_CHILD_CLEARTID)
#define STACK_SIZE (64 * 1024)

/* For a child that shares the memory: one at a time, so that one of each will do. */
static char stack[STACK_SIZE] __attribute__((aligned(64)));
static struct clone_call call;
static struct clone3_args args;
static uint32_t thread_word;

static int return_0(void *unused)
{
	(void)unused;
	return 0;
}

long reap(long pid)
{
	int status;
	long r;

	if (pid < 0)
		return pid;
	do
		r = raw_wait4((pid_t)pid, &status, 0, NULL);
	while (r == -EINTR);
	if (r < 0)
		return r;
	return status ? -EPROTO : 0;
}

/* The time since begin, when the child has been waited for. */
static double reaped(uint64_t begin, long pid)
{
	long r = reap(pid);

	return r < 0 ? (double)r : since(begin);
}

/* ---- Threads ----------------------------------------------------------------------------------- */

static double run_thread(uint64_t begin)
{
	call.fn = return_0;
	__atomic_store_n(&thread_word, 1, __ATOMIC_RELAXED);
	long tid = clone_call_raw(&call);
	if (tid < 0)
		return (double)tid;
	while (__atomic_load_n(&thread_word, __ATOMIC_ACQUIRE))
		SYSCALL4(SYS_futex, &thread_word, FUTEX_WAIT, 1, NULL);
	return since(begin);
}

static void legacy_call(unsigned long flags)
{
	call = (struct clone_call){ .nr = SYS_clone,
				    .arg = { (long)flags, (long)(stack + STACK_SIZE) },
				    .fn = return_0 };
	call.arg[ARCH_CLONE_TLS_LAST ? 3 : 4] = (long)&thread_word;
}

double create_thread_clone(struct caller *caller, unsigned long arg)
{
	(void)caller, (void)arg;
	legacy_call(THREAD_FLAGS);
	return run_thread(now());
}

double create_thread_clone3(struct caller *caller, unsigned long arg)
{
	(void)caller, (void)arg;
	args = (struct clone3_args){
		.flags = THREAD_FLAGS,
		.stack = (uintptr_t)stack,
		.stack_size = STACK_SIZE,
		.child_tid = (uintptr_t)&thread_word,
	};
	call = (struct clone_call){ .nr = SYS_clone3, .arg = { (long)&args, sizeof(args) } };
	return run_thread(now());
}

static void *return_null(void *unused)
{
	return unused;
}

double create_pthread(struct caller *caller, unsigned long arg)
{
	uint64_t begin = now();
	pthread_t thread;

	(void)caller, (void)arg;
	int err = pthread_create(&thread, NULL, return_null, NULL);
	if (err)
		return -err;
	pthread_join(thread, NULL);
	return since(begin);
}

/* ---- Processes --------------------------------------------------------------------------------- */

double create_fork(struct caller *caller, unsigned long arg)
{
	uint64_t begin = now();

	(void)caller, (void)arg;
	pid_t pid = fork();
	if (pid == 0)
		sys_exit_group(0);
	return reaped(begin, pid < 0 ? -errno : pid);
}

double create_clone(struct caller *caller, unsigned long flags)
{
	uint64_t begin = now();

	(void)caller;
	long pid = sys_clone(flags | SIGCHLD, NULL, NULL, NULL, 0);
	if (pid == 0)
		sys_exit_group(0);
	return reaped(begin, pid);
}

double create_clone3(struct caller *caller, unsigned long flags)
{
	struct clone3_args request = { .flags = flags, .exit_signal = SIGCHLD };
	uint64_t begin = now();

	(void)caller;
	long pid = sys_clone3(&request, sizeof(request));
	if (pid == 0)
		sys_exit_group(0);
	return reaped(begin, pid);
}

double create_vfork(struct caller *caller, unsigned long arg)
{
	uint64_t begin = now();

	(void)caller, (void)arg;
	pid_t pid = vfork();
	if (pid == 0)
		sys_exit_group(0); /* NOLINT(clang-analyzer-unix.Vfork): a system call and nothing else */
	return reaped(begin, pid < 0 ? -errno : pid);
}

/* clone with CLONE_VM and what else flags say. */
double create_vm(struct caller *caller, unsigned long flags)
{
	(void)caller;
	legacy_call(CLONE_VM | flags | SIGCHLD);
	uint64_t begin = now();
	long pid = clone_call_raw(&call);
	return reaped(begin, pid);
}

double create_advised(struct caller *caller, unsigned long advice)
{
	unsigned long undo = advice == MADV_DONTFORK ? MADV_DOFORK : MADV_KEEPONFORK;

	long r = sys_madvise(caller->memory, caller->bytes, (int)advice);
	if (r < 0)
		return (double)r;
	double took = create_fork(caller, 0);
	sys_madvise(caller->memory, caller->bytes, (int)undo);
	return took;
}

/* ---- Programs ---------------------------------------------------------------------------------- */

static char *const program_arguments[] = { "forkcheck", NOTHING_ARGUMENT, NULL };
static char *const no_environment[] = { NULL };

/* This program: there may be no other here. */
static const char *path;

static void find_program(void)
{
	if (!path)
		path = access("/proc/self/exe", X_OK) ? (const char *)getauxval(AT_EXECFN) : "/proc/self/exe";
}

double create_spawn(struct caller *caller, unsigned long arg)
{
	pid_t pid;

	(void)caller, (void)arg;
	find_program();
	uint64_t begin = now();
	int err = posix_spawn(&pid, path, NULL, NULL, program_arguments, no_environment);
	return err ? -err : reaped(begin, pid);
}

double create_fork_exec(struct caller *caller, unsigned long arg)
{
	(void)caller, (void)arg;
	find_program();
	uint64_t begin = now();
	pid_t pid = fork();
	if (pid == 0) {
		sys_execve(path, program_arguments, no_environment);
		sys_exit_group(127);
	}
	return reaped(begin, pid < 0 ? -errno : pid);
}

double create_vfork_exec(struct caller *caller, unsigned long arg)
{
	(void)caller, (void)arg;
	find_program();
	uint64_t begin = now();
	pid_t pid = vfork();
	if (pid == 0) {
		/* NOLINTNEXTLINE(clang-analyzer-unix.Vfork): system calls and nothing else */
		sys_execve(path, program_arguments, no_environment);
		sys_exit_group(127);
	}
	return reaped(begin, pid < 0 ? -errno : pid);
}
