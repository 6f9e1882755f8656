// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* Page frames: both sides have the same ones until one side writes, which then gets another. */
#include "regions.h"

#include <string.h>

/* The page that is written after the fork. */
#define WRITTEN 1
#define ALL_PAGES ((1U << UNITS) - 1)

enum { PARENT_DONE };

/* The frames of a region, page by page, as each side had them before and after one of them wrote. */
struct seen {
	uint64_t before[UNITS], after[UNITS];
};
struct findings {
	struct seen parent, child;
};

static const struct row {
	struct case_head head;
	const struct region_kind *kind;
} rows[] = {
	{ { .name = "anonymous" }, &cow_anonymous },
	{ { .name = "bss" }, &cow_bss },
	{ { .name = "heap" }, &cow_heap },
	{ { .name = "stack" }, &cow_stack },
	{ { .name = "growsdown" }, &cow_growsdown },
	{ { "dev_zero", .features = FEATURES(NEEDS_DEV_ZERO) }, &cow_dev_zero },
	{ { "file", .features = FEATURES(NEEDS_WORKDIR) }, &cow_file },
	{ { "memfd", .features = FEATURES(NEEDS_MEMFD) }, &cow_memfd },
	{ { .name = "moved" }, &cow_moved },
	{ { .name = "read_only" }, &cow_read_only },
};

/* The frames of a region of this process; 0 where there is none. */
static void look(uint64_t *frames, const unsigned char *region)
{
	int fd = (int)SETUP(open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC));

	for (size_t i = 0; i < UNITS; i++) {
		uint64_t entry = 0;
		uintptr_t page = (uintptr_t)region / page_size() + i;
		SETUP(pread(fd, &entry, sizeof(entry), (off_t)(page * sizeof(entry))));
		frames[i] = entry >> 63 ? entry & ((UINT64_C(1) << 55) - 1) : 0;
	}
	close(fd);
}

/* Whose frames are the same, a bit for each page. */
static unsigned same(const uint64_t *a, const uint64_t *b)
{
	unsigned pages = 0;

	for (size_t i = 0; i < UNITS; i++)
		pages |= (unsigned)(a[i] && a[i] == b[i]) << i;
	return pages;
}

static void write_page(const struct region_kind *kind, unsigned char *region)
{
	if (kind->before_write)
		kind->before_write(region, UNITS * page_size());
	*(volatile unsigned char *)(region + WRITTEN * page_size()) = 'n';
}

static void observe(struct findings *found, const struct region_kind *kind, unsigned char *region, bool child_writes)
{
	long child = sys_fork();
	if (child == 0) {
		await(PARENT_DONE);
		look(found->child.before, region);
		if (child_writes)
			write_page(kind, region);
		look(found->child.after, region);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	look(found->parent.before, region);
	if (!child_writes)
		write_page(kind, region);
	post(PARENT_DONE);
	EXPECT_EXITED(child, 0);
	look(found->parent.after, region);
}

static unsigned char *prepare(const struct region_kind *kind, unsigned nth, unsigned char *stack)
{
	size_t size = UNITS * page_size();
	unsigned char *region = kind->make(size, nth, stack);

	memset(region, 'o', size);
	return kind->settle ? kind->settle(region, size) : region;
}

#define AS_WANTED(found, writer, other)                                               \
	(same((found)->parent.before, (found)->child.before) == ALL_PAGES &&          \
	 same((writer)->before, (writer)->after) == (ALL_PAGES & ~(1U << WRITTEN)) && \
	 same((other)->before, (other)->after) == ALL_PAGES)

static void expect_one_copied(bool child_writes)
{
	const struct row *row = this_case();
	unsigned char stack[stack_needed(row->kind)];
	struct findings *found = shared(sizeof(*found));
	struct seen *writer = child_writes ? &found->child : &found->parent;
	struct seen *other = child_writes ? &found->parent : &found->child;

	/* The kernel may move a page at any time, though it is rare: look again, at another region. */
	for (unsigned nth = 0; nth < REGIONS; nth++) {
		observe(found, row->kind, prepare(row->kind, nth, stack), child_writes);
		if (AS_WANTED(found, writer, other))
			break;
	}
	EXPECT_EQ(same(found->parent.before, found->child.before), ALL_PAGES);
	EXPECT_EQ(same(writer->before, writer->after), ALL_PAGES & ~(1U << WRITTEN));
	EXPECT_EQ(same(other->before, other->after), ALL_PAGES);
}

TEST(child_writes, .covers = "FORK-053 COW-10", .features = FEATURES(NEEDS_PAGEMAP), .init_caps = CAP(SYS_ADMIN),
     .summary = "parent and child have the same page frames until the child writes: it gets another for that page only",
     CASES_NEEDING(rows))
{
	expect_one_copied(true);
}

TEST(parent_writes, .covers = "FORK-053 COW-10", .features = FEATURES(NEEDS_PAGEMAP), .init_caps = CAP(SYS_ADMIN),
     .summary =
	     "parent and child have the same page frames until the parent writes: it gets another for that page only",
     CASES_NEEDING(rows))
{
	expect_one_copied(false);
}
