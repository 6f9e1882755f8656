// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* MADV_DONTFORK: the range is not there in the child. */
#include "madvise.h"

static const struct part parts[] = PARTS;

TEST(absent, .covers = "MADV-01 MADV-02", .features = FEATURES(ADVICE),
     .summary = "a MADV_DONTFORK page is not mapped in the child, and the parent keeps it", THROUGH(fork_doors))
{
	const struct fork_door *door = this_door();
	char *page = map_pages(1);

	long result = sys_madvise(page, page_size(), MADV_DONTFORK);
	REQUIRE_OK(result);
	long child = door->fork();
	if (child == 0) {
		EXPECT_FAILS(look_at(page), ENOMEM);
		EXPECT_FAILS(kernel_reads(page), EFAULT);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	EXPECT_OK(look_at(page));
	EXPECT_BYTES(page, page_size(), PATTERN);
	memset(page, 1, page_size());
	EXPECT_BYTES(page, page_size(), 1);
}

static const struct touch {
	const char *name;
	bool write;
} touches[] = { { "read", false }, { "write", true } };

TEST(touch_kills, .covers = "MADV-01", .features = FEATURES(ADVICE),
     .summary = "the child that touches a MADV_DONTFORK page dies of SIGSEGV", CASES(touches))
{
	const struct touch *touch = this_case();
	volatile char *page = map_pages(1);

	long result = sys_madvise((char *)page, page_size(), MADV_DONTFORK);
	REQUIRE_OK(result);
	long child = sys_fork();
	if (child == 0) {
		if (touch->write)
			*page = 1;
		else
			(void)*page;
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_KILLED(child, SIGSEGV);
}

TEST(part, .covers = "MADV-03", .features = FEATURES(ADVICE),
     .summary = "exactly the advised part of a mapping is absent in the child", CASES(parts))
{
	const struct part *part = this_case();
	char *map = map_pages(PART_PAGES);

	long result = sys_madvise(page_of(map, part->first), part->count * page_size(), MADV_DONTFORK);
	REQUIRE_OK(result);
	EXPECT_BYTES(map, PART_PAGES * page_size(), PATTERN);
	long child = sys_fork();
	if (child == 0) {
		for (size_t n = 0; n < PART_PAGES; n++) {
			if (in_part(part, n)) {
				EXPECT_FAILS(look_at(page_of(map, n)), ENOMEM, n);
				continue;
			}
			REQUIRE_OK(look_at(page_of(map, n)), n);
			EXPECT_BYTES(page_of(map, n), page_size(), PATTERN, n);
		}
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	EXPECT_BYTES(map, PART_PAGES * page_size(), PATTERN);
}

TEST(undone, .covers = "MADV-04", .features = FEATURES(ADVICE),
     .summary = "after MADV_DOFORK the child has the page again", THROUGH(fork_doors))
{
	const struct fork_door *door = this_door();
	char *page = map_pages(1);

	REQUIRE_OK(sys_madvise(page, page_size(), MADV_DONTFORK));
	long result = sys_madvise(page, page_size(), MADV_DOFORK);
	REQUIRE_OK(result);
	long child = door->fork();
	if (child == 0) {
		REQUIRE_OK(look_at(page));
		EXPECT_BYTES(page, page_size(), PATTERN);
		memset(page, 1, page_size()); /* its own */
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	EXPECT_BYTES(page, page_size(), PATTERN);
}

TEST(undone_in_part, .covers = "MADV-03 MADV-04", .features = FEATURES(ADVICE),
     .summary = "MADV_DOFORK on a part gives the child that part and no more", CASES(parts))
{
	const struct part *part = this_case();
	char *map = map_pages(PART_PAGES);

	REQUIRE_OK(sys_madvise(map, PART_PAGES * page_size(), MADV_DONTFORK));
	long result = sys_madvise(page_of(map, part->first), part->count * page_size(), MADV_DOFORK);
	REQUIRE_OK(result);
	long child = sys_fork();
	if (child == 0) {
		for (size_t n = 0; n < PART_PAGES; n++) {
			if (!in_part(part, n)) {
				EXPECT_FAILS(look_at(page_of(map, n)), ENOMEM, n);
				continue;
			}
			REQUIRE_OK(look_at(page_of(map, n)), n);
			EXPECT_BYTES(page_of(map, n), page_size(), PATTERN, n);
		}
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
}

TEST(absent_in_grandchild, .covers = "MADV-01", .features = FEATURES(ADVICE),
     .summary = "a range that MADV_DONTFORK kept from the child is absent in the child's own children too")
{
	char *page = map_pages(1);

	long result = sys_madvise(page, page_size(), MADV_DONTFORK);
	REQUIRE_OK(result);
	long child = sys_fork();
	if (child == 0) {
		/* There is nothing left that could be undone. */
		EXPECT_FAILS(sys_madvise(page, page_size(), MADV_DOFORK), ENOMEM);
		long grandchild = sys_fork();
		if (grandchild == 0) {
			EXPECT_FAILS(look_at(page), ENOMEM);
			leave(0);
		}
		REQUIRE_GT(grandchild, 0);
		EXPECT_EXITED(grandchild, 0);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
}

TEST(every_child, .covers = "MADV-43", .features = FEATURES(ADVICE),
     .summary = "MADV_DONTFORK holds for all later forks of the parent, not only for the next")
{
	char *page = map_pages(1);

	long result = sys_madvise(page, page_size(), MADV_DONTFORK);
	REQUIRE_OK(result);
	for (int i = 0; i < 3; i++) {
		long child = sys_fork();
		if (child == 0) {
			EXPECT_FAILS(look_at(page), ENOMEM, i);
			leave(0);
		}
		REQUIRE_GT(child, 0, i);
		EXPECT_EXITED(child, 0, i);
	}
	EXPECT_BYTES(page, page_size(), PATTERN);
}

static void expect_free(char *page)
{
	/* A kernel that does not know the flag yet takes the address for a wish, which it fulfils if it can. */
	char *map = mmap(page, page_size(), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE,
			 -1, 0);

	REQUIRE_TRUE(map == page);
	EXPECT_BYTES(page, page_size(), 0);
	*page = 1;
	long grandchild = sys_fork();
	if (grandchild == 0) {
		EXPECT_EQ(*page, 1); /* the advice was for what was there before */
		leave(0);
	}
	REQUIRE_GT(grandchild, 0);
	EXPECT_EXITED(grandchild, 0);
}

TEST(address_is_free, .covers = "MADV-44", .features = FEATURES(ADVICE),
     .summary = "the addresses that MADV_DONTFORK left free in each child may be mapped anew there")
{
	char *page = map_pages(1);

	long result = sys_madvise(page, page_size(), MADV_DONTFORK);
	REQUIRE_OK(result);
	for (int i = 0; i < 2; i++) {
		long child = sys_fork();
		if (child == 0) {
			expect_free(page);
			leave(0);
		}
		REQUIRE_GT(child, 0, i);
		EXPECT_EXITED(child, 0, i);
	}
	EXPECT_BYTES(page, page_size(), PATTERN);
}

static const struct request {
	const char *name;
	long nr, third;
	bool passes; /* where nothing is mapped */
} requests[] = {
	{ "msync", SYS_msync, MS_ASYNC, false },
	{ "mprotect", SYS_mprotect, PROT_READ, false },
	{ "madvise", SYS_madvise, MADV_NORMAL, false },
	{ "munmap", SYS_munmap, 0, true },
};

TEST(calls_find_nothing, .covers = "MADV-01", .features = FEATURES(ADVICE),
     .summary = "in the child, calls on a MADV_DONTFORK range find nothing mapped", CASES(requests))
{
	const struct request *request = this_case();
	char *page = map_pages(1);

	REQUIRE_OK(sys_madvise(page, page_size(), MADV_DONTFORK));
	long child = sys_fork();
	if (child == 0) {
		long result = SYSCALL3(request->nr, page, page_size(), request->third);
		if (request->passes)
			EXPECT_OK(result);
		else
			EXPECT_FAILS(result, ENOMEM);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	EXPECT_BYTES(page, page_size(), PATTERN);
	EXPECT_OK(SYSCALL3(request->nr, page, page_size(), request->third));
}

TEST(later_mapping, .covers = "MADV-30", .features = FEATURES(ADVICE),
     .summary = "advice does not stay with the addresses: a mapping made there later is inherited")
{
	char *map = map_pages(2);

	REQUIRE_OK(sys_madvise(map, 2 * page_size(), MADV_DONTFORK));
	/* The first page by unmapping it, the second by mapping over it. */
	SETUP_RAW(sys_munmap(map, page_size()));
	for (size_t n = 0; n < 2; n++) {
		char *again = mmap(page_of(map, n), page_size(), PROT_READ | PROT_WRITE,
				   MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
		if (again == MAP_FAILED)
			BROKEN("mmap failed");
		memset(again, 1, page_size());
	}
	long child = sys_fork();
	if (child == 0) {
		REQUIRE_OK(look_at(map));
		REQUIRE_OK(look_at(page_of(map, 1)));
		EXPECT_BYTES(map, 2 * page_size(), 1);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
}
