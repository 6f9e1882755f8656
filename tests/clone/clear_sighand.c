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

static void set_dispositions(void)
{
	const struct sigaction handled = { .sa_handler = handle }, ignored = { .sa_handler = SIG_IGN };

	SETUP(sigaction(SIGUSR1, &handled, NULL));
	SETUP(sigaction(SIGTERM, &handled, NULL));
	SETUP(sigaction(SIGRTMIN, &handled, NULL));
	SETUP(sigaction(SIGUSR2, &ignored, NULL));
}

TEST(cleared, .covers = "CLONE-CLRSIG-01 CLONE-CLRSIG-02 CLONE-CLRSIG-04", .features = FEATURES(NEEDS_CLONE3),
     .summary = "the child has the default for what its parent handles, and ignores what its parent ignores")
{
	set_dispositions();
	long child = CLONE_HERE(VIA_CLONE3, .flags = CLONE_CLEAR_SIGHAND, .exit_signal = SIGCHLD);
	if (child == 0) {
		EXPECT_EQ(disposition(SIGUSR1), (unsigned long)SIG_DFL);
		EXPECT_EQ(disposition(SIGTERM), (unsigned long)SIG_DFL);
		EXPECT_EQ(disposition(SIGRTMIN), (unsigned long)SIG_DFL);
		EXPECT_EQ(disposition(SIGUSR2), (unsigned long)SIG_IGN);
		EXPECT_EQ(disposition(SIGHUP), (unsigned long)SIG_DFL);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	EXPECT_EQ(disposition(SIGUSR1), (unsigned long)handle);
	EXPECT_EQ(disposition(SIGTERM), (unsigned long)handle);
	EXPECT_EQ(disposition(SIGUSR2), (unsigned long)SIG_IGN);
}

TEST(kept_without, .covers = "CLONE-CLRSIG-03", .summary = "without the flag the child has its parent's dispositions",
     THROUGH(fork_doors))
{
	const struct fork_door *door = this_door();

	set_dispositions();
	long child = door->fork();
	if (child == 0) {
		EXPECT_EQ(disposition(SIGUSR1), (unsigned long)handle);
		EXPECT_EQ(disposition(SIGRTMIN), (unsigned long)handle);
		EXPECT_EQ(disposition(SIGUSR2), (unsigned long)SIG_IGN);
		EXPECT_EQ(disposition(SIGHUP), (unsigned long)SIG_DFL);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
}
