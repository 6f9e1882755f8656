// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* When a wait blocks, when it does not, and what wakes it. */
#include "forkcheck.h"

#include <string.h>

#ifndef PIDFD_NONBLOCK
#define PIDFD_NONBLOCK O_NONBLOCK
#endif

enum { HELPER_READY, CHILD_MAY_GO, HANDLED };

static long by_wait4(pid_t child)
{
	return wait_for(child, NULL, 0, NULL);
}

static long by_wait4_any(pid_t child)
{
	(void)child;
	return wait_for(-1, NULL, 0, NULL);
}

/* waitid, and then what wait4 gives in the same place: the child's PID, or -errno. */
static long waitid_pid(int type, int id)
{
	siginfo_t info = { 0 };

	long result = waitid_for(type, id, &info, WEXITED, NULL);
	return result ? result : info.si_pid;
}

static long by_waitid(pid_t child)
{
	return waitid_pid(P_PID, child);
}

static long by_pidfd(pid_t child)
{
	long fd = sys_pidfd_open(child, 0);

	REQUIRE_OK(fd);
	return waitid_pid(P_PIDFD, (int)fd);
}

static const struct call {
	struct case_head head;
	long (*call)(pid_t child);
} calls[] = {
	{ { .name = "wait4" }, by_wait4 },
	{ { .name = "wait4_any" }, by_wait4_any },
	{ { .name = "waitid" }, by_waitid },
	{ { .name = "pidfd", .covers = "WAITID-05" }, by_pidfd },
};

struct waiter {
	int back; /* the wait has returned */
	long got;
	pid_t child;
};

/* A process that waits for its only child; the child lives until CHILD_MAY_GO. */
static pid_t start_waiter(struct waiter *waiter, long (*call)(pid_t child))
{
	pid_t pid = fork_helper();

	if (pid == 0) {
		waiter->child = start_child(CHILD_MAY_GO, 0);
		post(HELPER_READY);
		long got = call(waiter->child);
		waiter->got = got;
		__atomic_store_n(&waiter->back, 1, __ATOMIC_SEQ_CST);
		checked_wait(waiter->child, NULL, 0);
		leave(0);
	}
	await(HELPER_READY);
	return pid;
}

TEST(until_exit, .covers = "WAIT-01", .summary = "a wait blocks until the child has ended",
     .features = FEATURES(NEEDS_PROC), CASES_NEEDING(calls))
{
	const struct call *row = this_case();
	struct waiter *waiter = shared(sizeof(*waiter));
	pid_t pid = start_waiter(waiter, row->call);

	EXPECT_TRUE(await_blocked(pid, wait_calls, &waiter->back, 0));
	post(CHILD_MAY_GO);
	EXPECT_EXITED(pid, 0);
	EXPECT_EQ(waiter->got, waiter->child);
}

TEST(at_once, .covers = "WAIT-02", .summary = "a wait for a child that is dead already returns at once",
     CASES_NEEDING(calls))
{
	const struct call *row = this_case();
	pid_t child = start_child(CHILD_MAY_GO, 0);

	post(CHILD_MAY_GO);
	await_zombie(child);
	long got = row->call(child);
	EXPECT_EQ(got, child);
	EXPECT_NO_CHILD();
}

static void on_signal(int sig)
{
	(void)sig;
	post(HANDLED);
}

static const struct interruption {
	struct case_head head;
	int flags;
	bool fails;
} interruptions[] = {
	{ { .name = "interrupted", .covers = "WAIT-24" }, 0, true },
	{ { .name = "restarted", .covers = "WAIT-25" }, SA_RESTART, false },
};

static const struct call_door {
	struct case_head head;
	long (*call)(pid_t child);
} call_doors[] = {
	{ { .name = "wait4" }, by_wait4 },
	{ { .name = "waitid" }, by_waitid },
};

TEST(handler, .features = FEATURES(NEEDS_PROC),
     .summary = "a handler interrupts a wait, with EINTR, unless it has SA_RESTART: then the wait goes on",
     CASES_NEEDING(interruptions), THROUGH(call_doors))
{
	const struct interruption *row = this_case();
	const struct call_door *door = this_door();
	const struct sigaction action = { .sa_handler = on_signal, .sa_flags = row->flags };
	struct waiter *waiter = shared(sizeof(*waiter));

	SETUP(sigaction(SIGUSR1, &action, NULL)); /* the waiter inherits it */
	pid_t pid = start_waiter(waiter, door->call);
	EXPECT_TRUE(await_blocked(pid, wait_calls, &waiter->back, 0));
	SETUP(checked_kill(pid, SIGUSR1));
	await(HANDLED);
	/* It comes back, or is seen asleep in the call again. */
	EXPECT_EQ(await_blocked(pid, wait_calls, &waiter->back, 0), !row->fails);
	post(CHILD_MAY_GO);
	EXPECT_EXITED(pid, 0);
	EXPECT_EQ(waiter->got, row->fails ? -EINTR : waiter->child);
}

TEST(own_signal, .covers = "WAIT-46", .features = FEATURES(NEEDS_PROC),
     .summary = "the SIGCHLD of the very child that ends does not interrupt the wait for it", CASES(call_doors))
{
	const struct call_door *door = this_case();
	const struct sigaction action = { .sa_handler = on_signal };
	struct waiter *waiter = shared(sizeof(*waiter));

	SETUP(sigaction(SIGCHLD, &action, NULL));
	pid_t pid = start_waiter(waiter, door->call);
	EXPECT_TRUE(await_blocked(pid, wait_calls, &waiter->back, 0));
	post(CHILD_MAY_GO);
	EXPECT_EXITED(pid, 0);
	EXPECT_EQ(waiter->got, waiter->child);
	EXPECT_TRUE(posted(HANDLED));
}

/* A child that ends with status 7 when told, or with 1 when it sees its parent blocked, which *back is 0 until then. */
static pid_t start_watchful(volatile int *back)
{
	pid_t parent = sys_getpid(), child = fork_helper();

	if (child == 0) {
		if (await_blocked(parent, wait_calls, back, 0))
			leave(1);
		await(CHILD_MAY_GO);
		leave(7);
	}
	return child;
}

TEST(not_blocking, .features = FEATURES(NEEDS_PROC), .covers = "WAIT-09 WAITID-20",
     .summary = "with WNOHANG a wait returns at once: 0 and no child while it lives, the child when it is dead")
{
	int *back = shared(sizeof(*back)), status = -1;
	pid_t child = start_watchful(back);
	siginfo_t info;

	long got = wait_for(child, &status, WNOHANG, NULL);
	REQUIRE_EQ(got, 0);
	got = wait_for(-1, &status, WNOHANG, NULL);
	REQUIRE_EQ(got, 0);
	EXPECT_EQ(status, -1);
	memset(&info, 0xff, sizeof(info));
	got = waitid_for(P_PID, child, &info, WEXITED | WNOHANG, NULL);
	*back = 1;
	REQUIRE_EQ(got, 0);
	EXPECT_EQ(info.si_pid, 0);
	EXPECT_EQ(info.si_signo, 0);
	post(CHILD_MAY_GO);
	await_zombie(child);
	got = waitid_for(P_PID, child, &info, WEXITED | WNOHANG | WNOWAIT, NULL);
	EXPECT_EQ(got, 0);
	EXPECT_EQ(info.si_pid, child);
	EXPECT_EQ(info.si_signo, SIGCHLD);
	got = wait_for(child, &status, WNOHANG, NULL);
	EXPECT_EQ(got, child);
	EXPECT_EQ(status, W_EXITCODE(7, 0));
}

TEST(left_waitable, .covers = "WAITID-13",
     .summary = "WNOWAIT leaves a dead child to be waited for, as often as it is given")
{
	pid_t child = start_child(CHILD_MAY_GO, 7);
	int status = -1;
	siginfo_t info;

	post(CHILD_MAY_GO);
	for (int i = 0; i < 3; i++) {
		memset(&info, 0xff, sizeof(info));
		long got = waitid_for(P_ALL, 0, &info, WEXITED | WNOWAIT, NULL);
		EXPECT_EQ(got, 0, i);
		EXPECT_EQ(info.si_pid, child, i);
		EXPECT_EQ(info.si_status, 7, i);
	}
	EXPECT_EQ(wait_for(child, &status, 0, NULL), child);
	EXPECT_EQ(status, W_EXITCODE(7, 0));
	EXPECT_NO_CHILD();
}

TEST(nonblocking_pidfd, .features = FEATURES(NEEDS_PROC), .covers = "WAITID-06 PIDFD-07",
     .summary = "a wait by a nonblocking descriptor fails with EAGAIN while the child lives, and then reports it")
{
	int *back = shared(sizeof(*back));
	pid_t child = start_watchful(back);
	siginfo_t info = { 0 };

	long fd = sys_pidfd_open(child, PIDFD_NONBLOCK);
	REQUIRE_OK(fd);
	EXPECT_EQ(sys_fcntl((int)fd, F_GETFL, 0) & O_NONBLOCK, O_NONBLOCK);
	long got = waitid_for(P_PIDFD, (int)fd, &info, WEXITED, NULL);
	*back = 1;
	REQUIRE_EQ(got, -EAGAIN);
	got = waitid_for(P_PIDFD, (int)fd, &info, WEXITED | WNOHANG, NULL);
	EXPECT_EQ(got, 0);
	EXPECT_EQ(info.si_pid, 0);
	post(CHILD_MAY_GO);
	await_zombie(child);
	got = waitid_for(P_PIDFD, (int)fd, &info, WEXITED, NULL);
	EXPECT_EQ(got, 0);
	EXPECT_EQ(info.si_pid, child);
	EXPECT_NO_CHILD();
}
