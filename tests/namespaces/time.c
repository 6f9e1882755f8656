// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* Time namespaces: which clocks are shifted, and what else goes by these. */
#include "time.h"

#include <linux/futex.h>
#include <string.h>
#include <sys/timerfd.h>

#define MONOTONIC_OFFSET (10 * DAY + SECOND / 2)
#define BOOTTIME_OFFSET (20 * DAY + SECOND / 4)

static void enter_shifted_time(void)
{
	unshare_time(0);
	SETUP(set_offset("monotonic", MONOTONIC_OFFSET));
	SETUP(set_offset("boottime", BOOTTIME_OFFSET));
}

/* ---- Clocks ---------------------------------------------------------------------------------------- */

/* Not the vDSO, which has a page of its own for each time namespace. */
static int64_t clock_by_call(clockid_t clock)
{
#ifdef SYS_clock_gettime64
	int64_t now[2];

	SETUP(SYSCALL2(SYS_clock_gettime64, clock, now));
#else
	long now[2];

	SETUP(SYSCALL2(SYS_clock_gettime, clock, now));
#endif
	return now[0] * SECOND + now[1];
}

static const struct reader {
	struct case_head head;
	int64_t (*read)(clockid_t clock);
} readers[] = {
	{ { .name = "call" }, clock_by_call },
	{ { .name = "libc" }, clock_by_libc },
};

static const struct clock {
	struct case_head head;
	clockid_t id;
	int64_t offset;
} clocks[] = {
	{ { "monotonic", .covers = "TIMENS-01" }, CLOCK_MONOTONIC, MONOTONIC_OFFSET },
	{ { "boottime", .covers = "TIMENS-02" }, CLOCK_BOOTTIME, BOOTTIME_OFFSET },
	{ { "monotonic_raw", .covers = "TIMENS-03" }, CLOCK_MONOTONIC_RAW, MONOTONIC_OFFSET },
	{ { "monotonic_coarse", .covers = "TIMENS-03" }, CLOCK_MONOTONIC_COARSE, MONOTONIC_OFFSET },
	{ { "realtime", .covers = "TIMENS-04" }, CLOCK_REALTIME, 0 },
	{ { "realtime_coarse", .covers = "TIMENS-04" }, CLOCK_REALTIME_COARSE, 0 },
};

/* Whatever clock it is, between two readings outside. Those of real time may be set meanwhile, but not by days. */
static void expect_between(int64_t before, int64_t inside, int64_t after, int64_t offset)
{
	const int64_t slack = offset ? 0 : DAY;

	EXPECT_GE(inside, before + offset - slack);
	EXPECT_LE(inside, after + offset + slack);
}

TEST(clocks_are_shifted, .caps = TIME_CAPS, .features = FEATURES(TIME_NS),
     .summary = "in a time namespace the monotonic and boot-time clocks are shifted by their offsets, real time is not",
     CASES_NEEDING(clocks), THROUGH(readers))
{
	const struct clock *clock = this_case();
	const struct reader *reader = this_door();
	int64_t *inside = shared(sizeof(*inside));

	enter_shifted_time();
	int64_t before = reader->read(clock->id);
	long child = sys_fork();
	if (child == 0) {
		*inside = reader->read(clock->id);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	int64_t after = reader->read(clock->id);
	expect_between(before, *inside, after, clock->offset);
	EXPECT_LT(after, before + DAY); /* the caller is not in it */
}

TEST(backwards, .covers = "TIMENS-01", .features = FEATURES(TIME_NS), .summary = "an offset may be negative",
     CASES_NEEDING(time_powers))
{
	const struct time_power *power = this_case();
	int64_t *inside = shared(sizeof(*inside)), offset;

	unshare_time(power->flags);
	int64_t before = clock_by_libc(CLOCK_MONOTONIC);
	offset = -before / 2;
	REQUIRE_OK(set_offset("monotonic", offset));
	long child = sys_fork();
	if (child == 0) {
		*inside = clock_by_libc(CLOCK_MONOTONIC);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	expect_between(before, *inside, clock_by_libc(CLOCK_MONOTONIC), offset);
}

/* The seconds since the boot, with two decimals. */
static int64_t uptime(void)
{
	char text[64], *point;

	SETUP(read_file("/proc/uptime", text, sizeof(text)));
	int64_t seconds = strtoll(text, &point, 10);
	return seconds * SECOND + strtoll(point + 1, NULL, 10) * (SECOND / 100);
}

TEST(uptime_is_shifted, .covers = "TIMENS-05", .caps = TIME_CAPS, .features = FEATURES(TIME_NS),
     .summary = "/proc/uptime follows the boot-time offset of the reader's time namespace")
{
	int64_t *inside = shared(sizeof(*inside));

	enter_shifted_time();
	int64_t before = uptime();
	long child = sys_fork();
	if (child == 0) {
		*inside = uptime();
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	int64_t after = uptime();
	/* A hundredth of a second is what the file tells. */
	expect_between(before - SECOND / 100, *inside, after + SECOND / 100, BOOTTIME_OFFSET);
	EXPECT_LT(after, before + DAY);
}

/* When the machine was booted, in seconds of real time. */
static int64_t boot_time(void)
{
	char text[1 << 16];

	SETUP(read_file("/proc/stat", text, sizeof(text)));
	const char *at = strstr(text, "\nbtime ");
	REQUIRE_TRUE(at);
	return strtoll(at + strlen("\nbtime "), NULL, 10);
}

TEST(boot_is_shifted, .covers = "TIMENS-27", .caps = TIME_CAPS, .features = FEATURES(TIME_NS),
     .summary = "btime of /proc/stat is earlier by the boot-time offset of the reader's time namespace")
{
	int64_t *inside = shared(sizeof(*inside));
	const int64_t a_day = DAY / SECOND;

	enter_shifted_time();
	int64_t before = boot_time();
	pid_t child = fork_helper();
	if (child == 0) {
		*inside = boot_time();
		leave(0);
	}
	EXPECT_EXITED(child, 0);
	/* The real-time clock may be set meanwhile, but not by days. */
	EXPECT_GT(*inside, before - BOOTTIME_OFFSET / SECOND - a_day);
	EXPECT_LT(*inside, before - BOOTTIME_OFFSET / SECOND + a_day);
	EXPECT_LT(before - a_day, boot_time());
}

/* ---- Timers ---------------------------------------------------------------------------------------- */

static struct timespec as_timespec(int64_t time)
{
	return (struct timespec){ .tv_sec = (time_t)(time / SECOND), .tv_nsec = (long)(time % SECOND) };
}

static int64_t left_of_timerfd(clockid_t clock, int64_t deadline)
{
	const struct itimerspec at = { .it_value = as_timespec(deadline) };
	struct itimerspec left = { 0 };

	int fd = (int)SETUP(timerfd_create(clock, TFD_CLOEXEC));
	EXPECT_RETURNS(timerfd_settime(fd, TFD_TIMER_ABSTIME, &at, NULL), 0);
	EXPECT_RETURNS(timerfd_gettime(fd, &left), 0);
	return left.it_value.tv_sec * SECOND + left.it_value.tv_nsec;
}

static int64_t left_of_timer(clockid_t clock, int64_t deadline)
{
	const struct itimerspec at = { .it_value = as_timespec(deadline) };
	struct itimerspec left = { 0 };
	struct sigevent none = { .sigev_notify = SIGEV_NONE };
	timer_t timer;

	SETUP(timer_create(clock, &none, &timer));
	EXPECT_RETURNS(timer_settime(timer, TIMER_ABSTIME, &at, NULL), 0);
	EXPECT_RETURNS(timer_gettime(timer, &left), 0);
	return left.it_value.tv_sec * SECOND + left.it_value.tv_nsec;
}

static const struct timer_kind {
	struct case_head head;
	clockid_t clock;
	int64_t (*left)(clockid_t clock, int64_t deadline); /* sets a timer to that, returns what it says remains */
} timer_kinds[] = {
	{ { .name = "timerfd_monotonic" }, CLOCK_MONOTONIC, left_of_timerfd },
	{ { .name = "timerfd_boottime" }, CLOCK_BOOTTIME, left_of_timerfd },
	{ { .name = "timer_monotonic" }, CLOCK_MONOTONIC, left_of_timer },
	{ { .name = "timer_boottime" }, CLOCK_BOOTTIME, left_of_timer },
};

TEST(timers_are_shifted, .covers = "TIMENS-06", .caps = TIME_CAPS, .features = FEATURES(TIME_NS),
     .summary = "an absolute timer goes by the clock of the time namespace", CASES_NEEDING(timer_kinds))
{
	const struct timer_kind *kind = this_case();

	enter_shifted_time();
	long child = sys_fork();
	if (child == 0) {
		int64_t before = clock_by_call(kind->clock), deadline = before + 1000 * SECOND;
		int64_t left = kind->left(kind->clock, deadline);
		int64_t after = clock_by_call(kind->clock);
		EXPECT_LE(left, deadline - before);
		EXPECT_GE(left, deadline - after);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
}

/* Sleeps until then. Returns 0 or an error number. */
static int sleep_by_nanosleep(clockid_t clock, int64_t deadline)
{
	struct timespec until = as_timespec(deadline);

	return clock_nanosleep(clock, TIMER_ABSTIME, &until, NULL);
}

/* By a wait for a word that nobody changes, which ends at a time of the monotonic clock. */
static int sleep_by_futex(clockid_t unused, int64_t deadline)
{
	const long until[] = { (long)(deadline / SECOND), (long)(deadline % SECOND) };
	static int word;

	(void)unused;
	long result = SYSCALL6(SYS_futex, &word, FUTEX_WAIT_BITSET, 0, until, NULL, FUTEX_BITSET_MATCH_ANY);
	return result == -ETIMEDOUT ? 0 : (int)-result;
}

static const struct sleeper {
	struct case_head head;
	const char *offset;
	clockid_t clock;
	int (*sleep)(clockid_t clock, int64_t deadline);
} sleepers[] = {
	{ { "monotonic", .covers = "TIMENS-06" }, "monotonic", CLOCK_MONOTONIC, sleep_by_nanosleep },
	{ { "boottime", .covers = "TIMENS-06" }, "boottime", CLOCK_BOOTTIME, sleep_by_nanosleep },
	{ { "futex", .covers = "TIMENS-28" }, "monotonic", CLOCK_MONOTONIC, sleep_by_futex },
};

/*
 * The offset is negative: where it does not count, the time to wake up seems to be over already, and nobody sleeps for
 * days.
 */
TEST(sleep_is_shifted, .caps = TIME_CAPS, .features = FEATURES(TIME_NS),
     .summary = "a sleep until an absolute time goes by the clock of the time namespace", CASES_NEEDING(sleepers))
{
	const struct sleeper *sleeper = this_case();

	unshare_time(0);
	SETUP(set_offset(sleeper->offset, -clock_by_call(sleeper->clock) / 2));
	long child = sys_fork();
	if (child == 0) {
		int64_t deadline = clock_by_call(sleeper->clock) + SECOND / 1000;
		int result = sleeper->sleep(sleeper->clock, deadline);
		EXPECT_EQ(result, 0);
		EXPECT_GE(clock_by_call(sleeper->clock), deadline);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
}
