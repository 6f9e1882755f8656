// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* The child's mappings are where its parent's are, with the same protection, flags and file. */
#include "regions.h"

#include <string.h>

#define LINE 256

static const struct row {
	struct case_head head;
	int prot, flags; /* MAP_ANONYMOUS missing: of a file, from its second page on */
	int advice;	 /* -1: none */
} rows[] = {
	{ { "none", .features = FEATURES(NEEDS_WORKDIR) }, PROT_NONE, MAP_PRIVATE, -1 },
	{ { .name = "read" }, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1 },
	{ { .name = "read_write" }, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1 },
	{ { .name = "read_exec" }, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1 },
	{ { .name = "shared_read" }, PROT_READ, MAP_SHARED | MAP_ANONYMOUS, -1 },
	{ { .name = "shared_read_write" }, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1 },
	{ { "file", .features = FEATURES(NEEDS_WORKDIR) }, PROT_READ | PROT_WRITE, MAP_PRIVATE, -1 },
	{ { "file_shared", .features = FEATURES(NEEDS_WORKDIR) }, PROT_READ | PROT_WRITE, MAP_SHARED, -1 },
	{ { .name = "growsdown" }, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_GROWSDOWN, -1 },
	{ { .name = "noreserve" }, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1 },
	{ { "sequential", .features = FEATURES(NEEDS_WORKDIR) }, PROT_READ, MAP_PRIVATE, MADV_SEQUENTIAL },
	{ { .name = "dont_dump" }, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, MADV_DONTDUMP },
};

static unsigned char *make(const struct row *row)
{
	size_t page = page_size();
	unsigned char *map = map_apart(2 * page, 0);
	int fd = row->flags & MAP_ANONYMOUS ? -1 : make_file(3 * page, 'f');

	SETUP(mmap(map, 2 * page, row->prot, row->flags | MAP_FIXED, fd, fd < 0 ? 0 : (off_t)page) == map ? 0 : -1);
	if (row->prot & PROT_WRITE)
		map[0] = 'o';
	if (row->advice >= 0)
		SETUP_RAW(sys_madvise(map, 2 * page, row->advice));
	return map;
}

/* Copies a line into shared memory; "" if there is none. */
static void take_line(char *line, const char *from)
{
	size_t length = from ? strcspn(from, "\n") : 0;

	if (length >= LINE)
		length = LINE - 1;
	memcpy(line, from ? from : "", length);
	line[length] = 0;
}

static void look_in_maps(char *line, const unsigned char *map)
{
	take_line(line, find_mapping("/proc/self/maps", map, 2 * page_size()));
}

static void look_in_smaps(char *line, const unsigned char *map)
{
	const char *at = find_mapping("/proc/self/smaps", map, 2 * page_size());
	const char *flags = at ? strstr(at, "VmFlags:") : NULL;

	take_line(line, flags);
}

static void compare(const unsigned char *map, void (*look)(char *line, const unsigned char *map))
{
	char *parents = shared(LINE), *childs = shared(LINE);

	look(parents, map);
	long child = sys_fork();
	if (child == 0) {
		look(childs, map);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	EXPECT_NE(parents[0], 0);
	EXPECT_EQ(strcmp(parents, childs), 0);
}

TEST(protection, .covers = "INH-MEM-01", .features = FEATURES(NEEDS_PROC),
     .summary = "place, protection, sharing, offset and file of a mapping are the same in the child",
     CASES_NEEDING(rows))
{
	compare(make(this_case()), look_in_maps);
}

TEST(flags, .covers = "COW-08", .features = FEATURES(NEEDS_SMAPS),
     .summary = "the flags that smaps shows for a mapping are the same in the child", CASES_NEEDING(rows))
{
	compare(make(this_case()), look_in_smaps);
}

TEST(enforced, .covers = "INH-MEM-01", .summary = "the protection of a mapping holds in the child as well")
{
	size_t page = page_size();
	unsigned char *none = map_apart(page, 0), *read_only = map_apart(page, 0), *usable = map_apart(page, 0);

	*none = *read_only = *usable = 'o';
	SETUP(mprotect(none, page, PROT_NONE));
	SETUP(mprotect(read_only, page, PROT_READ));
	long child = sys_fork();
	if (child == 0) {
		EXPECT_TRUE(!readable(none));
		EXPECT_TRUE(readable(read_only));
		EXPECT_TRUE(!writable(read_only));
		EXPECT_TRUE(writable(usable));
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
}
