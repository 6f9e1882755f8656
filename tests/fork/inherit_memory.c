// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* The address space over fork: mappings, break, stack and protection are copied; locks on memory are not. */
#include "inherit.h"

#include <string.h>

/* ---- Attributes -------------------------------------------------------------------------------- */

static char *map_page(void)
{
	return (char *)SETUP_RAW(sys_map_private(NULL, page_size(), PROT_READ | PROT_WRITE));
}

static char *page;

static void forbid_page(void)
{
	SETUP_RAW(SYSCALL3(SYS_mprotect, page, page_size(), PROT_READ));
}

static void allow_page(void)
{
	SETUP_RAW(SYSCALL3(SYS_mprotect, page, page_size(), PROT_READ | PROT_WRITE));
}

/* 0, or -EFAULT where the page can't be written: the call puts the signal mask there. */
static long long write_page(void)
{
	if (!page)
		page = map_page();
	return sys_sigprocmask(SIG_BLOCK, NULL, (sigset64 *)page);
}

static long long get_break(void)
{
	return (long long)(unsigned long)SYSCALL1(SYS_brk, 0);
}

static void grow_break(void)
{
	long long wanted = get_break() + 64 * (long long)page_size();

	if ((unsigned long)SYSCALL1(SYS_brk, wanted) != (unsigned long)wanted)
		BROKEN("the break can't be moved");
}

#define STATUS "/proc/self/status"

/* Each needs a frame of its own. */
static __attribute__((noinline)) int use_stack(int depth)
{
	volatile char frame[4096];

	frame[0] = (char)depth;
	return depth ? use_stack(depth - 1) + frame[0] : 0;
}

static void grow_stack(void)
{
	use_stack(100);
}

static void grow_stack_more(void)
{
	use_stack(200);
}

static long long stack_size(void)
{
	return proc_field(STATUS, "VmStk:", 10);
}

static const struct attribute to_keep[] = {
	{ { "protection", .covers = "INH-MEM-02" },
	  OF_MEMORY,
	  KEPT,
	  .set = forbid_page,
	  .get = write_page,
	  .change = allow_page },
	{ { "break", .covers = "INH-MEM-03" },
	  OF_MEMORY,
	  KEPT,
	  .set = grow_break,
	  .get = get_break,
	  .change = grow_break },
	{ { "stack", .covers = "INH-MEM-11", .features = FEATURES(NEEDS_PROC) },
	  OF_MEMORY,
	  KEPT,
	  .set = grow_stack,
	  .get = stack_size,
	  .change = grow_stack_more,
	  /* Others don't run on the stack that is counted. */
	  .doors = COPYING | DOOR(BY_VFORK),
	  .except = DOOR(IN_THREAD) | DOOR(IN_VM) },
};

TEST(kept, .summary = "the child begins with its parent's memory, and what it changes there the parent has as before",
     ATTRIBUTES(to_keep))
{
	test_inheritance();
}

static void lock_page(void)
{
	SETUP_RAW(SYSCALL2(SYS_mlock, map_page(), page_size()));
}

static long long locked(void)
{
	return proc_field(STATUS, "VmLck:", 10);
}

static void lock_future(void)
{
	SETUP_RAW(SYSCALL1(SYS_mlockall, MCL_FUTURE));
}

static void lock_future_on_fault(void)
{
	SETUP_RAW(SYSCALL1(SYS_mlockall, MCL_FUTURE | MCL_ONFAULT));
}

/* How much of a new page is locked. */
static long long new_page_locked(void)
{
	long long before = locked();
	char *map = map_page();
	long long with = locked();

	SETUP_RAW(sys_munmap(map, page_size()));
	return with - before;
}

static const struct attribute to_reset[] = {
	{ { "mlock", .covers = "FORK-014", .features = FEATURES(NEEDS_PROC, NEEDS_MLOCK) },
	  OF_MEMORY,
	  RESET,
	  .set = lock_page,
	  .get = locked,
	  .exec = { RESET, "INH-EXEC-08" } },
	{ { "mlockall", .covers = "FORK-015", .features = FEATURES(NEEDS_PROC, NEEDS_MLOCK) },
	  OF_MEMORY,
	  RESET,
	  .set = lock_future,
	  .get = new_page_locked,
	  .exec = { RESET, "INH-EXEC-08" } },
	{ { "mlockall_on_fault", .covers = "INH-MEM-14", .features = FEATURES(NEEDS_PROC, NEEDS_MLOCK) },
	  OF_MEMORY,
	  RESET,
	  .set = lock_future_on_fault,
	  .get = new_page_locked },
};

TEST(reset, .summary = "locks on memory, present and future, are not inherited by a child with memory of its own",
     ATTRIBUTES(to_reset))
{
	test_inheritance();
}

/* ---- All mappings at once ---------------------------------------------------------------------- */

struct maps {
	long length[2];
	char text[2][32768]; /* of the parent, of the child */
};

TEST(same_mappings, .covers = "INH-MEM-01",
     .summary = "the child has the mappings of its parent, at the same places, with the same protection and flags",
     .features = FEATURES(NEEDS_PROC), THROUGH(fork_doors))
{
	static const int protections[] = { PROT_NONE, PROT_READ, PROT_READ | PROT_WRITE, PROT_READ | PROT_EXEC };
	const struct fork_door *door = this_door();
	struct maps *maps = shared(sizeof(*maps));

	for (size_t i = 0; i < ARRAY_SIZE(protections); i++) {
		void *private = mmap(NULL, page_size(), protections[i], MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		void *common = mmap(NULL, page_size(), protections[i], MAP_SHARED | MAP_ANONYMOUS, -1, 0);
		SETUP(private == MAP_FAILED || common == MAP_FAILED ? -1 : 0);
	}
	maps->length[0] = read_file("/proc/self/maps", maps->text[0], sizeof(maps->text[0]));
	long child = door->fork();
	if (child == 0) {
		maps->length[1] = read_file("/proc/self/maps", maps->text[1], sizeof(maps->text[1]));
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	EXPECT_GT(maps->length[0], 0);
	EXPECT_EQ(maps->length[1], maps->length[0]);
	EXPECT_TRUE(!strcmp(maps->text[1], maps->text[0]));
}
