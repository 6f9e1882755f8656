// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* Not wrong, but idle: for bench/runner. */
#include "forkcheck.h"

TEST(twenty_milliseconds)
{
	struct timespec time = { 0, 20 * 1000 * 1000 };

	EXPECT_OK(SYSCALL2(SYS_nanosleep, &time, NULL));
}
