// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* The alternate signal stack: kept by fork and vfork, dropped with CLONE_VM, in threads and by execve. */
#include "inherit.h"

#include <pthread.h>

#ifndef SS_AUTODISARM
#define SS_AUTODISARM (1U << 31)
#endif

static void set_with(unsigned flags)
{
	const struct stack *stack = new_stack();

	SETUP_RAW(sys_sigaltstack(&(stack_t){ .ss_sp = stack->low, .ss_size = stack->size / 2, .ss_flags = (int)flags },
				  NULL));
}

static void set_altstack(void)
{
	set_with(0);
}

static void set_autodisarm(void)
{
	set_with(SS_AUTODISARM);
}

/* Where it is, how large, and whether a handler disarms it; 0 where there is none. */
static long long get_altstack(void)
{
	stack_t stack = { 0 };

	SETUP_RAW(sys_sigaltstack(NULL, &stack));
	if (stack.ss_flags & SS_DISABLE)
		return 0;
	unsigned long value = (unsigned long)stack.ss_sp + stack.ss_size + ((unsigned)stack.ss_flags & SS_AUTODISARM);
	return (long long)value;
}

static const struct attribute of_thread[] = {
	{ { "setting", .covers = "INH-ALTSTK-01 INH-ALTSTK-03 INH-ALTSTK-05 CLONE-VM-06 CLONE-VM-07" },
	  OF_THREAD,
	  KEPT,
	  .set = set_altstack,
	  .get = get_altstack,
	  .change = set_altstack,
	  .vm = RESET,
	  .thread = RESET,
	  .exec = { RESET, "INH-ALTSTK-04" } },
	{ { "autodisarm", .covers = "INH-ALTSTK-01 INH-ALTSTK-03 CLONE-VM-07" },
	  OF_THREAD,
	  KEPT,
	  .set = set_autodisarm,
	  .get = get_altstack,
	  .change = set_altstack,
	  .thread = RESET,
	  .doors = EACH_KIND },
};

TEST(kept,
     .summary =
	     "a child of fork or vfork has its parent's alternate signal stack, as a setting of its own; one that runs "
	     "beside it in the same memory has none",
     ATTRIBUTES(of_thread))
{
	test_inheritance();
}

/* ---- In force ------------------------------------------------------------------------------------ */

static volatile uintptr_t handled_at;

static void on_signal(int sig)
{
	(void)sig;
	handled_at = (uintptr_t)__builtin_frame_address(0);
}

TEST(in_force, .covers = "INH-ALTSTK-06",
     .summary = "a handler that its parent has set runs in the child on the alternate stack that its parent has set",
     THROUGH(fork_doors))
{
	const struct fork_door *door = this_door();
	const struct stack *stack = new_stack();
	const struct sigaction action = { .sa_handler = on_signal, .sa_flags = SA_ONSTACK };

	SETUP_RAW(sys_sigaltstack(&(stack_t){ .ss_sp = stack->low, .ss_size = stack->size }, NULL));
	SETUP(sigaction(SIGUSR1, &action, NULL));
	long child = door->fork();
	if (child == 0) {
		SETUP_RAW(checked_kill(sys_getpid(), SIGUSR1));
		EXPECT_GE(handled_at, (uintptr_t)stack->low);
		EXPECT_LT(handled_at, (uintptr_t)stack->low + stack->size);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	EXPECT_EQ(handled_at, (uintptr_t)0);
}

/* ---- Threads and execve -------------------------------------------------------------------------- */

static void *look(void *seen)
{
	*(long long *)seen = get_altstack();
	return NULL;
}

TEST(thread, .covers = "INH-ALTSTK-05", .summary = "a new thread has no alternate signal stack")
{
	long long seen = -1;
	pthread_t thread;

	set_altstack();
	EXPECT_NE(get_altstack(), 0);
	int error = pthread_create(&thread, NULL, look, &seen);
	REQUIRE_EQ(error, 0);
	SETUP_RAW(-pthread_join(thread, NULL));
	EXPECT_EQ(seen, 0);
}

TEST(after_exec, .covers = "INH-ALTSTK-04", .summary = "execve drops the alternate signal stack")
{
	struct image_report report;

	report_after(set_altstack, &report);
	EXPECT_EQ(report.altstack, 0);
}

/* ---- One that can't be used ------------------------------------------------------------------------ */

static void never(int sig)
{
	(void)sig;
	leave(1);
}

TEST(no_room, .covers = "INH-ALTSTK-07",
     .summary =
	     "a child whose inherited alternate stack can't be written is ended by SIGSEGV when a handler should run there",
     THROUGH(fork_doors))
{
	const struct fork_door *door = this_door();
	struct sigaction action = { .sa_handler = never, .sa_flags = SA_ONSTACK };
	const size_t size = 65536;

	void *map = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	SETUP(map == MAP_FAILED ? -1 : 0);
	const stack_t stack = { .ss_sp = map, .ss_size = size };
	SETUP_RAW(sys_sigaltstack(&stack, NULL));
	SETUP(sigaction(SIGUSR1, &action, NULL));
	SETUP(mprotect(map, size, PROT_READ));
	long child = door->fork();
	if (child == 0) {
		checked_tgkill(sys_getpid(), sys_gettid(), SIGUSR1);
		leave(2);
	}
	REQUIRE_GT(child, 0);
	EXPECT_KILLED(child, SIGSEGV);
}
