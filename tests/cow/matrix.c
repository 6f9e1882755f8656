// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* Private memory of each kind, in each state at the fork, written by each side: all see their own writes only. */
#include "regions.h"

#include <string.h>

enum side { PARENT, CHILD, GRANDCHILD, SIDES };
enum writers {
	BY_PARENT = 1 << PARENT,
	BY_CHILD = 1 << CHILD,
	BY_BOTH = BY_PARENT | BY_CHILD,
	BY_ALL = BY_BOTH | 1 << GRANDCHILD,
};
enum { PARENT_WROTE };

/* What was done to a region before the fork; mixed: something else to each page. */
enum before { WRITTEN, READ, UNTOUCHED, MIXED };

struct row {
	struct case_head head;
	const struct region_kind *kind;
	enum writers writers;
};

struct scene {
	const struct region_kind *kind;
	enum writers writers;
	size_t unit, size; /* of a region */
	unsigned char *region[REGIONS];
	unsigned char *want; /* room for what a region should hold, apart for each side */
};

static enum before before_page(enum before before, size_t page)
{
	return before == MIXED ? page % MIXED : before;
}

static void touch(const struct scene *scene, unsigned char *region, enum before before)
{
	for (size_t page = 0; page < UNITS; page++) {
		unsigned char *at = region + page * scene->unit;
		if (before_page(before, page) == READ)
			(void)*(volatile unsigned char *)at;
		for (size_t i = 0; before_page(before, page) == WRITTEN && i < scene->unit; i++)
			at[i] = (unsigned char)(page + 1 + i % 251);
	}
}

/* What each side writes: at the borders of pages, next to what others write and over it. */
static const struct mark {
	enum side side;
	int page, offset, length;
} marks[] = {
	{ PARENT, 0, 0, 1 }, { PARENT, 1, -1, 6 },     { CHILD, 1, -3, 6 },
	{ CHILD, 3, -1, 1 }, { GRANDCHILD, 1, -2, 3 }, { GRANDCHILD, 3, -1, 2 },
};

static void put_marks(const struct scene *scene, unsigned char *region, enum side side)
{
	for (size_t i = 0; i < ARRAY_SIZE(marks); i++)
		if (marks[i].side == side && scene->writers & 1U << side)
			memset(region + (size_t)marks[i].page * scene->unit + marks[i].offset, "PCG"[side],
			       (size_t)marks[i].length);
}

static void write_as(const struct scene *scene, enum side side)
{
	for (size_t i = 0; i < REGIONS; i++) {
		if (scene->kind->before_write)
			scene->kind->before_write(scene->region[i], scene->size);
		put_marks(scene, scene->region[i], side);
	}
}

/* How much of a region is as this side should see it. */
static size_t right(const struct scene *scene, enum before before, enum side side)
{
	unsigned char *want = scene->want + side * scene->size;

	memset(want, scene->kind->initial, scene->size);
	touch(scene, want, before);
	if (side == GRANDCHILD)
		put_marks(scene, want, CHILD); /* written before this one was forked */
	put_marks(scene, want, side);
	return matching(scene->region[before], want, scene->size);
}

static void expect_own_view(const struct scene *scene, enum side side)
{
	EXPECT_EQ(right(scene, WRITTEN, side), scene->size);
	EXPECT_EQ(right(scene, READ, side), scene->size);
	EXPECT_EQ(right(scene, UNTOUCHED, side), scene->size);
	EXPECT_EQ(right(scene, MIXED, side), scene->size);
}

static void set_up(struct scene *scene, const struct row *row, unsigned char *stack)
{
	*scene = (struct scene){ .kind = row->kind, .writers = row->writers, .unit = region_unit(row->kind) };
	scene->size = UNITS * scene->unit;
	scene->want = shared(SIDES * scene->size);
	for (unsigned i = 0; i < REGIONS; i++) {
		scene->region[i] = row->kind->make(scene->size, i, stack);
		touch(scene, scene->region[i], (enum before)i);
	}
	for (unsigned i = 0; row->kind->settle && i < REGIONS; i++)
		scene->region[i] = row->kind->settle(scene->region[i], scene->size);
}

static _Noreturn void be_grandchild(const struct scene *scene)
{
	write_as(scene, GRANDCHILD);
	await(PARENT_WROTE);
	expect_own_view(scene, GRANDCHILD);
	leave(0);
}

static _Noreturn void be_child(const struct scene *scene)
{
	write_as(scene, CHILD);
	if (scene->writers == BY_ALL) {
		long grandchild = sys_fork();
		if (grandchild == 0)
			be_grandchild(scene);
		REQUIRE_GT(grandchild, 0);
		EXPECT_EXITED(grandchild, 0);
	}
	await(PARENT_WROTE);
	expect_own_view(scene, CHILD);
	leave(0);
}

static void run(const struct row *row, long (*make_child)(void))
{
	unsigned char stack[stack_needed(row->kind)];
	struct scene scene;

	set_up(&scene, row, stack);
	long child = make_child();
	if (child == 0)
		be_child(&scene);
	REQUIRE_GT(child, 0);
	write_as(&scene, PARENT);
	post(PARENT_WROTE);
	EXPECT_EXITED(child, 0);
	expect_own_view(&scene, PARENT);
	expect_file_unchanged(row->kind);
}

#define BY_EACH(name, needs, rule, kind)                                                                 \
	{ { name "_by_child", .features = needs, .covers = rule }, kind, BY_CHILD },                     \
		{ { name "_by_parent", .features = needs, .covers = rule }, kind, BY_PARENT },           \
		{ { name "_by_both", .features = needs, .covers = rule }, kind, BY_BOTH },               \
	{                                                                                                \
		{ name "_by_grandchild_too", .features = needs, .covers = rule " COW-01" }, kind, BY_ALL \
	}

static const struct row plain[] = {
	BY_EACH("anonymous", NULL, "", &cow_anonymous),
	BY_EACH("bss", NULL, "", &cow_bss),
	BY_EACH("data", NULL, "", &cow_data),
	BY_EACH("heap", NULL, "", &cow_heap),
	BY_EACH("stack", NULL, "", &cow_stack),
	BY_EACH("growsdown", NULL, "", &cow_growsdown),
	BY_EACH("dev_zero", FEATURES(NEEDS_DEV_ZERO), "", &cow_dev_zero),
	BY_EACH("moved", NULL, "COW-03", &cow_moved),
	BY_EACH("read_only", NULL, "COW-02", &cow_read_only),
	BY_EACH("no_access", NULL, "COW-22", &cow_no_access),
	BY_EACH("guarded", FEATURES(NEEDS_GUARD_REGIONS), "", &cow_guarded),
	BY_EACH("huge", FEATURES(NEEDS_THP), "", &cow_huge),
	BY_EACH("swapped", FEATURES(NEEDS_SWAP), "", &cow_swapped),
};

TEST(memory, .covers = "FORK-005 FORK-006 FORK-007",
     .summary = "after fork each process sees its own writes to private memory and nobody else's", CASES_NEEDING(plain))
{
	run(this_case(), sys_fork);
}

static const struct row of_files[] = {
	BY_EACH("file", FEATURES(NEEDS_WORKDIR), "", &cow_file),
	BY_EACH("memfd", FEATURES(NEEDS_MEMFD), "", &cow_memfd),
};

TEST(file, .covers = "FORK-005 FORK-006 POSIX-002 POSIX-003",
     .summary = "a private mapping of a file holds the parent's changes at the fork, then each side's own; "
		"the file keeps its contents",
     CASES_NEEDING(of_files))
{
	run(this_case(), sys_fork);
}

TEST(doors, .covers = "FORK-005 FORK-006 FORK-007", .summary = "whichever way the child was forked, memory is apart",
     THROUGH(fork_doors))
{
	const struct fork_door *door = this_door();

	run(&(struct row){ .kind = &cow_stack, .writers = BY_BOTH }, door->fork);
}

static void expect_marked_at(const unsigned char *map, size_t mark, size_t size)
{
	EXPECT_BYTES(map, mark, 'o');
	EXPECT_EQ(map[mark], 'n');
	EXPECT_BYTES(map + mark + 1, size - mark - 1, 'o');
}

TEST(huge_page, .covers = "INH-MEM-06", .features = FEATURES(NEEDS_THP),
     .summary = "when both sides write to a huge page, each sees its own bytes changed and no others")
{
	size_t size;
	unsigned char *map = map_huge(&size);

	memset(map, 'o', size);
	long child = sys_fork();
	if (child == 0) {
		map[size / 2] = 'n';
		await(PARENT_WROTE);
		expect_marked_at(map, size / 2, size);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	map[size - 1] = 'n';
	post(PARENT_WROTE);
	EXPECT_EXITED(child, 0);
	expect_marked_at(map, size - 1, size);
}

/* Alone, since there are not many of these pages, and a process that finds none left is killed. */
static const struct row of_hugetlb[] = { BY_EACH("pages", NULL, "", &cow_hugetlb) };

TEST(hugetlb, .covers = "INH-MEM-07", .features = FEATURES(NEEDS_HUGE_PAGES), .alone = true,
     .summary = "private memory of reserved huge pages is copied on write", CASES(of_hugetlb))
{
	run(this_case(), sys_fork);
}
