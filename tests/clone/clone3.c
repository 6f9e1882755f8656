// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* clone3: the size of its structure, where that ends, and which of its members contradict each other. */
#include "forkcheck.h"

#include <string.h>

#define CLONE3 NEEDS_CLONE3

/* Room for structures larger than any kernel knows. */
union roomy {
	struct clone3_args args;
	unsigned char bytes[256];
};

static void expect_fork(long child)
{
	if (child == 0)
		leave(5);
	EXPECT_GT(child, 0);
	if (child > 0)
		EXPECT_EXITED(child, 5);
}

TEST(like_fork, .covers = "CLONE3-01 CLONE3-02 CLONE3-04", .features = FEATURES(CLONE3),
     .summary =
	     "clone3 with an exit signal alone is a fork: 0 in the child, its PID in the parent, a copy of the stack")
{
	struct clone3_args args = { .exit_signal = SIGCHLD };
	pid_t *told = shared(sizeof(*told));
	volatile int on_stack = 1;

	long child = sys_clone3(&args, sizeof(args));
	if (child == 0) {
		*told = sys_getpid();
		EXPECT_EQ(on_stack, 1);
		on_stack = 2;
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	EXPECT_EQ(*told, child);
	EXPECT_EQ(on_stack, 1);
}

static int tell_stack(void *arg)
{
	char here;

	*(uintptr_t *)arg = (uintptr_t)&here;
	return 0;
}

TEST(stack_is_the_lowest_address, .covers = "CLONE3-03", .features = FEATURES(CLONE3),
     .summary = "the child runs on the memory from stack to stack + stack_size")
{
	struct stack *stack = new_stack();
	uintptr_t *told = shared(sizeof(*told));

	long child = CLONE_CALL(VIA_CLONE3, stack, tell_stack, told, .flags = CLONE_VM, .exit_signal = SIGCHLD);
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	EXPECT_GE(*told, (uintptr_t)stack->low);
	EXPECT_LT(*told, (uintptr_t)stack->low + stack->size);
}

TEST(exit_signal_member, .covers = "CLONE3-05", .features = FEATURES(CLONE3),
     .summary = "the exit_signal member is the signal that the parent gets")
{
	struct clone3_args args = { .exit_signal = SIGUSR1 };
	const sigset64 both = SIGBIT(SIGUSR1) | SIGBIT(SIGCHLD);
	sigset64 pending = 0;

	SETUP(sys_sigprocmask(SIG_BLOCK, &both, NULL));
	long child = sys_clone3(&args, sizeof(args));
	expect_fork(child);
	EXPECT_OK(sys_sigpending(&pending));
	EXPECT_EQ(pending & both, SIGBIT(SIGUSR1));
}

/* ---- The size of the structure ----------------------------------------------------------------- */

static const struct size_case {
	struct case_head head;
	size_t size;
	int tail;    /* the last byte, where it lies behind all members */
	int refused; /* errno, or 0 */
} sizes[] = {
	{ { "zero", .covers = "CLONE3-10" }, 0, 0, EINVAL },
	{ { "56", .covers = "CLONE3-10" }, 56, 0, EINVAL },
	{ { "63", .covers = "CLONE3-10" }, 63, 0, EINVAL },
	{ { "64", .covers = "CLONE3-06" }, 64, 0, 0 },
	{ { "72", .covers = "CLONE3-06" }, 72, 0, 0 },
	{ { "80", .covers = "CLONE3-06" }, 80, 0, 0 },
	{ { "88", .covers = "CLONE3-06" }, 88, 0, 0 },
	{ { "zero_tail", .covers = "CLONE3-07" }, sizeof(union roomy), 0, 0 },
	{ { "other_tail", .covers = "CLONE3-08" }, sizeof(union roomy), 1, E2BIG },
};

TEST(size, .features = FEATURES(CLONE3),
     .summary = "clone3 takes each published size, and larger ones whose excess is zero, but no smaller one",
     CASES_NEEDING(sizes))
{
	const struct size_case *row = this_case();
	union roomy roomy = { .args = { .exit_signal = SIGCHLD } };

	if (row->tail)
		roomy.bytes[row->size - 1] = (unsigned char)row->tail;
	long child = sys_clone3(&roomy, row->size);
	if (row->refused)
		EXPECT_REFUSED(child, row->refused);
	else
		expect_fork(child);
}

TEST(size_of_a_page, .covers = "CLONE3-07 CLONE3-09", .features = FEATURES(CLONE3),
     .summary = "a structure may be as large as a page, and not larger")
{
	size_t page = page_size();
	struct clone3_args *args = shared(2 * page);

	args->exit_signal = SIGCHLD;
	long child = sys_clone3(args, page);
	expect_fork(child);
	child = sys_clone3(args, page + 1);
	EXPECT_REFUSED(child, E2BIG);
	child = sys_clone3(args, SIZE_MAX);
	EXPECT_REFUSED(child, E2BIG);
}

TEST(size_before_memory, .covers = "CLONE3-12 CLONE3-13", .features = FEATURES(CLONE3),
     .summary = "the size is judged before memory is read, and a structure that can't be read gives EFAULT")
{
	long child = sys_clone3(NULL, 63);
	EXPECT_REFUSED(child, EINVAL);
	child = sys_clone3(NULL, page_size() + 1);
	EXPECT_REFUSED(child, E2BIG);
	child = sys_clone3(NULL, sizeof(struct clone3_args));
	EXPECT_REFUSED(child, EFAULT);
}

static const struct edge {
	const char *name;
	size_t size;
} edges[] = { { "64", 64 }, { "80", 80 }, { "88", 88 }, { "larger", 136 } };

TEST(at_the_end_of_memory, .covers = "CLONE3-14 CLONE3-15", .features = FEATURES(CLONE3),
     .summary = "nothing behind the given size is read, and all before it is", CASES(edges))
{
	const struct edge *row = this_case();
	size_t page = page_size();
	unsigned char *map = shared(2 * page);

	SETUP(mprotect(map + page, page, PROT_NONE));
	struct clone3_args *args = (void *)(map + page - row->size);
	args->exit_signal = SIGCHLD;
	long child = sys_clone3(args, row->size);
	expect_fork(child);
	child = sys_clone3(args, row->size + 8);
	EXPECT_REFUSED(child, EFAULT);
}

/* ---- What its members may hold ----------------------------------------------------------------- */

static char some_memory[4096] __attribute__((aligned(64)));

static const struct members {
	struct case_head head;
	uint64_t flags, exit_signal;
	bool stack, stack_size;
} refused[] = {
	{ { "high_exit_signal", .covers = "CLONE3-16" }, .exit_signal = 0x100 | SIGCHLD },
	{ { "wide_exit_signal", .covers = "CLONE3-16" }, .exit_signal = 1ULL << 32 | SIGCHLD },
	{ { "exit_signal_65", .covers = "CLONE3-17" }, .exit_signal = 65 },
	{ { "exit_signal_255", .covers = "CLONE3-17" }, .exit_signal = 255 },
	{ { "stack_alone", .covers = "CLONE3-18" }, .exit_signal = SIGCHLD, .stack = true },
	{ { "stack_size_alone", .covers = "CLONE3-19" }, .exit_signal = SIGCHLD, .stack_size = true },
	{ { "unknown_flag", .covers = "CLONE3-21" }, .exit_signal = SIGCHLD, .flags = 1ULL << 63 },
	{ { "signal_in_flags", .covers = "CLONE3-22" }, .flags = SIGCHLD },
	{ { "signal_bit_in_flags", .covers = "CLONE3-22" }, .exit_signal = SIGCHLD, .flags = 1 },
	{ { "detached", .covers = "CLONE-DETACHED-03" }, .exit_signal = SIGCHLD, .flags = CLONE_DETACHED },
	{ { "handlers_shared_and_cleared", .covers = "CLONE-CLRSIG-05" },
	  .exit_signal = SIGCHLD,
	  .flags = CLONE_VM | CLONE_SIGHAND | CLONE_CLEAR_SIGHAND },
	{ { "thread_with_exit_signal", .covers = "CLONE-THREAD-13" }, .exit_signal = SIGCHLD, .flags = THREAD_FLAGS },
	{ { "parent_with_exit_signal", .covers = "CLONE-PARENT-05" }, .exit_signal = SIGCHLD, .flags = CLONE_PARENT },
};

TEST(members, .features = FEATURES(CLONE3),
     .summary = "clone3 refuses members that mean nothing, or contradict each other", CASES_NEEDING(refused))
{
	const struct members *row = this_case();
	struct clone3_args args = {
		.flags = row->flags,
		.exit_signal = row->exit_signal,
		.stack = row->stack ? (uintptr_t)some_memory : 0,
		.stack_size = row->stack_size ? sizeof(some_memory) : 0,
	};
	long child;

	if (row->flags & CLONE_VM) {
		child = CLONE_CALL(VIA_CLONE3, new_stack(), return_zero, NULL, .flags = row->flags,
				   .exit_signal = (int)row->exit_signal);
		EXPECT_FAILS(child, EINVAL);
		return;
	}
	child = sys_clone3(&args, sizeof(args));
	EXPECT_REFUSED(child, EINVAL);
	EXPECT_NO_CHILD();
	/* It was that one thing. */
	args.flags = args.stack = args.stack_size = 0;
	args.exit_signal = SIGCHLD;
	child = sys_clone3(&args, sizeof(args));
	expect_fork(child);
}

TEST(stack_outside, .covers = "CLONE3-20", .features = FEATURES(CLONE3), .arch = "x86_64 i386 aarch64 arm riscv64",
     .summary = "a stack that reaches beyond the addresses of user space gives EINVAL")
{
	struct clone3_args args = { .exit_signal = SIGCHLD, .stack = 1ULL << 63, .stack_size = sizeof(some_memory) };

	long child = sys_clone3(&args, sizeof(args));
	EXPECT_REFUSED(child, EINVAL);
}
