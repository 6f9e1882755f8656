// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* CLONE_INTO_CGROUP: a child that begins in another control group than its parent. */
#include "forkcheck.h"

#include <stdio.h>
#include <string.h>

enum { LEAVE, RAN };

#define CGROUP2 NEEDS_CLONE3, NEEDS_CGROUP2, NEEDS_PROC
/* Groups are made by whoever may write to the hierarchy. */
#define MANAGE .as_root = true, .caps = CAP(DAC_OVERRIDE)

static char group[192];

static int open_group(int flags)
{
	SETUP(make_cgroup("", group, sizeof(group)));
	return (int)SETUP(sys_open(group, flags | O_DIRECTORY | O_CLOEXEC));
}

/* The path of the caller's group, as its own cgroup namespace shows it. */
static char *own_group(char *path, size_t size)
{
	char text[1024];

	SETUP(read_file("/proc/self/cgroup", text, sizeof(text)));
	char *at = strncmp(text, "0::", 3) ? strstr(text, "\n0::") : text;
	path[0] = 0;
	if (!at)
		return path;
	at = strstr(at, "::") + 2;
	at[strcspn(at, "\n")] = 0;
	append_text(path, size, at);
	return path;
}

static long create_into(uint64_t cgroup, size_t size)
{
	struct clone3_args args = { .flags = CLONE_INTO_CGROUP, .exit_signal = SIGCHLD, .cgroup = cgroup };

	return sys_clone3(&args, size);
}

static const struct opened {
	struct case_head head;
	int flags;
} opened[] = {
	{ { "readable", .covers = "CLONE-CGROUP-03" }, O_RDONLY },
	{ { "path", .covers = "CLONE-CGROUP-04" }, O_PATH },
};

TEST(placed, .covers = "CLONE-CGROUP-02", MANAGE, .features = FEATURES(CGROUP2),
     .summary = "the child begins in the group whose descriptor it is given, its parent stays", CASES_NEEDING(opened))
{
	const struct opened *row = this_case();
	char before[192], now[192];
	int fd = open_group(row->flags);

	own_group(before, sizeof(before));
	long child = create_into((uint64_t)fd, sizeof(struct clone3_args));
	if (child == 0) {
		const char *name = strrchr(group, '/'), *end = strrchr(own_group(now, sizeof(now)), '/');
		EXPECT_TRUE(end && !strcmp(end, name));
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	EXPECT_TRUE(!strcmp(own_group(now, sizeof(now)), before));
}

TEST(beside_the_parent, .covers = "CLONE-CGROUP-01", .features = FEATURES(NEEDS_CGROUP2, NEEDS_PROC),
     .summary = "without the flag the child begins in its parent's group", THROUGH(fork_doors))
{
	const struct fork_door *door = this_door();
	char before[192], now[192];

	own_group(before, sizeof(before));
	long child = door->fork();
	if (child == 0) {
		EXPECT_TRUE(!strcmp(own_group(now, sizeof(now)), before));
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
}

/* The lines of the hierarchies of version 1: all but one. */
static void groups_of_version_1(char *text, size_t size)
{
	char *line = text;

	SETUP(read_file("/proc/self/cgroup", text, size));
	while (*line) {
		char *next = strchr(line, '\n');
		next = next ? next + 1 : line + strlen(line);
		if (strncmp(line, "0::", 3))
			line = next;
		else
			memmove(line, next, strlen(next) + 1);
	}
}

TEST(version_1_as_before, .covers = "CLONE-CGROUP-05", .caps = CAP(DAC_OVERRIDE), .features = FEATURES(CGROUP2),
     .summary = "in hierarchies of version 1 the child is in its parent's groups all the same")
{
	char before[2048], now[2048], other[192];

	groups_of_version_1(before, sizeof(before));
	if (!*before)
		SKIP(SKIP_SURROUNDINGS, "cgroup1", "no hierarchy of version 1");
	int fd = open_group(O_RDONLY);
	/* Best in a group that is not the root, where one can be made. */
	if (!make_cgroup("pids", other, sizeof(other)) && !is_cgroup2(other))
		SETUP(write_cgroup(other, "cgroup.procs", "0"));
	groups_of_version_1(before, sizeof(before));
	long child = create_into((uint64_t)fd, sizeof(struct clone3_args));
	if (child == 0) {
		groups_of_version_1(now, sizeof(now));
		EXPECT_TRUE(!strcmp(now, before));
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
}

/* ---- Frozen groups ------------------------------------------------------------------------------ */

static const struct release {
	struct case_head head;
	bool thaw;
} releases[] = {
	{ { "thawed", .covers = "CLONE-CGROUP-06" }, true },
	{ { "killed", .covers = "CLONE-CGROUP-06 INH-CGRP-19" }, false },
};

TEST(born_frozen, .caps = CAP(DAC_OVERRIDE), .features = FEATURES(CGROUP2),
     .summary = "a child created into a frozen group does not run before the thaw, and may be killed",
     CASES_NEEDING(releases))
{
	const struct release *row = this_case();
	char events[224];

	int fd = open_group(O_RDONLY);
	snprintf(events, sizeof(events), "%s/cgroup.events", group);
	SETUP(write_cgroup(group, "cgroup.freeze", "1"));
	long child = create_into((uint64_t)fd, sizeof(struct clone3_args));
	if (child == 0) {
		post(RAN);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	/* It has nothing else to sleep for: either it is frozen, or it runs to its end. */
	await_state((pid_t)child, 0, "SDZ");
	EXPECT_TRUE(!posted(RAN));
	EXPECT_EQ(proc_field(events, "frozen", 10), 1);
	EXPECT_EQ(proc_field(events, "populated", 10), 1);
	if (row->thaw) {
		SETUP(write_cgroup(group, "cgroup.freeze", "0"));
		EXPECT_EXITED(child, 0);
		EXPECT_TRUE(posted(RAN));
	} else {
		checked_kill((pid_t)child, SIGKILL);
		EXPECT_KILLED(child, SIGKILL);
		EXPECT_TRUE(!posted(RAN));
	}
}

/* ---- Threads ------------------------------------------------------------------------------------ */

static int wait_to_leave(void *arg)
{
	(void)arg;
	await(LEAVE);
	return 0;
}

TEST(thread_placed, .covers = "CLONE-CGROUP-16 CLONE-CGROUP-17", .caps = CAP(DAC_OVERRIDE),
     .features = FEATURES(CGROUP2),
     .summary = "a thread may begin in a threaded group of its process's domain, and in no other domain")
{
	char inner[192], path[64], text[1024];

	SETUP(make_cgroup("", group, sizeof(group)));
	SETUP(make_cgroup_in(group, inner, sizeof(inner)));
	int fd = (int)SETUP(sys_open(inner, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
	SETUP(write_cgroup(group, "cgroup.procs", "0"));
	long refused = CLONE_CALL(VIA_CLONE3, new_stack(), wait_to_leave, NULL,
				  .flags = THREAD_FLAGS | CLONE_INTO_CGROUP, .cgroup = fd);
	EXPECT_FAILS(refused, EOPNOTSUPP);
	SETUP(write_cgroup(inner, "cgroup.type", "threaded"));
	long tid = CLONE_CALL(VIA_CLONE3, new_stack(), wait_to_leave, NULL, .flags = THREAD_FLAGS | CLONE_INTO_CGROUP,
			      .cgroup = fd);
	REQUIRE_GT(tid, 0);
	snprintf(path, sizeof(path), "/proc/self/task/%d/cgroup", (int)tid);
	SETUP(read_file(path, text, sizeof(text)));
	EXPECT_TRUE(strstr(text, strrchr(inner, '/')));
	SETUP(read_file("/proc/self/cgroup", text, sizeof(text)));
	EXPECT_TRUE(!strstr(text, strrchr(inner, '/')) && strstr(text, strrchr(group, '/')));
	post(LEAVE);
	await_thread_gone((pid_t)tid);
}

/* ---- Refusals ----------------------------------------------------------------------------------- */

TEST(bad_descriptor, .covers = "CLONE-CGROUP-11 CLONE-CGROUP-12 CLONE-CGROUP-13", .features = FEATURES(NEEDS_CLONE3),
     .summary = "a descriptor of anything but a version 2 group is refused, and so is a structure without the member")
{
	int null = (int)SETUP(sys_open("/", O_RDONLY | O_DIRECTORY));

	long child = create_into(399, sizeof(struct clone3_args));
	EXPECT_REFUSED(child, EBADF);
	child = create_into((uint64_t)null, sizeof(struct clone3_args));
	EXPECT_REFUSED(child, EBADF);
	child = create_into(1ULL << 31, sizeof(struct clone3_args));
	EXPECT_REFUSED(child, EINVAL);
	child = create_into((uint64_t)null, 80);
	EXPECT_REFUSED(child, EINVAL);
	EXPECT_NO_CHILD();
}

TEST(not_writable, .covers = "CLONE-CGROUP-07", MANAGE, .features = FEATURES(CGROUP2, NEEDS_TWO_IDS),
     .summary = "a caller who may not move processes into a group can't create them there either")
{
	int fd = open_group(O_RDONLY);

	char procs[224] = "";
	append_text(procs, sizeof(procs), group);
	append_text(procs, sizeof(procs), "/cgroup.procs");
	SETUP(SYSCALL4(SYS_fchmodat, AT_FDCWD, procs, 0444, 0));
	pid_t poor = fork_helper();
	if (poor == 0) {
		set_capabilities(0);
		long child = create_into((uint64_t)fd, sizeof(struct clone3_args));
		EXPECT_REFUSED(child, EACCES);
		leave(0);
	}
	EXPECT_EXITED(poor, 0);
	long child = create_into((uint64_t)fd, sizeof(struct clone3_args));
	if (child == 0)
		leave(0);
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
}

/* A group below another, in which the pids controller of version 2 counts. */
static int open_counted(char *above, size_t size)
{
	SETUP(make_cgroup("pids", above, size));
	if (!is_cgroup2(above))
		SKIP(SKIP_SURROUNDINGS, "pids", "the controller belongs to version 1");
	SETUP(write_cgroup(above, "cgroup.subtree_control", "+pids"));
	SETUP(make_cgroup_in(above, group, sizeof(group)));
	return (int)SETUP(sys_open(group, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
}

TEST(counted_there, .covers = "CLONE-CGROUP-20", .caps = CAP(DAC_OVERRIDE),
     .features = FEATURES(CGROUP2, NEEDS_CGROUP_PIDS),
     .summary = "the child counts in the group that it begins in and those above, and not in its parent's")
{
	char above[192], callers[192];
	int fd = open_counted(above, sizeof(above));

	SETUP(make_cgroup("pids", callers, sizeof(callers)));
	SETUP(write_cgroup(callers, "cgroup.procs", "0"));
	long child = create_into((uint64_t)fd, sizeof(struct clone3_args));
	if (child == 0) {
		await(LEAVE);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EQ(read_cgroup(group, "pids.current"), 1);
	EXPECT_EQ(read_cgroup(above, "pids.current"), 1);
	EXPECT_EQ(read_cgroup(callers, "pids.current"), 1);
	post(LEAVE);
	EXPECT_EXITED(child, 0);
	EXPECT_EQ(read_cgroup(group, "pids.current"), 0);
	EXPECT_EQ(read_cgroup(above, "pids.current"), 0);
}

static const struct limited {
	const char *name;
	bool above;
} limits[] = {
	{ "its_own", false },
	{ "above", true },
};

TEST(limit_of_the_target, .covers = "CLONE-CGROUP-10", MANAGE, .features = FEATURES(CGROUP2, NEEDS_CGROUP_PIDS),
     .summary = "pids.max of the group, or of one above it, counts for the child that is created into it",
     CASES(limits))
{
	const struct limited *row = this_case();
	char above[192];
	int fd = open_counted(above, sizeof(above));

	SETUP(write_cgroup(row->above ? above : group, "pids.max", "0"));
	long child = create_into((uint64_t)fd, sizeof(struct clone3_args));
	EXPECT_REFUSED(child, EAGAIN);
	SETUP(write_cgroup(row->above ? above : group, "pids.max", "1"));
	child = create_into((uint64_t)fd, sizeof(struct clone3_args));
	if (child == 0)
		leave(0);
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
}

/* ---- Groups in a certain state ------------------------------------------------------------------- */

static const struct kill_case {
	const char *name;
	bool target, callers; /* the groups that were killed, when nobody was in them */
} kills[] = {
	{ "target", true, false },
	{ "callers_own", false, true },
	{ "both", true, true },
};

TEST(killed_before, .covers = "CLONE-CGROUP-22", MANAGE, .features = FEATURES(CGROUP2), CASES(kills),
     .summary =
	     "a child lives that begins in another group, whichever of that group and its parent's were killed before")
{
	const struct kill_case *row = this_case();
	char callers[192];
	int fd = open_group(O_RDONLY);

	need_release(5, 14); /* cgroup.kill */
	SETUP(make_cgroup("", callers, sizeof(callers)));
	if (row->target)
		SETUP(write_cgroup(group, "cgroup.kill", "1"));
	if (row->callers)
		SETUP(write_cgroup(callers, "cgroup.kill", "1"));
	SETUP(write_cgroup(callers, "cgroup.procs", "0"));
	long child = create_into((uint64_t)fd, sizeof(struct clone3_args));
	if (child == 0)
		leave(7);
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 7);
}

TEST(limit_of_the_caller, .covers = "CLONE-CGROUP-21", MANAGE, .features = FEATURES(CGROUP2, NEEDS_CGROUP_PIDS),
     .summary = "pids.max of the caller's own group refuses a plain fork, and not a child that begins in another group")
{
	char above[192], callers[192];
	int fd = open_counted(above, sizeof(above));

	SETUP(make_cgroup("pids", callers, sizeof(callers)));
	SETUP(write_cgroup(callers, "cgroup.procs", "0"));
	SETUP(write_cgroup(callers, "pids.max", "1"));
	long child = sys_fork();
	EXPECT_REFUSED(child, EAGAIN);
	child = create_into((uint64_t)fd, sizeof(struct clone3_args));
	if (child == 0)
		leave(0);
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
}
