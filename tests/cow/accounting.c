// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* What the kernel's books say of shared pages after a fork, and of copies after a write. */
#include "regions.h"

#include <string.h>
#include <sys/resource.h>

#define PAGES 8
#define COPIED 2

/* ---- smaps ------------------------------------------------------------------------------------------ */

/* Of one mapping, in pages; -1: not told. */
struct sizes {
	long private_dirty, shared_dirty, anonymous;
	long share; /* Pss */
};

static long pages(const char *mapping, const char *key)
{
	const char *at = mapping ? strstr(mapping, key) : NULL;

	return at ? strtol(at + strlen(key), NULL, 10) * 1024 / (long)page_size() : -1;
}

static void look(struct sizes *sizes, const unsigned char *map, size_t size)
{
	const char *mapping = find_mapping("/proc/self/smaps", map, size);

	sizes->private_dirty = pages(mapping, "\nPrivate_Dirty:");
	sizes->shared_dirty = pages(mapping, "\nShared_Dirty:");
	sizes->share = pages(mapping, "\nPss:");
	sizes->anonymous = pages(mapping, "\nAnonymous:");
}

static void expect_sizes(const unsigned char *map, long private_pages, long shared_pages)
{
	struct sizes sizes;

	look(&sizes, map, PAGES * page_size());
	EXPECT_EQ(sizes.private_dirty, private_pages);
	EXPECT_EQ(sizes.shared_dirty, shared_pages);
	EXPECT_EQ(sizes.share, private_pages + shared_pages / 2);
}

static void write_pages(unsigned char *map, size_t count)
{
	for (size_t i = 0; i < count; i++)
		*(volatile unsigned char *)(map + i * page_size()) = 'n';
}

/* Pages of the ordinary size, one fault each. */
static unsigned char *map_small_pages(size_t size)
{
	unsigned char *map = map_apart(size, 0);

	sys_madvise(map, size, MADV_NOHUGEPAGE); /* an error says that there are no others */
	return map;
}

enum { PARENT_LOOKED, CHILD_WROTE, PARENT_DONE };

TEST(small_pages, .covers = "FORK-053 COW-16", .features = FEATURES(NEEDS_SMAPS),
     .summary = "smaps shows pages as shared by parent and child, half of each for either, until one side writes")
{
	unsigned char *map = map_small_pages(PAGES * page_size());

	write_pages(map, PAGES);
	expect_sizes(map, PAGES, 0);
	long child = sys_fork();
	if (child == 0) {
		expect_sizes(map, 0, PAGES);
		await(PARENT_LOOKED);
		write_pages(map, COPIED);
		expect_sizes(map, COPIED, PAGES - COPIED);
		post(CHILD_WROTE);
		await(PARENT_DONE);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	expect_sizes(map, 0, PAGES);
	post(PARENT_LOOKED);
	await(CHILD_WROTE);
	expect_sizes(map, COPIED, PAGES - COPIED);
	post(PARENT_DONE);
	EXPECT_EXITED(child, 0);
	expect_sizes(map, PAGES, 0);
}

#define OF_FILE 64 /* and those in the middle are written: what is copied in larger pieces shows */

static void expect_anonymous(const unsigned char *map, long wanted)
{
	struct sizes sizes;

	look(&sizes, map, OF_FILE * page_size());
	EXPECT_EQ(sizes.anonymous, wanted);
}

TEST(file_pages, .covers = "COW-17", .features = FEATURES(NEEDS_SMAPS, NEEDS_WORKDIR),
     .summary = "pages of a private file mapping become anonymous memory of the side that writes, for smaps too")
{
	size_t size = OF_FILE * page_size();
	unsigned char *map = map_apart(size, 0), *middle = map + size / 2;
	int file = make_file(size, 'f');

	SETUP(mmap(map, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_FIXED, file, 0) == map ? 0 : -1);
	write_pages(middle, 1);
	expect_anonymous(map, 1);
	long child = sys_fork();
	if (child == 0) {
		expect_anonymous(map, 1);
		write_pages(middle, 1 + COPIED);
		expect_anonymous(map, 1 + COPIED);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	expect_anonymous(map, 1);
}

/* ---- Faults ----------------------------------------------------------------------------------------- */

#define MANY 64

static long faults(void)
{
	struct rusage usage;

	SETUP(getrusage(RUSAGE_SELF, &usage));
	return usage.ru_minflt;
}

static void read_pages(const unsigned char *map, size_t pages)
{
	for (size_t i = 0; i < pages; i++)
		(void)*(const volatile unsigned char *)(map + i * page_size());
}

static void expect_faults_by_writes_only(unsigned char *map)
{
	/* Where the processor does not note by itself that a page was used, the first look at it is a fault, too. */
	read_pages(map, MANY);
	long start = faults();
	read_pages(map, MANY);
	long by_reads = faults() - start;
	write_pages(map, MANY);
	long by_writes = faults() - start - by_reads;
	EXPECT_LT(by_reads, (long)MANY); /* a few for other memory */
	EXPECT_GE(by_writes, (long)MANY);
}

TEST(minor_faults, .covers = "COW-18",
     .summary = "after fork the first write to each page is a minor fault of the writer, a read is none")
{
	unsigned char *map = map_small_pages(MANY * page_size());

	write_pages(map, MANY);
	long child = sys_fork();
	if (child == 0) {
		expect_faults_by_writes_only(map);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	expect_faults_by_writes_only(map);
}
