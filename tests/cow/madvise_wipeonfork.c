// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* MADV_WIPEONFORK: the range is zero in the child. */
#include "madvise.h"

#ifndef MADV_PAGEOUT
#define MADV_PAGEOUT 21
#endif

static const struct part parts[] = PARTS;

TEST(zero, .covers = "MADV-07 MADV-08", .features = FEATURES(ADVICE),
     .summary = "a MADV_WIPEONFORK page is zero in the child and unchanged in the parent", THROUGH(fork_doors))
{
	const struct fork_door *door = this_door();
	char *page = map_pages(1);

	long result = sys_madvise(page, page_size(), MADV_WIPEONFORK);
	REQUIRE_OK(result);
	long child = door->fork();
	if (child == 0) {
		EXPECT_BYTES(page, page_size(), 0);
		memset(page, 1, page_size()); /* its own */
		EXPECT_BYTES(page, page_size(), 1);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	EXPECT_BYTES(page, page_size(), PATTERN);
}

TEST(part, .covers = "MADV-46", .features = FEATURES(ADVICE),
     .summary = "exactly the advised part of a mapping is zero in the child", CASES(parts))
{
	const struct part *part = this_case();
	char *map = map_pages(PART_PAGES);

	long result = sys_madvise(page_of(map, part->first), part->count * page_size(), MADV_WIPEONFORK);
	REQUIRE_OK(result);
	EXPECT_BYTES(map, PART_PAGES * page_size(), PATTERN);
	long child = sys_fork();
	if (child == 0) {
		for (size_t n = 0; n < PART_PAGES; n++)
			EXPECT_BYTES(page_of(map, n), page_size(), in_part(part, n) ? 0 : PATTERN, n);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	EXPECT_BYTES(map, PART_PAGES * page_size(), PATTERN);
}

TEST(undone, .covers = "MADV-14", .features = FEATURES(ADVICE),
     .summary = "after MADV_KEEPONFORK the child has the contents again", THROUGH(fork_doors))
{
	const struct fork_door *door = this_door();
	char *page = map_pages(1);

	REQUIRE_OK(sys_madvise(page, page_size(), MADV_WIPEONFORK));
	long result = sys_madvise(page, page_size(), MADV_KEEPONFORK);
	REQUIRE_OK(result);
	long child = door->fork();
	if (child == 0) {
		EXPECT_BYTES(page, page_size(), PATTERN);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
}

TEST(undone_in_part, .covers = "MADV-14 MADV-46", .features = FEATURES(ADVICE),
     .summary = "MADV_KEEPONFORK on a part gives the child the contents of that part and no more", CASES(parts))
{
	const struct part *part = this_case();
	char *map = map_pages(PART_PAGES);

	REQUIRE_OK(sys_madvise(map, PART_PAGES * page_size(), MADV_WIPEONFORK));
	long result = sys_madvise(page_of(map, part->first), part->count * page_size(), MADV_KEEPONFORK);
	REQUIRE_OK(result);
	long child = sys_fork();
	if (child == 0) {
		for (size_t n = 0; n < PART_PAGES; n++)
			EXPECT_BYTES(page_of(map, n), page_size(), in_part(part, n) ? PATTERN : 0, n);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
}

/* In the child: what it writes is wiped for its own. */
static void expect_wiped_for_own(char *page, const struct fork_door *door)
{
	memset(page, 1, page_size());
	long grandchild = door->fork();
	if (grandchild == 0) {
		EXPECT_BYTES(page, page_size(), 0);
		leave(0);
	}
	REQUIRE_GT(grandchild, 0);
	EXPECT_EXITED(grandchild, 0);
	EXPECT_BYTES(page, page_size(), 1);
}

TEST(grandchild, .covers = "MADV-09", .features = FEATURES(ADVICE),
     .summary = "the setting stays in each child: what it writes is wiped for its own children", THROUGH(fork_doors))
{
	const struct fork_door *door = this_door();
	char *page = map_pages(1);

	long result = sys_madvise(page, page_size(), MADV_WIPEONFORK);
	REQUIRE_OK(result);
	for (int i = 0; i < 2; i++) {
		long child = door->fork();
		if (child == 0) {
			expect_wiped_for_own(page, door);
			leave(0);
		}
		REQUIRE_GT(child, 0, i);
		EXPECT_EXITED(child, 0, i);
	}
}

TEST(kept_by_child, .covers = "MADV-09 MADV-14", .features = FEATURES(ADVICE),
     .summary = "MADV_KEEPONFORK in the child holds for its own children and not for its siblings")
{
	char *page = map_pages(1);

	REQUIRE_OK(sys_madvise(page, page_size(), MADV_WIPEONFORK));
	long child = sys_fork();
	if (child == 0) {
		memset(page, 1, page_size());
		long result = sys_madvise(page, page_size(), MADV_KEEPONFORK);
		REQUIRE_OK(result);
		long grandchild = sys_fork();
		if (grandchild == 0) {
			EXPECT_BYTES(page, page_size(), 1);
			leave(0);
		}
		REQUIRE_GT(grandchild, 0);
		EXPECT_EXITED(grandchild, 0);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	long sibling = sys_fork();
	if (sibling == 0) {
		EXPECT_BYTES(page, page_size(), 0);
		leave(0);
	}
	REQUIRE_GT(sibling, 0);
	EXPECT_EXITED(sibling, 0);
}

TEST(every_child, .covers = "MADV-45", .features = FEATURES(ADVICE),
     .summary = "MADV_WIPEONFORK holds for all later forks of the parent, whatever it writes in between")
{
	char *page = map_pages(1);

	long result = sys_madvise(page, page_size(), MADV_WIPEONFORK);
	REQUIRE_OK(result);
	for (int i = 1; i <= 3; i++) {
		memset(page, i, page_size());
		long child = sys_fork();
		if (child == 0) {
			EXPECT_BYTES(page, page_size(), 0, i);
			leave(0);
		}
		REQUIRE_GT(child, 0, i);
		EXPECT_EXITED(child, 0, i);
		EXPECT_BYTES(page, page_size(), i, i);
	}
}

/* ---- Whatever state the pages are in ----------------------------------------------------------- */

static void lock(char *map, size_t size)
{
	(void)size; /* as much as a limit allows everywhere */
	SETUP(mlock(map, page_size()));
}

static void page_out(char *map, size_t size)
{
	/* Advice only: where there is nowhere to page to, or no such advice yet, the pages stay. */
	(void)sys_madvise(map, size, MADV_PAGEOUT);
}

static void make_read_only(char *map, size_t size)
{
	SETUP(mprotect(map, size, PROT_READ));
}

static void close_and_open(char *map, size_t size)
{
	SETUP(mprotect(map, size, PROT_NONE));
	SETUP(mprotect(map, size, PROT_READ | PROT_WRITE));
}

static void share_by_fork(char *map, size_t size)
{
	(void)size;
	pid_t child = fork_helper();
	if (child == 0)
		leave(map[0]);
	EXPECT_EXITED(child, PATTERN);
}

static void merge(char *map, size_t size)
{
	SETUP_RAW(sys_madvise(map, size, MADV_MERGEABLE));
}

static void cut_out_middle(char *map, size_t size)
{
	/* And put it back: three areas that may become one again. */
	char *middle = map + size / 2 / page_size() * page_size();

	if (mmap(middle, page_size(), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) ==
	    MAP_FAILED)
		BROKEN("mmap failed");
	memset(middle, PATTERN, page_size());
	REQUIRE_OK(sys_madvise(middle, page_size(), MADV_WIPEONFORK));
}

static const struct state {
	struct case_head head;
	void (*before)(char *map, size_t size); /* the advice */
	void (*after)(char *map, size_t size);
} states[] = {
	{ { "locked", .features = FEATURES(NEEDS_MLOCK) }, lock, NULL },
	{ { "locked_later", .features = FEATURES(NEEDS_MLOCK) }, NULL, lock },
	{ { .name = "paged_out" }, page_out, NULL },
	{ { .name = "paged_out_later" }, NULL, page_out },
	{ { .name = "read_only" }, make_read_only, NULL },
	{ { .name = "read_only_later" }, NULL, make_read_only },
	{ { .name = "closed_and_opened" }, NULL, close_and_open },
	{ { .name = "copied_before" }, share_by_fork, NULL },
	{ { .name = "mergeable", .features = FEATURES(NEEDS_KSM) }, merge, NULL },
	{ { .name = "cut_and_mended" }, NULL, cut_out_middle },
};

TEST(any_state, .covers = "MADV-07 MADV-08", .features = FEATURES(ADVICE),
     .summary = "pages in any state are wiped: locked, paged out, read-only, split and merged", CASES_NEEDING(states))
{
	const struct state *state = this_case();
	char *map = map_pages(4);
	size_t size = 4 * page_size();

	if (state->before)
		state->before(map, size);
	long result = sys_madvise(map, size, MADV_WIPEONFORK);
	REQUIRE_OK(result);
	if (state->after)
		state->after(map, size);
	long child = sys_fork();
	if (child == 0) {
		EXPECT_BYTES(map, size, 0);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	EXPECT_BYTES(map, size, PATTERN);
}

TEST(huge, .covers = "MADV-07 MADV-08 MADV-46", .features = FEATURES(ADVICE, NEEDS_THP),
     .summary = "only the advised part of a huge page is wiped")
{
	const size_t huge = 2 << 20; /* most architectures' size; where it is another, these are just many pages */
	char *map = mmap(NULL, 2 * huge, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (map == MAP_FAILED)
		BROKEN("no memory for huge pages");
	char *start = map + -(uintptr_t)map % huge, *middle = start + huge / 2;

	SETUP_RAW(sys_madvise(start, huge, MADV_HUGEPAGE));
	memset(start, PATTERN, huge);
	long result = sys_madvise(middle, page_size(), MADV_WIPEONFORK);
	REQUIRE_OK(result);
	long child = sys_fork();
	if (child == 0) {
		EXPECT_BYTES(start, huge / 2, PATTERN);
		EXPECT_BYTES(middle, page_size(), 0);
		EXPECT_BYTES(middle + page_size(), huge / 2 - page_size(), PATTERN);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	result = sys_madvise(start, huge, MADV_WIPEONFORK);
	REQUIRE_OK(result);
	child = sys_fork();
	if (child == 0) {
		EXPECT_BYTES(start, huge, 0);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	EXPECT_BYTES(start, huge, PATTERN);
}
