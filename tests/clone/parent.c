// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* CLONE_PARENT: the child of the caller's parent. The test is that parent, the caller a child of it. */
#include "forkcheck.h"

enum { CALLER_ENDED, CLONED, MAY_END };

/* clone3 wants no signal with the flag; clone has one, which it does not look at. */
static const struct way {
	struct case_head head;
	enum clone_via via;
	int signal;
} ways[] = {
	{ { .name = "clone" }, VIA_CLONE, SIGCHLD },
	{ { .name = "clone_other_signal" }, VIA_CLONE, SIGUSR2 },
	{ { .name = "clone_no_signal" }, VIA_CLONE, 0 },
	{ { "clone3", .features = FEATURES(NEEDS_CLONE3) }, VIA_CLONE3, 0 },
};

TEST(is_the_callers, .covers = "CLONE-PARENT-01",
     .summary = "with CLONE_PARENT the child's parent is the caller's parent, also when the caller is gone",
     CASES_NEEDING(ways))
{
	const struct way *way = this_case();
	pid_t me = sys_getpid(), *sibling = shared(sizeof(*sibling));

	pid_t caller = fork_helper();
	if (caller == 0) {
		long child = CLONE_HERE(way->via, .flags = CLONE_PARENT, .exit_signal = way->signal);
		if (child == 0) {
			EXPECT_EQ(sys_getppid(), me);
			await(CALLER_ENDED);
			EXPECT_EQ(sys_getppid(), me);
			leave(7);
		}
		REQUIRE_GT(child, 0);
		*sibling = (pid_t)child;
		leave(0);
	}
	EXPECT_EXITED(caller, 0);
	post(CALLER_ENDED);
	REQUIRE_GT(*sibling, 0);
	EXPECT_EXITED(*sibling, 7);
}

TEST(caller_without, .covers = "CLONE-PARENT-03", .summary = "without CLONE_PARENT the child's parent is the caller",
     THROUGH(clone_doors))
{
	const struct clone_door *door = this_door();

	pid_t caller = fork_helper();
	if (caller == 0) {
		pid_t self = sys_getpid();
		long child = CLONE_HERE(door->via, .flags = 0, .exit_signal = SIGCHLD);
		if (child == 0) {
			EXPECT_EQ(sys_getppid(), self);
			leave(7);
		}
		REQUIRE_GT(child, 0);
		EXPECT_EXITED(child, 7);
		leave(0);
	}
	EXPECT_EXITED(caller, 0);
	EXPECT_NO_CHILD();
}

TEST(signal_and_wait, .covers = "CLONE-PARENT-02 CLONE-PARENT-06",
     .summary = "with CLONE_PARENT the caller's parent gets SIGCHLD and may wait, the caller neither",
     CASES_NEEDING(ways))
{
	const struct way *way = this_case();
	pid_t *sibling = shared(sizeof(*sibling));
	sigset64 all = ~0ULL, pending;
	siginfo_t info = { 0 };

	SETUP(sys_sigprocmask(SIG_SETMASK, &all, NULL));
	pid_t caller = fork_helper();
	if (caller == 0) {
		long child = CLONE_HERE(way->via, .flags = CLONE_PARENT, .exit_signal = way->signal);
		if (child == 0)
			leave(7);
		EXPECT_GT(child, 0);
		*sibling = (pid_t)child;
		EXPECT_NO_CHILD();
		post(CLONED);
		await(MAY_END);
		SETUP(sys_sigpending(&pending));
		EXPECT_EQ(pending, 0);
		leave(0);
	}
	await(CLONED);
	REQUIRE_GT(*sibling, 0);
	REQUIRE_OK(waitid_for(P_PID, *sibling, &info, WEXITED | WNOWAIT | __WALL, NULL));
	EXPECT_EQ(sys_sigpoll(~0ULL, &info), SIGCHLD);
	EXPECT_EQ(info.si_pid, *sibling);
	EXPECT_EQ(wait_for(*sibling, NULL, 0, NULL), *sibling); /* a plain wait: it is a child of fork's kind */
	SETUP(sys_sigpending(&pending));
	EXPECT_EQ(pending, 0);
	post(MAY_END);
	EXPECT_EXITED(caller, 0);
}

TEST(callers_signal, .covers = "CLONE-PARENT-06",
     .summary = "with CLONE_PARENT the child's exit signal is the one that the caller was made with",
     CASES_NEEDING(ways))
{
	const struct way *way = this_case();
	pid_t *sibling = shared(sizeof(*sibling));
	sigset64 all = ~0ULL;
	siginfo_t info = { 0 };

	SETUP(sys_sigprocmask(SIG_SETMASK, &all, NULL));
	long caller = CLONE_HERE(VIA_CLONE, .flags = 0, .exit_signal = SIGUSR1);
	if (caller == 0) {
		long child = CLONE_HERE(way->via, .flags = CLONE_PARENT, .exit_signal = way->signal);
		if (child == 0)
			leave(7);
		EXPECT_GT(child, 0);
		*sibling = (pid_t)child;
		post(CLONED);
		await(MAY_END);
		leave(0);
	}
	REQUIRE_GT(caller, 0);
	await(CLONED);
	REQUIRE_GT(*sibling, 0);
	REQUIRE_OK(waitid_for(P_PID, *sibling, &info, WEXITED | WNOWAIT | __WALL, NULL));
	EXPECT_EQ(sys_sigpoll(~0ULL, &info), SIGUSR1);
	EXPECT_EQ(info.si_pid, *sibling);
	EXPECT_FAILS(wait_for(*sibling, NULL, WNOHANG, NULL), ECHILD);
	EXPECT_EQ(wait_for(*sibling, NULL, WNOHANG | __WCLONE, NULL), *sibling);
	post(MAY_END);
	EXPECT_EXITED(caller, 0);
}

TEST(signal_refused, .covers = "CLONE-PARENT-05", .features = FEATURES(NEEDS_CLONE3),
     .summary = "clone3 refuses an exit signal together with CLONE_PARENT")
{
	pid_t caller = fork_helper();
	if (caller == 0) {
		long child = CLONE_HERE(VIA_CLONE3, .flags = CLONE_PARENT, .exit_signal = SIGCHLD);
		EXPECT_REFUSED(child, EINVAL);
		leave(0);
	}
	EXPECT_EXITED(caller, 0);
	EXPECT_NO_CHILD();
}

TEST(namespace_init, .covers = "CLONE-PARENT-04", .caps = CAP(SYS_ADMIN), .features = FEATURES(NEEDS_PID_NS),
     .summary = "the init of a PID namespace may not use CLONE_PARENT, its child may", THROUGH(clone_doors))
{
	const struct clone_door *door = this_door();
	int signal = door->via == VIA_CLONE ? SIGCHLD : 0;

	long init = CLONE_HERE(VIA_CLONE, .flags = CLONE_NEWPID, .exit_signal = SIGCHLD);
	if (init == 0) {
		long child = CLONE_HERE(door->via, .flags = CLONE_PARENT, .exit_signal = signal);
		EXPECT_REFUSED(child, EINVAL);
		pid_t *sibling = shared(sizeof(*sibling)), caller = fork_helper();
		if (caller == 0) {
			child = CLONE_HERE(door->via, .flags = CLONE_PARENT, .exit_signal = signal);
			if (child == 0) {
				EXPECT_EQ(sys_getppid(), 1);
				leave(7);
			}
			REQUIRE_GT(child, 0);
			*sibling = (pid_t)child;
			leave(0);
		}
		EXPECT_EXITED(caller, 0);
		REQUIRE_GT(*sibling, 0);
		EXPECT_EXITED(*sibling, 7);
		leave(0);
	}
	REQUIRE_GT(init, 0);
	EXPECT_EXITED(init, 0);
	EXPECT_NO_CHILD();
}
