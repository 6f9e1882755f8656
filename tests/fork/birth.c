// SPDX-License-Identifier: GPL-2.0-only
/* Signals to a child that has just been made, or is just being made. */
#include "forkcheck.h"

#include <sys/prctl.h>
#include <time.h>

#define OLD_DOORS 3 /* those that every release has */

/*
 * A child stays while *word has its value. Afterwards it ends, but by way of a system call, so that a signal
 * that was sent before *word changed has had its chance.
 */
static _Noreturn void stay(const volatile int *word, int value, int status)
{
	while (*word == value)
		sys_sched_yield();
	sys_sched_yield();
	leave(status);
}

/* How much is done is bounded by time; no verdict depends on it. */
#define MOST_ROUNDS 10000
#define EFFORT 40000000 /* nanoseconds */

static bool time_is_up(void)
{
	static struct timespec start;
	struct timespec now;

	SETUP(clock_gettime(CLOCK_MONOTONIC, &now));
	if (!start.tv_sec)
		start = now;
	return (now.tv_sec - start.tv_sec) * 1000000000LL + now.tv_nsec - start.tv_nsec > EFFORT;
}

TEST(killed, .covers = "FORK-070 WAITID-17",
     .summary = "a child that is killed as soon as fork returns is reported as killed, each one, and none is left")
{
	volatile int *round = shared(sizeof(*round));

	while (*round < MOST_ROUNDS && !time_is_up()) {
		siginfo_t info = { 0 };
		int mine = *round;
		long child = fork_doors[mine % OLD_DOORS].fork();
		if (child == 0)
			stay(round, mine, 1);
		REQUIRE_GT(child, 0);
		EXPECT_OK(checked_kill((pid_t)child, SIGKILL));
		++*round;
		REQUIRE_OK(waitid_for(P_ALL, 0, &info, WEXITED, NULL));
		REQUIRE_EQ(info.si_pid, child);
		REQUIRE_EQ(info.si_code, CLD_KILLED);
		REQUIRE_EQ(info.si_status, SIGKILL);
	}
	EXPECT_GT(*round, 0);
	EXPECT_NO_CHILD();
}

#define STOPS 30

TEST(stopped, .covers = "FORK-070 WAITID-17",
     .summary = "a child that is stopped as soon as fork returns is reported as stopped, and goes on when continued")
{
	volatile int *round = shared(sizeof(*round));

	while (*round < STOPS) {
		siginfo_t info = { 0 };
		int mine = *round;
		long child = fork_doors[mine % OLD_DOORS].fork();
		if (child == 0)
			stay(round, mine, 3);
		REQUIRE_GT(child, 0);
		EXPECT_OK(checked_kill((pid_t)child, SIGSTOP));
		++*round;
		REQUIRE_OK(waitid_for(P_PID, (int)child, &info, WSTOPPED | WEXITED, NULL));
		REQUIRE_EQ(info.si_pid, child);
		REQUIRE_EQ(info.si_code, CLD_STOPPED);
		EXPECT_EQ(info.si_status, SIGSTOP);
		EXPECT_OK(checked_kill((pid_t)child, SIGCONT));
		REQUIRE_OK(waitid_for(P_PID, (int)child, &info, WCONTINUED, NULL));
		EXPECT_EQ(info.si_code, CLD_CONTINUED);
		EXPECT_EXITED((pid_t)child, 3);
	}
	EXPECT_NO_CHILD();
}

/* ---- While it is being made ---------------------------------------------------------------------- */

static const struct fatal {
	const char *name;
	int signal;
} fatal[] = {
	{ "kill", SIGKILL },
	{ "term", SIGTERM },
};

enum { GROUPS = 15, MEMBERS = 24 };

/* Leads a process group that grows until a signal ends it. */
static _Noreturn void grow(volatile int *round, int mine, volatile int *members)
{
	SETUP(SYSCALL2(SYS_setpgid, 0, 0));
	while (*members < MEMBERS && *round == mine) {
		long child = fork_doors[*members % OLD_DOORS].fork();
		if (child == 0)
			stay(round, mine, 1);
		if (child < 0)
			break;
		++*members;
	}
	stay(round, mine, 2);
}

TEST(group_while_it_grows, .covers = "FORK-069",
     .summary = "a signal to a process group ends all of it, also the child that a member is just making", CASES(fatal))
{
	const struct fatal *row = this_case();
	volatile int *round = shared(2 * sizeof(*round)), *members = round + 1;

	SETUP(prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0));
	for (int mine = 0; mine < GROUPS; mine++) {
		int status = 0, least = mine % 8;
		*members = 0;
		pid_t leader = fork_helper();
		if (leader == 0)
			grow(round, mine, members);
		while (*members <= least)
			sys_sched_yield();
		EXPECT_OK(checked_killpg(leader, row->signal));
		++*round;
		REQUIRE_EQ(wait_for(leader, &status, 0, NULL), leader);
		EXPECT_EQ(status, W_EXITCODE(0, row->signal));
		/* Its orphans are ours. */
		while (wait_for(-1, &status, 0, NULL) > 0)
			EXPECT_EQ(status, W_EXITCODE(0, row->signal));
	}
	EXPECT_NO_CHILD();
}
