// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* Memory copied by fork stays apart, whoever writes and however; huge pages too; a file that is shared stays common. */
#define _FILE_OFFSET_BITS 64 /* addresses in /proc/PID/mem */
#include "inherit.h"

#include <sys/ptrace.h>
#include <sys/uio.h>

/* ---- Writes that are no store instructions ----------------------------------------------------- */

enum { CHILD_IS_READY, PAGE_IS_WRITTEN };

static char *page;

/* By system calls of the process itself: a byte from a pipe. */
static void write_by_read(pid_t pid)
{
	int ends[2];

	(void)pid;
	SETUP(pipe(ends));
	SETUP(write(ends[1], "W", 1));
	EXPECT_EQ(sys_read(ends[0], page, 1), 1);
	close(ends[0]);
	close(ends[1]);
}

static void write_by_process_vm(pid_t pid)
{
	struct iovec from = { "W", 1 }, to = { page, 1 };

	EXPECT_EQ(SYSCALL6(SYS_process_vm_writev, pid, &from, 1, &to, 1, 0), 1);
}

static void write_by_poke(pid_t pid)
{
	SETUP(ptrace(PTRACE_ATTACH, pid, NULL, NULL));
	checked_wait(pid, NULL, __WALL);
	/* A word whose bytes are all the same, in whatever order they are. */
	EXPECT_RETURNS(ptrace(PTRACE_POKEDATA, pid, page, (void *)(~0UL / 255 * 'W')), 0);
	SETUP(ptrace(PTRACE_DETACH, pid, NULL, NULL));
}

static void write_by_proc(pid_t pid)
{
	char path[64];
	int fd = (int)SETUP(open(proc_path(path, sizeof(path), pid, "mem"), O_RDWR | O_CLOEXEC));

	EXPECT_RETURNS(pwrite(fd, "W", 1, (off_t)(uintptr_t)page), 1);
	close(fd);
}

static const struct writer {
	struct case_head head;
	void (*write)(pid_t pid);
	enum side { TO_CHILD, TO_PARENT, IN_CHILD } side;
} writers[] = {
	{ { "read_in_child", .covers = "INH-MEM-08" }, write_by_read, IN_CHILD },
	{ { "read_in_parent", .covers = "INH-MEM-08" }, write_by_read, TO_PARENT },
	{ { "process_vm_to_child", .covers = "INH-MEM-09", .features = FEATURES(NEEDS_CROSS_MEMORY, NEEDS_PTRACE) },
	  write_by_process_vm,
	  TO_CHILD },
	{ { "process_vm_to_parent", .covers = "INH-MEM-09", .features = FEATURES(NEEDS_CROSS_MEMORY, NEEDS_PTRACE) },
	  write_by_process_vm,
	  TO_PARENT },
	{ { "poke_to_child", .covers = "INH-MEM-09", .features = FEATURES(NEEDS_PTRACE) }, write_by_poke, TO_CHILD },
	{ { "proc_mem_to_child", .covers = "INH-MEM-10", .features = FEATURES(NEEDS_PROC, NEEDS_PTRACE) },
	  write_by_proc,
	  TO_CHILD },
	{ { "proc_mem_to_parent", .covers = "INH-MEM-10", .features = FEATURES(NEEDS_PROC) },
	  write_by_proc,
	  TO_PARENT },
};

TEST(written, .summary = "what the kernel writes to one process's copy of a page does not show in the other",
     CASES_NEEDING(writers))
{
	const struct writer *writer = this_case();

	page = mmap(NULL, page_size(), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	SETUP(page == MAP_FAILED ? -1 : 0);
	page[0] = 'P';
	long child = sys_fork();
	if (child == 0) {
		if (writer->side == IN_CHILD)
			writer->write(0);
		post(CHILD_IS_READY);
		await(PAGE_IS_WRITTEN);
		EXPECT_EQ(page[0], writer->side == TO_PARENT ? 'P' : 'W');
		leave(0);
	}
	REQUIRE_GT(child, 0);
	await(CHILD_IS_READY);
	if (writer->side != IN_CHILD)
		writer->write(writer->side == TO_CHILD ? (pid_t)child : sys_getpid());
	EXPECT_EQ(page[0], writer->side == TO_PARENT ? 'W' : 'P');
	post(PAGE_IS_WRITTEN);
	EXPECT_EXITED(child, 0);
}

/* ---- Huge pages -------------------------------------------------------------------------------- */

static size_t transparent_size(void)
{
	char text[32] = "";

	read_file("/sys/kernel/mm/transparent_hugepage/hpage_pmd_size", text, sizeof(text));
	return text[0] ? (size_t)atoll(text) : 2 << 20;
}

static size_t reserved_size(void)
{
	return (size_t)proc_field("/proc/meminfo", "Hugepagesize:", 10) << 10;
}

static char *map_transparent(size_t size)
{
	char *map = mmap(NULL, 2 * size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	SETUP(map == MAP_FAILED ? -1 : 0);
	map += size - (uintptr_t)map % size;
	SETUP(madvise(map, size, MADV_HUGEPAGE));
	return map;
}

static char *map_reserved(size_t size)
{
	char *map = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB, -1, 0);

	SETUP(map == MAP_FAILED ? -1 : 0);
	return map;
}

static const struct huge {
	struct case_head head;
	size_t (*size)(void);
	char *(*map)(size_t size);
} huge[] = {
	{ { "transparent", .covers = "INH-MEM-06", .features = FEATURES(NEEDS_THP) },
	  transparent_size,
	  map_transparent },
	{ { "reserved", .covers = "INH-MEM-07", .features = FEATURES(NEEDS_HUGE_PAGES) }, reserved_size, map_reserved },
};

TEST(huge_page, .summary = "a huge page that the child writes to is as it was for the parent, and the other way round",
     CASES_NEEDING(huge))
{
	const struct huge *kind = this_case();
	const size_t size = kind->size();
	char *map = kind->map(size);

	map[0] = map[size / 2] = map[size - 1] = 'P';
	long child = sys_fork();
	if (child == 0) {
		map[size / 2] = 'C';
		post(CHILD_IS_READY);
		await(PAGE_IS_WRITTEN);
		EXPECT_EQ(map[0], 'P');
		EXPECT_EQ(map[size / 2], 'C');
		EXPECT_EQ(map[size - 1], 'P');
		leave(0);
	}
	REQUIRE_GT(child, 0);
	await(CHILD_IS_READY);
	EXPECT_EQ(map[size / 2], 'P');
	map[0] = map[size - 1] = 'Q';
	post(PAGE_IS_WRITTEN);
	EXPECT_EXITED(child, 0);
	EXPECT_EQ(map[0], 'Q');
	EXPECT_EQ(map[size / 2], 'P');
	EXPECT_EQ(map[size - 1], 'Q');
}

/* ---- Files ------------------------------------------------------------------------------------- */

static const struct mapping {
	const char *name;
	int flags;
	char seen; /* by the parent and in the file */
} mappings[] = {
	{ "shared", MAP_SHARED, 'C' },
	{ "private", MAP_PRIVATE, 'P' },
};

TEST(file_mapping, .covers = "INH-MEM-05",
     .summary =
	     "what the child writes to a shared mapping of a file shows in the parent and the file, to a private one not",
     .features = FEATURES(NEEDS_WORKDIR), CASES(mappings))
{
	const struct mapping *mapping = this_case();
	int fd = (int)SETUP(open("file", O_RDWR | O_CREAT | O_CLOEXEC, 0600));
	char byte = 0;

	SETUP(write(fd, "P", 1));
	volatile char *map = mmap(NULL, page_size(), PROT_READ | PROT_WRITE, mapping->flags, fd, 0);
	SETUP(map == MAP_FAILED ? -1 : 0);
	EXPECT_EQ(map[0], 'P');
	long child = sys_fork();
	if (child == 0) {
		map[0] = 'C';
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	EXPECT_EQ(map[0], mapping->seen);
	EXPECT_RETURNS(pread(fd, &byte, 1, 0), 1);
	EXPECT_EQ(byte, mapping->seen);
}

/* ---- Protection keys --------------------------------------------------------------------------- */

#if defined(__x86_64__) || defined(__i386__)
#define DISABLE_ACCESS 1

static void write_pkru(unsigned value)
{
	__asm__ volatile(".byte 0x0f, 0x01, 0xef" : : "a"(value), "c"(0), "d"(0)); /* wrpkru */
}

/* A page that may not be accessed under the key that it has. */
static void protect_page(void)
{
	int key = (int)SETUP_RAW(SYSCALL2(SYS_pkey_alloc, 0, DISABLE_ACCESS));

	SETUP_RAW(SYSCALL4(SYS_pkey_mprotect, page, page_size(), PROT_READ | PROT_WRITE, key));
}

static long long read_page(void)
{
	if (!page)
		page = mmap(NULL, page_size(), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	return sys_sigprocmask(SIG_BLOCK, (const sigset64 *)page, NULL);
}

static void unlock_all_keys(void)
{
	write_pkru(0);
}

static const struct attribute keys[] = {
	{ { "access", .covers = "INH-MEM-12", .features = FEATURES(NEEDS_PKEYS) },
	  OF_THREAD,
	  KEPT,
	  .set = protect_page,
	  .get = read_page,
	  .change = unlock_all_keys,
	  /* A thread that has no rights to a new key loses the page, too. */
	  .except = DOOR(IN_THREAD) },
};

TEST(protection_key,
     .summary = "the child has the protection keys of its parent's memory, and rights of its own to them",
     ATTRIBUTES(keys))
{
	test_inheritance();
}
#endif
