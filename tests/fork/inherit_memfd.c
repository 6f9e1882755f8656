// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* Memory that only a descriptor leads to, over fork: the child's copy leads to the same. */
#include "inherit.h"

#include <string.h>

static int fd = -1;

/* ---- Size and seals ---------------------------------------------------------------------------- */

/* As in inherit_descriptors.c, a change by the child is not checked there. */

static void make_memory(void)
{
	fd = (int)SETUP(memfd_create("forkcheck", MFD_CLOEXEC | MFD_ALLOW_SEALING));
	SETUP(ftruncate(fd, 1000));
}

static void truncate_memory(void)
{
	SYSCALL2(SYS_ftruncate, fd, 2000);
}

static long long get_size(void)
{
	return sys_lseek(fd, 0, SEEK_END);
}

static void seal_memory(void)
{
	sys_fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE);
}

static long long get_seals(void)
{
	return sys_fcntl(fd, F_GET_SEALS, 0);
}

static const struct attribute to_share[] = {
	{ { "size", .covers = "INH-FD-07", .features = FEATURES(NEEDS_MEMFD) },
	  OF_FILE,
	  SHARED,
	  .set = make_memory,
	  .get = get_size,
	  .change = truncate_memory,
	  .doors = EACH_KIND },
	{ { "seals", .covers = "INH-FD-07", .features = FEATURES(NEEDS_MEMFD) },
	  OF_FILE,
	  SHARED,
	  .set = make_memory,
	  .get = get_seals,
	  .change = seal_memory,
	  .doors = EACH_KIND },
};

TEST(shared_file, .summary = "size and seals that the child gives to the memory the parent sees", ATTRIBUTES(to_share))
{
	test_inheritance();
}

/* ---- Contents ---------------------------------------------------------------------------------- */

static char *map_it(void)
{
	char *map = mmap(NULL, page_size(), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	return map == MAP_FAILED ? NULL : map;
}

static void create_plain(void)
{
	fd = (int)SETUP(memfd_create("forkcheck", MFD_CLOEXEC));
}

/* The boot decides whether there is any; before 6.5 it had to ask for it. */
static void create_secret(void)
{
	char line[4096] = "";

	if (configured_without("SECRETMEM"))
		SKIP(SKIP_CONFIG, "SECRETMEM", "CONFIG_SECRETMEM is off");
	read_file("/proc/cmdline", line, sizeof(line));
	const char *setting = strstr(line, "secretmem.enable=");
	if (setting ? !strchr("1yY", setting[17]) : older_than(6, 5))
		SKIP(SKIP_SURROUNDINGS, "secretmem.enable", "is off on the kernel's command line");
	fd = (int)SETUP_RAW(SYSCALL1(SYS_memfd_secret, 0));
}

static const struct memory {
	struct case_head head;
	void (*create)(void);
} memories[] = {
	{ { "memfd", .covers = "INH-FD-07", .features = FEATURES(NEEDS_MEMFD) }, create_plain },
	{ { "secret", .covers = "INH-FD-08", .features = FEATURES(NEEDS_MEMFD_SECRET) }, create_secret },
};

TEST(same_memory, .summary = "a mapping that the child makes by its copy of the descriptor shows the parent's memory",
     CASES_NEEDING(memories), THROUGH(fork_doors), .passes = each_call)
{
	const struct memory *memory = this_case();
	const struct fork_door *door = this_door();

	memory->create();
	SETUP(ftruncate(fd, (off_t)page_size()));
	volatile char *map = map_it();
	SETUP(map ? 0 : -1);
	map[0] = 'P';
	/* The child can have it by the descriptor only. */
	SETUP(madvise((void *)map, page_size(), MADV_DONTFORK));
	long child = door->fork();
	if (child == 0) {
		volatile char *own = map_it();
		REQUIRE_TRUE(own);
		EXPECT_EQ(own[0], 'P');
		own[0] = 'C';
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	EXPECT_EQ(map[0], 'C');
}
