// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* The child of vfork runs in its caller's memory. */
#include "forkcheck.h"

#include <stdlib.h>

/* ---- Contents ----------------------------------------------------------------------------------- */

static volatile int in_bss, in_data = -1;
static __thread volatile int in_tls;

struct places {
	volatile int *stack, *heap, *mapping;
};

/* What it reads is what the caller wrote, what it writes is for the caller to read. */
static int write_everywhere(void *arg)
{
	struct places *at = arg;

	EXPECT_EQ(in_data, -1);
	EXPECT_EQ(in_tls, 10);
	EXPECT_EQ(*at->stack, 11);
	EXPECT_EQ(*at->heap, 12);
	EXPECT_EQ(*at->mapping, 13);
	in_bss = 1;
	in_data = 2;
	in_tls = 3;
	*at->stack = 4;
	*at->heap = 5;
	*at->mapping = 6;
	return 0;
}

TEST(written_by_child, .covers = "VFORK-004 VFORK-005 VFORK-012", THROUGH(vfork_doors),
     .summary = "what the child writes to data, thread-local storage, stack, heap and mappings shows in the caller")
{
	const struct vfork_door *door = this_door();
	volatile int on_stack = 11;
	volatile int *heap = malloc(sizeof(*heap));
	volatile int *mapping = (volatile int *)SETUP(sys_map_private(NULL, page_size(), PROT_READ | PROT_WRITE));
	struct places places = { &on_stack, heap, mapping };

	SETUP(heap ? 0 : -ENOMEM);
	in_tls = 10;
	*heap = 12;
	*mapping = 13;
	long child = door->vfork(write_everywhere, &places);
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	EXPECT_EQ(in_bss, 1);
	EXPECT_EQ(in_data, 2);
	EXPECT_EQ(in_tls, 3);
	EXPECT_EQ(on_stack, 4);
	EXPECT_EQ(*heap, 5);
	EXPECT_EQ(*mapping, 6);
	free((void *)heap);
}

/* ---- Mappings ----------------------------------------------------------------------------------- */

struct changes {
	char *made;    /* page that the child maps */
	char *removed; /* page of the caller, unmapped by the child */
	char *opened;  /* page without access, made writable by the child */
	unsigned long program_break;
};

static int change_mappings(void *arg)
{
	struct changes *changes = arg;
	size_t page = page_size();

	changes->made = (char *)SETUP_RAW(sys_map_private(NULL, page, PROT_READ | PROT_WRITE));
	*changes->made = 'm';
	SETUP_RAW(sys_munmap(changes->removed, page));
	SETUP_RAW(sys_mprotect(changes->opened, page, PROT_READ | PROT_WRITE));
	unsigned long end = (unsigned long)SYSCALL1(SYS_brk, 0);
	changes->program_break = (unsigned long)SYSCALL1(SYS_brk, end + page);
	EXPECT_EQ(changes->program_break, end + page);
	return 0;
}

/* A byte of memory through a pipe: -EFAULT where it can't be read. */
static long read_byte(const int *channel, const char *at, char *byte)
{
	long result = sys_write(channel[1], at, 1);

	return result == 1 ? sys_read(channel[0], byte, 1) : result;
}

TEST(mapped_by_child, .covers = "VFORK-034", THROUGH(vfork_doors),
     .summary = "what the child maps, unmaps, protects and adds to the heap changes in the caller's memory")
{
	const struct vfork_door *door = this_door();
	struct changes *changes = shared(sizeof(*changes));
	size_t page = page_size();
	char *area = (char *)SETUP(sys_map_private(NULL, 2 * page, PROT_NONE));
	int channel[2];
	char byte = 0;

	SETUP(pipe(channel));
	*changes = (struct changes){ .removed = area, .opened = area + page };
	SETUP(sys_mprotect(changes->removed, page, PROT_READ | PROT_WRITE));
	long child = door->vfork(change_mappings, changes);
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	EXPECT_EQ(read_byte(channel, changes->made, &byte), 1);
	EXPECT_EQ(byte, 'm');
	EXPECT_FAILS(read_byte(channel, changes->removed, &byte), EFAULT);
	EXPECT_OK(sys_getcwd(changes->opened, page)); /* which writes there */
	EXPECT_EQ((unsigned long)SYSCALL1(SYS_brk, 0), changes->program_break);
}

/* ---- A signal handler in the child -------------------------------------------------------------- */

static volatile pid_t handled_by;

static void note_pid(int sig)
{
	(void)sig;
	handled_by = sys_getpid();
}

static int raise_signal(void *arg)
{
	volatile pid_t *seen = arg;

	SETUP_RAW(checked_tgkill(sys_getpid(), sys_gettid(), SIGUSR1));
	*seen = handled_by;
	return 0;
}

TEST(written_by_handler, .covers = "VFORK-015", THROUGH(vfork_doors),
     .summary = "what a signal handler writes in the child shows in the caller")
{
	const struct vfork_door *door = this_door();
	volatile pid_t *seen = shared(sizeof(*seen));

	SETUP(sigaction(SIGUSR1, &(struct sigaction){ .sa_handler = note_pid }, NULL));
	long child = door->vfork(raise_signal, (void *)seen);
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	EXPECT_EQ(*seen, child); /* it ran in the child */
	EXPECT_EQ(handled_by, child);
}
