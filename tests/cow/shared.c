// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* Shared mappings stay shared across fork: what one side writes, the others and the file have. */
#include "regions.h"

#include <sys/ipc.h>
#include <sys/shm.h>

#define PAGES 4

enum { PARENT_WROTE, GRANDCHILD_WROTE };

/* A shared mapping of PAGES pages, all zero; *file is what lies below it, or -1. */
static unsigned char *map_shared(int fd, int *file)
{
	void *map = mmap(NULL, PAGES * page_size(), PROT_READ | PROT_WRITE, MAP_SHARED | (fd < 0 ? MAP_ANONYMOUS : 0),
			 fd, 0);

	*file = fd;
	if (map == MAP_FAILED)
		BROKEN("cannot map shared memory");
	return map;
}

static unsigned char *make_anonymous(int *file)
{
	return map_shared(-1, file);
}

static unsigned char *make_file_mapping(int *file)
{
	return map_shared(make_file(PAGES * page_size(), 0), file);
}

static unsigned char *make_memfd(int *file)
{
	int fd = (int)SETUP_RAW(SYSCALL2(SYS_memfd_create, "forkcheck", 0));

	SETUP(ftruncate(fd, (off_t)(PAGES * page_size())));
	return map_shared(fd, file);
}

static unsigned char *make_dev_zero(int *file)
{
	unsigned char *map = map_shared((int)SETUP(open("/dev/zero", O_RDWR)), file);

	*file = -1; /* it is for the mapping alone, what read() gives is zero for ever */
	return map;
}

/* Marked for removal at once: it goes with the last process that has it attached. */
static unsigned char *make_sysv(int *file)
{
	int id = (int)SETUP(shmget(IPC_PRIVATE, PAGES * page_size(), 0600));
	void *map = shmat(id, NULL, 0);

	*file = -1;
	SETUP(shmctl(id, IPC_RMID, NULL));
	if (map == (void *)-1)
		BROKEN("cannot attach shared memory");
	return map;
}

static unsigned char *make_moved(int *file)
{
	size_t size = PAGES * page_size();
	unsigned char *place = map_apart(size, 0);

	void *moved = mremap(map_shared(-1, file), size, size, MREMAP_MAYMOVE | MREMAP_FIXED, place);
	if (moved != place)
		BROKEN("mremap does not move a mapping");
	return place;
}

static const struct kind {
	struct case_head head;
	unsigned char *(*make)(int *file);
} kinds[] = {
	{ { .name = "anonymous" }, make_anonymous },
	{ { "file", .covers = "INH-MEM-05", .features = FEATURES(NEEDS_WORKDIR) }, make_file_mapping },
	{ { "memfd", .covers = "INH-MEM-05", .features = FEATURES(NEEDS_MEMFD) }, make_memfd },
	{ { "dev_zero", .features = FEATURES(NEEDS_DEV_ZERO) }, make_dev_zero },
	{ { "sysv", .features = FEATURES(NEEDS_SYSVIPC) }, make_sysv },
	{ { .name = "moved" }, make_moved },
};

/* One byte at each end of each page: page 0 is touched by nobody, the others by the side that writes. */
static void write_page(unsigned char *map, size_t page, unsigned char value)
{
	map[page * page_size()] = value;
	map[(page + 1) * page_size() - 1] = value;
}

static void expect_page(const volatile unsigned char *map, size_t page, unsigned char value)
{
	size_t size = page_size();

	EXPECT_EQ(map[page * size], value);
	EXPECT_BYTES(map + page * size + 1, size - 2, 0);
	EXPECT_EQ(map[(page + 1) * size - 1], value);
}

static void expect_all(const unsigned char *map)
{
	expect_page(map, 0, 0);
	expect_page(map, 1, 'P');
	expect_page(map, 2, 'C');
	expect_page(map, 3, 'G');
}

/* The file, as the calls that read it see it. */
static void expect_file(int file, const unsigned char *map)
{
	size_t page = page_size();
	unsigned char *now = map_apart(PAGES * page, 0);

	if (file < 0)
		return;
	EXPECT_RETURNS(pread(file, now, PAGES * page, 0), (ssize_t)(PAGES * page));
	EXPECT_EQ(matching(now, map, PAGES * page), PAGES * page);
}

static _Noreturn void be_child(unsigned char *map)
{
	await(PARENT_WROTE);
	expect_page(map, 1, 'P');
	write_page(map, 2, 'C');
	long grandchild = sys_fork();
	if (grandchild == 0) {
		expect_page(map, 2, 'C');
		write_page(map, 3, 'G');
		expect_all(map);
		leave(0);
	}
	REQUIRE_GT(grandchild, 0);
	EXPECT_EXITED(grandchild, 0);
	expect_all(map);
	leave(0);
}

TEST(both_ways, .covers = "POSIX-004",
     .summary =
	     "parent, child and grandchild all see what any of them writes to a shared mapping, and so does the file",
     CASES_NEEDING(kinds))
{
	const struct kind *kind = this_case();
	int file;
	unsigned char *map = kind->make(&file);

	long child = sys_fork();
	if (child == 0)
		be_child(map);
	REQUIRE_GT(child, 0);
	write_page(map, 1, 'P');
	post(PARENT_WROTE);
	EXPECT_EXITED(child, 0);
	expect_all(map);
	expect_file(file, map);
}

TEST(doors, .covers = "POSIX-004", .summary = "whichever way the child was forked, shared mappings stay shared",
     THROUGH(fork_doors))
{
	const struct fork_door *door = this_door();
	int file;
	unsigned char *map = make_anonymous(&file);

	long child = door->fork();
	if (child == 0)
		be_child(map);
	REQUIRE_GT(child, 0);
	write_page(map, 1, 'P');
	post(PARENT_WROTE);
	EXPECT_EXITED(child, 0);
	expect_all(map);
}

/* A page that was copied for one side has nothing to do with the file any more. */
TEST(beside_private, .covers = "POSIX-002 INH-MEM-05", .features = FEATURES(NEEDS_WORKDIR),
     .summary = "of the same file, the child's shared mapping writes to the file, not to private pages written before")
{
	size_t size = PAGES * page_size();
	int fd = make_file(size, 0), file;
	unsigned char *own = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
	unsigned char *map = map_shared(fd, &file);

	if (own == MAP_FAILED)
		BROKEN("cannot map a file");
	write_page(own, 1, 'P');
	long child = sys_fork();
	if (child == 0) {
		write_page(own, 2, 'c');
		write_page(map, 1, 'C');
		write_page(map, 2, 'C');
		expect_page(own, 1, 'P');
		expect_page(own, 2, 'c');
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	expect_page(own, 1, 'P');
	expect_page(map, 1, 'C');
	expect_page(map, 2, 'C');
	expect_file(file, map);
}
