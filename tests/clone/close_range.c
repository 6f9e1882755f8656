// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* close_range(2), alone and in a process that shares its table of descriptors. */
#include "forkcheck.h"

#ifndef SYS_close_range
#define SYS_close_range 436
#endif
#ifndef CLOSE_RANGE_UNSHARE
#define CLOSE_RANGE_UNSHARE (1U << 1)
#endif
#ifndef CLOSE_RANGE_CLOEXEC
#define CLOSE_RANGE_CLOEXEC (1U << 2)
#endif

#define LAST (~0U)

static long sys_close_range(unsigned first, unsigned last, unsigned flags)
{
	return SYSCALL3(SYS_close_range, first, last, flags);
}

static long fd_flags(unsigned fd)
{
	return sys_fcntl((int)fd, F_GETFD, 0);
}

/* Opens descriptors from the returned one, the lowest free number, to `top`. */
static unsigned open_to(unsigned top)
{
	unsigned first = (unsigned)SETUP(sys_open("/", O_RDONLY | O_DIRECTORY));

	while ((unsigned)SETUP(sys_dup((int)first)) < top)
		;
	return first;
}

/* ---- In a table of its own --------------------------------------------------------------------- */

static const struct refusal {
	const char *name;
	unsigned first, last, flags;
} refusals[] = {
	{ "first_above_last", 21, 20, 0 },	{ "lowest_above_last", 1, 0, 0 },
	{ "highest_first", LAST, LAST - 1, 0 }, { "first_flag", 21, 21, 1 },
	{ "last_flag", 21, 21, 1U << 31 },	{ "with_good_flag", 21, 21, CLOSE_RANGE_UNSHARE | 1U << 3 },
};

TEST(refused, .covers = "INH-FD-19",
     .summary = "a range that ends before it begins, or a flag that does not exist, is refused with EINVAL",
     CASES(refusals))
{
	const struct refusal *row = this_case();

	open_to(21);
	long result = sys_close_range(row->first, row->last, row->flags);
	EXPECT_FAILS(result, EINVAL);
	EXPECT_EQ(fd_flags(20), 0);
	EXPECT_EQ(fd_flags(21), 0);
	/* Without what is wrong with it, and where nothing is open. */
	EXPECT_OK(sys_close_range(21, 21, 0));
	EXPECT_OK(sys_close_range(21, 21, 0));
	EXPECT_EQ(fd_flags(20), 0);
	EXPECT_EQ(fd_flags(21), -EBADF);
}

static void mark_one(void)
{
	open_to(22);
	long result = sys_close_range(21, 21, CLOSE_RANGE_CLOEXEC);
	EXPECT_OK(result);
	EXPECT_EQ(fd_flags(21), FD_CLOEXEC);
}

TEST(marked, .covers = "INH-FD-18",
     .summary = "with CLOSE_RANGE_CLOEXEC the range is closed when a program is executed, and nothing else is")
{
	struct image_report report = { 0 };

	report_after(mark_one, &report);
	EXPECT_EQ(report.open[20], 1);
	EXPECT_EQ(report.open[21], 0);
	EXPECT_EQ(report.open[22], 1);
}

/* ---- In a table that is shared ----------------------------------------------------------------- */

static const struct range {
	struct case_head head;
	unsigned last, flags; /* of the range from 21 */
	long child, parent;   /* the flags of what was in it, afterwards */
} ranges[] = {
	{ { "close", .covers = "INH-FD-17" }, 21, 0, -EBADF, -EBADF },
	{ { "close_unshare", .covers = "INH-FD-16" }, 21, CLOSE_RANGE_UNSHARE, -EBADF, 0 },
	{ { "close_rest_unshare", .covers = "INH-FD-16" }, LAST, CLOSE_RANGE_UNSHARE, -EBADF, 0 },
	{ { "mark", .covers = "INH-FD-18" }, 21, CLOSE_RANGE_CLOEXEC, FD_CLOEXEC, FD_CLOEXEC },
	{ { "mark_unshare", .covers = "INH-FD-26" }, 21, CLOSE_RANGE_CLOEXEC | CLOSE_RANGE_UNSHARE, FD_CLOEXEC, 0 },
	{ { "mark_rest_unshare", .covers = "INH-FD-26" },
	  LAST,
	  CLOSE_RANGE_CLOEXEC | CLOSE_RANGE_UNSHARE,
	  FD_CLOEXEC,
	  0 },
};

static const struct way {
	struct case_head head;
	uint64_t flags;
} ways[] = {
	{ { .name = "shared" }, CLONE_FILES },
	{ { .name = "apart" }, 0 },
};

/* The table as one of the two has it: 20 to 22 were open, the range begins with 21. */
static void expect_table(const struct range *range, long in_range)
{
	EXPECT_EQ(fd_flags(20), 0);
	EXPECT_EQ(fd_flags(21), in_range);
	EXPECT_EQ(fd_flags(22), range->last >= 22 ? in_range : 0);
}

TEST(sharer, .summary = "close_range acts on the table that all sharers use, with CLOSE_RANGE_UNSHARE on a copy",
     CASES_NEEDING(ranges), THROUGH(ways))
{
	const struct range *range = this_case();
	const struct way *way = this_door();
	int *opened = shared(sizeof(*opened));

	open_to(22);
	long child = CLONE_HERE(VIA_CLONE, .flags = way->flags, .exit_signal = SIGCHLD);
	if (child == 0) {
		long result = sys_close_range(21, range->last, range->flags);
		EXPECT_OK(result);
		expect_table(range, range->child);
		*opened = (int)SETUP_RAW(sys_fcntl(20, F_DUPFD, 30));
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	expect_table(range, way->flags ? range->parent : 0);
	/* With CLOSE_RANGE_UNSHARE the sharing has ended, else not. */
	EXPECT_EQ(fd_flags((unsigned)*opened), way->flags && !(range->flags & CLOSE_RANGE_UNSHARE) ? 0 : -EBADF);
}

TEST(numbers, .covers = "INH-FD-27",
     .summary = "the numbers that close_range with CLOSE_RANGE_UNSHARE has closed are the lowest free ones of the copy",
     THROUGH(clone_doors))
{
	const struct clone_door *door = this_door();
	int one = (int)open_to(199); /* no number below is free */

	long child = CLONE_HERE(door->via, .flags = CLONE_FILES, .exit_signal = SIGCHLD);
	if (child == 0) {
		long result = sys_close_range(64, LAST, CLOSE_RANGE_UNSHARE);
		EXPECT_OK(result);
		EXPECT_EQ(sys_dup(one), 64);
		EXPECT_EQ(sys_dup(one), 65);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	EXPECT_EQ(fd_flags(64), 0);
	EXPECT_EQ(fd_flags(199), 0);
}
