// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* What /proc shows of the advice that fork honours, in the parent and in the child. */
#include "madvise.h"

#include <stdio.h>

#define SMAPS ADVICE, NEEDS_SMAPS

/* Whether the mapping at this address has the two-letter flag. */
static bool has_flag(const void *at, const char *flag)
{
	unsigned long start, end;
	bool inside = false, found = false;
	char line[512];
	FILE *smaps = fopen("/proc/self/smaps", "re");

	if (!smaps)
		BROKEN("no /proc/self/smaps");
	while (fgets(line, sizeof(line), smaps)) {
		if (sscanf(line, "%lx-%lx ", &start, &end) == 2)
			inside = (uintptr_t)at >= start && (uintptr_t)at < end;
		else if (inside && !strncmp(line, "VmFlags:", 8))
			found = strstr(line + 8, flag);
	}
	fclose(smaps);
	return found;
}

static const struct setting {
	const char *name;
	int set, undo;
	const char *flag;
} settings[] = {
	{ "dontfork", MADV_DONTFORK, MADV_DOFORK, " dc" },
	{ "wipeonfork", MADV_WIPEONFORK, MADV_KEEPONFORK, " wf" },
};

TEST(flag, .covers = "MADV-31 MADV-07", .features = FEATURES(SMAPS),
     .summary = "smaps shows the setting, on the advised page alone, until it is undone", CASES(settings))
{
	const struct setting *row = this_case();
	char *map = map_pages(3), *page = page_of(map, 1);

	EXPECT_TRUE(!has_flag(page, row->flag));
	long result = sys_madvise(page, page_size(), row->set);
	REQUIRE_OK(result);
	EXPECT_TRUE(has_flag(page, row->flag));
	EXPECT_TRUE(!has_flag(map, row->flag));
	EXPECT_TRUE(!has_flag(page_of(map, 2), row->flag));
	result = sys_madvise(page, page_size(), row->undo);
	REQUIRE_OK(result);
	EXPECT_TRUE(!has_flag(page, row->flag));
}

TEST(wipe_flag_in_child, .covers = "MADV-09 MADV-31", .features = FEATURES(SMAPS),
     .summary = "smaps of the child shows that the wiped range has the setting still")
{
	char *map = map_pages(2);

	long result = sys_madvise(map, page_size(), MADV_WIPEONFORK);
	REQUIRE_OK(result);
	long child = sys_fork();
	if (child == 0) {
		EXPECT_TRUE(has_flag(map, " wf"));
		EXPECT_TRUE(!has_flag(page_of(map, 1), " wf"));
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
}

TEST(lock_goes, .covers = "MADV-53", .features = FEATURES(SMAPS, NEEDS_MLOCK),
     .summary = "a wiped range that is locked in the parent is not locked in the child")
{
	char *page = map_pages(1);

	SETUP(mlock(page, page_size()));
	long result = sys_madvise(page, page_size(), MADV_WIPEONFORK);
	REQUIRE_OK(result);
	long child = sys_fork();
	if (child == 0) {
		EXPECT_TRUE(!has_flag(page, " lo"));
		EXPECT_EQ(proc_field("/proc/self/status", "VmLck:", 10), 0);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	EXPECT_TRUE(has_flag(page, " lo"));
}

TEST(mergeable, .covers = "MADV-54", .features = FEATURES(SMAPS, NEEDS_KSM),
     .summary = "MADV_MERGEABLE stays in the child, and MADV_UNMERGEABLE there leaves the parent's alone")
{
	char *page = map_pages(1), *plain = map_pages(1);

	REQUIRE_OK(sys_madvise(plain, page_size(), MADV_DONTFORK)); /* so that the two don't become one mapping */
	long result = sys_madvise(page, page_size(), MADV_MERGEABLE);
	REQUIRE_OK(result);
	long child = sys_fork();
	if (child == 0) {
		EXPECT_TRUE(has_flag(page, " mg"));
		EXPECT_OK(sys_madvise(page, page_size(), MADV_UNMERGEABLE));
		EXPECT_TRUE(!has_flag(page, " mg"));
		EXPECT_BYTES(page, page_size(), PATTERN);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	EXPECT_TRUE(has_flag(page, " mg"));
	EXPECT_BYTES(page, page_size(), PATTERN);
}

/* The size, in kB, that /proc shows for a new child. */
static long long size_of_child(void)
{
	volatile long long *size = shared(sizeof(*size));

	long child = sys_fork();
	if (child == 0) {
		*size = proc_field("/proc/self/status", "VmSize:", 10);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	long long result = *size;
	SETUP(munmap((void *)size, page_size()));
	return result;
}

#define PAGES 16

TEST(size, .covers = "MADV-55", .features = FEATURES(ADVICE, NEEDS_PROC),
     .summary = "a child's VmSize is smaller by what MADV_DONTFORK kept from it")
{
	char *map = map_pages(PAGES);

	long long with = size_of_child();
	long result = sys_madvise(map, PAGES * page_size(), MADV_DONTFORK);
	REQUIRE_OK(result);
	EXPECT_EQ(with - size_of_child(), (long long)(PAGES * page_size() / 1024));
}
