// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* The system call clone itself: where the child goes on, the order of arguments, and what is not looked at. */
#include "forkcheck.h"

#include <sys/prctl.h>

#define UNSET (-7)

TEST(returns_twice, .covers = "CLONE-RAW-01", .summary = "clone returns in the child as well, with 0")
{
	int *seen = shared(2 * sizeof(*seen));
	pid_t me = sys_getpid();

	long child = sys_clone(SIGCHLD, NULL, NULL, NULL, 0);
	seen[sys_getpid() != me] = 1; /* reached by both */
	if (sys_getpid() != me) {
		EXPECT_EQ(child, 0);
		EXPECT_EQ(sys_getppid(), me);
		leave(7);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 7);
	EXPECT_EQ(seen[0], 1);
	EXPECT_EQ(seen[1], 1);
}

TEST(null_stack, .covers = "CLONE-RAW-02",
     .summary = "with a NULL stack the child runs at the same place of a copy of the caller's stack")
{
	volatile int local = 1;
	volatile int *address = &local;

	long child = sys_clone(SIGCHLD, NULL, NULL, NULL, 0);
	if (child == 0) {
		EXPECT_TRUE(address == &local);
		EXPECT_EQ(*address, 1);
		local = 2;
		leave(7);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 7);
	EXPECT_EQ(local, 1);
}

/* ---- The order of arguments --------------------------------------------------------------------- */

static pid_t words[2] = { UNSET, UNSET };
static unsigned long area[8];

#define ALL_WORDS (CLONE_PARENT_SETTID | CLONE_CHILD_SETTID | CLONE_SETTLS)

static void in_child(void)
{
	EXPECT_EQ(*(volatile pid_t *)&words[0], UNSET);
	EXPECT_EQ(*(volatile pid_t *)&words[1], sys_gettid());
	EXPECT_EQ(thread_pointer(), (unsigned long)area);
	leave(7);
}

static void in_caller(long child)
{
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 7);
	EXPECT_EQ(*(volatile pid_t *)&words[0], child);
	EXPECT_EQ(*(volatile pid_t *)&words[1], UNSET);
}

TEST(order_tls_last, .covers = "CLONE-RAW-03", .arch = "x86_64",
     .summary = "on x86-64 the order is flags, stack, parent_tid, child_tid, tls")
{
	long child = SYSCALL5(SYS_clone, ALL_WORDS | SIGCHLD, 0, &words[0], &words[1], area);
	if (child == 0)
		in_child();
	in_caller(child);
}

TEST(order_tls_fourth, .covers = "CLONE-RAW-04", .arch = "aarch64 arm riscv64",
     .summary = "on Arm and RISC-V the order is flags, stack, parent_tid, tls, child_tid")
{
	long child = SYSCALL5(SYS_clone, ALL_WORDS | SIGCHLD, 0, &words[0], area, &words[1]);
	if (child == 0)
		in_child();
	in_caller(child);
}

TEST(order_stack_first, .covers = "CLONE-RAW-05", .arch = "s390x",
     .summary = "on s390 the order is stack, flags, parent_tid, child_tid, tls")
{
	long child = SYSCALL5(SYS_clone, 0, ALL_WORDS | SIGCHLD, &words[0], &words[1], area);
	if (child == 0)
		in_child();
	in_caller(child);
}

/* Here tls would point to a descriptor; two of three tell the order as well. */
TEST(order_i386, .covers = "CLONE-RAW-04", .arch = "i386",
     .summary = "on i386 the order is flags, stack, parent_tid, tls, child_tid")
{
	long child = SYSCALL5(SYS_clone, CLONE_PARENT_SETTID | CLONE_CHILD_SETTID | SIGCHLD, 0, &words[0], area,
			      &words[1]);
	if (child == 0) {
		EXPECT_EQ(*(volatile pid_t *)&words[1], sys_gettid());
		leave(7);
	}
	in_caller(child);
}

/* ---- What is not looked at ---------------------------------------------------------------------- */

TEST(pointers_ignored, .covers = "CLONE-RAW-13",
     .summary = "parent_tid, child_tid and tls are ignored without their flags")
{
	void *garbage = (void *)(UINTPTR_MAX / 2 | 1);
	unsigned long own = thread_pointer();

	long child = sys_clone(SIGCHLD, NULL, garbage, garbage, (unsigned long)garbage);
	if (child == 0) {
		EXPECT_EQ(thread_pointer(), own);
		leave(7);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 7);

	child = sys_clone(SIGCHLD, NULL, &words[0], &words[1], (unsigned long)area);
	if (child == 0) {
		EXPECT_EQ(*(volatile pid_t *)&words[0], UNSET);
		EXPECT_EQ(*(volatile pid_t *)&words[1], UNSET);
		leave(7);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 7);
	EXPECT_EQ(*(volatile pid_t *)&words[0], UNSET);
	EXPECT_EQ(*(volatile pid_t *)&words[1], UNSET);
}

static const struct bit {
	const char *name;
	unsigned bit;
} high_bits[] = {
	{ "32_clear_sighand", 32 }, { "33_into_cgroup", 33 }, { "34_autoreap", 34 }, { "35_nnp", 35 },
	{ "36_autokill", 36 },	    { "37_empty_mntns", 37 }, { "40", 40 },	     { "63", 63 },
};

static void on_signal(int sig)
{
	(void)sig;
}

TEST(high_bits_ignored, .covers = "CLONE-RAW-09", .arch = "x86_64 aarch64 riscv64",
     .summary = "clone ignores flag bits above the lower 32: the child is an ordinary one", CASES(high_bits))
{
	const struct bit *bit = this_case();
	struct sigaction action = { .sa_handler = on_signal }, kept;
	sigset64 all = ~0ULL;
	long no_new_privs = sys_prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0);

	SETUP(sigaction(SIGUSR1, &action, NULL));
	SETUP(sys_sigprocmask(SIG_SETMASK, &all, NULL));
	long child = sys_clone((unsigned long)(1ULL << bit->bit | SIGCHLD), NULL, NULL, NULL, 0);
	if (child == 0) {
		SETUP(sigaction(SIGUSR1, NULL, &kept));
		EXPECT_TRUE(kept.sa_handler == on_signal);
		EXPECT_EQ(sys_prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0), no_new_privs);
		leave(7);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 7);
	EXPECT_EQ(sys_sigpoll(all, NULL), SIGCHLD);
}

TEST(stack_not_checked, .covers = "CLONE-RAW-14",
     .summary = "a stack that can't be used does not make the call fail; the child dies of it, by SIGSEGV")
{
	const size_t page = page_size();
	char *nothing = (char *)SETUP(sys_map_private(NULL, 4 * page, PROT_NONE));

	long child = sys_clone(SIGCHLD, nothing + 2 * page, NULL, NULL, 0);
	if (child == 0)
		leave(7);
	REQUIRE_GT(child, 0);
	EXPECT_KILLED(child, SIGSEGV);
}

/* ---- Signals that do not exist ------------------------------------------------------------------ */

static const struct number {
	const char *name;
	unsigned signal;
} numbers[] = {
	{ "65", 65 },
	{ "127", 127 },
	{ "128", 128 },
	{ "255", 255 },
};

TEST(no_such_signal, .covers = "CLONE-RAW-12",
     .summary = "a signal byte of 65 to 255 is refused, or accepted and means no signal", CASES(numbers))
{
	const struct number *number = this_case();
	sigset64 all = ~0ULL, pending;

	SETUP(sys_sigprocmask(SIG_SETMASK, &all, NULL));
	long child = sys_clone(number->signal, NULL, NULL, NULL, 0);
	if (child == 0)
		leave(7);
	if (child > 0) {
		EXPECT_FAILS(wait_for((pid_t)child, NULL, WNOHANG, NULL), ECHILD);
		EXPECT_EXITED(child, 7);
	} else {
		EXPECT_FAILS(child, EINVAL);
	}
	EXPECT_NO_CHILD();
	SETUP(sys_sigpending(&pending));
	EXPECT_EQ(pending, 0);
}

TEST(no_such_signal_refused, .covers = "CLONE-RAW-11", .summary = "a signal byte of 65 to 255 is refused, 64 is not",
     CASES(numbers))
{
	const struct number *number = this_case();
	sigset64 all = ~0ULL;

	SETUP(sys_sigprocmask(SIG_SETMASK, &all, NULL));
	long child = sys_clone(number->signal, NULL, NULL, NULL, 0);
	EXPECT_REFUSED(child, EINVAL);
	child = sys_clone(64, NULL, NULL, NULL, 0);
	if (child == 0)
		leave(7);
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 7);
}
