// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* Mappings with rules of their own: sealed, droppable, the kernel's; and advice to another process. */
#include "madvise.h"

#include <stdio.h>
#include <sys/auxv.h>
#include <sys/uio.h>

#ifndef MAP_DROPPABLE
#define MAP_DROPPABLE 0x08
#endif

#define SIXTY_FOUR_BIT "x86_64 aarch64 riscv64"

/* ---- Sealed ------------------------------------------------------------------------------------ */

static const struct sealed {
	const char *name;
	int protection;
	int advice;
	bool refused;
} sealed_cases[] = {
	{ "read_only_dontfork", PROT_READ, MADV_DONTFORK, true },
	{ "read_only_wipeonfork", PROT_READ, MADV_WIPEONFORK, true },
	{ "closed_dontfork", PROT_NONE, MADV_DONTFORK, true },
	{ "closed_wipeonfork", PROT_NONE, MADV_WIPEONFORK, true },
	{ "read_only_dofork", PROT_READ, MADV_DOFORK, false },
	{ "read_only_keeponfork", PROT_READ, MADV_KEEPONFORK, false },
	{ "writable_dontfork", PROT_READ | PROT_WRITE, MADV_DONTFORK, false },
	{ "writable_wipeonfork", PROT_READ | PROT_WRITE, MADV_WIPEONFORK, false },
};

TEST(sealed, .covers = "MADV-32", .features = FEATURES(ADVICE, NEEDS_MSEAL), .arch = SIXTY_FOUR_BIT,
     .summary = "advice that discards contents for the child is refused on sealed memory that may not be written",
     CASES(sealed_cases))
{
	const struct sealed *row = this_case();
	char *map = map_pages(2);

	SETUP(mprotect(map, 2 * page_size(), row->protection));
	SETUP_RAW(SYSCALL3(SYS_mseal, map, page_size(), 0));
	long result = sys_madvise(map, page_size(), row->advice);
	if (row->refused)
		EXPECT_FAILS(result, EPERM);
	else
		EXPECT_OK(result);
	result = sys_madvise(page_of(map, 1), page_size(), row->advice);
	EXPECT_OK(result);
}

TEST(sealed_stays_wiped, .covers = "MADV-50", .features = FEATURES(ADVICE, NEEDS_MSEAL), .arch = SIXTY_FOUR_BIT,
     .summary = "a range that was advised before it was sealed is wiped in the child")
{
	char *page = map_pages(1);

	REQUIRE_OK(sys_madvise(page, page_size(), MADV_WIPEONFORK));
	SETUP_RAW(SYSCALL3(SYS_mseal, page, page_size(), 0));
	long child = sys_fork();
	if (child == 0) {
		EXPECT_BYTES(page, page_size(), 0);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	EXPECT_BYTES(page, page_size(), PATTERN);
}

/* ---- Droppable --------------------------------------------------------------------------------- */

static char *map_droppable(void)
{
	char *page = map_new(1, PROT_READ | PROT_WRITE, MAP_DROPPABLE | MAP_ANONYMOUS, -1);

	memset(page, PATTERN, page_size());
	return page;
}

TEST(droppable_is_wiped, .covers = "MADV-36", .features = FEATURES(ADVICE), .arch = SIXTY_FOUR_BIT,
     .summary = "a droppable mapping is zero in the child, and in the child's own child", THROUGH(fork_doors))
{
	const struct fork_door *door = this_door();
	char *page = map_droppable();

	long child = door->fork();
	if (child == 0) {
		EXPECT_BYTES(page, page_size(), 0);
		memset(page, PATTERN, page_size());
		long grandchild = door->fork();
		if (grandchild == 0) {
			EXPECT_BYTES(page, page_size(), 0);
			leave(0);
		}
		REQUIRE_GT(grandchild, 0);
		EXPECT_EXITED(grandchild, 0);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
}

TEST(droppable_is_not_kept, .covers = "MADV-35 MADV-36", .features = FEATURES(ADVICE), .arch = SIXTY_FOUR_BIT,
     .summary = "MADV_KEEPONFORK on a droppable mapping gives EINVAL, and the child gets zeros all the same")
{
	char *page = map_droppable(), *plain = map_pages(1);

	long result = sys_madvise(page, page_size(), MADV_KEEPONFORK);
	EXPECT_FAILS(result, EINVAL);
	result = sys_madvise(plain, page_size(), MADV_KEEPONFORK);
	EXPECT_OK(result);
	long child = sys_fork();
	if (child == 0) {
		EXPECT_BYTES(page, page_size(), 0);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
}

/* ---- The kernel's own -------------------------------------------------------------------------- */

/* The first page of the mapping with this name; NULL if there is none. */
static char *mapping_called(const char *name)
{
	unsigned long start = 0;
	char line[256];
	FILE *maps = fopen("/proc/self/maps", "re");

	if (!maps)
		BROKEN("no /proc/self/maps");
	while (!start && fgets(line, sizeof(line), maps)) {
		if (strstr(line, name))
			start = strtoul(line, NULL, 16);
	}
	fclose(maps);
	return (char *)start;
}

static char *find_vdso(void)
{
	char *page = (char *)getauxval(AT_SYSINFO_EHDR);

	if (!page)
		SKIP(SKIP_SURROUNDINGS, "vdso", "this process has none");
	return page;
}

TEST(kernel_mapping, .covers = "MADV-33", .features = FEATURES(ADVICE, NEEDS_PROC), .arch = "x86_64 i386",
     .summary = "MADV_DOFORK on a page that the kernel maps for its clock gives EINVAL")
{
	char *page = mapping_called("[vvar]");

	if (!page)
		SKIP(SKIP_SURROUNDINGS, "vvar", "this process has none");
	long result = sys_madvise(page, page_size(), MADV_DOFORK);
	EXPECT_FAILS(result, EINVAL);
}

TEST(vdso, .covers = "MADV-56", .features = FEATURES(ADVICE), .summary = "MADV_DOFORK on the vDSO gives EINVAL")
{
	char *page = find_vdso();

	long result = sys_madvise(page, page_size(), MADV_DOFORK);
	EXPECT_FAILS(result, EINVAL);
}

TEST(vdso_before, .covers = "MADV-57", .features = FEATURES(ADVICE), .summary = "MADV_DOFORK on the vDSO is taken")
{
	char *page = find_vdso();

	long result = sys_madvise(page, page_size(), MADV_DOFORK);
	EXPECT_OK(result);
}

/* ---- By another process ------------------------------------------------------------------------ */

static long advise(int pidfd, void *start, int advice)
{
	struct iovec range = { start, page_size() };

	return SYSCALL5(SYS_process_madvise, pidfd, &range, 1, advice, 0);
}

enum { TARGET_MAY_FORK };

static const struct remote {
	const char *name;
	int advice;
} remote[] = {
	{ "dontfork", MADV_DONTFORK },
	{ "dofork", MADV_DOFORK },
	{ "wipeonfork", MADV_WIPEONFORK },
	{ "keeponfork", MADV_KEEPONFORK },
};

TEST(not_by_others, .covers = "MADV-39", .features = FEATURES(ADVICE, NEEDS_PROCESS_MADVISE),
     .summary = "process_madvise gives no other process advice that fork honours: EINVAL, and nothing changes",
     CASES(remote))
{
	const struct remote *row = this_case();
	char *page = map_pages(1);

	pid_t target = fork_helper();
	if (target == 0) {
		await(TARGET_MAY_FORK);
		long child = sys_fork();
		if (child == 0) {
			EXPECT_BYTES(page, page_size(), PATTERN);
			leave(0);
		}
		REQUIRE_GT(child, 0);
		EXPECT_EXITED(child, 0);
		leave(0);
	}
	int pidfd = (int)SETUP_RAW(sys_pidfd_open(target, 0));
	long result = advise(pidfd, page, row->advice);
	EXPECT_FAILS(result, EINVAL);
	post(TARGET_MAY_FORK);
	EXPECT_EXITED(target, 0);
}

TEST(other_advice_by_others, .covers = "MADV-51", .features = FEATURES(ADVICE, NEEDS_PROCESS_MADVISE),
     .init_caps = CAP(SYS_NICE), .summary = "process_madvise gives another process advice that changes no contents")
{
	char *page = map_pages(1);

	pid_t target = fork_helper();
	if (target == 0) {
		await(TARGET_MAY_FORK);
		leave(0);
	}
	int pidfd = (int)SETUP_RAW(sys_pidfd_open(target, 0));
	long result = advise(pidfd, page, MADV_WILLNEED);
	EXPECT_EQ(result, (long)page_size());
	post(TARGET_MAY_FORK);
	EXPECT_EXITED(target, 0);
}

TEST(by_pidfd_of_oneself, .covers = "MADV-52", .features = FEATURES(ADVICE, NEEDS_PROCESS_MADVISE),
     .summary = "process_madvise gives the caller itself any advice, and fork honours it")
{
	char *map = map_pages(2);

	int pidfd = (int)SETUP_RAW(sys_pidfd_open(sys_getpid(), 0));
	long result = advise(pidfd, map, MADV_DONTFORK);
	EXPECT_EQ(result, (long)page_size());
	result = advise(pidfd, page_of(map, 1), MADV_WIPEONFORK);
	EXPECT_EQ(result, (long)page_size());
	long child = sys_fork();
	if (child == 0) {
		EXPECT_FAILS(look_at(map), ENOMEM);
		EXPECT_BYTES(page_of(map, 1), page_size(), 0);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
}

TEST(not_by_pidfd_of_oneself, .covers = "MADV-58", .features = FEATURES(ADVICE, NEEDS_PROCESS_MADVISE),
     .summary = "process_madvise refuses the caller itself advice that fork honours", CASES(remote))
{
	const struct remote *row = this_case();
	char *page = map_pages(1);

	int pidfd = (int)SETUP_RAW(sys_pidfd_open(sys_getpid(), 0));
	long result = advise(pidfd, page, row->advice);
	EXPECT_FAILS(result, EINVAL);
}
