// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* CLONE_AUTOREAP: a child that nobody waits for. Its exit signal is 0, so that a wait for it needs __WALL. */
#include "forkcheck.h"

#include <sys/prctl.h>
#include <sys/ptrace.h>

#define CLONE3 NEEDS_CLONE3
#define PROC NEEDS_PROC

enum { CHILD_MAY_END, CHILD_IS_MADE, CHILD_IS_TRACED };

static bool ready(int pidfd)
{
	struct pollfd poll = { .fd = pidfd, .events = POLLIN };

	return SETUP_RAW(sys_poll(&poll, 1, false)) == 1;
}

static void block_all_signals(void)
{
	const sigset64 all = ~0ULL;

	SETUP_RAW(sys_sigprocmask(SIG_SETMASK, &all, NULL));
}

static sigset64 pending_signals(void)
{
	sigset64 pending = 0;

	SETUP_RAW(sys_sigpending(&pending));
	return pending;
}

/* ---- How it ends --------------------------------------------------------------------------------- */

/* What the child does when it may end. */
static void just_exit(void)
{
}

static void die(void)
{
	checked_kill(sys_getpid(), SIGKILL);
}

/* An execve makes SIGCHLD the exit signal of a child that had another one, or none. */
static void execute(void)
{
	execute_self(IMAGE_EXIT, 7);
	BROKEN("this program cannot be executed");
}

static const struct ending {
	struct case_head head;
	uint64_t flag;
	void (*end)(void);
	int status;	 /* without the flag */
	sigset64 signal; /* the same */
} endings[] = {
	{ { "exits", .covers = "CLONE-AUTOREAP-01 CLONE-AUTOREAP-02" }, CLONE_AUTOREAP, just_exit, 0, 0 },
	{ { "is_killed", .covers = "CLONE-AUTOREAP-01 CLONE-AUTOREAP-02" }, CLONE_AUTOREAP, die, 0, 0 },
	{ { "executes", .covers = "CLONE-AUTOREAP-01 CLONE-AUTOREAP-02 CLONE-AUTOREAP-06" },
	  CLONE_AUTOREAP,
	  execute,
	  0,
	  0 },
	{ { .name = "plain_exits", .covers = "CLONE-SIG-02 CLONE-SIG-04" }, 0, just_exit, W_EXITCODE(3, 0), 0 },
	{ { .name = "plain_is_killed", .covers = "CLONE-SIG-02 CLONE-SIG-04" }, 0, die, W_EXITCODE(0, SIGKILL), 0 },
	{ { .name = "plain_executes", .covers = "EXEC-01" }, 0, execute, W_EXITCODE(7, 0), SIGBIT(SIGCHLD) },
};

TEST(end, .features = FEATURES(CLONE3, PROC),
     .summary =
	     "the child can't be waited for, leaves no zombie and sends no signal; without the flag it is waited for",
     CASES_NEEDING(endings))
{
	const struct ending *row = this_case();
	int status = 0;

	block_all_signals();
	long child = CLONE_HERE(VIA_CLONE3, .flags = row->flag, .exit_signal = 0);
	if (child == 0) {
		await(CHILD_MAY_END);
		row->end();
		leave(3);
	}
	REQUIRE_GT(child, 0);
	post(CHILD_MAY_END);
	long got = wait_for((pid_t)child, &status, __WALL, NULL);
	EXPECT_EQ(got, row->flag ? -ECHILD : child);
	EXPECT_EQ(status, row->status);
	EXPECT_TRUE(await_vanished((pid_t)child));
	EXPECT_EQ(pending_signals(), row->signal);
}

TEST(seen_by_pidfd, .covers = "CLONE-AUTOREAP-01 CLONE-AUTOREAP-03", .features = FEATURES(CLONE3),
     .summary = "a pidfd is ready when the child has ended, and not before")
{
	int pidfd = -1;

	long child = CLONE_HERE(VIA_CLONE3, .flags = CLONE_PIDFD | CLONE_AUTOREAP, .pidfd = &pidfd);
	if (child == 0) {
		await(CHILD_MAY_END);
		leave(3);
	}
	REQUIRE_GT(child, 0);
	REQUIRE_GE(pidfd, 0);
	EXPECT_TRUE(!ready(pidfd));
	post(CHILD_MAY_END);
	long got = waitid_for(P_PIDFD, pidfd, NULL, WEXITED | __WALL, NULL);
	EXPECT_FAILS(got, ECHILD);
	EXPECT_TRUE(ready(pidfd));
	EXPECT_NO_CHILD();
}

struct waiter {
	int back; /* the wait has returned */
	long got;
};

TEST(wakes_waiter, .covers = "CLONE-AUTOREAP-04", .features = FEATURES(CLONE3, PROC, NEEDS_PROC_SYSCALL),
     .summary = "a wait blocks while the child lives, and fails with ECHILD when it ends")
{
	struct waiter *waiter = shared(sizeof(*waiter));

	pid_t parent = fork_helper();
	if (parent == 0) {
		long child = CLONE_HERE(VIA_CLONE3, .flags = CLONE_AUTOREAP, .exit_signal = 0);
		if (child == 0) {
			await(CHILD_MAY_END);
			leave(3);
		}
		REQUIRE_GT(child, 0);
		waiter->got = wait_for(-1, NULL, __WALL, NULL);
		__atomic_store_n(&waiter->back, 1, __ATOMIC_SEQ_CST);
		leave(0);
	}
	EXPECT_TRUE(await_blocked(parent, wait_calls, &waiter->back, 0));
	post(CHILD_MAY_END);
	EXPECT_EXITED(parent, 0);
	EXPECT_EQ(waiter->got, -ECHILD);
}

/* ---- Who has the property ------------------------------------------------------------------------ */

TEST(not_inherited, .covers = "CLONE-AUTOREAP-05", .features = FEATURES(CLONE3),
     .summary = "a child of the child is waited for as ever", THROUGH(fork_doors))
{
	const struct fork_door *door = this_door();

	long child = CLONE_HERE(VIA_CLONE3, .flags = CLONE_AUTOREAP, .exit_signal = 0);
	if (child == 0) {
		long grandchild = door->fork();
		if (grandchild == 0)
			leave(5);
		REQUIRE_GT(grandchild, 0);
		EXPECT_EXITED(grandchild, 5);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	long got = wait_for((pid_t)child, NULL, __WALL, NULL);
	EXPECT_FAILS(got, ECHILD);
}

TEST(with_new_parent, .covers = "CLONE-AUTOREAP-12", .features = FEATURES(CLONE3, PROC),
     .summary = "the end of a child whose parent ended first gives its new parent neither a zombie nor a signal")
{
	const sigset64 chld = SIGBIT(SIGCHLD);
	pid_t me = sys_getpid(), *pid = shared(sizeof(*pid));
	siginfo_t info = { 0 };

	block_all_signals();
	SETUP_RAW(sys_prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0));
	pid_t parent = fork_helper();
	if (parent == 0) {
		long child = CLONE_HERE(VIA_CLONE3, .flags = CLONE_AUTOREAP, .exit_signal = 0);
		if (child == 0) {
			await(CHILD_MAY_END);
			EXPECT_EQ(sys_getppid(), me);
			leave(3);
		}
		*pid = (pid_t)child;
		leave(0);
	}
	EXPECT_EXITED(parent, 0);
	REQUIRE_GT(*pid, 0);
	EXPECT_EQ(sys_sigpoll(chld, &info), SIGCHLD); /* the parent's */
	post(CHILD_MAY_END);
	long got = wait_for(*pid, NULL, __WALL, NULL);
	EXPECT_FAILS(got, ECHILD);
	EXPECT_TRUE(await_vanished(*pid));
	EXPECT_EQ(pending_signals(), 0);
}

/* ---- Tracing ------------------------------------------------------------------------------------- */

TEST(traced_by_parent, .covers = "CLONE-AUTOREAP-11", .features = FEATURES(CLONE3, NEEDS_PTRACE),
     .summary = "while its parent traces it the child becomes a zombie, which that may wait for")
{
	int status = 0;

	long child = CLONE_HERE(VIA_CLONE3, .flags = CLONE_AUTOREAP, .exit_signal = 0);
	if (child == 0) {
		await(CHILD_MAY_END);
		leave(3);
	}
	REQUIRE_GT(child, 0);
	SETUP_RAW(sys_ptrace(PTRACE_SEIZE, (pid_t)child, 0, NULL));
	post(CHILD_MAY_END);
	long got = wait_for((pid_t)child, &status, __WALL, NULL);
	EXPECT_EQ(got, child);
	EXPECT_EQ(status, W_EXITCODE(3, 0));
	EXPECT_NO_CHILD();
}

/* The tracer is the parent's parent: who may trace may depend on descent. */
TEST(traced_by_other, .covers = "CLONE-AUTOREAP-11", .features = FEATURES(CLONE3, PROC, NEEDS_PTRACE),
     .summary = "a tracer that is not the parent gets the child's status, and then nothing is left for the parent")
{
	pid_t *pid = shared(sizeof(*pid));
	int status = 0;

	pid_t parent = fork_helper();
	if (parent == 0) {
		block_all_signals();
		long child = CLONE_HERE(VIA_CLONE3, .flags = CLONE_AUTOREAP, .exit_signal = 0);
		if (child == 0) {
			await(CHILD_MAY_END);
			leave(3);
		}
		REQUIRE_GT(child, 0);
		*pid = (pid_t)child;
		post(CHILD_IS_MADE);
		long got = wait_for((pid_t)child, NULL, __WALL, NULL);
		EXPECT_FAILS(got, ECHILD);
		EXPECT_EQ(pending_signals(), 0);
		leave(0);
	}
	await(CHILD_IS_MADE);
	SETUP_RAW(sys_ptrace(PTRACE_SEIZE, *pid, 0, NULL));
	post(CHILD_MAY_END);
	long got = wait_for(*pid, &status, __WALL, NULL);
	EXPECT_EQ(got, *pid);
	EXPECT_EQ(status, W_EXITCODE(3, 0));
	EXPECT_TRUE(await_vanished(*pid));
	EXPECT_EXITED(parent, 0);
}

/* A thread is a tracer of its own: when it ends, what it has not waited for is let go. */
static int trace_and_end(void *arg)
{
	SETUP_RAW(sys_ptrace(PTRACE_SEIZE, *(pid_t *)arg, 0, NULL));
	post(CHILD_MAY_END);
	/* Dead, and kept for this thread. */
	EXPECT_EQ(waitid_for(P_PID, *(pid_t *)arg, NULL, WEXITED | WNOWAIT | __WALL, NULL), 0);
	post(CHILD_IS_TRACED);
	return 0;
}

TEST(let_go_dead, .covers = "CLONE-AUTOREAP-13", .features = FEATURES(CLONE3, PROC, NEEDS_PTRACE),
     .summary = "a zombie whose tracer, a thread of the parent, ends without a wait is gone with it")
{
	long child = CLONE_HERE(VIA_CLONE3, .flags = CLONE_AUTOREAP, .exit_signal = 0);
	if (child == 0) {
		await(CHILD_MAY_END);
		leave(3);
	}
	REQUIRE_GT(child, 0);
	pid_t pid = (pid_t)child;
	pid_t thread = start_thread(trace_and_end, &pid);
	await(CHILD_IS_TRACED);
	await_thread_gone(thread);
	EXPECT_NO_CHILD();
	EXPECT_TRUE(await_vanished(pid));
}

/* ---- What contradicts it ------------------------------------------------------------------------- */

TEST(not_for_threads, .covers = "CLONE-AUTOREAP-07", .features = FEATURES(CLONE3),
     .summary = "CLONE_AUTOREAP with CLONE_THREAD gives EINVAL")
{
	long child = CLONE_CALL(VIA_CLONE3, new_stack(), return_zero, NULL, .flags = THREAD_FLAGS | CLONE_AUTOREAP);
	EXPECT_FAILS(child, EINVAL);
	child = CLONE_CALL(VIA_CLONE3, new_stack(), return_zero, NULL, .flags = THREAD_FLAGS);
	REQUIRE_GT(child, 0);
	await_thread_gone((pid_t)child);
}

static const struct contradiction {
	struct case_head head;
	uint64_t flags;
	int exit_signal;
} contradictions[] = {
	{ { "parent", .covers = "CLONE-AUTOREAP-08" }, CLONE_PARENT, 0 },
	{ { "SIGCHLD", .covers = "CLONE-AUTOREAP-09" }, 0, SIGCHLD },
	{ { "SIGUSR1", .covers = "CLONE-AUTOREAP-09" }, 0, SIGUSR1 },
	{ { "SIGRTMAX", .covers = "CLONE-AUTOREAP-09" }, 0, 64 },
};

TEST(refused, .features = FEATURES(CLONE3),
     .summary = "CLONE_AUTOREAP with CLONE_PARENT or with an exit signal gives EINVAL", CASES_NEEDING(contradictions))
{
	const struct contradiction *row = this_case();

	long child = CLONE_HERE(VIA_CLONE3, .flags = CLONE_AUTOREAP | row->flags, .exit_signal = row->exit_signal);
	EXPECT_REFUSED(child, EINVAL);
	EXPECT_NO_CHILD();
	child = CLONE_HERE(VIA_CLONE3, .flags = CLONE_AUTOREAP, .exit_signal = 0);
	if (child == 0)
		leave(0);
	REQUIRE_GT(child, 0);
	EXPECT_FAILS(wait_for((pid_t)child, NULL, __WALL, NULL), ECHILD);
}

static const struct caller {
	struct case_head head;
	uint64_t flag;
} callers[] = {
	{ { "autoreaped", .covers = "CLONE-AUTOREAP-10" }, CLONE_AUTOREAP },
	{ { .name = "plain", .covers = "CLONE-AUTOREAP-14" }, 0 },
};

TEST(no_siblings, .features = FEATURES(CLONE3),
     .summary = "a child with the property can't use CLONE_PARENT: EINVAL; one without it can", CASES_NEEDING(callers),
     THROUGH(clone_doors))
{
	const struct caller *caller = this_case();
	const struct clone_door *door = this_door();

	long child = CLONE_HERE(VIA_CLONE3, .flags = caller->flag, .exit_signal = 0);
	if (child == 0) {
		long sibling = CLONE_HERE(door->via, .flags = CLONE_PARENT, .exit_signal = 0);
		if (sibling == 0)
			leave(0);
		if (caller->flag)
			EXPECT_FAILS(sibling, EINVAL);
		else
			EXPECT_OK(sibling);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	/* Whoever they are, they all end. */
	while (wait_for(-1, NULL, __WALL, NULL) > 0) {
	}
	EXPECT_NO_CHILD();
}
