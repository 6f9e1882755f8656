// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* Fork of a process that has a lot: every descriptor and every mapping is there in the child. */
#include "forkcheck.h"

#include <sys/resource.h>

#define DESCRIPTORS 1000

/* Whether the nth is made close-on-exec; every seventh is missing. */
static int flag_of(int n)
{
	return n % 3 ? 0 : FD_CLOEXEC;
}

TEST(descriptors, .covers = "FORK-037",
     .summary = "of a thousand descriptors with gaps the child has the same ones with the same flags",
     THROUGH(fork_doors))
{
	const struct fork_door *door = this_door();
	static int fds[DESCRIPTORS];
	struct rlimit limit;
	int ends[2];

	SETUP(getrlimit(RLIMIT_NOFILE, &limit));
	limit.rlim_cur = limit.rlim_max;
	SETUP(setrlimit(RLIMIT_NOFILE, &limit));
	SETUP(pipe(ends));
	for (int i = 0; i < DESCRIPTORS; i++)
		fds[i] = (int)SETUP(sys_fcntl(ends[0], flag_of(i) ? F_DUPFD_CLOEXEC : F_DUPFD, 10));
	for (int i = 0; i < DESCRIPTORS; i += 7)
		SETUP(sys_close(fds[i]));
	long child = door->fork();
	if (child == 0) {
		for (int i = 0; i < DESCRIPTORS; i++)
			EXPECT_EQ(sys_fcntl(fds[i], F_GETFD, 0), i % 7 ? flag_of(i) : -EBADF, i);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
}

#define MAPPINGS 1000

TEST(mappings, .covers = "FORK-007", .summary = "of a thousand mappings the child has each with its contents",
     THROUGH(fork_doors))
{
	const struct fork_door *door = this_door();
	size_t page = page_size();

	/* Every other page is read-only, so that they are areas of their own. */
	volatile int *map = mmap(NULL, MAPPINGS * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (map == MAP_FAILED)
		BROKEN("mmap");
	size_t step = page / sizeof(*map);
	for (int i = 0; i < MAPPINGS; i++) {
		map[(size_t)i * step] = i + 1;
		if (i % 2)
			SETUP(mprotect((void *)(map + (size_t)i * step), page, PROT_READ));
	}
	long child = door->fork();
	if (child == 0) {
		for (int i = 0; i < MAPPINGS; i++)
			EXPECT_EQ(map[(size_t)i * step], i + 1, i);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
}
