// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* CLONE_VFORK together with other flags: they keep their meanings, and the caller is suspended all the same. */
#include "forkcheck.h"
#include "suspended.h"

#define VFORK_FLAGS (CLONE_VM | CLONE_VFORK)

#ifndef P_PIDFD
#define P_PIDFD 3
#endif

static int exit_when_told(void *arg)
{
	struct story *story = arg;

	child_waits(story);
	story->turn = 1;
	return 6;
}

/* ---- Suspended with any of them ----------------------------------------------------------------- */

static const struct further {
	struct case_head head;
	uint64_t flags;
	bool no_signal; /* clone3 and the kernel want none */
} further[] = {
	{ { .name = "files" }, CLONE_FILES, false },
	{ { .name = "fs" }, CLONE_FS, false },
	{ { .name = "sighand" }, CLONE_SIGHAND, false },
	{ { .name = "all_shared" }, CLONE_FILES | CLONE_FS | CLONE_SIGHAND | CLONE_SYSVSEM, false },
	{ { .name = "new_user_and_pid", .features = FEATURES(NEEDS_USER_NS, NEEDS_PID_NS) },
	  CLONE_NEWUSER | CLONE_NEWPID,
	  false },
	{ { .name = "thread", .covers = "CLONE-VFORK-04" }, THREAD_FLAGS, true },
};

TEST(suspended_too, .covers = "CLONE-VFORK-05", .features = FEATURES(NEEDS_PROC), CASES_NEEDING(further),
     THROUGH(clone_doors),
     .summary =
	     "whatever else a child shares, and also if it is a thread, CLONE_VFORK suspends the caller until it ends")
{
	const struct further *row = this_case();
	const struct clone_door *door = this_door();
	struct story *story = shared(sizeof(*story));

	pid_t caller = fork_helper();
	if (caller == 0) {
		long child = CLONE_CALL(door->via, new_stack(), exit_when_told, story,
					.flags = VFORK_FLAGS | row->flags, .exit_signal = row->no_signal ? 0 : SIGCHLD);
		EXPECT_EQ(story->turn, 1);
		story->turn = 2;
		REQUIRE_GT(child, 0);
		if (!row->no_signal)
			EXPECT_EXITED(child, 6);
		leave(0);
	}
	EXPECT_TRUE(seen_suspended(caller, story));
	post(CHILD_MAY_GO);
	EXPECT_EXITED(caller, 0);
	EXPECT_EQ(story->turn, 2);
}

/* ---- CLONE_PIDFD -------------------------------------------------------------------------------- */

static int look_for_descriptor(void *arg)
{
	EXPECT_FAILS(sys_fcntl(*(int *)arg, F_GETFD, 0), EBADF);
	return 6;
}

TEST(pidfd, .covers = "CLONE-VFORK-06 CLONE-PIDFD-08 CLONE-PIDFD-12", THROUGH(clone_doors),
     .features = FEATURES(NEEDS_PIDFD),
     .summary =
	     "with CLONE_VFORK and CLONE_PIDFD the caller gets a descriptor of a child that has ended, and can reap the child by it")
{
	const struct clone_door *door = this_door();
	int lowest = (int)SETUP(sys_dup(FD_RECORDS)), pidfd = -1;
	siginfo_t info = { 0 };

	SETUP(sys_close(lowest));
	long child = CLONE_CALL(door->via, new_stack(), look_for_descriptor, &lowest,
				.flags = VFORK_FLAGS | CLONE_PIDFD, .exit_signal = SIGCHLD, .pidfd = &pidfd);
	REQUIRE_GT(child, 0);
	EXPECT_EQ(pidfd, lowest);
	EXPECT_EQ(sys_fcntl(pidfd, F_GETFD, 0), FD_CLOEXEC);
	EXPECT_OK(waitid_for(P_PIDFD, pidfd, &info, WEXITED, NULL));
	EXPECT_EQ(info.si_pid, child);
	EXPECT_EQ(info.si_status, 6);
	EXPECT_FAILS(sys_pidfd_send_signal(pidfd, 0, NULL, 0), ESRCH);
	EXPECT_NO_CHILD();
}

/* ---- CLONE_PARENT ------------------------------------------------------------------------------- */

TEST(parent, .covers = "CLONE-VFORK-07 CLONE-PARENT-01 CLONE-PARENT-02", .features = FEATURES(NEEDS_PROC),
     .summary = "with CLONE_VFORK and CLONE_PARENT the caller is suspended by a child that is not its own",
     THROUGH(clone_doors))
{
	const struct clone_door *door = this_door();
	struct story *story = shared(sizeof(*story));

	pid_t caller = fork_helper();
	if (caller == 0) {
		long child = CLONE_CALL(door->via, new_stack(), exit_when_told, story,
					.flags = VFORK_FLAGS | CLONE_PARENT);
		EXPECT_EQ(story->turn, 1);
		story->turn = 2;
		REQUIRE_GT(child, 0);
		EXPECT_EQ(child, story->child);
		EXPECT_NO_CHILD();
		leave(0);
	}
	EXPECT_TRUE(seen_suspended(caller, story));
	post(CHILD_MAY_GO);
	EXPECT_EXITED(caller, 0);
	EXPECT_EXITED(story->child, 6);
	EXPECT_EQ(story->turn, 2);
}

static int exit_8(void *arg)
{
	volatile pid_t *parent = arg;

	*parent = sys_getppid();
	return 8;
}

/* In the memory of the caller, which the child has too. */
static volatile pid_t parent_of_sibling;
static pid_t told_pid;

static int make_sibling(void *arg)
{
	const struct clone_door *door = arg;

	long sibling = CLONE_CALL(door->via, new_stack(), exit_8, (void *)&parent_of_sibling,
				  .flags = CLONE_VM | CLONE_PARENT | CLONE_PARENT_SETTID, .parent_tid = &told_pid);
	EXPECT_GT(sibling, 0);
	EXPECT_EQ(told_pid, sibling);
	EXPECT_NO_CHILD();
	return 6;
}

TEST(sibling, .covers = "CLONE-PARENT-01 CLONE-PARENT-02 VFORK-004", THROUGH(clone_doors),
     .summary =
	     "a sibling that a child of vfork makes by CLONE_PARENT is a child of vfork's caller, which finds its PID "
	     "in its own memory")
{
	const struct clone_door *door = this_door();

	long child = vfork_doors[0].vfork(make_sibling, (void *)door);
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 6);
	REQUIRE_GT(told_pid, 0);
	EXPECT_NE(told_pid, child);
	EXPECT_EXITED(told_pid, 8);
	EXPECT_EQ(parent_of_sibling, sys_getpid());
	EXPECT_NO_CHILD();
}

/* ---- CLONE_CHILD_CLEARTID ----------------------------------------------------------------------- */

static const struct end {
	const char *name;
	bool by_exec;
} ends[] = {
	{ "exit", false },
	{ "exec", true },
};

static int end_sharing(void *arg)
{
	const struct story *story = arg;

	if (story->channel >= 0)
		SETUP_RAW(execute_self(IMAGE_PAUSE, story->channel));
	return 0;
}

TEST(cleared_word, .covers = "CLONE-VFORK-08", CASES(ends), THROUGH(clone_doors),
     .summary =
	     "with CLONE_VFORK and CLONE_CHILD_CLEARTID the word is 0 when the caller resumes, whether the child exited or executed a program")
{
	const struct end *end = this_case();
	const struct clone_door *door = this_door();
	struct story *story = shared(sizeof(*story));
	volatile pid_t word = -1;
	int channel[2];
	char byte;

	SETUP(pipe(channel));
	story->channel = end->by_exec ? channel[1] : -1;
	long child = CLONE_CALL(door->via, new_stack(), end_sharing, story, .flags = VFORK_FLAGS | CLONE_CHILD_CLEARTID,
				.exit_signal = SIGCHLD, .child_tid = (pid_t *)&word);
	EXPECT_EQ(word, 0);
	SETUP(sys_close(channel[1]));
	REQUIRE_GT(child, 0);
	if (end->by_exec) {
		EXPECT_EQ(sys_read(channel[0], &byte, 1), 1);
		checked_kill((pid_t)child, SIGKILL);
		EXPECT_KILLED(child, SIGKILL);
	} else {
		EXPECT_EXITED(child, 0);
	}
}
