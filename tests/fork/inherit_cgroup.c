// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* Control groups, of either version: a child is where its parent was at the fork, and is counted there. */
#include "inherit.h"

#include <stdio.h>
#include <string.h>

#define CGROUP2 NEEDS_CGROUP2, NEEDS_PROC

enum { MOVED, LEAVE, LEAVE_TOO };

/* ---- Membership ---------------------------------------------------------------------------------- */

static char parents[192], childs[192], childs_procs[224];

static void join(const char *group)
{
	SETUP(write_cgroup(group, "cgroup.procs", "0"));
}

static void make_both(const char *controller)
{
	SETUP(make_cgroup(controller, parents, sizeof(parents)));
	SETUP(make_cgroup(controller, childs, sizeof(childs)));
	append_text(childs_procs, sizeof(childs_procs), childs);
	append_text(childs_procs, sizeof(childs_procs), "/cgroup.procs");
}

/* What the file says, as a number. */
static long long digest(const char *path)
{
	uint32_t hash = 2166136261U;
	char text[2048];

	SETUP_RAW(read_file(path, text, sizeof(text)));
	for (const char *c = text; *c; c++)
		hash = (hash ^ (unsigned char)*c) * 16777619U;
	return hash;
}

static long long get_groups(void)
{
	return digest("/proc/self/cgroup");
}

static long long get_cpuset(void)
{
	return digest("/proc/self/cpuset");
}

static void set_version_2(void)
{
	make_both("");
	join(parents);
}

static void set_pids(void)
{
	make_both("pids");
	join(parents);
}

/* In version 1 a new group has no processors and no memory, and nobody may join it. */
static void fill_cpuset(const char *group)
{
	static const char *const names[] = { "cpuset.cpus", "cpuset.mems" };
	char base[192], path[256], text[256];

	if (is_cgroup2(group))
		return;
	SETUP(cgroup_base("cpuset", base, sizeof(base)));
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		snprintf(path, sizeof(path), "%s/%s", base, names[i]);
		SETUP(read_file(path, text, sizeof(text)));
		SETUP(write_cgroup(group, names[i], text));
	}
}

static void set_cpuset(void)
{
	make_both("cpuset");
	fill_cpuset(parents);
	fill_cpuset(childs);
	join(parents);
}

static void change_group(void)
{
	SETUP_RAW(write_file(childs_procs, "0"));
}

/* Who moves a process waits for each processor's leave to do so: few doors where there is little to learn. */
#define TWO_DOORS (DOOR(BY_FORK) | DOOR(BY_VFORK))
/* Only the test's own process may make groups, and only with its own user. */
#define MAKES_GROUPS .except = DOOR(IN_PROGRAM) | DOOR(IN_NAMESPACES)

static const struct attribute to_keep[] = {
	{ { "version_2", .covers = "INH-CGRP-01 CLONE-CGROUP-01", .features = FEATURES(CGROUP2),
	    .caps = CAP(DAC_OVERRIDE) },
	  OF_PROCESS,
	  KEPT,
	  .set = set_version_2,
	  .get = get_groups,
	  .change = change_group,
	  MAKES_GROUPS,
	  .exec = { KEPT, "INH-CGRP-02" } },
	{ { "pids", .covers = "INH-CGRP-01", .features = FEATURES(NEEDS_CGROUP_PIDS), .caps = CAP(DAC_OVERRIDE) },
	  OF_PROCESS,
	  KEPT,
	  .set = set_pids,
	  .get = get_groups,
	  .change = change_group,
	  .doors = TWO_DOORS,
	  MAKES_GROUPS },
	{ { "cpuset", .covers = "INH-CGRP-09", .features = FEATURES(NEEDS_CPUSET), .caps = CAP(DAC_OVERRIDE) },
	  OF_PROCESS,
	  KEPT,
	  .set = set_cpuset,
	  .get = get_cpuset,
	  .change = change_group,
	  .doors = TWO_DOORS,
	  MAKES_GROUPS },
};

TEST(kept, .summary = "the child begins in its parent's control groups, and can leave them alone", ATTRIBUTES(to_keep))
{
	test_inheritance();
}

TEST(parent_moves, .covers = "INH-CGRP-03", .features = FEATURES(CGROUP2), .caps = CAP(DAC_OVERRIDE),
     .summary = "when the parent moves to another group its child stays")
{
	const long long before = get_groups();

	SETUP(make_cgroup("", parents, sizeof(parents)));
	long child = sys_fork();
	if (child == 0) {
		await(MOVED);
		EXPECT_EQ(get_groups(), before);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	join(parents);
	post(MOVED);
	EXPECT_NE(get_groups(), before);
	EXPECT_EXITED(child, 0);
}

TEST(kept_by_exec, .covers = "INH-CGRP-02", .features = FEATURES(CGROUP2), .caps = CAP(DAC_OVERRIDE),
     .summary = "a child is still in its parent's groups when it has executed a program")
{
	char byte, path[64];
	int ends[2];

	set_version_2();
	SETUP(pipe(ends));
	pid_t child = fork_helper();
	if (child == 0)
		SETUP(execute_self(IMAGE_PAUSE, ends[1]));
	SETUP(sys_close(ends[1]));
	SETUP(sys_read(ends[0], &byte, 1) == 1 ? 0 : -EPIPE);
	proc_path(path, sizeof(path), child, "cgroup");
	EXPECT_EQ(digest(path), get_groups());
	checked_kill(child, SIGKILL);
	EXPECT_KILLED(child, SIGKILL);
}

/* ---- What the group shows ------------------------------------------------------------------------ */

/* How many numbers a file of the group has, and whether this is one of them. */
static int members(const char *group, const char *file, pid_t pid, bool *listed)
{
	char path[256], text[1024];
	int count = 0;

	snprintf(path, sizeof(path), "%s/%s", group, file);
	SETUP(read_file(path, text, sizeof(text)));
	*listed = false;
	for (char *at = text, *end; strtol(at, &end, 10), end != at; at = end) {
		*listed |= strtol(at, NULL, 10) == pid;
		count++;
	}
	return count;
}

static void expect_members(const char *group, const char *file, pid_t pid, int count)
{
	bool listed;

	EXPECT_EQ(members(group, file, pid, &listed), count);
	EXPECT_TRUE(listed);
}

static const struct version {
	struct case_head head;
	const char *controller;
} versions[] = {
	{ { "version_2", .features = FEATURES(NEEDS_CGROUP2) }, "" },
	{ { "pids", .features = FEATURES(NEEDS_CGROUP_PIDS) }, "pids" },
};

TEST(child_listed, .covers = "INH-CGRP-08", .caps = CAP(DAC_OVERRIDE),
     .summary = "cgroup.procs lists a child as soon as the call that made it returns", CASES_NEEDING(versions))
{
	const struct version *version = this_case();
	bool listed;

	SETUP(make_cgroup(version->controller, parents, sizeof(parents)));
	join(parents);
	expect_members(parents, "cgroup.procs", sys_getpid(), 1);
	long child = sys_fork();
	if (child == 0) {
		expect_members(parents, "cgroup.procs", sys_getpid(), 2);
		await(LEAVE);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	expect_members(parents, "cgroup.procs", (pid_t)child, 2);
	post(LEAVE);
	EXPECT_EXITED(child, 0);
	members(parents, "cgroup.procs", (pid_t)child, &listed);
	EXPECT_TRUE(!listed);
}

static int wait_to_leave(void *arg)
{
	(void)arg;
	await(LEAVE);
	return 0;
}

static const char *thread_file(const char *group)
{
	return is_cgroup2(group) ? "cgroup.threads" : "tasks";
}

TEST(thread_listed, .covers = "INH-CGRP-11", .caps = CAP(DAC_OVERRIDE),
     .summary = "a thread is listed in cgroup.threads (version 1: tasks), and its process in cgroup.procs once",
     CASES_NEEDING(versions))
{
	const struct version *version = this_case();

	SETUP(make_cgroup(version->controller, parents, sizeof(parents)));
	join(parents);
	pid_t tid = start_thread(wait_to_leave, NULL);
	expect_members(parents, thread_file(parents), tid, 2);
	expect_members(parents, "cgroup.procs", sys_getpid(), 1);
	post(LEAVE);
	await_thread_gone(tid);
}

/* ---- The last one -------------------------------------------------------------------------------- */

static long long populated(const char *group)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/cgroup.events", group);
	return proc_field(path, "populated", 10);
}

/* A process is no member any more only a moment after it is waited for, in Linux 7. */
static void await_unpopulated(const char *group)
{
	while (populated(group) == 1)
		sys_sched_yield();
	EXPECT_EQ(populated(group), 0);
}

TEST(populated_until_last, .covers = "INH-CGRP-10", .caps = CAP(DAC_OVERRIDE), .features = FEATURES(CGROUP2),
     .summary = "a group and the one above it are populated as long as a process is left, also one that its maker left "
		"behind")
{
	char above[192], group[192];

	SETUP(make_cgroup("", above, sizeof(above)));
	SETUP(make_cgroup_in(above, group, sizeof(group)));
	EXPECT_EQ(populated(group), 0);
	pid_t first = fork_helper();
	if (first == 0) {
		join(group);
		start_child(LEAVE_TOO, 0);
		post(MOVED);
		await(LEAVE);
		leave(0);
	}
	await(MOVED);
	EXPECT_EQ(populated(group), 1);
	EXPECT_EQ(populated(above), 1);
	post(LEAVE);
	EXPECT_EXITED(first, 0);
	EXPECT_EQ(populated(group), 1);
	EXPECT_EQ(populated(above), 1);
	post(LEAVE_TOO);
	await_unpopulated(group);
	await_unpopulated(above);
}

TEST(end_is_told, .covers = "INH-CGRP-10", .caps = CAP(DAC_OVERRIDE), .features = FEATURES(CGROUP2),
     .summary = "a poll of cgroup.events returns when the last process has ended")
{
	char path[256], text[128];

	SETUP(make_cgroup("", parents, sizeof(parents)));
	pid_t child = fork_helper();
	if (child == 0) {
		join(parents);
		post(MOVED);
		await(LEAVE);
		leave(0);
	}
	await(MOVED);
	snprintf(path, sizeof(path), "%s/cgroup.events", parents);
	struct pollfd events = { .fd = (int)SETUP(sys_open(path, O_RDONLY | O_CLOEXEC)), .events = POLLPRI };
	SETUP(sys_read(events.fd, text, sizeof(text)));
	EXPECT_EQ(populated(parents), 1);
	post(LEAVE);
	while (populated(parents) == 1) {
		EXPECT_EQ(sys_poll(&events, 1, true), 1);
		SETUP(sys_lseek(events.fd, 0, SEEK_SET));
		SETUP(sys_read(events.fd, text, sizeof(text)));
	}
	EXPECT_EQ(populated(parents), 0);
	EXPECT_EXITED(child, 0);
}
