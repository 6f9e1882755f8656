// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* CLONE_VM: one address space, or a copy of it. */
#include "forkcheck.h"

enum { BY_CALLER };

/* ---- Contents ----------------------------------------------------------------------------------- */

/* In private memory, so that nothing but CLONE_VM can share it. */
static volatile int word;

/* Runs in the child: what it must find after the caller has stored 1; then stores 2. */
static int store(void *arg)
{
	await(BY_CALLER);
	EXPECT_EQ(word, *(int *)arg);
	word = 2;
	return 0;
}

TEST(stores_shared, .covers = "CLONE-VM-01",
     .summary = "with CLONE_VM a store by the caller or the child is seen by the other", THROUGH(clone_doors))
{
	const struct clone_door *door = this_door();
	int want = 1;

	long child = CLONE_CALL(door->via, new_stack(), store, &want, .flags = CLONE_VM, .exit_signal = SIGCHLD);
	REQUIRE_GT(child, 0);
	word = 1;
	post(BY_CALLER);
	EXPECT_EXITED(child, 0);
	EXPECT_EQ(word, 2);
}

TEST(stores_apart, .covers = "CLONE-VM-04",
     .summary = "without CLONE_VM a store by the caller or the child is not seen by the other", THROUGH(clone_doors))
{
	const struct clone_door *door = this_door();
	int want = 0;

	long child = CLONE_CALL(door->via, new_stack(), store, &want, .flags = 0, .exit_signal = SIGCHLD);
	REQUIRE_GT(child, 0);
	word = 1;
	post(BY_CALLER);
	EXPECT_EXITED(child, 0);
	EXPECT_EQ(word, 1);
}

/* ---- Mappings ----------------------------------------------------------------------------------- */

/* Whether there is memory to write to: the kernel says so without a signal. */
static bool writable(void *page)
{
	long result = sys_getcwd(page, page_size());

	if (result != -EFAULT)
		SETUP_RAW(result);
	return result > 0;
}

static void *map(int prot)
{
	return (void *)SETUP_RAW(sys_map_private(NULL, page_size(), prot));
}

/* What one may do to a page, and whether it can be written before and after. */
static void map_again(void *page)
{
	SETUP_RAW(sys_map_private(page, page_size(), PROT_READ | PROT_WRITE));
}

static void unmap(void *page)
{
	SETUP_RAW(sys_munmap(page, page_size()));
}

static void allow(void *page)
{
	SETUP_RAW(sys_mprotect(page, page_size(), PROT_READ | PROT_WRITE));
}

static void forbid(void *page)
{
	SETUP_RAW(sys_mprotect(page, page_size(), PROT_READ));
}

static void *hole(void)
{
	void *page = map(PROT_NONE);

	unmap(page);
	return page;
}

static void *full(void)
{
	return map(PROT_READ | PROT_WRITE);
}

static void *locked(void)
{
	return map(PROT_NONE);
}

static const struct change {
	const char *name;
	void *(*prepare)(void);
	void (*make)(void *page);
	bool before;
} changes[] = {
	{ "mmap", hole, map_again, false },
	{ "munmap", full, unmap, true },
	{ "mprotect_allow", locked, allow, false },
	{ "mprotect_forbid", full, forbid, true },
};

struct page {
	const struct change *change;
	void *at;
	bool want;
};

static int change_page(void *arg)
{
	const struct page *page = arg;

	page->change->make(page->at);
	return 0;
}

static int look_at_page(void *arg)
{
	const struct page *page = arg;

	await(BY_CALLER);
	EXPECT_EQ(writable(page->at), page->want);
	return 0;
}

TEST(mappings_by_child, .covers = "CLONE-VM-02 CLONE-VM-03 CLONE-VM-08",
     .summary = "with CLONE_VM what the child maps, unmaps or protects changes for the caller too", CASES(changes),
     THROUGH(clone_doors))
{
	const struct change *change = this_case();
	const struct clone_door *door = this_door();
	struct stack *stack = new_stack();
	struct page page = { change, change->prepare(), 0 };

	long child = CLONE_CALL(door->via, stack, change_page, &page, .flags = CLONE_VM, .exit_signal = SIGCHLD);
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	EXPECT_EQ(writable(page.at), !change->before);
}

TEST(mappings_by_caller, .covers = "CLONE-VM-02 CLONE-VM-03 CLONE-VM-08",
     .summary = "with CLONE_VM what the caller maps, unmaps or protects changes for the child too", CASES(changes),
     THROUGH(clone_doors))
{
	const struct change *change = this_case();
	const struct clone_door *door = this_door();
	struct stack *stack = new_stack();
	struct page page = { change, change->prepare(), !change->before };

	long child = CLONE_CALL(door->via, stack, look_at_page, &page, .flags = CLONE_VM, .exit_signal = SIGCHLD);
	REQUIRE_GT(child, 0);
	change->make(page.at);
	post(BY_CALLER);
	EXPECT_EXITED(child, 0);
}

TEST(mappings_by_child_apart, .covers = "CLONE-VM-10",
     .summary = "without CLONE_VM what the child maps, unmaps or protects stays as it was for the caller",
     CASES(changes), THROUGH(clone_doors))
{
	const struct change *change = this_case();
	const struct clone_door *door = this_door();
	struct stack *stack = new_stack();
	struct page page = { change, change->prepare(), 0 };

	long child = CLONE_CALL(door->via, stack, change_page, &page, .flags = 0, .exit_signal = SIGCHLD);
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	EXPECT_EQ(writable(page.at), change->before);
}

TEST(mappings_by_caller_apart, .covers = "CLONE-VM-10",
     .summary = "without CLONE_VM what the caller maps, unmaps or protects stays as it was for the child",
     CASES(changes), THROUGH(clone_doors))
{
	const struct change *change = this_case();
	const struct clone_door *door = this_door();
	struct stack *stack = new_stack();
	struct page page = { change, change->prepare(), change->before };

	long child = CLONE_CALL(door->via, stack, look_at_page, &page, .flags = 0, .exit_signal = SIGCHLD);
	REQUIRE_GT(child, 0);
	change->make(page.at);
	post(BY_CALLER);
	EXPECT_EXITED(child, 0);
}

/* ---- The program break -------------------------------------------------------------------------- */

static unsigned long program_break(unsigned long wanted)
{
	return (unsigned long)SYSCALL1(SYS_brk, wanted);
}

static int move_break(void *arg)
{
	unsigned long start = *(unsigned long *)arg;

	EXPECT_EQ(program_break(start + page_size()), start + page_size());
	return 0;
}

TEST(break_shared, .covers = "CLONE-VM-09", .summary = "with CLONE_VM the child moves the caller's program break",
     THROUGH(clone_doors))
{
	const struct clone_door *door = this_door();
	unsigned long start = program_break(0);

	long child = CLONE_CALL(door->via, new_stack(), move_break, &start, .flags = CLONE_VM, .exit_signal = SIGCHLD);
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	EXPECT_EQ(program_break(0), start + page_size());
}

TEST(break_apart, .covers = "CLONE-VM-10", .summary = "without CLONE_VM the caller's program break stays",
     THROUGH(clone_doors))
{
	const struct clone_door *door = this_door();
	unsigned long start = program_break(0);

	long child = CLONE_CALL(door->via, new_stack(), move_break, &start, .flags = 0, .exit_signal = SIGCHLD);
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	EXPECT_EQ(program_break(0), start);
}

/* ---- The alternate signal stack ----------------------------------------------------------------- */

static int query_altstack(void *arg)
{
	SETUP_RAW(sys_sigaltstack(NULL, arg));
	return 0;
}

static void set_altstack(stack_t *alternate)
{
	const struct stack *stack = new_stack();

	*alternate = (stack_t){ .ss_sp = stack->low, .ss_size = stack->size };
	SETUP(sys_sigaltstack(alternate, NULL));
}

TEST(altstack_off, .covers = "CLONE-VM-06",
     .summary = "with CLONE_VM and without CLONE_VFORK the child has no alternate signal stack", THROUGH(clone_doors))
{
	const struct clone_door *door = this_door();
	stack_t alternate, *found = shared(sizeof(*found));

	set_altstack(&alternate);
	long child = CLONE_CALL(door->via, new_stack(), query_altstack, found, .flags = CLONE_VM,
				.exit_signal = SIGCHLD);
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	EXPECT_EQ(found->ss_flags, SS_DISABLE);
	/* The caller's own is as it was. */
	SETUP(sys_sigaltstack(NULL, found));
	EXPECT_EQ(found->ss_flags, 0);
	EXPECT_TRUE(found->ss_sp == alternate.ss_sp);
}

static const struct keeping {
	const char *name;
	uint64_t flags;
} keeping[] = {
	{ "vfork", CLONE_VM | CLONE_VFORK },
	{ "without_vm", 0 },
};

TEST(altstack_kept, .covers = "CLONE-VM-07",
     .summary = "with CLONE_VM and CLONE_VFORK, or neither, the child has the caller's alternate signal stack",
     CASES(keeping), THROUGH(clone_doors))
{
	const struct keeping *row = this_case();
	const struct clone_door *door = this_door();
	stack_t alternate, *found = shared(sizeof(*found));

	set_altstack(&alternate);
	long child = CLONE_CALL(door->via, new_stack(), query_altstack, found, .flags = row->flags,
				.exit_signal = SIGCHLD);
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	EXPECT_EQ(found->ss_flags, 0);
	EXPECT_EQ(found->ss_size, alternate.ss_size);
	EXPECT_TRUE(found->ss_sp == alternate.ss_sp);
}
