/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/* Pages to advise, and what a process sees of them. */
#ifndef MADVISE_H
#define MADVISE_H

#include <string.h>

#include "forkcheck.h"

/* What some supported C libraries' headers lack. */
#ifndef MADV_GUARD_INSTALL
#define MADV_GUARD_INSTALL 102
#define MADV_GUARD_REMOVE 103
#endif

#define PATTERN 0x5a

/* What every test of advice needs. */
#define ADVICE NEEDS_MADVISE

static inline char *page_of(char *map, size_t n)
{
	return map + n * page_size();
}

/* New memory; a failure ends the test as BROKEN. */
static inline char *map_new(size_t count, int protection, int flags, int fd)
{
	void *map = mmap(NULL, count * page_size(), protection, flags, fd, 0);

	if (map == MAP_FAILED)
		BROKEN("no memory to advise");
	return map;
}

/* Private anonymous pages, each byte of which is PATTERN. */
static inline char *map_pages(size_t count)
{
	char *map = map_new(count, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1);

	memset(map, PATTERN, count * page_size());
	return map;
}

/* An unnamed file of so many pages, each byte of which is PATTERN. NEEDS_MEMFD. */
static inline int file_of_pages(size_t count)
{
	char page[4096];
	int fd = (int)SETUP(memfd_create("forkcheck", MFD_CLOEXEC));

	memset(page, PATTERN, sizeof(page));
	for (size_t i = 0; i < count * page_size() / sizeof(page); i++)
		SETUP(sys_write(fd, page, sizeof(page)));
	return fd;
}

/* Whether there is a mapping at this page: 0, or -ENOMEM. */
static inline long look_at(const void *page)
{
	unsigned char resident;

	return SYSCALL3(SYS_mincore, page, page_size(), &resident);
}

/* Whether the kernel can read there: 1, or -EFAULT. */
static inline long kernel_reads(const void *at)
{
	int ends[2];

	SETUP_RAW(SYSCALL2(SYS_pipe2, ends, O_CLOEXEC));
	long result = sys_write(ends[1], at, 1);
	sys_close(ends[0]);
	sys_close(ends[1]);
	return result;
}

/* A range of pages in a mapping of PART_PAGES, for what applies to parts of mappings. */
#define PART_PAGES 5
struct part {
	const char *name;
	size_t first, count;
};
#define PARTS                                                                                               \
	{                                                                                                   \
		{ "first", 0, 1 }, { "middle", 2, 1 }, { "last", 4, 1 }, { "two", 1, 2 }, { "tail", 2, 3 }, \
			{ "whole", 0, PART_PAGES },                                                         \
	}

static inline bool in_part(const struct part *part, size_t n)
{
	return n >= part->first && n < part->first + part->count;
}

#endif
