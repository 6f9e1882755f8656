// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* Signals to a child that has just been made, or is just being made. */
#include "forkcheck.h"

#include <time.h>

#define OLD_DOORS 3 /* those that every release has */

/*
 * In a child: stays while *word has its value. Afterwards it makes a system call, so that a signal that was
 * sent before *word changed has had its chance.
 */
static void stay(const volatile int *word, int value)
{
	while (*word == value)
		sys_sched_yield();
	sys_sched_yield();
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
		if (child == 0) {
			stay(round, mine);
			leave(1);
		}
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

TEST(stopped, .covers = "FORK-070 WAIT-11 WAIT-17",
     .summary = "a child that is stopped as soon as fork returns is reported as stopped, and goes on when continued")
{
	struct {
		int round, passed, continued;
	} volatile *at = shared(sizeof(*at));

	while (at->round < STOPS) {
		int mine = at->round, status = 0;
		long reported = 0;
		long child = fork_doors[mine % OLD_DOORS].fork();
		if (child == 0) {
			stay(&at->round, mine);
			at->passed++;
			stay(&at->continued, mine);
			leave(3);
		}
		REQUIRE_GT(child, 0);
		EXPECT_OK(checked_kill((pid_t)child, SIGSTOP));
		at->round++;
		while (!reported && at->passed == mine) {
			reported = wait_for((pid_t)child, &status, WUNTRACED | WNOHANG, NULL);
			sys_sched_yield();
		}
		REQUIRE_EQ(at->passed, mine);
		REQUIRE_EQ(reported, child);
		REQUIRE_EQ(status, W_STOPCODE(SIGSTOP));
		EXPECT_OK(checked_kill((pid_t)child, SIGCONT));
		REQUIRE_EQ(checked_wait((pid_t)child, &status, WCONTINUED), child);
		REQUIRE_TRUE(WIFCONTINUED(status));
		at->continued++;
		EXPECT_EXITED(child, 3);
		EXPECT_EQ(at->passed, mine + 1);
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

static struct crowd {
	volatile int round, members, escaped;
} * crowd;

/* A member, which should not get to the end of this. */
static _Noreturn void be_member(int mine)
{
	stay(&crowd->round, mine);
	__atomic_fetch_add(&crowd->escaped, 1, __ATOMIC_SEQ_CST);
	leave(1);
}

/* Leads a process group that grows until a signal ends it, and says when it has so many. */
static _Noreturn void grow(int mine, int enough, int channel)
{
	SETUP(SYSCALL2(SYS_setpgid, 0, 0));
	while (crowd->members < MEMBERS && crowd->round == mine) {
		long child = fork_doors[crowd->members % OLD_DOORS].fork();
		if (child == 0)
			be_member(mine);
		REQUIRE_GT(child, 0);
		if (++crowd->members == enough)
			SETUP(sys_write(channel, "", 1));
	}
	be_member(mine);
}

TEST(group_while_it_grows, .covers = "FORK-069",
     .summary = "a signal to a process group ends all of it, also the child that a member is just making", CASES(fatal))
{
	const struct fatal *row = this_case();
	char byte;

	crowd = shared(sizeof(*crowd));
	for (int mine = 0; mine < GROUPS; mine++) {
		int ends[2];
		SETUP(pipe(ends));
		crowd->members = 0;
		pid_t leader = fork_helper();
		if (leader == 0)
			grow(mine, mine % 8 + 1, ends[1]);
		SETUP(sys_close(ends[1]));
		REQUIRE_EQ(sys_read(ends[0], &byte, 1), 1, mine);
		EXPECT_OK(checked_killpg(leader, row->signal), mine);
		crowd->round++;
		EXPECT_KILLED(leader, row->signal, mine);
		EXPECT_EQ(sys_read(ends[0], &byte, 1), 0, mine); /* the end of file: all who could write are gone */
		EXPECT_EQ(crowd->escaped, 0, mine);
		SETUP(sys_close(ends[0]));
	}
	EXPECT_NO_CHILD();
}

/* ---- Nothing to go on with ------------------------------------------------------------------------- */

TEST(nothing_to_restart, .covers = "FORK-076",
     .summary = "restart_syscall(2) in a new child has nothing to go on with: EINTR", THROUGH(fork_doors))
{
	const struct fork_door *door = this_door();

	long child = door->fork();
	if (child == 0) {
		EXPECT_FAILS(SYSCALL0(SYS_restart_syscall), EINTR);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
}
