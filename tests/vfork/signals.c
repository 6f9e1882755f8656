// SPDX-License-Identifier: GPL-2.0-only
/* Signals to a caller of vfork that is suspended. */
#include "forkcheck.h"

enum { CHILD_RUNS, CHILD_MAY_GO };

static volatile int *turn; /* shared: 1 by the child, at its end; 2 by the handler; 3 by a caller that runs */
static volatile int *too_early;

static int end_when_told(void *unused)
{
	(void)unused;
	post(CHILD_RUNS);
	await(CHILD_MAY_GO);
	*turn = 1;
	return 0;
}

static void note(int sig)
{
	(void)sig;
	if (*turn == 0)
		*too_early = 1;
	*turn = 2;
}

/* A process that is suspended in vfork when this returns. */
static pid_t start_caller(const struct vfork_door *door, int sig)
{
	turn = shared(sizeof(*turn));
	too_early = shared(sizeof(*too_early));
	pid_t caller = fork_helper();
	if (caller == 0) {
		const struct sigaction action = { .sa_handler = note };
		if (sig)
			SETUP(sigaction(sig, &action, NULL));
		long child = door->vfork(end_when_told, NULL);
		if (*turn == 0)
			*turn = 3; /* it was not suspended */
		REQUIRE_GT(child, 0);
		EXPECT_EXITED((pid_t)child, 0);
		if (sig)
			EXPECT_EQ(*turn, 2);
		leave(4);
	}
	await(CHILD_RUNS);
	REQUIRE_TRUE(await_blocked(caller, vfork_calls, turn, 0));
	return caller;
}

TEST(held_back, .covers = "VFORK-011", .features = NEEDS(NEEDS_PROC),
     .summary = "a signal to the suspended caller is handled after the child has let go of the memory, and not before",
     CASES(vfork_doors))
{
	pid_t caller = start_caller(this_case(), SIGUSR1);

	EXPECT_OK(checked_kill(caller, SIGUSR1));
	REQUIRE_TRUE(await_blocked(caller, vfork_calls, turn, 0));
	post(CHILD_MAY_GO);
	EXPECT_EXITED(caller, 4);
	EXPECT_EQ(*too_early, 0);
	EXPECT_EQ(*turn, 2);
}

TEST(stop_held_back, .covers = "VFORK-027", .features = NEEDS(NEEDS_PROC),
     .summary = "SIGSTOP stops the suspended caller after the child has let go of the memory, and not before",
     CASES(vfork_doors))
{
	pid_t caller = start_caller(this_case(), 0);
	int status = 0;

	EXPECT_OK(checked_kill(caller, SIGSTOP));
	REQUIRE_TRUE(await_blocked(caller, vfork_calls, turn, 0));
	EXPECT_EQ(wait_for(caller, NULL, WUNTRACED | WNOHANG, NULL), 0);
	post(CHILD_MAY_GO);
	EXPECT_EQ(checked_wait(caller, &status, WUNTRACED), caller);
	EXPECT_TRUE(WIFSTOPPED(status) && WSTOPSIG(status) == SIGSTOP);
	EXPECT_EQ(*turn, 1);
	if (!WIFSTOPPED(status))
		return;
	EXPECT_OK(checked_kill(caller, SIGCONT));
	EXPECT_EXITED(caller, 4);
}

TEST(kill_is_prompt, .covers = "VFORK-026", .features = NEEDS(NEEDS_PROC),
     .summary = "SIGKILL ends the suspended caller while the child still runs", CASES(vfork_doors))
{
	pid_t caller = start_caller(this_case(), 0);

	EXPECT_OK(checked_kill(caller, SIGKILL));
	EXPECT_KILLED(caller, SIGKILL);
	EXPECT_EQ(*turn, 0);
	/* The child is the cell's now: let it end, and see that it lived to do so. */
	post(CHILD_MAY_GO);
	while (*turn == 0)
		sys_sched_yield();
	EXPECT_EQ(*turn, 1);
}
