// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* CLONE_VFORK without CLONE_VM, and CLONE_VM without CLONE_VFORK: each does its own part. */
#include "forkcheck.h"
#include "suspended.h"

enum { CALLER_RUNS = OTHER_EVENTS };

static volatile int private_word = 3;

/* ---- Suspended, memory apart -------------------------------------------------------------------- */

TEST(suspended_apart, .covers = "CLONE-VFORK-01", .features = FEATURES(NEEDS_PROC), THROUGH(clone_doors),
     .summary = "with CLONE_VFORK alone the caller is suspended until the child exits, and its memory is not shared")
{
	const struct clone_door *door = this_door();
	struct story *story = shared(sizeof(*story));

	pid_t caller = fork_helper();
	if (caller == 0) {
		long child = CLONE_HERE(door->via, .flags = CLONE_VFORK, .exit_signal = SIGCHLD);
		if (child == 0) {
			child_waits(story);
			EXPECT_EQ(private_word, 3);
			private_word = 4;
			story->turn = 1;
			leave(0);
		}
		EXPECT_EQ(story->turn, 1);
		story->turn = 2;
		EXPECT_EQ(private_word, 3);
		REQUIRE_GT(child, 0);
		EXPECT_EXITED(child, 0);
		leave(0);
	}
	EXPECT_TRUE(seen_suspended(caller, story));
	post(CHILD_MAY_GO);
	EXPECT_EXITED(caller, 0);
	EXPECT_EQ(story->turn, 2);
}

TEST(released_by_exec, .covers = "CLONE-VFORK-03", .features = FEATURES(NEEDS_PROC), THROUGH(clone_doors),
     .summary = "with CLONE_VFORK alone the caller goes on when the child executes a program, which still runs")
{
	const struct clone_door *door = this_door();
	struct story *story = shared(sizeof(*story));
	siginfo_t info = { 0 };
	int channel[2];
	char byte;

	SETUP(pipe(channel));
	pid_t caller = fork_helper();
	if (caller == 0) {
		long child = CLONE_HERE(door->via, .flags = CLONE_VFORK, .exit_signal = SIGCHLD);
		if (child == 0) {
			child_waits(story);
			story->turn = 1;
			SETUP(execute_self(IMAGE_PAUSE, channel[1]));
		}
		EXPECT_EQ(story->turn, 1);
		story->turn = 2;
		REQUIRE_GT(child, 0);
		SETUP(sys_close(channel[1]));
		EXPECT_EQ(sys_read(channel[0], &byte, 1), 1); /* from the new program */
		EXPECT_OK(waitid_for(P_PID, (int)child, &info, WEXITED | WNOHANG | WNOWAIT, NULL));
		EXPECT_EQ(info.si_pid, 0);
		checked_kill((pid_t)child, SIGKILL);
		EXPECT_KILLED(child, SIGKILL);
		leave(0);
	}
	SETUP(sys_close(channel[1]));
	REQUIRE_TRUE(seen_suspended(caller, story));
	post(CHILD_MAY_GO);
	EXPECT_EXITED(caller, 0);
	EXPECT_EQ(story->turn, 2);
}

/* ---- Not suspended ------------------------------------------------------------------------------ */

struct runner {
	volatile int caller_runs, seen;
};

static int exit_after_caller(void *arg)
{
	struct runner *runner = arg;

	REQUIRE_TRUE(!await_blocked(sys_getppid(), vfork_calls, &runner->caller_runs, 0));
	await(CALLER_RUNS);
	runner->seen = private_word;
	return 0;
}

TEST(both_run, .covers = "CLONE-VFORK-02", .features = FEATURES(NEEDS_PROC), THROUGH(clone_doors),
     .summary = "without CLONE_VFORK the caller runs on while its child lives, whether or not they share memory")
{
	const struct clone_door *door = this_door();
	struct runner *copying = shared(sizeof(*copying)), *sharing = shared(sizeof(*sharing));

	long copy = CLONE_HERE(door->via, .exit_signal = SIGCHLD);
	if (copy == 0)
		leave(exit_after_caller(copying));
	copying->caller_runs = 1;
	REQUIRE_GT(copy, 0);
	long sharer = CLONE_CALL(door->via, new_stack(), exit_after_caller, sharing, .flags = CLONE_VM,
				 .exit_signal = SIGCHLD);
	sharing->caller_runs = 1;
	REQUIRE_GT(sharer, 0);
	private_word = 4;
	post(CALLER_RUNS);
	EXPECT_EXITED(copy, 0);
	EXPECT_EXITED(sharer, 0);
	EXPECT_EQ(copying->seen, 3);
	EXPECT_EQ(sharing->seen, 4);
}
