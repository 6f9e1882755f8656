// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* The pids controller, of either version: whom its limit counts, whom it refuses, and where that is told. */
#include "forkcheck.h"

#include <stdio.h>
#include <string.h>

enum { FIRST_MAY_GO, ALL_MAY_GO, JOINED };

#define PIDS NEEDS_CGROUP_PIDS

static void join(const char *group)
{
	SETUP(write_cgroup(group, "cgroup.procs", "0"));
}

static void limit(const char *group, long long max)
{
	char text[24] = "";

	append_number(text, sizeof(text), max);
	SETUP(write_cgroup(group, "pids.max", text));
}

static long long current(const char *group)
{
	return read_cgroup(group, "pids.current");
}

/* A child that stays until the event; the raw result. */
static long park(unsigned event)
{
	long child = sys_fork();

	if (child == 0) {
		await(event);
		leave(0);
	}
	return child;
}

static int wait_to_go(void *arg)
{
	(void)arg;
	await(ALL_MAY_GO);
	return 0;
}

/* ---- One group ----------------------------------------------------------------------------------- */

static char group[192];

TEST(threads_counted, .covers = "INH-CGRP-04 INH-CGRP-12", .caps = CAP(DAC_OVERRIDE), .features = FEATURES(PIDS),
     .summary = "threads count as processes do, and are refused like them when there are as many as pids.max",
     THROUGH(clone_doors))
{
	const struct clone_door *door = this_door();

	SETUP(make_cgroup("pids", group, sizeof(group)));
	join(group);
	EXPECT_EQ(current(group), 1);
	limit(group, 2);
	long first = CLONE_CALL(door->via, new_stack(), wait_to_go, NULL, .flags = THREAD_FLAGS);
	REQUIRE_GT(first, 0);
	EXPECT_EQ(current(group), 2);
	long second = CLONE_CALL(door->via, new_stack(), wait_to_go, NULL, .flags = THREAD_FLAGS);
	EXPECT_FAILS(second, EAGAIN);
	long child = sys_fork();
	EXPECT_REFUSED(child, EAGAIN);
	EXPECT_EQ(current(group), 2);
	limit(group, 3);
	if (second < 0)
		second = CLONE_CALL(door->via, new_stack(), wait_to_go, NULL, .flags = THREAD_FLAGS);
	EXPECT_GT(second, 0);
	EXPECT_EQ(current(group), 3);
	post(ALL_MAY_GO);
	await_thread_gone((pid_t)first);
	if (second > 0)
		await_thread_gone((pid_t)second);
}

TEST(joined_when_full, .covers = "INH-CGRP-07", .caps = CAP(DAC_OVERRIDE), .features = FEATURES(PIDS),
     .summary = "a process may be moved into a group that is full, and can't fork there")
{
	SETUP(make_cgroup("pids", group, sizeof(group)));
	limit(group, 0);
	long moved = write_cgroup(group, "cgroup.procs", "0");
	EXPECT_OK(moved);
	EXPECT_EQ(current(group), 1);
	long child = sys_fork();
	EXPECT_REFUSED(child, EAGAIN);
	EXPECT_EQ(current(group), 1);
	limit(group, 2);
	child = park(ALL_MAY_GO);
	REQUIRE_GT(child, 0);
	post(ALL_MAY_GO);
	EXPECT_EXITED(child, 0);
}

TEST(limit_lowered, .covers = "INH-CGRP-13 WAIT-20", .caps = CAP(DAC_OVERRIDE), .features = FEATURES(PIDS, NEEDS_PROC),
     .summary = "a limit below the number of processes ends none; there are forks again when enough have been reaped")
{
	SETUP(make_cgroup("pids", group, sizeof(group)));
	join(group);
	long first = park(FIRST_MAY_GO), second = park(ALL_MAY_GO);
	REQUIRE_GT(first, 0);
	REQUIRE_GT(second, 0);
	long lowered = write_cgroup(group, "pids.max", "2");
	EXPECT_OK(lowered);
	EXPECT_EQ(current(group), 3);
	long third = sys_fork();
	EXPECT_REFUSED(third, EAGAIN);

	post(FIRST_MAY_GO);
	EXPECT_EXITED(first, 0);
	third = sys_fork();
	EXPECT_REFUSED(third, EAGAIN);
	post(ALL_MAY_GO);
	await_zombie((pid_t)second);
	EXPECT_EQ(current(group), 2);
	third = sys_fork();
	EXPECT_REFUSED(third, EAGAIN);
	EXPECT_EXITED(second, 0);
	EXPECT_EQ(current(group), 1);
	third = park(ALL_MAY_GO);
	REQUIRE_GT(third, 0);
	EXPECT_EXITED(third, 0);
}

/* ---- A tree -------------------------------------------------------------------------------------- */

/* LEAF and BESIDE are below MIDDLE, and that below TOP. */
enum level { TOP, MIDDLE, LEAF, BESIDE, LEVELS };
static char tree[LEVELS][192];

static void make_tree(void)
{
	SETUP(make_cgroup("pids", tree[TOP], sizeof(tree[TOP])));
	if (is_cgroup2(tree[TOP]))
		SETUP(write_cgroup(tree[TOP], "cgroup.subtree_control", "+pids"));
	SETUP(make_cgroup_in(tree[TOP], tree[MIDDLE], sizeof(tree[MIDDLE])));
	if (is_cgroup2(tree[TOP]))
		SETUP(write_cgroup(tree[MIDDLE], "cgroup.subtree_control", "+pids"));
	SETUP(make_cgroup_in(tree[MIDDLE], tree[LEAF], sizeof(tree[LEAF])));
	SETUP(make_cgroup_in(tree[MIDDLE], tree[BESIDE], sizeof(tree[BESIDE])));
}

static const struct limited {
	const char *name;
	enum level level;
	int max; /* the caller in LEAF and a process in BESIDE are there, and one child more may be */
	long second;
} limits[] = {
	{ "top", TOP, 3, -EAGAIN },
	{ "middle", MIDDLE, 3, -EAGAIN },
	{ "leaf", LEAF, 2, -EAGAIN },
	{ "beside", BESIDE, 1, 0 },
};

static void expect_counted(int children)
{
	EXPECT_EQ(current(tree[TOP]), 2 + children);
	EXPECT_EQ(current(tree[MIDDLE]), 2 + children);
	EXPECT_EQ(current(tree[LEAF]), 1 + children);
	EXPECT_EQ(current(tree[BESIDE]), 1);
}

TEST(limit_of_level, .covers = "INH-CGRP-05", .caps = CAP(DAC_OVERRIDE), .features = FEATURES(PIDS),
     .summary = "each group above the caller's limits all that is below it; one beside it limits nothing here",
     CASES(limits))
{
	const struct limited *row = this_case();

	make_tree();
	pid_t other = fork_helper();
	if (other == 0) {
		join(tree[BESIDE]);
		post(JOINED);
		await(ALL_MAY_GO);
		leave(0);
	}
	await(JOINED);
	join(tree[LEAF]);
	limit(tree[row->level], row->max);
	expect_counted(0);
	long first = park(ALL_MAY_GO);
	REQUIRE_GT(first, 0);
	long second = row->second ? sys_fork() : park(ALL_MAY_GO);
	if (row->second) {
		EXPECT_REFUSED(second, -row->second);
		expect_counted(1);
		limit(tree[row->level], row->max + 1);
		second = park(ALL_MAY_GO);
	}
	REQUIRE_GT(second, 0);
	expect_counted(2);
	post(ALL_MAY_GO);
	EXPECT_EXITED(first, 0);
	EXPECT_EXITED(second, 0);
	EXPECT_EXITED(other, 0);
}

/* ---- pids.events --------------------------------------------------------------------------------- */

static long long events(const char *where, const char *file)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/%s", where, file);
	return proc_field(path, "max ", 10);
}

TEST(refusals_counted, .covers = "INH-CGRP-06", .caps = CAP(DAC_OVERRIDE), .features = FEATURES(PIDS),
     .summary = "each fork that the limit of the caller's group refuses is counted in its pids.events, no other one")
{
	SETUP(make_cgroup("pids", group, sizeof(group)));
	join(group);
	limit(group, 2);
	long child = park(ALL_MAY_GO);
	REQUIRE_GT(child, 0);
	EXPECT_EQ(events(group, "pids.events"), 0);
	for (int i = 1; i <= 3; i++) {
		long second = sys_fork();
		EXPECT_REFUSED(second, EAGAIN, i);
		EXPECT_EQ(events(group, "pids.events"), i, i);
	}
	post(ALL_MAY_GO);
	EXPECT_EXITED(child, 0);
}

static void be_refused_by_middle(void)
{
	join(tree[LEAF]);
	limit(tree[MIDDLE], 1);
	long child = sys_fork();
	EXPECT_REFUSED(child, EAGAIN);
}

/* The mount options are those of the hierarchy, told at each mount. */
static bool local_events_only(void)
{
	char text[8192];

	SETUP(read_file("/proc/self/mounts", text, sizeof(text)));
	return strstr(text, "pids_localevents");
}

TEST(refusal_told_above, .covers = "INH-CGRP-14", .caps = CAP(DAC_OVERRIDE), .features = FEATURES(PIDS),
     .summary = "version 2 counts a refused fork in the group whose limit it was, and hierarchically above that")
{
	make_tree();
	if (!is_cgroup2(tree[TOP]))
		SKIP(SKIP_SURROUNDINGS, "pids", "the controller belongs to version 1");
	if (local_events_only())
		SKIP(SKIP_SURROUNDINGS, "pids_localevents", "cgroup2 is mounted with it");
	be_refused_by_middle();
	EXPECT_EQ(events(tree[LEAF], "pids.events"), 0);
	EXPECT_EQ(events(tree[MIDDLE], "pids.events"), 1);
	EXPECT_EQ(events(tree[TOP], "pids.events"), 1);
	EXPECT_EQ(events(tree[LEAF], "pids.events.local"), 0);
	EXPECT_EQ(events(tree[MIDDLE], "pids.events.local"), 1);
	EXPECT_EQ(events(tree[TOP], "pids.events.local"), 0);
}

TEST(refusal_told_below, .covers = "INH-CGRP-15", .caps = CAP(DAC_OVERRIDE), .features = FEATURES(PIDS),
     .summary = "version 1 counts a refused fork in the caller's group, whosever limit it was")
{
	make_tree();
	if (is_cgroup2(tree[TOP]))
		SKIP(SKIP_SURROUNDINGS, "pids", "the controller belongs to version 2");
	be_refused_by_middle();
	EXPECT_EQ(events(tree[LEAF], "pids.events"), 1);
	EXPECT_EQ(events(tree[MIDDLE], "pids.events"), 0);
	EXPECT_EQ(events(tree[TOP], "pids.events"), 0);
}

/* ---- What a limit may be --------------------------------------------------------------------------- */

TEST(values, .covers = "INH-CGRP-22", .caps = CAP(DAC_OVERRIDE), .features = FEATURES(PIDS),
     .summary = "pids.max refuses numbers below 0 and what is no number, and keeps its value; \"max\" lifts the limit")
{
	char group[192];

	SETUP(make_cgroup("pids", group, sizeof(group)));
	EXPECT_OK(write_cgroup(group, "pids.max", "7"));
	EXPECT_FAILS(write_cgroup(group, "pids.max", "-1"), EINVAL);
	EXPECT_FAILS(write_cgroup(group, "pids.max", "abc"), EINVAL);
	EXPECT_EQ(read_cgroup(group, "pids.max"), 7);
	EXPECT_OK(write_cgroup(group, "pids.max", "max"));
	EXPECT_EQ(read_cgroup(group, "pids.max"), -1);
}
