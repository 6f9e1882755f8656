/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/* The kinds of private memory that a process can have, and regions of them to look at across a fork. */
#ifndef COW_REGIONS_H
#define COW_REGIONS_H

#include "forkcheck.h"

/* A region is four units, a unit is mostly a page. Four such regions can be made of each kind. */
#define UNITS 4
#define REGIONS 4

struct region_kind {
	/* The nth region, not touched yet. stack: stack_needed() bytes of a frame that outlives it. */
	unsigned char *(*make)(size_t size, unsigned nth, unsigned char *stack);
	size_t unit;	       /* 0: a page */
	unsigned char initial; /* what each byte is at first */
	bool has_file;
	/* After it was touched, and before the fork. Returns where the region is from now on. */
	unsigned char *(*settle)(unsigned char *region, size_t size);
	/* In each process before it writes after the fork. */
	void (*before_write)(unsigned char *region, size_t size);
};

extern const struct region_kind cow_anonymous, cow_bss, cow_data, cow_heap, cow_stack, cow_growsdown, cow_dev_zero,
	cow_file, cow_memfd, cow_moved, cow_read_only, cow_no_access, cow_guarded, cow_huge, cow_hugetlb, cow_swapped;

size_t region_unit(const struct region_kind *kind);

/* How much of its stack the caller has to lend to make(). */
size_t stack_needed(const struct region_kind *kind);

/* The file below the regions of a kind that has one still is what it was. */
void expect_file_unchanged(const struct region_kind *kind);

/* Private anonymous memory between two pages without access, so that it is a mapping of its own. */
unsigned char *map_apart(size_t size, int flags);

/* Two neighbouring huge pages, as far as the kernel has any to give; *size gets the size of one. */
unsigned char *map_huge(size_t *size);

/* A file of `size` bytes of this value in the test's directory, which is gone when it is closed. */
int make_file(size_t size, unsigned char value);

/* How many bytes, from the first on, are the same. */
size_t matching(const unsigned char *region, const unsigned char *want, size_t size);

/* Whether anything is mapped at this page, asked without touching it. */
bool mapped(const unsigned char *at);

/* Whether the calling process can read, or write, the byte there. It keeps its value. */
bool readable(const unsigned char *at);
bool writable(unsigned char *at);

/*
 * From /proc/self/maps or smaps: the line of the mapping with just these borders, and what follows it; NULL if
 * there is none. Valid until the next call.
 */
const char *find_mapping(const char *path, const unsigned char *map, size_t size);

#endif
