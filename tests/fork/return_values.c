// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* What fork returns, who is who afterwards, and that both go on. */
#include "forkcheck.h"

TEST(child_gets_zero, .covers = "FORK-001 FORK-002 FORK-013 FORK-049",
     .summary = "fork returns 0 in the child and the child's PID in the parent", THROUGH(fork_doors))
{
	const struct fork_door *door = this_door();
	struct {
		pid_t self, parent;
	} *seen = shared(sizeof(*seen));
	pid_t me = sys_getpid();

	long child = door->fork();
	if (child == 0) {
		seen->self = sys_getpid();
		seen->parent = sys_getppid();
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	EXPECT_EQ(seen->self, child);
	EXPECT_EQ(seen->parent, me);
	EXPECT_NE(seen->self, me);
}

TEST(both_resume, .covers = "FORK-048", .summary = "parent and child both go on right after the call, each once",
     THROUGH(fork_doors))
{
	const struct fork_door *door = this_door();
	struct {
		int before, parent, child;
	} *times = shared(sizeof(*times));

	times->before++;
	long child = door->fork();
	if (child == 0) {
		times->child++;
		leave(0);
	}
	times->parent++;
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	EXPECT_EQ(times->before, 1);
	EXPECT_EQ(times->child, 1);
	EXPECT_EQ(times->parent, 1);
}

enum { CHILD_SPOKE, PARENT_SPOKE, CHILD_SPOKE_AGAIN };

TEST(both_run, .covers = "POSIX-001", .summary = "parent and child run side by side, neither waits for the other's end",
     .features = FEATURES(NEEDS_PROC), THROUGH(fork_doors))
{
	const struct fork_door *door = this_door();
	volatile int *parent_runs = shared(sizeof(*parent_runs));

	long child = door->fork();
	if (child == 0) {
		/* A parent that is only resumed at the child's end is seen asleep in the call. */
		REQUIRE_TRUE(!await_blocked(sys_getppid(), vfork_calls, parent_runs, 0));
		post(CHILD_SPOKE);
		await(PARENT_SPOKE);
		post(CHILD_SPOKE_AGAIN);
		leave(0);
	}
	*parent_runs = 1;
	REQUIRE_GT(child, 0);
	await(CHILD_SPOKE);
	post(PARENT_SPOKE);
	await(CHILD_SPOKE_AGAIN);
	EXPECT_EXITED(child, 0);
}
