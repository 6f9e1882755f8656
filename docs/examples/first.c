// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* A first test: what fork returns. */
#include "forkcheck.h"

TEST(child_gets_zero, .covers = "FORK-001 FORK-002 FORK-013",
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
}
