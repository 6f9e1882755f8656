// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* MADV_DONTFORK for each kind of memory, and on the same frames as before. */
#include "madvise.h"

static char *shared_anonymous(void)
{
	char *page = map_new(1, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1);

	memset(page, PATTERN, page_size());
	return page;
}

static char *shared_file(void)
{
	return map_new(1, PROT_READ | PROT_WRITE, MAP_SHARED, file_of_pages(1));
}

static char *private_file(void)
{
	char *page = map_new(1, PROT_READ | PROT_WRITE, MAP_PRIVATE, file_of_pages(1));

	*page = PATTERN; /* a page of its own */
	return page;
}

static char *read_only_file(void)
{
	return map_new(1, PROT_READ, MAP_PRIVATE, file_of_pages(1));
}

static char *not_present(void)
{
	return map_new(1, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
}

static char *not_accessible(void)
{
	return map_new(1, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
}

static char *heap(void)
{
	uintptr_t end = (uintptr_t)sbrk(0), rest = -end % page_size();
	char *page = sbrk((intptr_t)(rest + 2 * page_size()));

	if (page == (char *)-1)
		BROKEN("sbrk failed");
	page += rest;
	memset(page, PATTERN, 2 * page_size());
	return page;
}

static const struct kind {
	struct case_head head;
	char *(*make)(void);
} kinds[] = {
	{ { .name = "shared_anonymous" }, shared_anonymous },
	{ { .name = "shared_file", .features = FEATURES(NEEDS_MEMFD) }, shared_file },
	{ { .name = "private_file", .features = FEATURES(NEEDS_MEMFD) }, private_file },
	{ { .name = "read_only_file", .features = FEATURES(NEEDS_MEMFD) }, read_only_file },
	{ { .name = "not_present" }, not_present },
	{ { .name = "not_accessible" }, not_accessible },
	{ { .name = "heap" }, heap },
};

TEST(any_memory, .covers = "MADV-06", .features = FEATURES(ADVICE),
     .summary = "MADV_DONTFORK works on shared, file and other memory as on private anonymous memory",
     CASES_NEEDING(kinds))
{
	const struct kind *kind = this_case();
	char *page = kind->make();

	long result = sys_madvise(page, page_size(), MADV_DONTFORK);
	REQUIRE_OK(result);
	long child = sys_fork();
	if (child == 0) {
		EXPECT_FAILS(look_at(page), ENOMEM);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	EXPECT_OK(look_at(page));

	result = sys_madvise(page, page_size(), MADV_DOFORK);
	REQUIRE_OK(result);
	child = sys_fork();
	if (child == 0) {
		EXPECT_OK(look_at(page));
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
}

TEST(shared_contents, .covers = "MADV-06", .features = FEATURES(ADVICE, NEEDS_MEMFD),
     .summary = "a child without the MADV_DONTFORK mapping of a shared file can map the file itself")
{
	int fd = file_of_pages(1);
	char *page = map_new(1, PROT_READ | PROT_WRITE, MAP_SHARED, fd);

	long result = sys_madvise(page, page_size(), MADV_DONTFORK);
	REQUIRE_OK(result);
	long child = sys_fork();
	if (child == 0) {
		EXPECT_FAILS(look_at(page), ENOMEM);
		char *again = map_new(1, PROT_READ | PROT_WRITE, MAP_SHARED, fd);
		EXPECT_BYTES(again, page_size(), PATTERN);
		*again = 1;
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	EXPECT_EQ(*page, 1);
}

TEST(stack, .covers = "MADV-06", .features = FEATURES(ADVICE),
     .summary = "MADV_DONTFORK works on a page of the stack, and the child runs on with the rest of it")
{
	volatile char area[4 * page_size()];
	uintptr_t start = (uintptr_t)area;
	char *page = (char *)(start + -start % page_size() + page_size());

	memset((char *)area, PATTERN, sizeof(area));
	long result = sys_madvise(page, page_size(), MADV_DONTFORK);
	REQUIRE_OK(result);
	long child = sys_fork();
	if (child == 0) {
		EXPECT_FAILS(look_at(page), ENOMEM);
		EXPECT_EQ(area[0], PATTERN);
		EXPECT_BYTES(page + page_size(), page_size(), PATTERN);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	EXPECT_BYTES(area, sizeof(area), PATTERN);
}

/* The frame behind a present page; 0 where it can't be told. */
static uint64_t frame_of(const void *page)
{
	uint64_t entry = 0;
	int fd = (int)SETUP(open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC));

	SETUP(pread(fd, &entry, sizeof(entry), (off_t)((uintptr_t)page / page_size() * sizeof(entry))));
	close(fd);
	return entry & ((1ULL << 55) - 1);
}

/* Forks, and writes to the page while the child lives: whether it is in the same frame as before. */
static bool stays(char *page, unsigned may_go)
{
	uint64_t before = frame_of(page);

	if (!before)
		BROKEN("no frame number");
	long child = sys_fork();
	if (child == 0) {
		await(may_go);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	++*page;
	bool same = frame_of(page) == before;
	post(may_go);
	EXPECT_EXITED(child, 0);
	return same;
}

TEST(same_frame, .covers = "MADV-05", .features = FEATURES(ADVICE, NEEDS_PAGEMAP), .init_caps = CAP(SYS_ADMIN),
     .summary = "the parent that writes to a MADV_DONTFORK page after fork writes to the same frame as before")
{
	char *page = map_pages(1);
	bool same = false;

	long result = sys_madvise(page, page_size(), MADV_DONTFORK);
	REQUIRE_OK(result);
	/* A page may be moved for other reasons too, but not each time. */
	for (unsigned i = 0; i < 4 && !same; i++)
		same = stays(page, i);
	EXPECT_TRUE(same);
}
