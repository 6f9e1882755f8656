// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* Advice that discards contents, given after fork: whose contents go, and whose stay. */
#include "madvise.h"

#ifndef MADV_FREE
#define MADV_FREE 8
#endif

TEST(dontneed_private, .covers = "MADV-21", .features = FEATURES(ADVICE),
     .summary = "MADV_DONTNEED on private anonymous memory gives the child zeros and the parent nothing new")
{
	char *page = map_pages(1);

	long child = sys_fork();
	if (child == 0) {
		long result = sys_madvise(page, page_size(), MADV_DONTNEED);
		EXPECT_OK(result);
		EXPECT_BYTES(page, page_size(), 0);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	EXPECT_BYTES(page, page_size(), PATTERN);
}

enum { PARENT_HAS_DISCARDED };

TEST(dontneed_by_parent, .covers = "MADV-21", .features = FEATURES(ADVICE),
     .summary = "MADV_DONTNEED by the parent leaves the child what it had at fork")
{
	char *page = map_pages(1);

	long child = sys_fork();
	if (child == 0) {
		await(PARENT_HAS_DISCARDED);
		EXPECT_BYTES(page, page_size(), PATTERN);
		leave(0);
	}
	long result = sys_madvise(page, page_size(), MADV_DONTNEED);
	EXPECT_OK(result);
	EXPECT_BYTES(page, page_size(), 0);
	post(PARENT_HAS_DISCARDED);
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
}

TEST(dontneed_private_file, .covers = "MADV-22", .features = FEATURES(ADVICE, NEEDS_MEMFD),
     .summary = "MADV_DONTNEED on a private file mapping gives the child the file's contents, the parent keeps its own")
{
	char *page = map_new(1, PROT_READ | PROT_WRITE, MAP_PRIVATE, file_of_pages(1));

	memset(page, 1, page_size());
	long child = sys_fork();
	if (child == 0) {
		EXPECT_BYTES(page, page_size(), 1);
		long result = sys_madvise(page, page_size(), MADV_DONTNEED);
		EXPECT_OK(result);
		EXPECT_BYTES(page, page_size(), PATTERN);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	EXPECT_BYTES(page, page_size(), 1);
}

static char *shared_anonymous(void)
{
	char *page = map_new(1, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1);

	memset(page, PATTERN, page_size());
	return page;
}

TEST(dontneed_shared, .covers = "MADV-23", .features = FEATURES(ADVICE),
     .summary = "MADV_DONTNEED on shared anonymous memory keeps the contents for both")
{
	char *page = shared_anonymous();

	long child = sys_fork();
	if (child == 0) {
		long result = sys_madvise(page, page_size(), MADV_DONTNEED);
		EXPECT_OK(result);
		EXPECT_BYTES(page, page_size(), PATTERN);
		page[0] = 1; /* is it the same page still? */
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	EXPECT_EQ(page[0], 1);
	EXPECT_BYTES(page + 1, page_size() - 1, PATTERN);
}

TEST(remove_shared, .covers = "MADV-24", .features = FEATURES(ADVICE),
     .summary = "MADV_REMOVE on shared anonymous memory by the child zeroes it for the parent too")
{
	char *page = shared_anonymous();

	long child = sys_fork();
	if (child == 0) {
		long result = sys_madvise(page, page_size(), MADV_REMOVE);
		EXPECT_OK(result);
		EXPECT_BYTES(page, page_size(), 0);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	EXPECT_BYTES(page, page_size(), 0);
}

TEST(free_private, .covers = "MADV-25", .features = FEATURES(ADVICE),
     .summary = "MADV_FREE by the child leaves the parent's contents, and what the child writes afterwards stays")
{
	char *page = map_pages(1);

	long child = sys_fork();
	if (child == 0) {
		long result = sys_madvise(page, page_size(), MADV_FREE);
		EXPECT_OK(result);
		/* Old contents or none: */
		EXPECT_TRUE(page[0] == PATTERN || page[0] == 0);
		memset(page, 1, page_size());
		EXPECT_BYTES(page, page_size(), 1);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	EXPECT_BYTES(page, page_size(), PATTERN);
}

TEST(free_by_parent, .covers = "MADV-25", .features = FEATURES(ADVICE),
     .summary = "MADV_FREE by the parent leaves the child what it had at fork")
{
	char *page = map_pages(1);

	long child = sys_fork();
	if (child == 0) {
		await(PARENT_HAS_DISCARDED);
		EXPECT_BYTES(page, page_size(), PATTERN);
		leave(0);
	}
	long result = sys_madvise(page, page_size(), MADV_FREE);
	EXPECT_OK(result);
	post(PARENT_HAS_DISCARDED);
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
}

/* ---- Guard pages ------------------------------------------------------------------------------- */

TEST(guard_stays, .covers = "MADV-26", .features = FEATURES(ADVICE),
     .summary = "a guard page is one in the child too: touching it is SIGSEGV, its neighbours are as they were",
     THROUGH(fork_doors))
{
	const struct fork_door *door = this_door();
	char *map = map_pages(3);

	long result = sys_madvise(page_of(map, 1), page_size(), MADV_GUARD_INSTALL);
	REQUIRE_OK(result);
	long child = door->fork();
	if (child == 0) {
		EXPECT_BYTES(map, page_size(), PATTERN);
		EXPECT_BYTES(page_of(map, 2), page_size(), PATTERN);
		*(volatile char *)page_of(map, 1) = 1;
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_KILLED(child, SIGSEGV);
}

TEST(guard_is_wiped, .covers = "MADV-27", .features = FEATURES(ADVICE),
     .summary = "a guard page in a MADV_WIPEONFORK range is an ordinary page of zeros in the child")
{
	char *map = map_pages(2);

	REQUIRE_OK(sys_madvise(map, 2 * page_size(), MADV_WIPEONFORK));
	long result = sys_madvise(map, page_size(), MADV_GUARD_INSTALL);
	REQUIRE_OK(result);
	EXPECT_FAILS(kernel_reads(map), EFAULT);
	long child = sys_fork();
	if (child == 0) {
		EXPECT_BYTES(map, 2 * page_size(), 0);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	EXPECT_FAILS(kernel_reads(map), EFAULT);
}

TEST(guard_removed_by_child, .covers = "MADV-28", .features = FEATURES(ADVICE),
     .summary = "MADV_GUARD_REMOVE in the child gives it a page of zeros and leaves the parent's guard")
{
	char *page = map_pages(1);

	REQUIRE_OK(sys_madvise(page, page_size(), MADV_GUARD_INSTALL));
	long child = sys_fork();
	if (child == 0) {
		EXPECT_FAILS(kernel_reads(page), EFAULT);
		long result = sys_madvise(page, page_size(), MADV_GUARD_REMOVE);
		REQUIRE_OK(result);
		EXPECT_BYTES(page, page_size(), 0);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	EXPECT_FAILS(kernel_reads(page), EFAULT);
}

TEST(guard_and_lock, .covers = "MADV-37", .features = FEATURES(ADVICE, NEEDS_MLOCK),
     .summary =
	     "locked memory takes no guard, but lets one be removed; the child's copy, which is not locked, takes one")
{
	char *page = map_pages(1);

	SETUP(mlock(page, page_size()));
	long result = sys_madvise(page, page_size(), MADV_GUARD_INSTALL);
	EXPECT_FAILS(result, EINVAL);
	result = sys_madvise(page, page_size(), MADV_GUARD_REMOVE);
	EXPECT_OK(result);
	EXPECT_BYTES(page, page_size(), PATTERN);
	long child = sys_fork();
	if (child == 0) {
		EXPECT_OK(sys_madvise(page, page_size(), MADV_GUARD_INSTALL));
		EXPECT_FAILS(kernel_reads(page), EFAULT);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	EXPECT_BYTES(page, page_size(), PATTERN);
}
