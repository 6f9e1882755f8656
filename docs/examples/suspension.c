// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* Waiting without a clock: a process is suspended, and that is seen, not timed. */
#include "forkcheck.h"

enum { CHILD_RUNS, CHILD_MAY_GO };

/* In the child of vfork: harness calls and raw system calls only. */
static int exit_when_told(void *arg)
{
	volatile int *turn = arg;

	post(CHILD_RUNS);
	await(CHILD_MAY_GO);
	*turn = 1;
	return 0;
}

TEST(until_exit, .covers = "VFORK-001",
     .summary = "the caller of vfork does not run before the child has called _exit()",
     .features = FEATURES(NEEDS_PROC), THROUGH(vfork_doors))
{
	const struct vfork_door *door = this_door();
	int *turn = shared(sizeof(*turn)); /* 0, then 1 by the child, then 2 by the caller */

	pid_t caller = fork_helper();
	if (caller == 0) {
		long child = door->vfork(exit_when_told, turn);
		EXPECT_EQ(*turn, 1); /* its first act: the child's last act must have come before */
		*turn = 2;
		REQUIRE_GT(child, 0);
		EXPECT_EXITED(child, 0);
		leave(0);
	}
	await(CHILD_RUNS);
	/* The child is between vfork and _exit for as long as we like: is the caller asleep in the call? */
	EXPECT_TRUE(await_blocked(caller, vfork_calls, turn, 0));
	post(CHILD_MAY_GO);
	EXPECT_EXITED(caller, 0);
	EXPECT_EQ(*turn, 2);
}
