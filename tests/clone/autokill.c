// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* CLONE_PIDFD_AUTOKILL: a child that lives as long as the descriptor that clone3 gave its parent. */
#include "forkcheck.h"

#define CLONE3 NEEDS_CLONE3
#define AUTOKILL (CLONE_PIDFD | CLONE_AUTOREAP | CLONE_PIDFD_AUTOKILL)

enum { KEEPER_IS_UP, KEEPER_MAY_END };

/*
 * A child that answers each byte by one. The kill is sent before the close of the descriptor returns; a byte written
 * after that can't be answered, since a read that gets it ends with the signal. So a child that survives is a byte,
 * and one that does not is the end of file.
 */
struct hostage {
	int pidfd;
	int questions[2], answers[2];
};

static void open_pipes(struct hostage *hostage)
{
	hostage->pidfd = -1;
	SETUP(pipe2(hostage->questions, O_CLOEXEC));
	SETUP(pipe2(hostage->answers, O_CLOEXEC));
}

static _Noreturn void answer(const struct hostage *hostage)
{
	char byte;

	sys_close(hostage->questions[1]);
	while (sys_read(hostage->questions[0], &byte, 1) == 1)
		sys_write(hostage->answers[1], &byte, 1);
	leave(0);
}

/* The result of the call. */
static long take_hostage(struct hostage *hostage, uint64_t flags)
{
	open_pipes(hostage);
	long child = CLONE_HERE(VIA_CLONE3, .flags = flags, .pidfd = &hostage->pidfd, .exit_signal = 0);
	if (child == 0)
		answer(hostage);
	/* The reading end of the questions stays: to ask the dead must be no SIGPIPE. */
	sys_close(hostage->answers[1]);
	return child;
}

static void require_hostage(struct hostage *hostage, uint64_t flags)
{
	long child = take_hostage(hostage, flags);
	REQUIRE_GT(child, 0);
	REQUIRE_GE(hostage->pidfd, 0);
}

static bool alive(const struct hostage *hostage)
{
	char byte = 0;

	SETUP_RAW(sys_write(hostage->questions[1], "?", 1));
	return SETUP_RAW(sys_read(hostage->answers[0], &byte, 1)) == 1;
}

static const struct privilege {
	struct case_head head;
	uint64_t flags;
} privileges[] = {
	{ { "nnp", .covers = "CLONE-AUTOKILL-01 CLONE-AUTOKILL-09" }, AUTOKILL | CLONE_NNP },
	{ { "capable", .covers = "CLONE-AUTOKILL-01", .caps = CAP(SYS_ADMIN) }, AUTOKILL },
};

TEST(last_close, .features = FEATURES(CLONE3),
     .summary =
	     "closing the descriptor kills the child, by CLONE_NNP without a capability and by CAP_SYS_ADMIN without it",
     CASES_NEEDING(privileges))
{
	const struct privilege *row = this_case();
	struct hostage hostage;

	require_hostage(&hostage, row->flags);
	EXPECT_TRUE(alive(&hostage));
	SETUP_RAW(sys_close(hostage.pidfd));
	EXPECT_TRUE(!alive(&hostage));
	SETUP_RAW(sys_close(hostage.questions[1])); /* the end of one that lives on */
	EXPECT_FAILS(wait_for(-1, NULL, __WALL, NULL), ECHILD);
}

TEST(without_flag, .covers = "CLONE-AUTOKILL-13", .features = FEATURES(CLONE3),
     .summary = "without CLONE_PIDFD_AUTOKILL a closed pidfd means nothing to the child")
{
	struct hostage hostage;

	long child = take_hostage(&hostage, CLONE_PIDFD);
	REQUIRE_GT(child, 0);
	REQUIRE_GE(hostage.pidfd, 0);
	SETUP_RAW(sys_close(hostage.pidfd));
	EXPECT_TRUE(alive(&hostage));
	SETUP_RAW(sys_close(hostage.questions[1]));
	EXPECT_EXITED(child, 0);
}

TEST(duplicate, .covers = "CLONE-AUTOKILL-02", .features = FEATURES(CLONE3),
     .summary = "a duplicate of the descriptor keeps the child alive, until it is closed too")
{
	struct hostage hostage;

	require_hostage(&hostage, AUTOKILL | CLONE_NNP);
	int copy = (int)SETUP(sys_dup(hostage.pidfd));
	SETUP_RAW(sys_close(hostage.pidfd));
	EXPECT_TRUE(alive(&hostage));
	SETUP_RAW(sys_close(copy));
	EXPECT_TRUE(!alive(&hostage));
}

TEST(inherited, .covers = "CLONE-AUTOKILL-02 CLONE-AUTOKILL-11", .features = FEATURES(CLONE3),
     .summary = "a copy that another child has inherited keeps the child alive, until that one ends")
{
	struct hostage hostage;

	require_hostage(&hostage, AUTOKILL | CLONE_NNP);
	pid_t keeper = start_child(KEEPER_MAY_END, 0);
	SETUP_RAW(sys_close(hostage.pidfd));
	EXPECT_TRUE(alive(&hostage));
	post(KEEPER_MAY_END);
	EXPECT_EXITED(keeper, 0);
	EXPECT_TRUE(!alive(&hostage));
}

TEST(opened_otherwise, .covers = "CLONE-AUTOKILL-03", .features = FEATURES(CLONE3),
     .summary = "descriptors from pidfd_open neither kill the child when closed nor keep it alive")
{
	struct hostage hostage;

	long child = take_hostage(&hostage, AUTOKILL | CLONE_NNP);
	REQUIRE_GT(child, 0);
	int other = (int)SETUP(sys_pidfd_open((pid_t)child, 0));
	SETUP(sys_pidfd_open((pid_t)child, 0)); /* this one stays */
	SETUP_RAW(sys_close(other));
	EXPECT_TRUE(alive(&hostage));
	SETUP_RAW(sys_close(hostage.pidfd));
	EXPECT_TRUE(!alive(&hostage));
}

TEST(namespace_init, .covers = "CLONE-AUTOKILL-04", .caps = CAP(SYS_ADMIN), .features = FEATURES(CLONE3, NEEDS_PID_NS),
     .summary = "closing the descriptor ends the first process of a PID namespace too")
{
	struct hostage hostage;

	require_hostage(&hostage, AUTOKILL | CLONE_NNP | CLONE_NEWPID);
	EXPECT_TRUE(alive(&hostage));
	SETUP_RAW(sys_close(hostage.pidfd));
	EXPECT_TRUE(!alive(&hostage));
}

/* ---- Other ways to close ------------------------------------------------------------------------- */

static const struct ending {
	struct case_head head;
	bool executes;
} endings[] = {
	{ { "exit", .covers = "CLONE-AUTOKILL-11" }, false },
	{ { "execve", .covers = "CLONE-AUTOKILL-12" }, true },
};

TEST(closed_by_kernel, .features = FEATURES(CLONE3),
     .summary = "the child is killed when the holder of the descriptor exits or calls execve", CASES_NEEDING(endings))
{
	const struct ending *row = this_case();
	struct hostage *hostage = shared(sizeof(*hostage));
	int executed[2];
	char byte = 0;

	open_pipes(hostage);
	SETUP(pipe(executed));
	pid_t parent = fork_helper();
	if (parent == 0) {
		long child = CLONE_HERE(VIA_CLONE3, .flags = AUTOKILL | CLONE_NNP, .pidfd = &hostage->pidfd);
		if (child == 0)
			answer(hostage);
		REQUIRE_GT(child, 0);
		sys_close(hostage->answers[1]);
		post(KEEPER_IS_UP);
		await(KEEPER_MAY_END);
		if (row->executes)
			SETUP_RAW(execute_self(IMAGE_PAUSE, executed[1]));
		leave(0);
	}
	sys_close(hostage->answers[1]);
	await(KEEPER_IS_UP);
	EXPECT_TRUE(alive(hostage));
	post(KEEPER_MAY_END);
	if (row->executes)
		SETUP_RAW(sys_read(executed[0], &byte, 1));
	else
		EXPECT_EXITED(parent, 0);
	EXPECT_TRUE(!alive(hostage));
	if (row->executes) {
		checked_kill(parent, SIGKILL);
		EXPECT_KILLED(parent, SIGKILL);
	}
}

/* ---- What is refused ----------------------------------------------------------------------------- */

static const struct contradiction {
	struct case_head head;
	uint64_t flags;
} contradictions[] = {
	{ { "no_pidfd", .covers = "CLONE-AUTOKILL-05 CLONE-AUTOKILL-10" }, AUTOKILL & ~CLONE_PIDFD },
	{ { "no_pidfd_nnp", .covers = "CLONE-AUTOKILL-05" }, (AUTOKILL & ~CLONE_PIDFD) | CLONE_NNP },
	{ { "no_autoreap", .covers = "CLONE-AUTOKILL-06 CLONE-AUTOKILL-10" }, AUTOKILL & ~CLONE_AUTOREAP },
	{ { "no_autoreap_nnp", .covers = "CLONE-AUTOKILL-06" }, (AUTOKILL & ~CLONE_AUTOREAP) | CLONE_NNP },
	{ { "no_autoreap_capable", .covers = "CLONE-AUTOKILL-06", .caps = CAP(SYS_ADMIN) },
	  AUTOKILL & ~CLONE_AUTOREAP },
};

static void expect_refused(uint64_t flags, int error)
{
	int pidfd = -1;

	long child = CLONE_HERE(VIA_CLONE3, .flags = flags, .pidfd = &pidfd, .exit_signal = 0);
	EXPECT_REFUSED(child, error);
	EXPECT_EQ(pidfd, -1);
	EXPECT_NO_CHILD();
}

TEST(contradicts, .features = FEATURES(CLONE3),
     .summary = "without CLONE_PIDFD or CLONE_AUTOREAP it gives EINVAL, also where EPERM would be due",
     CASES_NEEDING(contradictions))
{
	const struct contradiction *row = this_case();

	expect_refused(row->flags, EINVAL);
}

TEST(privilege, .covers = "CLONE-AUTOKILL-08", .features = FEATURES(CLONE3),
     .summary = "without CLONE_NNP and without CAP_SYS_ADMIN it gives EPERM")
{
	expect_refused(AUTOKILL, EPERM);
}

TEST(not_for_threads, .covers = "CLONE-AUTOKILL-07", .features = FEATURES(CLONE3),
     .summary = "CLONE_PIDFD_AUTOKILL with CLONE_THREAD gives EINVAL, with CLONE_AUTOREAP and without")
{
	const uint64_t thread = THREAD_FLAGS | CLONE_PIDFD | CLONE_PIDFD_AUTOKILL | CLONE_NNP;
	int pidfd = -1;

	long child = CLONE_CALL(VIA_CLONE3, new_stack(), return_zero, NULL, .flags = thread, .pidfd = &pidfd);
	EXPECT_FAILS(child, EINVAL);
	child = CLONE_CALL(VIA_CLONE3, new_stack(), return_zero, NULL, .flags = thread | CLONE_AUTOREAP,
			   .pidfd = &pidfd);
	EXPECT_FAILS(child, EINVAL);
	EXPECT_EQ(pidfd, -1);
}
