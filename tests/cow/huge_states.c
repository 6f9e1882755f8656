// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* Huge pages that are no longer, or not yet, one piece: whatever was done to a part, each side has its own after fork. */
#include "regions.h"

#include <string.h>

#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE 25
#endif
#ifndef MADV_PAGEOUT
#define MADV_PAGEOUT 21
#endif

enum { PARENT_WROTE, CHILD_WROTE };

/* What is done to the last quarter, or to the whole of it, before the fork. */
static void leave_whole(unsigned char *map, size_t size)
{
	(void)map, (void)size;
}

static void unmap_part(unsigned char *map, size_t size)
{
	SETUP_RAW(sys_munmap(map + size - size / 4, size / 4));
}

static void protect_part(unsigned char *map, size_t size)
{
	SETUP_RAW(sys_mprotect(map + size - size / 4, size / 4, PROT_READ));
}

static void drop_part(unsigned char *map, size_t size)
{
	SETUP_RAW(sys_madvise(map + size - size / 4, size / 4, MADV_DONTNEED));
}

static void keep_part(unsigned char *map, size_t size)
{
	SETUP_RAW(sys_madvise(map + size - size / 4, size / 4, MADV_DONTFORK));
}

static void move_part(unsigned char *map, size_t size)
{
	unsigned char *place = map_apart(size / 4, 0);
	void *moved = mremap(map + size - size / 4, size / 4, size / 4, MREMAP_MAYMOVE | MREMAP_FIXED, place);

	SETUP(moved == MAP_FAILED ? -1 : 0);
}

static void share_part(unsigned char *map, size_t size)
{
	void *shared = mmap(map + size - size / 4, size / 4, PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED, -1, 0);

	SETUP(shared == MAP_FAILED ? -1 : 0);
}

/* As much as the kernel cares to. */
static void swap_out(unsigned char *map, size_t size)
{
	sys_madvise(map, size, MADV_PAGEOUT);
}

/* Pages of the ordinary size, put together by the kernel. */
static void collapse(unsigned char *map, size_t size)
{
	sys_madvise(map, size, MADV_COLLAPSE);
}

static const struct state {
	struct case_head head;
	void (*settle)(unsigned char *map, size_t size);
	bool small;	/* the pages are small at first */
	bool untouched; /* but for reading: the huge zero page */
	bool rest_is_in_child;
} states[] = {
	{ { .name = "whole" }, leave_whole, .rest_is_in_child = true },
	{ { .name = "only_read" }, leave_whole, .untouched = true, .rest_is_in_child = true },
	{ { .name = "unmapped_part" }, unmap_part, .rest_is_in_child = false },
	{ { .name = "protected_part" }, protect_part, .rest_is_in_child = true },
	{ { "dropped_part", .features = FEATURES(NEEDS_MADVISE) }, drop_part, .rest_is_in_child = true },
	{ { "part_not_for_child", .features = FEATURES(NEEDS_MADVISE) }, keep_part, .rest_is_in_child = false },
	{ { .name = "moved_part" }, move_part, .rest_is_in_child = false },
	{ { .name = "shared_part" }, share_part, .rest_is_in_child = true },
	{ { "swapped", .features = FEATURES(NEEDS_SWAP) }, swap_out, .rest_is_in_child = true },
	{ { "collapsed", .features = FEATURES(NEEDS_MADVISE) }, collapse, .small = true, .rest_is_in_child = true },
};

/* Who collapses the pages after the fork, when both have written. */
enum collapser { NOBODY, PARENT, CHILD };
static const struct after {
	struct case_head head;
	enum collapser collapser;
} afters[] = {
	{ { .name = "left" }, NOBODY },
	{ { "collapsed_by_parent", .covers = "MADV-59" }, PARENT },
	{ { "collapsed_by_child", .covers = "MADV-59" }, CHILD },
};

/* Where each side writes: within the first three quarters, whose pages are everybody's. */
#define MARKS 3
static size_t mark(size_t size, unsigned n, bool parent)
{
	const size_t second = size / 4 > page_size() ? page_size() : 0; /* another page, if a quarter has one */

	return n * (size / 4) + (parent ? 17 : second + 34);
}

static void put_marks(unsigned char *map, size_t size, bool parent)
{
	for (unsigned n = 0; n < MARKS; n++)
		map[mark(size, n, parent)] = parent ? 'P' : 'C';
}

/* Each page has a value of its own. */
static void fill(unsigned char *map, size_t size, bool untouched)
{
	for (size_t at = 0; at < size; at += page_size())
		if (untouched)
			(void)*(volatile unsigned char *)(map + at);
		else
			memset(map + at, (int)(1 + at / page_size() % 251), page_size());
}

static void expect_own(const unsigned char *map, size_t size, bool untouched, bool parent)
{
	unsigned char *want = map_apart(page_size(), 0);
	unsigned wrong = 0;

	for (size_t at = 0; at < size - size / 4; at += page_size()) {
		memset(want, untouched ? 0 : (int)(1 + at / page_size() % 251), page_size());
		for (unsigned n = 0; n < MARKS; n++)
			if (mark(size, n, parent) / page_size() == at / page_size())
				want[mark(size, n, parent) % page_size()] = parent ? 'P' : 'C';
		wrong += matching(map + at, want, page_size()) != page_size();
	}
	EXPECT_EQ(wrong, 0U);
}

/* What the kernel puts together after the fork: whole, in pieces, with holes. */
static bool worth_it(const void *state, const void *after)
{
	const struct state *row = state;

	return ((const struct after *)after)->collapser == NOBODY || row == &states[0] || row->small ||
	       row->untouched || row->settle == unmap_part || row->settle == drop_part;
}

TEST(own_contents, .covers = "COW-21", .features = FEATURES(NEEDS_THP), CASES_NEEDING(states), THROUGH(afters),
     .passes = worth_it,
     .summary =
	     "each side sees only its own writes to a huge page of which a part was unmapped, protected, dropped, moved, swapped or put together before or after the fork")
{
	const struct state *state = this_case();
	const struct after *after = this_door();
	size_t size;
	unsigned char *map = map_huge(&size);

	if (state->small)
		sys_madvise(map, size, MADV_NOHUGEPAGE);
	fill(map, size, state->untouched);
	if (state->small)
		sys_madvise(map, size, MADV_HUGEPAGE);
	state->settle(map, size);
	long child = sys_fork();
	if (child == 0) {
		put_marks(map, size, false);
		post(CHILD_WROTE);
		await(PARENT_WROTE);
		if (after->collapser == CHILD)
			sys_madvise(map, size, MADV_COLLAPSE);
		EXPECT_EQ(mapped(map + size - page_size()), state->rest_is_in_child);
		expect_own(map, size, state->untouched, false);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	await(CHILD_WROTE);
	put_marks(map, size, true);
	if (after->collapser == PARENT)
		sys_madvise(map, size, MADV_COLLAPSE);
	post(PARENT_WROTE);
	EXPECT_EXITED(child, 0);
	expect_own(map, size, state->untouched, true);
}
