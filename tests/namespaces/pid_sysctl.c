// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* Settings that each PID namespace has for itself: ns_last_pid and pid_max in /proc/sys/kernel. */
#include "powers.h"

#ifndef CAP_CHECKPOINT_RESTORE
#define CAP_CHECKPOINT_RESTORE 40
#endif

#define PID_MAX NEEDS_PID_NS, NEEDS_PROC, NEEDS_PROC_SYS
#define LAST_PID PID_MAX, NEEDS_CHECKPOINT_RESTORE

static const char last_pid[] = "/proc/sys/kernel/ns_last_pid", pid_max[] = "/proc/sys/kernel/pid_max";

/* Of the caller's PID namespace, whichever mount of /proc it is; -errno where it can't be read. */
static long get(const char *path)
{
	char text[32];
	long length = read_file(path, text, sizeof(text));

	return length < 0 ? length : strtol(text, NULL, 10);
}

static long set(const char *path, long value)
{
	char text[32] = "";

	append_number(text, sizeof(text), value);
	return write_file(path, text);
}

/* The number that the next process gets. */
static pid_t next_pid(void)
{
	pid_t child = fork_helper();

	if (child == 0)
		leave(0);
	EXPECT_EXITED(child, 0);
	return child;
}

/* ---- ns_last_pid ---------------------------------------------------------------------------------- */

TEST(last_is_shown, .covers = "PIDNS-34", .features = FEATURES(LAST_PID),
     .summary = "ns_last_pid shows the last PID that was given out in the namespace, to processes and threads",
     CASES_NEEDING(powers))
{
	const struct power *power = this_case();

	long init = CLONE_HERE(VIA_CLONE, .flags = CLONE_NEWPID | power->flags, .exit_signal = SIGCHLD);
	if (init == 0) {
		EXPECT_EQ(get(last_pid), 1);
		pid_t child = next_pid();
		EXPECT_EQ(child, 2);
		EXPECT_EQ(get(last_pid), child);
		pid_t tid = start_thread(return_zero, NULL);
		EXPECT_EQ(tid, 3);
		EXPECT_EQ(get(last_pid), tid);
		await_thread_gone(tid);
		leave(0);
	}
	REQUIRE_GT(init, 0);
	EXPECT_EXITED(init, 0);
}

TEST(next_follows_last, .covers = "PIDNS-35 PIDNS-46", .features = FEATURES(LAST_PID),
     .summary = "the next PID is the first free one above what was written to ns_last_pid", CASES_NEEDING(powers))
{
	const struct power *power = this_case();

	long init = CLONE_HERE(VIA_CLONE, .flags = CLONE_NEWPID | power->flags, .exit_signal = SIGCHLD);
	if (init == 0) {
		REQUIRE_EQ(sys_getpid(), 1); /* or these would be others' settings */
		EXPECT_OK(set(last_pid, 1999));
		EXPECT_EQ(get(last_pid), 1999);
		pid_t busy = fork_helper();
		if (busy == 0)
			leave(0);
		EXPECT_EQ(busy, 2000);
		EXPECT_EQ(get(last_pid), 2000);
		/* Until it is reaped, its number is in use. */
		EXPECT_OK(set(last_pid, 1999));
		EXPECT_EQ(next_pid(), 2001);
		EXPECT_EXITED(busy, 0);
		EXPECT_OK(set(last_pid, 1999));
		EXPECT_EQ(next_pid(), 2000);
		leave(0);
	}
	REQUIRE_GT(init, 0);
	EXPECT_EXITED(init, 0);
}

#define EITHER (CAP(SYS_ADMIN) | CAP(CHECKPOINT_RESTORE))

static const struct writer {
	const char *name;
	uint64_t keeps;
	bool elsewhere; /* in a user namespace below the owner */
	int error;
} writers[] = {
	{ "sys_admin", CAP(SYS_ADMIN), false, 0 },
	{ "checkpoint_restore", CAP(CHECKPOINT_RESTORE), false, 0 },
	{ "all_but_both", ~EITHER, false, EPERM },
	{ "all_elsewhere", ~(uint64_t)0, true, EPERM },
};

TEST(writing_needs_capability, .covers = "PIDNS-36", .features = FEATURES(LAST_PID, NEEDS_USER_NS),
     .summary = "ns_last_pid is written with CAP_SYS_ADMIN or CAP_CHECKPOINT_RESTORE in the owner, and not otherwise",
     CASES(writers))
{
	const struct writer *writer = this_case();
	uid_t uid = geteuid();
	gid_t gid = getegid();

	/* Its first process has all capabilities. */
	long init = CLONE_HERE(VIA_CLONE, .flags = CLONE_NEWPID | CLONE_NEWUSER, .exit_signal = SIGCHLD);
	if (init == 0) {
		REQUIRE_EQ(sys_getpid(), 1);
		SETUP(map_user_namespace(0, 1, 1, uid, gid)); /* or it could not make a user namespace */
		if (writer->elsewhere)
			SETUP(sys_unshare(CLONE_NEWUSER));
		set_capabilities(effective_capabilities() & writer->keeps);
		long result = set(last_pid, 99);
		if (writer->error)
			EXPECT_FAILS(result, writer->error);
		else
			EXPECT_OK(result);
		EXPECT_EQ(next_pid(), writer->error ? 2 : 100);
		leave(0);
	}
	REQUIRE_GT(init, 0);
	EXPECT_EXITED(init, 0);
}

/* ---- Each for itself ------------------------------------------------------------------------------ */

/* Calls the functions in two nested namespaces, in which no one else is: first the outer, the inner, the outer again. */
static void in_two_namespaces(const struct power *power, void (*before)(void), void (*inside)(void),
			      void (*after)(void))
{
	pid_t outer = (pid_t)SETUP(CLONE_HERE(VIA_CLONE, .flags = CLONE_NEWPID | power->flags, .exit_signal = SIGCHLD));
	if (outer == 0) {
		REQUIRE_EQ(sys_getpid(), 1);
		before();
		long inner = CLONE_HERE(VIA_CLONE, .flags = CLONE_NEWPID, .exit_signal = SIGCHLD);
		if (inner == 0) {
			REQUIRE_EQ(sys_getpid(), 1);
			inside();
			leave(0);
		}
		REQUIRE_EQ(inner, 701);
		EXPECT_EXITED(inner, 0);
		after();
		leave(0);
	}
	EXPECT_EXITED(outer, 0);
}

static void move_last(void)
{
	EXPECT_OK(set(last_pid, 700));
}

static void expect_own_last(void)
{
	EXPECT_EQ(get(last_pid), 1);
	EXPECT_OK(set(last_pid, 5000));
}

static void expect_last_kept(void)
{
	EXPECT_EQ(get(last_pid), 701);
	EXPECT_EQ(next_pid(), 702);
}

TEST(last_is_separate, .covers = "PIDNS-37", .features = FEATURES(LAST_PID),
     .summary = "a value written to ns_last_pid counts in the writer's PID namespace, not above and not below",
     CASES_NEEDING(powers))
{
	in_two_namespaces(this_case(), move_last, expect_own_last, expect_last_kept);
}

static long *greatest;

static void lower_max(void)
{
	SETUP(set(last_pid, 700));
	*greatest = get(pid_max);
	EXPECT_FAILS(set(pid_max, *greatest + 1), EINVAL);
	EXPECT_OK(set(pid_max, *greatest));
	EXPECT_OK(set(pid_max, 2000));
	EXPECT_EQ(get(pid_max), 2000);
}

static void expect_greatest(void)
{
	EXPECT_EQ(get(pid_max), *greatest);
	EXPECT_OK(set(pid_max, 1000));
	EXPECT_EQ(get(pid_max), 1000);
	/* It is the first number that is not given out. */
	SETUP(set(last_pid, 998));
	EXPECT_EQ(next_pid(), 999);
	pid_t wrapped = next_pid();
	EXPECT_GT(wrapped, 1);
	EXPECT_LT(wrapped, 999);
}

static void expect_max_kept(void)
{
	EXPECT_EQ(get(pid_max), 2000);
	SETUP(set(last_pid, 1500));
	EXPECT_EQ(next_pid(), 1501);
}

TEST(max_is_separate, .reaches = "pid_max of the machine", .covers = "PIDNS-44 PIDNS-45 PIDNS-47",
     .features = FEATURES(LAST_PID),
     .summary =
	     "a PID namespace starts with the greatest possible pid_max, and a value written to it counts there only",
     CASES_NEEDING(powers))
{
	greatest = shared(sizeof(*greatest));
	in_two_namespaces(this_case(), lower_max, expect_greatest, expect_max_kept);
	EXPECT_GE(*greatest, get(pid_max));
}

/* ---- Every number used ----------------------------------------------------------------------------- */

enum { MAY_END, ALL_MAY_END };

#define RESERVED 300 /* from there on numbers are given out again, once the greatest was */

/* Four numbers are left in the caller's namespace: from RESERVED on. */
static void leave_four(void)
{
	SETUP(set(last_pid, RESERVED));
	SETUP(set(pid_max, RESERVED + 4));
}

static void expect_full(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(fork_doors); i++) {
		if (!features_expected(fork_doors[i].head.features))
			continue;
		long result = fork_doors[i].fork();
		EXPECT_REFUSED(result, EAGAIN, fork_doors[i].head.name);
	}
	long tid = CLONE_CALL(VIA_CLONE, new_stack(), return_zero, NULL, .flags = THREAD_FLAGS);
	EXPECT_FAILS(tid, EAGAIN);
}

/* Takes so many numbers, and then there is none; when one is free again, it can be had. */
static void fill(unsigned numbers)
{
	pid_t child[4];

	for (unsigned i = 0; i < numbers; i++)
		child[i] = start_child(i ? ALL_MAY_END : MAY_END, 0);
	expect_full();
	post(MAY_END);
	EXPECT_EXITED(child[0], 0);
	long last = sys_fork();
	if (last == 0)
		leave(0);
	EXPECT_OK(last);
	if (last > 0)
		EXPECT_EXITED(last, 0);
	post(ALL_MAY_END);
	for (unsigned i = 1; i < numbers; i++)
		EXPECT_EXITED(child[i], 0, i);
}

static const struct fullness {
	struct case_head head;
	unsigned inside; /* PID namespaces further in, where the caller is */
} fullnesses[] = {
	{ { .name = "own", .covers = "FORK-056 PIDNS-47" }, 0 },
	{ { .name = "outer", .covers = "PIDNS-69" }, 1 },
	{ { .name = "outermost", .covers = "PIDNS-69" }, 2 },
};

TEST(all_used, .reaches = "pid_max of the machine", .features = FEATURES(LAST_PID), .caps = CAP(SYS_ADMIN),
     .summary =
	     "where a PID namespace, or one around it, has no number left, fork and clone fail with EAGAIN until one is",
     CASES_NEEDING(fullnesses))
{
	const struct fullness *row = this_case();

	for (unsigned level = 0;; level++) {
		long init = CLONE_HERE(VIA_CLONE, .flags = CLONE_NEWPID, .exit_signal = SIGCHLD);
		if (init > 0) {
			EXPECT_EXITED(init, 0, level);
			if (level == 0)
				return;
			leave(0);
		}
		REQUIRE_EQ(init, 0, level);
		REQUIRE_EQ(sys_getpid(), 1, level);
		if (level == 0)
			leave_four();
		if (level == row->inside) {
			/* Each namespace between has taken one. */
			fill(4 - row->inside);
			leave(0);
		}
	}
}
