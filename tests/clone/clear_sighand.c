// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* CLONE_CLEAR_SIGHAND: handlers are left behind, what is ignored stays ignored. */
#include "forkcheck.h"

static void handle(int sig)
{
	(void)sig;
}

static unsigned long disposition(int sig)
{
	unsigned long action[8] = { 0 }; /* the handler is first on all of our architectures */

	SETUP_RAW(SYSCALL4(SYS_rt_sigaction, sig, NULL, action, sizeof(sigset64)));
	return action[0];
}

/* Signals that can't be changed, and the one by which the child is to be waited for. */
static bool is_left_alone(int sig)
{
	return sig == SIGKILL || sig == SIGSTOP || sig == SIGCHLD;
}

/* What the parent has for each signal: in turn a handler, to ignore it, the default. */
static unsigned long of_parent(int sig)
{
	const unsigned long turns[] = { (unsigned long)handle, (unsigned long)SIG_IGN, (unsigned long)SIG_DFL };

	return is_left_alone(sig) ? (unsigned long)SIG_DFL : turns[sig % 3];
}

/* The signals of the C library too, which its own calls would not let through. */
static void set_dispositions(void)
{
	for (int sig = 1; sig <= 64; sig++) {
		unsigned long action[8] = { of_parent(sig) };

		if (!is_left_alone(sig))
			SETUP_RAW(SYSCALL4(SYS_rt_sigaction, sig, action, NULL, sizeof(sigset64)));
	}
}

static void expect_dispositions(bool cleared)
{
	for (int sig = 1; sig <= 64; sig++) {
		bool handled = of_parent(sig) == (unsigned long)handle;

		EXPECT_EQ(disposition(sig), cleared && handled ? (unsigned long)SIG_DFL : of_parent(sig), sig);
	}
}

TEST(cleared, .covers = "CLONE-CLRSIG-01 CLONE-CLRSIG-02 CLONE-CLRSIG-04", .features = FEATURES(NEEDS_CLONE3),
     .summary = "the child has the default for what its parent handles, and ignores what its parent ignores")
{
	set_dispositions();
	long child = CLONE_HERE(VIA_CLONE3, .flags = CLONE_CLEAR_SIGHAND, .exit_signal = SIGCHLD);
	if (child == 0) {
		expect_dispositions(true);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	expect_dispositions(false);
}

TEST(kept_without, .covers = "CLONE-CLRSIG-03", .summary = "without the flag the child has its parent's dispositions",
     THROUGH(fork_doors))
{
	const struct fork_door *door = this_door();

	set_dispositions();
	long child = door->fork();
	if (child == 0) {
		expect_dispositions(false);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
}
