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

static void arm(int which)
{
	const struct itimerval far = { .it_value = { .tv_sec = 10000 }, .it_interval = { .tv_sec = 1 } };

	SETUP(setitimer(which, &far, NULL));
}

/* 1: counts down, 2: would start over, 3: both. */
static long long armed(int which)
{
	struct {
		long interval[2], value[2];
	} timer = { 0 };

	SETUP_RAW(SYSCALL2(SYS_getitimer, which, &timer));
	return (timer.value[0] || timer.value[1]) | (timer.interval[0] || timer.interval[1]) << 1;
}

static void arm_real(void)
{
	arm(ITIMER_REAL);
}

static long long armed_real(void)
{
	return armed(ITIMER_REAL);
}

static void arm_virtual(void)
{
	arm(ITIMER_VIRTUAL);
}

static long long armed_virtual(void)
{
	return armed(ITIMER_VIRTUAL);
}

static void arm_prof(void)
{
	arm(ITIMER_PROF);
}

static long long armed_prof(void)
{
	return armed(ITIMER_PROF);
}

static int timer_id = -1;

static void create_timer(void)
{
	struct sigevent nothing = { .sigev_notify = SIGEV_NONE };

	SETUP(SYSCALL3(SYS_timer_create, CLOCK_MONOTONIC, &nothing, &timer_id));
}

static long long find_timer(void)
{
	char setting[64];

	return SYSCALL2(SYS_timer_gettime, timer_id, setting);
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
	{ { "itimer_real", .covers = "FORK-023" },
	  OF_PROCESS,
	  RESET,
	  .set = arm_real,
	  .get = armed_real,
	  .exec = { KEPT, "INH-EXEC-15" } },
	{ { "itimer_virtual", .covers = "FORK-023" },
	  OF_PROCESS,
	  RESET,
	  .set = arm_virtual,
	  .get = armed_virtual,
	  .exec = { KEPT, "INH-EXEC-15" } },
	{ { "itimer_prof", .covers = "FORK-023" },
	  OF_PROCESS,
	  RESET,
	  .set = arm_prof,
	  .get = armed_prof,
	  .exec = { KEPT, "INH-EXEC-15" } },
	{ { "posix_timer", .covers = "FORK-025" },
	  OF_PROCESS,
	  RESET,
	  .set = create_timer,
	  .get = find_timer,
	  .fresh = -EINVAL,
	  .exec = { RESET, "INH-EXEC-16" },
	  .handle = &timer_id },
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
