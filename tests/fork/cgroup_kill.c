// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* cgroup.kill and cgroup.freeze, also against processes that fork all the time. */
#include "forkcheck.h"

#include <stdio.h>

#define CGROUP2 NEEDS_CGROUP2, NEEDS_PROC

enum { STOP, JOINED_ABOVE, JOINED_BELOW, SUSPENDED, LEAVE };

static char above[192], below[192];

static void join(const char *group)
{
	SETUP(write_cgroup(group, "cgroup.procs", "0"));
}

static long long told(const char *group, const char *key)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/cgroup.events", group);
	return proc_field(path, key, 10);
}

/* ---- Processes at rest --------------------------------------------------------------------------- */

static pid_t start_in(const char *group, unsigned joined)
{
	pid_t pid = fork_helper();

	if (pid == 0) {
		join(group);
		post(joined);
		await(LEAVE);
		leave(0);
	}
	await(joined);
	return pid;
}

TEST(tree_killed, .covers = "INH-CGRP-16", .caps = CAP(DAC_OVERRIDE), .features = FEATURES(CGROUP2),
     .summary = "cgroup.kill ends by SIGKILL what is in the group and below, nothing else, and no process that "
		"begins there later")
{
	SETUP(make_cgroup("", above, sizeof(above)));
	SETUP(make_cgroup_in(above, below, sizeof(below)));
	pid_t outside = start_child(LEAVE, 0);
	pid_t first = start_in(above, JOINED_ABOVE), second = start_in(below, JOINED_BELOW);
	long killed = write_cgroup(above, "cgroup.kill", "1");
	post(LEAVE); /* too late for those */
	EXPECT_OK(killed);
	EXPECT_KILLED(first, SIGKILL);
	EXPECT_KILLED(second, SIGKILL);
	EXPECT_EXITED(outside, 0);
	pid_t later = fork_helper();
	if (later == 0) {
		join(below);
		pid_t child = start_child(LEAVE, 0);
		EXPECT_EXITED(child, 0);
		leave(0);
	}
	EXPECT_EXITED(later, 0);
}

static int wait_to_leave(void *arg)
{
	(void)arg;
	post(SUSPENDED);
	await(LEAVE);
	return 0;
}

/* One whose child has its memory and lets it wait. */
static pid_t start_suspended_in(const char *group)
{
	pid_t pid = fork_helper();

	if (pid == 0) {
		join(group);
		vfork_doors[0].vfork(wait_to_leave, NULL);
		leave(0);
	}
	await(SUSPENDED);
	return pid;
}

TEST(suspended_killed, .covers = "INH-CGRP-16", .caps = CAP(DAC_OVERRIDE), .features = FEATURES(CGROUP2),
     .summary = "cgroup.kill ends a process that vfork suspends, together with the child that it waits for")
{
	SETUP(make_cgroup("", above, sizeof(above)));
	pid_t suspended = start_suspended_in(above);
	EXPECT_EQ(told(above, "populated"), 1);
	long killed = write_cgroup(above, "cgroup.kill", "1");
	post(LEAVE); /* too late for those */
	EXPECT_OK(killed);
	EXPECT_KILLED(suspended, SIGKILL);
	while (told(above, "populated") == 1)
		sys_sched_yield();
}

TEST(suspended_frozen, .covers = "INH-CGRP-21", .caps = CAP(DAC_OVERRIDE), .features = FEATURES(CGROUP2),
     .summary = "a group with a process that vfork suspends, and its child, can be frozen; thawed, both go on")
{
	SETUP(make_cgroup("", above, sizeof(above)));
	pid_t suspended = start_suspended_in(above);
	EXPECT_EQ(told(above, "frozen"), 0);
	SETUP(write_cgroup(above, "cgroup.freeze", "1"));
	while (told(above, "frozen") == 0)
		sys_sched_yield();
	post(LEAVE); /* the child sleeps on, being frozen */
	EXPECT_EQ(told(above, "populated"), 1);
	EXPECT_EQ(told(above, "frozen"), 1);
	EXPECT_EQ(wait_for(suspended, NULL, WNOHANG, NULL), 0);
	SETUP(write_cgroup(above, "cgroup.freeze", "0"));
	EXPECT_EXITED(suspended, 0);
	EXPECT_EQ(told(above, "frozen"), 0);
}

/* ---- A storm ------------------------------------------------------------------------------------- */

#define RELAYS 12
#define UNDER_WAY RELAYS /* more forks */
/* More than can happen between a signal being sent to all and its arrival, with any number of processors. */
#define TOO_MANY 2000

static volatile int *forks;

/* Each process forks its successor and ends: whoever looks for them comes too late. */
static _Noreturn void relay(void)
{
	while (!posted(STOP)) {
		__atomic_add_fetch(forks, 1, __ATOMIC_SEQ_CST);
		long child = sys_fork();
		if (child > 0)
			leave(0);
		if (child < 0)
			sys_sched_yield();
	}
	leave(0);
}

static void make_groups(void)
{
	SETUP(make_cgroup("", above, sizeof(above)));
	SETUP(make_cgroup_in(above, below, sizeof(below)));
	forks = shared(sizeof(*forks));
}

static void await_forks(int more)
{
	const int before = *forks;

	while (*forks - before < more)
		sys_sched_yield();
}

/* The storm's dead count against the cell's limit until its reaper has come to them. */
static pid_t fork_in_storm(void)
{
	long pid;

	while ((pid = sys_fork()) == -EAGAIN)
		sys_sched_yield();
	return (pid_t)SETUP_RAW(pid);
}

static void start_storm(void)
{
	pid_t starter = fork_in_storm();

	if (starter == 0) {
		join(below);
		for (int i = 0; i < RELAYS; i++)
			if (fork_in_storm() == 0)
				relay();
		leave(0);
	}
	EXPECT_EXITED(starter, 0);
	await_forks(UNDER_WAY);
	EXPECT_EQ(told(above, "populated"), 1);
}

/* Whether the group gets there while the storm has not gone on for too long. */
static bool gets_to(const char *key, int value)
{
	const int before = *forks;

	while (told(above, key) != value) {
		if (*forks - before > TOO_MANY)
			return false;
		sys_sched_yield();
	}
	return true;
}

/* From when the group got there nobody forks; a process of our own has been through a fork meanwhile. */
static void expect_calm(int before)
{
	pid_t marker = fork_in_storm();

	if (marker == 0)
		leave(0);
	EXPECT_EXITED(marker, 0);
	EXPECT_EQ(*forks, before);
}

TEST(storm_killed, .covers = "INH-CGRP-17", .caps = CAP(DAC_OVERRIDE), .features = FEATURES(CGROUP2),
     .summary = "cgroup.kill leaves none of a group's processes, though they fork all the time")
{
	make_groups();
	for (int round = 0; round < 2; round++) {
		start_storm();
		long killed = write_cgroup(above, "cgroup.kill", "1");
		EXPECT_OK(killed, round);
		bool gone = gets_to("populated", 0);
		const int last = *forks;
		if (!gone)
			post(STOP);
		REQUIRE_TRUE(gone, round);
		expect_calm(last);
	}
}

TEST(storm_frozen, .covers = "INH-CGRP-18", .caps = CAP(DAC_OVERRIDE), .features = FEATURES(CGROUP2),
     .summary = "freezing a group stops all its processes, though they fork all the time, until the thaw")
{
	make_groups();
	start_storm();
	EXPECT_EQ(told(above, "frozen"), 0);
	SETUP(write_cgroup(above, "cgroup.freeze", "1"));
	bool frozen = gets_to("frozen", 1);
	const int last = *forks;
	if (!frozen)
		post(STOP);
	REQUIRE_TRUE(frozen);
	EXPECT_EQ(told(below, "populated"), 1);
	expect_calm(last);
	SETUP(write_cgroup(above, "cgroup.freeze", "0"));
	await_forks(UNDER_WAY);
	EXPECT_EQ(told(above, "frozen"), 0);
	post(STOP);
	EXPECT_TRUE(gets_to("populated", 0));
}
