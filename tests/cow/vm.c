// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* CLONE_VM: one memory for both; without the flag, two. */
#include "regions.h"

#include <linux/kcmp.h>

#define OLD 1
#define BY_PARENT 2
#define BY_CHILD 3

enum { PARENT_DONE, CHILD_DONE };

struct word {
	volatile int *value;
	unsigned char *map;
	volatile int *seen; /* shared in any case: what the child found */
};

static int write_and_read(void *arg)
{
	struct word *word = arg;

	await(PARENT_DONE);
	*word->seen = *word->value;
	*word->value = BY_CHILD;
	return 0;
}

static struct word make_word(void)
{
	struct word word = { .map = map_apart(page_size(), 0), .seen = shared(sizeof(int)) };

	word.value = (volatile int *)word.map;
	*word.value = OLD;
	return word;
}

TEST(stores_cross, .covers = "CLONE-VM-01", .summary = "with CLONE_VM what either side stores the other one reads",
     THROUGH(clone_doors))
{
	const struct clone_door *door = this_door();
	struct word word = make_word();

	long child = CLONE_CALL(door->via, new_stack(), write_and_read, &word, .flags = CLONE_VM,
				.exit_signal = SIGCHLD);
	*word.value = BY_PARENT;
	post(PARENT_DONE);
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	EXPECT_EQ(*word.seen, BY_PARENT);
	EXPECT_EQ(*word.value, BY_CHILD);
}

TEST(stores_apart, .covers = "CLONE-VM-04", .summary = "without CLONE_VM a store of either side stays with it",
     THROUGH(clone_doors))
{
	const struct clone_door *door = this_door();
	struct word word = make_word();

	long child = CLONE_CALL(door->via, new_stack(), write_and_read, &word, .flags = 0, .exit_signal = SIGCHLD);
	*word.value = BY_PARENT;
	post(PARENT_DONE);
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	EXPECT_EQ(*word.seen, OLD);
	EXPECT_EQ(*word.value, BY_PARENT);
}

/* ---- Mappings -------------------------------------------------------------------------------------- */

static int map_anew(void *arg)
{
	long map = sys_map_private(arg, page_size(), PROT_READ | PROT_WRITE);
	if (map != (long)arg)
		return 1;
	*(volatile unsigned char *)map = BY_CHILD;
	return 0;
}

static int unmap(void *arg)
{
	return sys_munmap(arg, page_size()) ? 1 : 0;
}

static int protect(void *arg)
{
	return SYSCALL3(SYS_mprotect, arg, page_size(), PROT_NONE) ? 1 : 0;
}

TEST(mapping_made, .covers = "CLONE-VM-02", .summary = "with CLONE_VM what the child maps is mapped for the parent",
     THROUGH(clone_doors))
{
	const struct clone_door *door = this_door();
	unsigned char *hole = map_apart(page_size(), 0);
	struct stack *stack = new_stack();

	SETUP(munmap(hole, page_size()));
	long child = CLONE_CALL(door->via, stack, map_anew, hole, .flags = CLONE_VM, .exit_signal = SIGCHLD);
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	REQUIRE_TRUE(mapped(hole));
	EXPECT_EQ(*hole, BY_CHILD);
}

TEST(mapping_removed, .covers = "CLONE-VM-03", .summary = "with CLONE_VM what the child unmaps is gone for the parent",
     THROUGH(clone_doors))
{
	const struct clone_door *door = this_door();
	unsigned char *map = map_apart(page_size(), 0);

	*map = OLD;
	long child = CLONE_CALL(door->via, new_stack(), unmap, map, .flags = CLONE_VM, .exit_signal = SIGCHLD);
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	EXPECT_TRUE(!mapped(map));
}

TEST(mapping_protected, .covers = "COW-09",
     .summary = "with CLONE_VM what the child protects is protected for the parent", THROUGH(clone_doors))
{
	const struct clone_door *door = this_door();
	unsigned char *map = map_apart(page_size(), 0);

	*map = OLD;
	EXPECT_TRUE(readable(map));
	long child = CLONE_CALL(door->via, new_stack(), protect, map, .flags = CLONE_VM, .exit_signal = SIGCHLD);
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	EXPECT_TRUE(!readable(map));
}

/* ---- As the kernel compares them ------------------------------------------------------------------- */

static int wait_to_be_compared(void *arg)
{
	(void)arg;
	await(PARENT_DONE);
	return 0;
}

TEST(same_for_kcmp, .covers = "CLONE-VM-05", .features = FEATURES(NEEDS_KCMP, NEEDS_PTRACE),
     .summary = "kcmp finds one memory with CLONE_VM, and two without", THROUGH(clone_doors))
{
	const struct clone_door *door = this_door();

	long same = CLONE_CALL(door->via, new_stack(), wait_to_be_compared, NULL, .flags = CLONE_VM,
			       .exit_signal = SIGCHLD);
	long other = CLONE_CALL(door->via, new_stack(), wait_to_be_compared, NULL, .flags = 0, .exit_signal = SIGCHLD);
	long same_vm = sys_kcmp(sys_getpid(), (pid_t)same, KCMP_VM, 0, 0);
	long other_vm = sys_kcmp(sys_getpid(), (pid_t)other, KCMP_VM, 0, 0);
	long turned_round = sys_kcmp((pid_t)same, sys_getpid(), KCMP_VM, 0, 0);
	post(PARENT_DONE);
	REQUIRE_GT(same, 0);
	REQUIRE_GT(other, 0);
	EXPECT_EXITED(same, 0);
	EXPECT_EXITED(other, 0);
	EXPECT_EQ(same_vm, 0);
	EXPECT_EQ(turned_round, 0);
	EXPECT_GT(other_vm, 0);
}
