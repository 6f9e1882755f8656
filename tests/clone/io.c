// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* CLONE_IO: one I/O context, seen by the priority that it holds, or one each. */
#include "forkcheck.h"

enum { BY_CALLER };

#define WHO_PROCESS 1
/* Class 2 (best effort) is open to everybody. */
#define BEST_EFFORT(level) (2 << 13 | (level))

static void set_priority(int level)
{
	SETUP(SYSCALL3(SYS_ioprio_set, WHO_PROCESS, 0, BEST_EFFORT(level)));
}

static long priority(void)
{
	return SYSCALL2(SYS_ioprio_get, WHO_PROCESS, 0);
}

TEST(priority_shared, .covers = "CLONE-IO-01", .features = FEATURES(NEEDS_BLOCK),
     .summary = "with CLONE_IO an I/O priority that the caller or the child sets holds for both", THROUGH(clone_doors))
{
	const struct clone_door *door = this_door();

	set_priority(5); /* a process has a context only once it needs one */
	long child = CLONE_HERE(door->via, .flags = CLONE_IO, .exit_signal = SIGCHLD);
	if (child == 0) {
		await(BY_CALLER);
		EXPECT_EQ(priority(), BEST_EFFORT(6));
		set_priority(7);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	set_priority(6);
	post(BY_CALLER);
	EXPECT_EXITED(child, 0);
	EXPECT_EQ(priority(), BEST_EFFORT(7));
}

TEST(priority_apart, .covers = "CLONE-IO-02", .features = FEATURES(NEEDS_BLOCK),
     .summary = "without CLONE_IO the child starts with the caller's I/O priority, then each has its own",
     THROUGH(clone_doors))
{
	const struct clone_door *door = this_door();

	set_priority(5);
	long child = CLONE_HERE(door->via, .flags = 0, .exit_signal = SIGCHLD);
	if (child == 0) {
		await(BY_CALLER);
		EXPECT_EQ(priority(), BEST_EFFORT(5));
		set_priority(7);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	set_priority(6);
	post(BY_CALLER);
	EXPECT_EXITED(child, 0);
	EXPECT_EQ(priority(), BEST_EFFORT(6));
}

TEST(left_out_of_kernel, .covers = "CLONE-IO-03",
     .summary = "a kernel that was configured without I/O contexts accepts CLONE_IO and makes an ordinary child",
     THROUGH(clone_doors))
{
	const struct clone_door *door = this_door();

	if (!configured_without("BLOCK"))
		SKIP(SKIP_CONFIG, "BLOCK", "CONFIG_BLOCK is not known to be off");
	long child = CLONE_HERE(door->via, .flags = CLONE_IO, .exit_signal = SIGCHLD);
	if (child == 0)
		leave(7);
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 7);
}
