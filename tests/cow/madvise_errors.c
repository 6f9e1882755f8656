// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* What madvise refuses of the advice that fork honours, and what it has done by then. */
#include "madvise.h"

#include <limits.h>

static const struct advice {
	const char *name;
	int advice;
	unsigned major, minor; /* the first release that has it */
} advices[] = {
	{ "dontfork", MADV_DONTFORK, 2, 6 },
	{ "dofork", MADV_DOFORK, 2, 6 },
	{ "wipeonfork", MADV_WIPEONFORK, 4, 14 },
	{ "keeponfork", MADV_KEEPONFORK, 4, 14 },
	{ "guard_install", MADV_GUARD_INSTALL, 6, 13 },
	{ "guard_remove", MADV_GUARD_REMOVE, 6, 13 },
};

TEST(supported, .covers = "MADV-15", .features = FEATURES(ADVICE),
     .summary = "madvise(0, 0, advice) returns 0 for advice that the kernel has", CASES(advices))
{
	const struct advice *row = this_case();

	need_release(row->major, row->minor);
	for (int i = 0; i < 2; i++) {
		long result = sys_madvise(NULL, 0, row->advice);
		EXPECT_OK(result, i);
	}
}

static const struct unknown {
	const char *name;
	int advice;
} unknown[] = { { "9999", 9999 }, { "minus_one", -1 }, { "least", INT_MIN }, { "between", 7 } };

TEST(unknown_advice, .covers = "MADV-15 MADV-17", .features = FEATURES(ADVICE),
     .summary = "advice that does not exist is refused with EINVAL, also for no bytes", CASES(unknown))
{
	const struct unknown *row = this_case();
	char *page = map_pages(1);

	long result = sys_madvise(NULL, 0, row->advice);
	EXPECT_FAILS(result, EINVAL);
	result = sys_madvise(page, page_size(), row->advice);
	EXPECT_FAILS(result, EINVAL);
	EXPECT_BYTES(page, page_size(), PATTERN);
}

TEST(unaligned, .covers = "MADV-16", .features = FEATURES(ADVICE),
     .summary = "an address inside a page is refused with EINVAL, and the page's own is not", CASES(advices))
{
	const struct advice *row = this_case();
	char *map = map_pages(2);

	need_release(row->major, row->minor);
	long result = sys_madvise(map + 1, page_size(), row->advice);
	EXPECT_FAILS(result, EINVAL);
	result = sys_madvise(map + page_size() / 2, 0, row->advice);
	EXPECT_FAILS(result, EINVAL);
	result = sys_madvise(page_of(map, 1), page_size(), row->advice);
	EXPECT_OK(result);
}

TEST(overflow, .covers = "MADV-40", .features = FEATURES(ADVICE), .arch = "x86_64 aarch64 riscv64",
     .summary = "a length that is negative, or goes past the end of addresses, is refused with EINVAL", CASES(advices))
{
	const struct advice *row = this_case();
	char *page = map_pages(1);

	need_release(row->major, row->minor);
	long result = sys_madvise(page, (size_t)-1, row->advice);
	EXPECT_FAILS(result, EINVAL);
	result = sys_madvise(page, -page_size(), row->advice);
	EXPECT_FAILS(result, EINVAL);
	result = sys_madvise(page, page_size(), row->advice);
	EXPECT_OK(result);
}

static const struct length {
	struct case_head head;
	int advice;
} length_cases[] = {
	{ { "dontfork", .covers = "MADV-01" }, MADV_DONTFORK },
	{ { "wipeonfork", .covers = "MADV-07" }, MADV_WIPEONFORK },
};

/* In a child: whether the advice took effect on this page. */
static bool took_effect(int advice, const char *page)
{
	return advice == MADV_DONTFORK ? look_at(page) == -ENOMEM : page[0] == 0 && page[page_size() - 1] == 0;
}

TEST(length_is_rounded_up, .covers = "MADV-19", .features = FEATURES(ADVICE),
     .summary = "the length is rounded up to whole pages", CASES_NEEDING(length_cases))
{
	const struct length *row = this_case();
	char *map = map_pages(5);

	/* One byte of page 0; page 2, and one byte of page 3. */
	long result = sys_madvise(map, 1, row->advice);
	REQUIRE_OK(result);
	result = sys_madvise(page_of(map, 2), page_size() + 1, row->advice);
	REQUIRE_OK(result);
	long child = sys_fork();
	if (child == 0) {
		EXPECT_TRUE(took_effect(row->advice, map));
		EXPECT_BYTES(page_of(map, 1), page_size(), PATTERN);
		EXPECT_TRUE(took_effect(row->advice, page_of(map, 2)));
		EXPECT_TRUE(took_effect(row->advice, page_of(map, 3)));
		EXPECT_BYTES(page_of(map, 4), page_size(), PATTERN);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
}

TEST(length_zero, .covers = "MADV-20", .features = FEATURES(ADVICE),
     .summary = "length 0 succeeds and does nothing, mapped or not", CASES_NEEDING(length_cases))
{
	const struct length *row = this_case();
	char *page = map_pages(1), *gone = map_pages(1);

	SETUP_RAW(sys_munmap(gone, page_size()));
	long result = sys_madvise(page, 0, row->advice);
	EXPECT_OK(result);
	result = sys_madvise(gone, 0, row->advice);
	EXPECT_OK(result);
	long child = sys_fork();
	if (child == 0) {
		EXPECT_BYTES(page, page_size(), PATTERN);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
}

/* ---- Holes, and mappings that don't fit --------------------------------------------------------- */

static const struct hole {
	struct case_head head;
	int advice;
	size_t at;
} holes[] = {
	{ { "dontfork_first", .covers = "MADV-01" }, MADV_DONTFORK, 0 },
	{ { "dontfork_middle", .covers = "MADV-01" }, MADV_DONTFORK, 1 },
	{ { "dontfork_last", .covers = "MADV-01" }, MADV_DONTFORK, 2 },
	{ { "wipeonfork_first", .covers = "MADV-07" }, MADV_WIPEONFORK, 0 },
	{ { "wipeonfork_middle", .covers = "MADV-07" }, MADV_WIPEONFORK, 1 },
	{ { "wipeonfork_last", .covers = "MADV-07" }, MADV_WIPEONFORK, 2 },
};

TEST(hole, .covers = "MADV-18", .features = FEATURES(ADVICE),
     .summary = "a range with a hole gives ENOMEM, and what is mapped of it has the advice all the same",
     CASES_NEEDING(holes))
{
	const struct hole *row = this_case();
	char *map = map_pages(3);

	SETUP_RAW(sys_munmap(page_of(map, row->at), page_size()));
	long result = sys_madvise(map, 3 * page_size(), row->advice);
	EXPECT_FAILS(result, ENOMEM);
	long child = sys_fork();
	if (child == 0) {
		for (size_t n = 0; n < 3; n++) {
			if (n != row->at)
				EXPECT_TRUE(took_effect(row->advice, page_of(map, n)), n);
		}
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
}

TEST(nothing_mapped, .covers = "MADV-48", .features = FEATURES(ADVICE),
     .summary = "a range with nothing mapped, or beyond all that could be, gives ENOMEM", CASES(advices))
{
	const struct advice *row = this_case();
	char *page = map_pages(1);

	need_release(row->major, row->minor);
	SETUP_RAW(sys_munmap(page, page_size()));
	long result = sys_madvise(page, page_size(), row->advice);
	EXPECT_FAILS(result, ENOMEM);
	result = sys_madvise((void *)-(3 * page_size()), page_size(), row->advice);
	EXPECT_FAILS(result, ENOMEM);
}

enum memory { SHARED_ANONYMOUS, SHARED_FILE, PRIVATE_FILE };
static const struct unfit {
	struct case_head head;
	enum memory memory;
} unfit[] = {
	{ { "shared_anonymous", .covers = "MADV-12" }, SHARED_ANONYMOUS },
	{ { "shared_file", .covers = "MADV-11 MADV-12", .features = FEATURES(NEEDS_MEMFD) }, SHARED_FILE },
	{ { "private_file", .covers = "MADV-11", .features = FEATURES(NEEDS_MEMFD) }, PRIVATE_FILE },
};

static char *make(enum memory memory, size_t count)
{
	const int flags[] = { MAP_SHARED | MAP_ANONYMOUS, MAP_SHARED, MAP_PRIVATE };
	int fd = memory == SHARED_ANONYMOUS ? -1 : file_of_pages(count);
	char *map = map_new(count, PROT_READ | PROT_WRITE, flags[memory], fd);

	memset(map, PATTERN, count * page_size());
	return map;
}

TEST(wipe_refused, .covers = "MADV-34", .features = FEATURES(ADVICE),
     .summary = "MADV_WIPEONFORK on shared or file memory gives EINVAL and wipes nothing; MADV_KEEPONFORK is taken",
     CASES_NEEDING(unfit))
{
	const struct unfit *row = this_case();
	char *page = make(row->memory, 1);

	long result = sys_madvise(page, page_size(), MADV_WIPEONFORK);
	EXPECT_FAILS(result, EINVAL);
	result = sys_madvise(page, page_size(), MADV_KEEPONFORK);
	EXPECT_OK(result);
	long child = sys_fork();
	if (child == 0) {
		EXPECT_BYTES(page, page_size(), PATTERN);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	EXPECT_BYTES(page, page_size(), PATTERN);
}

TEST(wipe_refused_midway, .covers = "MADV-49", .features = FEATURES(ADVICE),
     .summary = "MADV_WIPEONFORK over several mappings ends at the first that it refuses", CASES_NEEDING(unfit))
{
	const struct unfit *row = this_case();
	char *map = map_pages(3), *other = make(row->memory, 1);

	SETUP(mremap(other, page_size(), page_size(), MREMAP_MAYMOVE | MREMAP_FIXED, page_of(map, 1)) == page_of(map, 1)
		      ? 0
		      : -1);
	long result = sys_madvise(map, 3 * page_size(), MADV_WIPEONFORK);
	EXPECT_FAILS(result, EINVAL);
	long child = sys_fork();
	if (child == 0) {
		EXPECT_BYTES(map, page_size(), 0);
		EXPECT_BYTES(page_of(map, 1), 2 * page_size(), PATTERN);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
}

/* Huge pages that nobody has reserved: good for all but touching them. */
static char *huge_pages(size_t *size)
{
	*size = (size_t)SETUP(proc_field("/proc/meminfo", "Hugepagesize:", 10)) * 1024;
	char *map = mmap(NULL, *size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB | MAP_NORESERVE,
			 -1, 0);
	if (map == MAP_FAILED)
		BROKEN("no huge pages to map");
	return map;
}

TEST(wipe_refused_huge, .covers = "MADV-13", .features = FEATURES(ADVICE, NEEDS_HUGETLB, NEEDS_PROC),
     .summary = "MADV_WIPEONFORK on MAP_HUGETLB memory gives EINVAL, and MADV_DONTFORK succeeds")
{
	size_t size;
	char *map = huge_pages(&size);

	long result = sys_madvise(map, size, MADV_WIPEONFORK);
	EXPECT_FAILS(result, EINVAL);
	result = sys_madvise(map, size, MADV_DONTFORK);
	EXPECT_OK(result);
}

TEST(guard_refused_huge, .covers = "MADV-38", .features = FEATURES(ADVICE, NEEDS_HUGETLB, NEEDS_PROC),
     .summary = "MADV_GUARD_INSTALL on MAP_HUGETLB memory gives EINVAL")
{
	size_t size;
	char *map = huge_pages(&size), *page = map_pages(1);

	long result = sys_madvise(map, size, MADV_GUARD_INSTALL);
	EXPECT_FAILS(result, EINVAL);
	result = sys_madvise(page, page_size(), MADV_GUARD_INSTALL);
	EXPECT_OK(result);
}
