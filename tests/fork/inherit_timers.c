// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* Timers over fork: none runs in the child; the slack of its timers is the parent's. */
#include "inherit.h"

#include <sys/prctl.h>
#include <sys/time.h>
#include <time.h>

#ifndef PR_TIMER_CREATE_RESTORE_IDS
#define PR_TIMER_CREATE_RESTORE_IDS 77
#define PR_TIMER_CREATE_RESTORE_IDS_ON 1
#define PR_TIMER_CREATE_RESTORE_IDS_GET 2
#endif

/* ---- Armed in the parent ----------------------------------------------------------------------- */

static void arm_all(void)
{
	const struct itimerval far = { .it_value = { .tv_sec = 10000 }, .it_interval = { .tv_sec = 1 } };

	SETUP(setitimer(ITIMER_REAL, &far, NULL));
	SETUP(setitimer(ITIMER_VIRTUAL, &far, NULL));
	SETUP(setitimer(ITIMER_PROF, &far, NULL));
}

/* Two bits for each timer: 1: counts down, 2: would start over. */
static long long armed(void)
{
	long long bits = 0;

	for (int which = ITIMER_REAL; which <= ITIMER_PROF; which++) {
		struct {
			long interval[2], value[2];
		} timer = { 0 };
		SETUP_RAW(SYSCALL2(SYS_getitimer, which, &timer));
		bits = bits << 2 | (timer.value[0] || timer.value[1]) | (timer.interval[0] || timer.interval[1]) << 1;
	}
	return bits;
}

static void create_timers(void)
{
	static const int clocks[] = { CLOCK_MONOTONIC, CLOCK_REALTIME, CLOCK_PROCESS_CPUTIME_ID,
				      CLOCK_THREAD_CPUTIME_ID };
	struct sigevent nothing = { .sigev_notify = SIGEV_NONE };
	int id;

	for (size_t i = 0; i < ARRAY_SIZE(clocks); i++)
		SETUP(SYSCALL3(SYS_timer_create, clocks[i], &nothing, &id));
}

/* As bits: each process's numbers begin at 0. */
static long long timers(void)
{
	char setting[64];
	long long bits = 0;

	for (int id = 0; id < 16; id++)
		bits |= (long long)(SYSCALL2(SYS_timer_gettime, id, setting) == 0) << id;
	return bits;
}

static void restore_ids(void)
{
	SETUP_RAW(sys_prctl(PR_TIMER_CREATE_RESTORE_IDS, PR_TIMER_CREATE_RESTORE_IDS_ON, 0, 0, 0));
}

static long long restores_ids(void)
{
	return sys_prctl(PR_TIMER_CREATE_RESTORE_IDS, PR_TIMER_CREATE_RESTORE_IDS_GET, 0, 0, 0);
}

static const struct attribute to_reset[] = {
	{ { "interval_timers", .covers = "FORK-023" },
	  OF_PROCESS,
	  RESET,
	  .set = arm_all,
	  .get = armed,
	  .exec = { KEPT, "INH-EXEC-15" } },
	{ { "posix_timers", .covers = "FORK-025" },
	  OF_PROCESS,
	  RESET,
	  .set = create_timers,
	  .get = timers,
	  .exec = { RESET, "INH-EXEC-16" } },
	{ { "restored_timer_ids", .covers = "INH-PRCTL-26", .features = FEATURES(NEEDS_CHECKPOINT_RESTORE) },
	  OF_PROCESS,
	  RESET,
	  .set = restore_ids,
	  .get = restores_ids },
};

TEST(reset, .summary = "no timer of the parent exists in the child", ATTRIBUTES(to_reset))
{
	test_inheritance();
}

TEST(alarm_clock, .covers = "FORK-024", .summary = "an alarm that the parent has set does not exist in the child",
     THROUGH(fork_doors))
{
	const struct fork_door *door = this_door();

	EXPECT_EQ(alarm(10000), 0);
	long child = door->fork();
	if (child == 0) {
		EXPECT_EQ(alarm(0), 0);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	EXPECT_GT(alarm(0), 0);
}

/* ---- Slack ------------------------------------------------------------------------------------- */

static void set_slack(void)
{
	SETUP_RAW(sys_prctl(PR_SET_TIMERSLACK, 123457, 0, 0, 0));
}

static long long get_slack(void)
{
	return sys_prctl(PR_GET_TIMERSLACK, 0, 0, 0, 0);
}

static void change_slack(void)
{
	SETUP_RAW(sys_prctl(PR_SET_TIMERSLACK, 234567, 0, 0, 0));
}

static const struct attribute to_keep[] = {
	{ { "timer_slack", .covers = "INH-PRCTL-12" },
	  OF_THREAD,
	  KEPT,
	  .set = set_slack,
	  .get = get_slack,
	  .change = change_slack,
	  .exec = { KEPT, "INH-EXEC-09" } },
};

TEST(kept, .summary = "the child begins with its parent's timer slack", ATTRIBUTES(to_keep))
{
	test_inheritance();
}

TEST(default_slack, .covers = "FORK-030",
     .summary = "the slack that the child goes back to is the one that its parent had at the fork", THROUGH(fork_doors))
{
	const struct fork_door *door = this_door();
	long long initial = get_slack();

	set_slack();
	EXPECT_NE(get_slack(), initial);
	long child = door->fork();
	if (child == 0) {
		change_slack();
		EXPECT_NE(get_slack(), 123457);
		SETUP_RAW(sys_prctl(PR_SET_TIMERSLACK, 0, 0, 0, 0));
		EXPECT_EQ(get_slack(), 123457);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	SETUP_RAW(sys_prctl(PR_SET_TIMERSLACK, 0, 0, 0, 0));
	EXPECT_EQ(get_slack(), initial);
}
