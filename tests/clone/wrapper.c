// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* The C library's clone(): a function on a stack. Children without CLONE_VM, where nothing is said of it. */
#include "forkcheck.h"

#include <pthread.h>
#include <sched.h>

struct seen {
	void *argument;
	uintptr_t frame;
	pid_t tid;
	int runs;
};

static struct seen *seen;

static char *top(const struct stack *stack)
{
	return (char *)stack->low + stack->size;
}

static int run(void *arg)
{
	volatile char local = 0;

	seen->argument = arg;
	seen->frame = (uintptr_t)&local;
	seen->tid = sys_gettid();
	seen->runs++;
	return 37;
}

TEST(calls_function, .covers = "CLONE-WRAP-01 CLONE-WRAP-02 CLONE-WRAP-03 CLONE-WRAP-04 CLONE-WRAP-12",
     .summary = "clone() runs fn(arg) in the child, whose exit status is what fn returns; the caller gets its TID")
{
	int *returned = shared(sizeof(*returned));
	struct stack *stack = new_stack();

	seen = shared(sizeof(*seen));
	int child = clone(run, top(stack), SIGCHLD, returned);
	++*returned;
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 37);
	EXPECT_EQ(*returned, 1);
	EXPECT_EQ(seen->runs, 1);
	EXPECT_TRUE(seen->argument == returned);
	EXPECT_EQ(seen->tid, child);
}

TEST(runs_on_stack, .covers = "CLONE-WRAP-07",
     .summary = "fn runs on the stack that clone() was given, from its top downwards")
{
	struct stack *stack = new_stack();

	seen = shared(sizeof(*seen));
	int child = clone(run, top(stack), SIGCHLD, NULL);
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 37);
	EXPECT_LT(seen->frame, (uintptr_t)top(stack));
	EXPECT_GT(seen->frame, (uintptr_t)top(stack) - 4096);
}

static int end_by_exit(void *arg)
{
	(void)arg;
	_exit(5);
}

static int end_by_signal(void *arg)
{
	(void)arg;
	checked_kill(sys_getpid(), SIGKILL);
	return 1;
}

TEST(other_ends, .covers = "CLONE-WRAP-05 CLONE-WRAP-06", .summary = "the child may end by _exit() or a signal as well")
{
	struct stack *stack = new_stack();

	int child = clone(end_by_exit, top(stack), SIGCHLD, NULL);
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 5);
	child = clone(end_by_signal, top(stack), SIGCHLD, NULL);
	REQUIRE_GT(child, 0);
	EXPECT_KILLED(child, SIGKILL);
}

/* ---- Errors ------------------------------------------------------------------------------------- */

/* What came of a call that must be refused, the raw way. */
static long raw_result(int child)
{
	return child == -1 ? -errno : child;
}

TEST(null_function, .covers = "CLONE-WRAP-08", .summary = "clone() refuses a NULL function")
{
	struct stack *stack = new_stack();
	int (*volatile none)(void *) = NULL; /* hidden from the compiler */

	int child = clone(none, top(stack), SIGCHLD, NULL);
	EXPECT_REFUSED(raw_result(child), EINVAL);
	EXPECT_NO_CHILD();
}

TEST(null_stack, .covers = "CLONE-WRAP-09", .summary = "clone() refuses a NULL stack, which the system call accepts")
{
	void *volatile none = NULL;

	seen = shared(sizeof(*seen));
	int child = clone(run, none, SIGCHLD, NULL);
	EXPECT_REFUSED(raw_result(child), EINVAL);
	EXPECT_NO_CHILD();
	EXPECT_EQ(seen->runs, 0);
}

TEST(failure, .covers = "CLONE-WRAP-13", .summary = "a clone() that fails returns -1, sets errno and makes no child")
{
	struct stack *stack = new_stack();

	seen = shared(sizeof(*seen));
	int child = clone(run, top(stack), CLONE_SIGHAND | SIGCHLD, NULL);
	EXPECT_REFUSED(raw_result(child), EINVAL);
	EXPECT_NO_CHILD();
	EXPECT_EQ(seen->runs, 0);
}

/* ---- What the wrapper does itself --------------------------------------------------------------- */

TEST(writes_to_stack, .covers = "CLONE-WRAP-10", .arch = "i386 x86_64",
     .summary = "clone() writes to the top of the stack in the caller's memory, the system call does not")
{
	enum { SIZE = 256, PATTERN = 0x5a };
	struct stack *stack = new_stack();
	unsigned char *end = (unsigned char *)top(stack) - SIZE;
	int written = 0;

	seen = shared(sizeof(*seen));
	for (int i = 0; i < SIZE; i++)
		end[i] = PATTERN;
	long child = CLONE_CALL(VIA_CLONE, stack, run, NULL, .flags = 0, .exit_signal = SIGCHLD);
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 37);
	EXPECT_BYTES(end, SIZE, PATTERN);

	child = clone(run, top(stack), SIGCHLD, NULL);
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 37);
	for (int i = 0; i < SIZE; i++)
		written += end[i] != PATTERN;
	EXPECT_GT(written, 0);
}

static int *handlers_run;

static void count_handler(void)
{
	++*handlers_run;
}

TEST(no_atfork, .covers = "CLONE-WRAP-11", .summary = "handlers of pthread_atfork() run for fork(), not for clone()",
     THROUGH(clone_doors))
{
	const struct clone_door *door = this_door();
	struct stack *stack = new_stack();

	seen = shared(sizeof(*seen));
	handlers_run = shared(sizeof(*handlers_run));
	SETUP(-pthread_atfork(count_handler, count_handler, count_handler));
	long child = clone(run, top(stack), SIGCHLD, NULL);
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 37);
	child = CLONE_HERE(door->via, .flags = 0, .exit_signal = SIGCHLD);
	if (child == 0)
		leave(0);
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	EXPECT_EQ(*handlers_run, 0);
	child = fork();
	if (child == 0)
		leave(0);
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	EXPECT_EQ(*handlers_run, 3);
}

TEST(tid_words, .covers = "CLONE-WRAP-16",
     .summary = "clone() takes parent_tid, tls and child_tid after arg, on every architecture in this order")
{
	struct stack *stack = new_stack();
	pid_t *words = shared(3 * sizeof(*words));

	seen = shared(sizeof(*seen));
	int child = clone(run, top(stack), CLONE_PARENT_SETTID | CLONE_CHILD_SETTID | SIGCHLD, NULL, &words[0],
			  &words[1], &words[2]);
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 37);
	EXPECT_EQ(words[0], child);
	EXPECT_EQ(words[1], 0);
	EXPECT_EQ(words[2], child);
}

static int return_from_thread(void *arg)
{
	(void)arg;
	return 37;
}

TEST(thread, .covers = "CLONE-WRAP-14", .summary = "with CLONE_THREAD the end of fn ends only the new thread")
{
	pid_t process = fork_helper();

	if (process == 0) {
		struct stack *stack = new_stack();
		pid_t tid = 0;
		int thread = clone(return_from_thread, top(stack), THREAD_FLAGS | CLONE_PARENT_SETTID, NULL, &tid);
		REQUIRE_GT(thread, 0);
		EXPECT_EQ(thread, tid);
		await_thread_gone(thread);
		leave(3);
	}
	EXPECT_EXITED(process, 3);
}

/* Where the ABI wants a frame aligned, the compiler relies on it: this is what it then gets. */
static int check_alignment(void *arg)
{
	max_align_t local;
	uintptr_t address = (uintptr_t)&local;

	(void)arg;
	__asm__ volatile("" : "+r"(address) : "r"(&local) : "memory"); /* not to be computed beforehand */
	EXPECT_EQ(address % _Alignof(max_align_t), 0);
	return 37;
}

TEST(alignment, .covers = "CLONE-WRAP-15", .summary = "clone() aligns a stack that is not")
{
	struct stack *stack = new_stack();

	for (int off = 0; off < 16; off++) {
		int child = clone(check_alignment, top(stack) - off, SIGCHLD, NULL);
		REQUIRE_GT(child, 0, off);
		EXPECT_EXITED(child, 37, off);
	}
}
