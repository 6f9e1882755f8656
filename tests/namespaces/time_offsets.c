// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* Time namespaces: /proc/PID/timens_offsets, who may write it, when, and what. */
#include "time.h"

#include <string.h>

/* ---- Contents -------------------------------------------------------------------------------------- */

struct offsets {
	int64_t monotonic, boottime;
};

static int64_t line_of(const char *text, const char *clock)
{
	const char *at = strstr(text, clock);
	char *rest;

	REQUIRE_TRUE(at);
	int64_t seconds = strtoll(at + strlen(clock), &rest, 10);
	return seconds * SECOND + strtoll(rest, NULL, 10);
}

static struct offsets read_offsets(void)
{
	char text[256] = "";
	long length = read_file("/proc/self/timens_offsets", text, sizeof(text));

	REQUIRE_OK(length);
	return (struct offsets){ line_of(text, "monotonic "), line_of(text, "boottime ") };
}

static void expect_offsets(int64_t monotonic, int64_t boottime)
{
	const struct offsets now = read_offsets();

	EXPECT_EQ(now.monotonic, monotonic);
	EXPECT_EQ(now.boottime, boottime);
}

#define INITIAL 4026531834U /* the initial time namespace's inode, everywhere */

TEST(initial_is_zero, .covers = "TIMENS-16", .features = FEATURES(TIME_NS),
     .summary = "in the initial time namespace both offsets are 0")
{
	if (namespace_of_self("time") != INITIAL || namespace_of_self("time_for_children") != INITIAL)
		SKIP(SKIP_SURROUNDINGS, "time-ns", "not the initial time namespace");
	expect_offsets(0, 0);
}

TEST(written_often, .covers = "TIMENS-07 TIMENS-14", .features = FEATURES(TIME_NS),
     .summary = "before the first process is in it, a time namespace's offsets may be written again and again",
     CASES_NEEDING(time_powers))
{
	const struct time_power *power = this_case();

	unshare_time(power->flags);
	const struct offsets before = read_offsets();
	EXPECT_OK(write_offsets("monotonic 10 1\n"));
	expect_offsets(10 * SECOND + 1, before.boottime);
	EXPECT_OK(write_offsets("boottime 20 2\n"));
	expect_offsets(10 * SECOND + 1, 20 * SECOND + 2);
	EXPECT_OK(write_offsets("monotonic 30 0\nboottime 40 0\n"));
	expect_offsets(30 * SECOND, 40 * SECOND);
	/* By the clocks' numbers. */
	EXPECT_OK(write_offsets("1 50 3\n"));
	expect_offsets(50 * SECOND + 3, 40 * SECOND);
	EXPECT_OK(write_offsets("7 60 4\n"));
	expect_offsets(50 * SECOND + 3, 60 * SECOND + 4);
}

/* ---- Nested ---------------------------------------------------------------------------------------- */

static void expect_shifted_child(int64_t offset)
{
	int64_t *inside = shared(sizeof(*inside)), before = clock_by_libc(CLOCK_MONOTONIC);

	pid_t child = fork_helper();
	if (child == 0) {
		*inside = clock_by_libc(CLOCK_MONOTONIC);
		leave(0);
	}
	EXPECT_EXITED(child, 0);
	EXPECT_GE(*inside, before + offset);
	EXPECT_LE(*inside, clock_by_libc(CLOCK_MONOTONIC) + offset);
}

TEST(nested, .covers = "TIMENS-15 TIMENS-22", .features = FEATURES(TIME_NS),
     .summary = "a new time namespace begins with its creator's offsets; others are relative to the initial one too",
     CASES_NEEDING(time_powers))
{
	const struct time_power *power = this_case();

	unshare_time(power->flags);
	SETUP(write_offsets("monotonic 864000 7\nboottime 1728000 8\n"));
	pid_t member = fork_helper();
	if (member == 0) {
		expect_offsets(10 * DAY + 7, 20 * DAY + 8);
		unshare_time(0);
		expect_offsets(10 * DAY + 7, 20 * DAY + 8);
		EXPECT_OK(write_offsets("monotonic 432000 9\n"));
		expect_offsets(5 * DAY + 9, 20 * DAY + 8);
		expect_shifted_child(-5 * DAY + 2);
		leave(0);
	}
	EXPECT_EXITED(member, 0);
}

/* ---- Too late -------------------------------------------------------------------------------------- */

static void fork_into(void)
{
	pid_t child = fork_helper();

	if (child == 0)
		leave(0);
	EXPECT_EXITED(child, 0);
}

static void setns_into(void)
{
	int fd = (int)SETUP(sys_open("/proc/self/ns/time_for_children", O_RDONLY | O_CLOEXEC));

	SETUP(sys_setns(fd, CLONE_NEWTIME));
}

static const struct entry {
	struct case_head head;
	void (*enter)(void);
} entries[] = {
	{ { .name = "fork" }, fork_into },
	{ { "setns", .features = FEATURES(NEEDS_SETNS) }, setns_into },
};

TEST(frozen_by_entry, .covers = "TIMENS-08", .caps = TIME_CAPS, .features = FEATURES(TIME_NS),
     .summary = "when a process has been in a time namespace its offsets can't be written any more, with EACCES",
     CASES_NEEDING(entries))
{
	const struct entry *entry = this_case();

	unshare_time(0);
	EXPECT_OK(write_offsets("monotonic 10 0\nboottime 20 0\n"));
	entry->enter();
	long result = write_offsets("monotonic 11 0\n");
	EXPECT_FAILS(result, EACCES);
	result = write_offsets("monotonic 10 0\n");
	EXPECT_FAILS(result, EACCES);
	expect_offsets(10 * SECOND, 20 * SECOND);
	/* One that is new again may. */
	unshare_time(0);
	EXPECT_OK(write_offsets("monotonic 11 0\n"));
}

/* ---- Who ------------------------------------------------------------------------------------------- */

static const struct writer {
	const char *name;
	uint64_t keeps;
	bool elsewhere; /* in a user namespace below the owner */
	int error;
} writers[] = {
	{ "sys_time", CAP(SYS_TIME), false, 0 },
	{ "all_but_sys_time", ~CAP(SYS_TIME), false, EPERM },
	{ "all_elsewhere", ~(uint64_t)0, true, EPERM },
};

TEST(writing_needs_sys_time, .covers = "TIMENS-09", .features = FEATURES(TIME_NS, NEEDS_USER_NS),
     .summary = "the offsets are written with CAP_SYS_TIME in the time namespace's owner, and not otherwise",
     CASES(writers))
{
	const struct writer *writer = this_case();
	uid_t uid = geteuid();
	gid_t gid = getegid();

	unshare_time(CLONE_NEWUSER);
	SETUP(map_user_namespace(0, 1, 1, uid, gid));
	const struct offsets before = read_offsets();
	if (writer->elsewhere)
		SETUP(sys_unshare(CLONE_NEWUSER));
	set_capabilities(effective_capabilities() & writer->keeps);
	long result = write_offsets("monotonic 10 0\n");
	if (writer->error)
		EXPECT_FAILS(result, writer->error);
	else
		EXPECT_OK(result);
	expect_offsets(writer->error ? before.monotonic : 10 * SECOND, before.boottime);
}

/* ---- What ------------------------------------------------------------------------------------------ */

static const struct line {
	struct case_head head;
	const char *text;
	int error;
} lines[] = {
	{ { "greatest_part", .covers = "TIMENS-10" }, "boottime 10 999999999\n", 0 },
	{ { "whole_second", .covers = "TIMENS-10" }, "boottime 10 1000000000\n", EINVAL },
	{ { "whole_second_monotonic", .covers = "TIMENS-10" }, "monotonic 10 1000000000\n", EINVAL },
	{ { "real_time", .covers = "TIMENS-11" }, "realtime 10 0\n", EINVAL },
	{ { "raw", .covers = "TIMENS-11" }, "monotonic_raw 10 0\n", EINVAL },
	{ { "number_of_real_time", .covers = "TIMENS-11" }, "0 10 0\n", EINVAL },
	{ { "number_of_raw", .covers = "TIMENS-11" }, "4 10 0\n", EINVAL },
	{ { "no_number", .covers = "TIMENS-11" }, "99 10 0\n", EINVAL },
	{ { "beyond_count", .covers = "TIMENS-13" }, "monotonic 10000000000 0\n", ERANGE },
	{ { "below_count", .covers = "TIMENS-12" }, "monotonic -10000000000 0\n", ERANGE },
	{ { "second_line", .covers = "TIMENS-23" }, "monotonic 10 0\nboottime 10 1000000000\n", EINVAL },
	{ { "second_range", .covers = "TIMENS-23" }, "monotonic 10 0\nboottime 9000000000 0\n", ERANGE },
};

TEST(line, .caps = TIME_CAPS, .features = FEATURES(TIME_NS),
     .summary = "an unknown clock, wrong nanoseconds or a value out of range is refused, and then no offset changes",
     CASES_NEEDING(lines))
{
	const struct line *line = this_case();

	unshare_time(0);
	const struct offsets before = read_offsets();
	long result = write_offsets(line->text);
	if (line->error) {
		EXPECT_FAILS(result, line->error);
		expect_offsets(before.monotonic, before.boottime);
	} else {
		EXPECT_OK(result);
		expect_offsets(before.monotonic, 10 * SECOND + 999999999);
	}
}

/* A clock may get to half of what the kernel can count, 146 years. */
#define GREATEST (INT64_MAX / SECOND / 2 * SECOND)

static const struct range {
	struct case_head head;
	int64_t reach; /* what the clock is to show inside */
	int error;
} ranges[] = {
	{ { "zero", .covers = "TIMENS-12" }, 0, 0 },
	{ { "negative", .covers = "TIMENS-12" }, -100 * SECOND, ERANGE }, /* which takes no longer to get here */
	{ { "very_negative", .covers = "TIMENS-12" }, -GREATEST / 2 * 3, ERANGE },
	{ { "greatest", .covers = "TIMENS-13" }, GREATEST - 100 * SECOND, 0 },
	{ { "too_great", .covers = "TIMENS-13" }, GREATEST + SECOND, ERANGE },
	{ { "far_too_great", .covers = "TIMENS-13" }, 2 * GREATEST, ERANGE },
};

static const struct clock {
	struct case_head head;
	clockid_t id;
} clocks[] = {
	{ { .name = "monotonic" }, CLOCK_MONOTONIC },
	{ { .name = "boottime" }, CLOCK_BOOTTIME },
};

TEST(range, .caps = TIME_CAPS, .features = FEATURES(TIME_NS),
     .summary = "an offset by which the clock would be negative or beyond about 146 years is refused with ERANGE",
     CASES_NEEDING(ranges), THROUGH(clocks))
{
	const struct range *range = this_case();
	const struct clock *clock = this_door();
	int64_t now = clock_by_libc(clock->id), offset = range->reach - now;

	unshare_time(0);
	const struct offsets before = read_offsets();
	/* That of the clock itself, where the test is in a time namespace with offsets. */
	offset += clock->id == CLOCK_MONOTONIC ? before.monotonic : before.boottime;
	long result = set_offset(clock->head.name, offset);
	if (range->error) {
		EXPECT_FAILS(result, range->error);
		expect_offsets(before.monotonic, before.boottime);
	} else {
		EXPECT_OK(result);
		EXPECT_EQ(clock->id == CLOCK_MONOTONIC ? read_offsets().monotonic : read_offsets().boottime, offset);
	}
}
