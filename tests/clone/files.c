// SPDX-License-Identifier: GPL-2.0-only
/* CLONE_FILES: one table of descriptors, or a copy of it. */
#include "forkcheck.h"

/* Runs in the child: opens a descriptor, and tells its number in *arg. */
static int open_null(void *arg)
{
	int *number = arg;

	*number = (int)SETUP_RAW(sys_open("/dev/null", O_RDONLY | O_CLOEXEC));
	return 0;
}

TEST(opened_by_child, .covers = "CLONE-FILES-01",
     .summary = "with CLONE_FILES a descriptor that the child opens is open in the caller", CASES(clone_doors))
{
	const struct clone_door *door = this_case();
	int *number = shared(sizeof(*number));

	long child = CLONE_CALL(door->via, new_stack(), open_null, number, .flags = CLONE_FILES,
				.exit_signal = SIGCHLD);
	REQUIRE_GT(child, 0);
	EXPECT_EXITED((pid_t)child, 0);
	EXPECT_EQ(sys_fcntl(*number, F_GETFD, 0), FD_CLOEXEC);
}

TEST(opened_by_child_apart, .covers = "CLONE-FILES-06",
     .summary = "without CLONE_FILES a descriptor that the child opens is not open in the caller", CASES(clone_doors))
{
	const struct clone_door *door = this_case();
	int *number = shared(sizeof(*number));

	long child = CLONE_CALL(door->via, new_stack(), open_null, number, .flags = 0, .exit_signal = SIGCHLD);
	REQUIRE_GT(child, 0);
	EXPECT_EXITED((pid_t)child, 0);
	EXPECT_FAILS(sys_fcntl(*number, F_GETFD, 0), EBADF);
}
