// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* Expectations that must not hold, and what is told of them: see selftest/expectations.t. */
#include "forkcheck.h"

#include <sys/mount.h>

TEST(unsigned_is_not_negative)
{
	EXPECT_LT((uint64_t)1 << 63, 1);
}

TEST(negative_is_not_unsigned)
{
	EXPECT_EQ(-1LL, UINT64_MAX);
}

TEST(negative_is_less)
{
	EXPECT_GE(-1LL, 1ULL);
}

TEST(library_call)
{
	EXPECT_RETURNS(mount("none", "/no/such/directory", "tmpfs", 0, NULL), 0);
}

TEST(result_of_library_call)
{
	int result = chdir("/no/such/directory");
	EXPECT_RETURNS(result, 0);
}

TEST(wrong_value_of_library_call)
{
	EXPECT_RETURNS(getpagesize() / getpagesize(), 7);
}

static const struct row {
	const char *name;
	int value;
} rows[] = { { "first", 1 }, { "second", 2 } };

TEST(raw_call)
{
	EXPECT_RESULT(SYSCALL1(SYS_close, -1), 0);
}

TEST(byte)
{
	static const char bytes[] = { 1, 1, 2 };
	EXPECT_BYTES(bytes, 3, 1);
}

TEST(no_such_child)
{
	EXPECT_EXITED(sys_getpid(), 0);
}

TEST(in_a_loop)
{
	for (int i = 0; i < 3; i++)
		EXPECT_NE(i, 2, i);
}

TEST(with_a_name)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		EXPECT_TRUE(rows[i].value < 2, rows[i].name);
}

TEST(children_in_a_loop)
{
	for (int i = 0; i < 2; i++) {
		pid_t child = fork_helper();
		if (child == 0)
			leave(i);
		EXPECT_EXITED(child, 0, i);
	}
}
