// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* The child starts with its parent's mappings; what either does to its own afterwards, the other does not notice. */
#include "regions.h"

#include <string.h>

#define PAGES 3

enum { CHANGED };

/* ---- Changes by one side -------------------------------------------------------------------------- */

/*
 * Three pages of 'o', and beside them a hole of three pages. Each change is made to the middle page
 * (or to the hole), and confirmed by the side that makes it.
 */
struct place {
	unsigned char *map, *hole;
};

static unsigned char *middle(const struct place *place)
{
	return place->map + page_size();
}

static void map_hole(const struct place *place)
{
	void *result = mmap(place->hole, page_size(), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED,
			    -1, 0);
	REQUIRE_TRUE(result == place->hole);
	EXPECT_TRUE(mapped(place->hole));
}

static void map_over(const struct place *place)
{
	void *result = mmap(middle(place), page_size(), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED,
			    -1, 0);
	REQUIRE_TRUE(result == middle(place));
	EXPECT_BYTES(middle(place), page_size(), 0);
}

static void share_over(const struct place *place)
{
	void *result = mmap(middle(place), page_size(), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED,
			    -1, 0);
	REQUIRE_TRUE(result == middle(place));
	memset(middle(place), 'n', page_size());
}

static void unmap(const struct place *place)
{
	long result = sys_munmap(middle(place), page_size());
	EXPECT_OK(result);
	EXPECT_TRUE(!mapped(middle(place)));
}

static void unmap_all(const struct place *place)
{
	long result = sys_munmap(place->map, PAGES * page_size());
	EXPECT_OK(result);
	EXPECT_TRUE(!mapped(place->map) && !mapped(middle(place)));
}

static void make_inaccessible(const struct place *place)
{
	long result = SYSCALL3(SYS_mprotect, middle(place), page_size(), PROT_NONE);
	EXPECT_OK(result);
	EXPECT_TRUE(!readable(middle(place)));
}

static void make_read_only(const struct place *place)
{
	long result = SYSCALL3(SYS_mprotect, middle(place), page_size(), PROT_READ);
	EXPECT_OK(result);
	EXPECT_TRUE(!writable(middle(place)));
}

static void move_away(const struct place *place)
{
	void *result = mremap(middle(place), page_size(), page_size(), MREMAP_MAYMOVE | MREMAP_FIXED, place->hole);
	REQUIRE_TRUE(result == place->hole);
	EXPECT_BYTES(place->hole, page_size(), 'o');
	EXPECT_TRUE(!mapped(middle(place)));
}

static void shrink(const struct place *place)
{
	void *result = mremap(place->map, PAGES * page_size(), page_size(), 0);
	REQUIRE_TRUE(result == place->map);
	EXPECT_TRUE(!mapped(middle(place)));
}

static void forget(const struct place *place)
{
	long result = sys_madvise(middle(place), page_size(), MADV_DONTNEED);
	EXPECT_OK(result);
	EXPECT_BYTES(middle(place), page_size(), 0);
}

static const struct change {
	struct case_head head;
	void (*make)(const struct place *place);
} changes[] = {
	{ { "mmap", .covers = "FORK-008" }, map_hole },
	{ { "mmap_over", .covers = "COW-07" }, map_over },
	{ { "mmap_over_shared", .covers = "COW-07" }, share_over },
	{ { "munmap", .covers = "FORK-009" }, unmap },
	{ { "munmap_all", .covers = "FORK-009" }, unmap_all },
	{ { "mprotect_none", .covers = "INH-MEM-02" }, make_inaccessible },
	{ { "mprotect_read", .covers = "INH-MEM-02" }, make_read_only },
	{ { "mremap_away", .covers = "COW-07" }, move_away },
	{ { "mremap_smaller", .covers = "COW-07" }, shrink },
	{ { "madvise_dontneed", .covers = "COW-07" }, forget },
};

static struct place make_place(void)
{
	size_t page = page_size();
	struct place place = { .map = map_apart((PAGES + 1 + PAGES) * page, 0) };

	place.hole = place.map + (PAGES + 1) * page;
	memset(place.map, 'o', PAGES * page);
	SETUP(munmap(place.map + PAGES * page, (1 + PAGES) * page));
	return place;
}

static void expect_as_before(const struct place *place)
{
	EXPECT_TRUE(!mapped(place->hole));
	for (size_t i = 0; i < PAGES; i++) {
		unsigned char *page = place->map + i * page_size();
		REQUIRE_TRUE(mapped(page), i);
		REQUIRE_TRUE(readable(page), i);
		EXPECT_TRUE(writable(page), i);
		EXPECT_BYTES(page, page_size(), 'o', i);
	}
}

TEST(by_child, .summary = "what the child does to its mappings leaves its parent's as they are", CASES_NEEDING(changes))
{
	const struct change *change = this_case();
	const struct place place = make_place();

	long child = sys_fork();
	if (child == 0) {
		change->make(&place);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	expect_as_before(&place);
}

TEST(by_parent, .summary = "what the parent does to its mappings leaves its child's as they are",
     CASES_NEEDING(changes))
{
	const struct change *change = this_case();
	const struct place place = make_place();

	long child = sys_fork();
	if (child == 0) {
		await(CHANGED);
		expect_as_before(&place);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	change->make(&place);
	post(CHANGED);
	EXPECT_EXITED(child, 0);
}

/* ---- What grows ----------------------------------------------------------------------------------- */

static uintptr_t break_now(void)
{
	return (uintptr_t)SYSCALL1(SYS_brk, 0);
}

static void set_break(uintptr_t want)
{
	uintptr_t end = (uintptr_t)SYSCALL1(SYS_brk, want);
	EXPECT_EQ(end, want);
	EXPECT_EQ(break_now(), want);
}

TEST(heap, .covers = "INH-MEM-03", .summary = "each side grows and shrinks its own heap")
{
	const size_t page = page_size();
	const uintptr_t before = (break_now() + page - 1) / page * page + 2 * page;

	set_break(before);
	memset((void *)(before - page), 'o', page);
	/* The page behind may be in use: in an emulator, by itself. */
	bool behind = mapped((unsigned char *)before);
	long child = sys_fork();
	if (child == 0) {
		EXPECT_EQ(break_now(), before);
		set_break(before + page);
		*(volatile char *)before = 'n';
		await(CHANGED);
		EXPECT_EQ(break_now(), before + page);
		EXPECT_BYTES((void *)(before - page), page, 'o');
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EQ(break_now(), before);
	set_break(before - page);
	post(CHANGED);
	EXPECT_EXITED(child, 0);
	EXPECT_EQ(break_now(), before - page);
	EXPECT_EQ(mapped((unsigned char *)before), behind);
}

/* A mapping that grows when the page below it is touched, the way a stack does. */
static unsigned char *map_growing(unsigned below)
{
	size_t page = page_size(), room = 1024 * page;
	unsigned char *low = map_apart(room, 0), *high = low + room - page;

	SETUP(munmap(low, room));
	SETUP(mmap(high, page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_GROWSDOWN, -1,
		   0) == high
		      ? 0
		      : -1);
	*high = 'o';
	return high - below * page;
}

TEST(growing, .covers = "INH-MEM-11",
     .summary = "a mapping that grows down grows for the side that touches the next page")
{
	enum { GROWTH = 3 };
	unsigned char *low = map_growing(GROWTH);
	size_t page = page_size();

	long child = sys_fork();
	if (child == 0) {
		for (size_t i = GROWTH; i-- > 0;)
			low[i * page] = 'n';
		EXPECT_TRUE(mapped(low));
		EXPECT_EQ(low[GROWTH * page], 'o');
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	EXPECT_TRUE(!mapped(low));
	EXPECT_EQ(low[GROWTH * page], 'o');
}

/* Writes the stack down to this address and beyond. */
static __attribute__((noinline)) int descend(uintptr_t down_to)
{
	volatile unsigned char frame[1024];

	memset((unsigned char *)frame, 'n', sizeof(frame));
	if ((uintptr_t)frame >= down_to)
		descend(down_to);
	return frame[down_to % sizeof(frame)];
}

TEST(stack, .covers = "INH-MEM-11", .summary = "a stack that the child makes deeper is not deeper in the parent")
{
	size_t page = page_size();
	unsigned char *deep = (unsigned char *)(((uintptr_t)&page & -page) - 64 * page);
	bool before = mapped(deep); /* a stack may be there as a whole from the start */

	long child = sys_fork();
	if (child == 0) {
		descend((uintptr_t)deep);
		REQUIRE_TRUE(mapped(deep));
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	EXPECT_EQ(mapped(deep), before);
	if (before)
		EXPECT_BYTES(deep, page, 0);
}
