// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* PID namespaces: which number a process has, in which namespace, and who sees it. */
#include "forkcheck.h"

#include <string.h>

#define PID_NS NEEDS_PID_NS

enum { FIRST_IS_READY, SECOND_IS_READY, MAY_GO };

TEST(init_is_one, .covers = "PIDNS-01 PIDNS-23", .caps = CAP(SYS_ADMIN), .features = FEATURES(PID_NS),
     .summary = "the first process of a PID namespace has PID 1 and sees 0 as its parent's", THROUGH(clone_doors))
{
	const struct clone_door *door = this_door();

	long init = CLONE_HERE(door->via, .flags = CLONE_NEWPID, .exit_signal = SIGCHLD);
	if (init == 0) {
		EXPECT_EQ(sys_getpid(), 1);
		EXPECT_EQ(sys_gettid(), 1);
		EXPECT_EQ(sys_getppid(), 0);
		leave(0);
	}
	REQUIRE_GT(init, 1);
	EXPECT_EXITED(init, 0);
}

static int tell_pid(void *arg)
{
	*(pid_t *)arg = sys_getpid();
	return 0;
}

TEST(numbers_rise, .covers = "PIDNS-03 PIDNS-04", .caps = CAP(SYS_ADMIN), .features = FEATURES(PID_NS),
     .summary = "fork, clone and vfork inside a new PID namespace give out 2, 3, 4 ... there")
{
	static const struct fork_door *const doors[] = { &fork_doors[0], &fork_doors[1], &fork_doors[2] };
	pid_t *told = shared(sizeof(*told));

	long init = CLONE_HERE(VIA_CLONE, .flags = CLONE_NEWPID, .exit_signal = SIGCHLD);
	if (init == 0) {
		pid_t next = 2;
		for (size_t i = 0; i < ARRAY_SIZE(doors); i++) {
			long child = doors[i]->fork();
			if (child == 0)
				leave(tell_pid(told));
			EXPECT_EQ(child, next++, i);
			EXPECT_EXITED(child, 0, i);
			EXPECT_EQ(*told, child, i);
		}
		long child = vfork_doors[0].vfork(tell_pid, told);
		EXPECT_EQ(child, next);
		EXPECT_EXITED(child, 0);
		EXPECT_EQ(*told, child);
		leave(0);
	}
	REQUIRE_GT(init, 0);
	EXPECT_EXITED(init, 0);
}

TEST(same_number_twice, .covers = "PIDNS-02", .caps = CAP(SYS_ADMIN), .features = FEATURES(PID_NS),
     .summary = "two PID namespaces may have the same number at the same time")
{
	long first = CLONE_HERE(VIA_CLONE, .flags = CLONE_NEWPID, .exit_signal = SIGCHLD);
	if (first == 0) {
		EXPECT_EQ(sys_getpid(), 1);
		post(FIRST_IS_READY);
		await(MAY_GO);
		leave(0);
	}
	REQUIRE_GT(first, 0);
	long second = CLONE_HERE(VIA_CLONE, .flags = CLONE_NEWPID, .exit_signal = SIGCHLD);
	if (second == 0) {
		EXPECT_EQ(sys_getpid(), 1);
		post(SECOND_IS_READY);
		await(MAY_GO);
		leave(0);
	}
	REQUIRE_GT(second, 0);
	EXPECT_NE(first, second);
	await(FIRST_IS_READY);
	await(SECOND_IS_READY);
	post(MAY_GO);
	EXPECT_EXITED(first, 0);
	EXPECT_EXITED(second, 0);
}

/* The values of a line of /proc/self/status. Returns how many. */
static size_t level_values(const char *key, pid_t *values, size_t room)
{
	char text[8192];
	size_t n = 0;

	SETUP(read_file("/proc/self/status", text, sizeof(text)));
	char *at = strstr(text, key);
	if (!at)
		return 0;
	for (at += strlen(key); n < room && *at != '\n'; n++)
		values[n] = (pid_t)strtol(at, &at, 10);
	return n;
}

/* The caller leads its group and session, so that all four lines tell the same. */
static void expect_numbers(const pid_t *want)
{
	static const char *const keys[] = { "\nNSpid:", "\nNStgid:", "\nNSpgid:", "\nNSsid:" };
	pid_t values[8];

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		size_t n = level_values(keys[i], values, ARRAY_SIZE(values));
		/* Namespaces further out that this /proc does not see have no value. */
		EXPECT_EQ(n, 3U, keys[i] + 1);
		for (size_t level = 0; n == 3 && level < n; level++)
			EXPECT_EQ(values[level], want[level], keys[i] + 1);
	}
}

TEST(one_number_per_level, .covers = "PIDNS-19 PIDNS-21 PIDNS-40 THR-10", .caps = CAP(SYS_ADMIN),
     .features = FEATURES(PID_NS, NEEDS_PROC),
     .summary = "a process has a number in its namespace and in each above it, and clone returns the caller's")
{
	pid_t *numbers = shared(3 * sizeof(*numbers)); /* of the innermost, from the outside in */

	long outer = CLONE_HERE(VIA_CLONE, .flags = CLONE_NEWPID, .exit_signal = SIGCHLD);
	if (outer == 0) {
		long inner = CLONE_HERE(VIA_CLONE, .flags = CLONE_NEWPID, .exit_signal = SIGCHLD);
		if (inner == 0) {
			pid_t seen[8];
			SETUP(sys_setsid());
			REQUIRE_GT(level_values("\nNSpid:", seen, ARRAY_SIZE(seen)), 0U);
			numbers[0] = seen[0];
			numbers[2] = sys_getpid();
			post(FIRST_IS_READY);
			await(MAY_GO);
			expect_numbers(numbers);
			leave(0);
		}
		REQUIRE_GT(inner, 0);
		numbers[1] = (pid_t)inner;
		post(SECOND_IS_READY);
		EXPECT_EQ(inner, 2);
		EXPECT_EXITED(inner, 0);
		leave(0);
	}
	REQUIRE_GT(outer, 0);
	await(FIRST_IS_READY);
	await(SECOND_IS_READY);
	EXPECT_NE(numbers[0], outer);
	EXPECT_EQ(numbers[2], 1);
	EXPECT_OK(checked_kill(numbers[0], 0));
	post(MAY_GO);
	EXPECT_EXITED(outer, 0);
	EXPECT_FAILS(checked_kill(numbers[0], 0), ESRCH);
}

TEST(parents_are_invisible, .covers = "PIDNS-20", .caps = CAP(SYS_ADMIN), .features = FEATURES(PID_NS),
     .summary = "from inside a PID namespace the processes outside have no number")
{
	pid_t outside = sys_getpid();

	REQUIRE_GT(outside, 1);
	long init = CLONE_HERE(VIA_CLONE, .flags = CLONE_NEWPID, .exit_signal = SIGCHLD);
	if (init == 0) {
		EXPECT_OK(checked_kill(1, 0));
		EXPECT_FAILS(checked_kill(outside, 0), ESRCH);
		leave(0);
	}
	REQUIRE_GT(init, 0);
	EXPECT_EXITED(init, 0);
}

TEST(wait_has_the_callers_numbers, .covers = "PIDNS-19 PIDNS-40", .caps = CAP(SYS_ADMIN), .features = FEATURES(PID_NS),
     .summary = "wait and waitid give the number that the child has in the caller's PID namespace")
{
	siginfo_t info = { 0 };

	long init = CLONE_HERE(VIA_CLONE, .flags = CLONE_NEWPID, .exit_signal = SIGCHLD);
	if (init == 0) {
		pid_t child = fork_helper();
		if (child == 0)
			leave(0);
		long waited = wait_for(-1, NULL, 0, NULL);
		EXPECT_EQ(waited, 2);
		leave(0);
	}
	REQUIRE_GT(init, 2);
	EXPECT_OK(waitid_for(P_ALL, 0, &info, WEXITED | WNOWAIT, NULL));
	EXPECT_EQ(info.si_pid, init);
	EXPECT_EXITED(init, 0);
}

static int open_pid_namespace(pid_t pid)
{
	char path[64];

	return (int)SETUP(sys_open(proc_path(path, sizeof(path), pid, "ns/pid"), O_RDONLY | O_CLOEXEC));
}

TEST(setns_is_for_children, .covers = "PIDNS-22 PIDNS-24", .caps = CAP(SYS_ADMIN),
     .features = FEATURES(PID_NS, NEEDS_PROC, NEEDS_SETNS),
     .summary = "setns to a PID namespace leaves the caller's PID; its children are in there and see 0 as parent")
{
	long init = CLONE_HERE(VIA_CLONE, .flags = CLONE_NEWPID, .exit_signal = SIGCHLD);
	if (init == 0) {
		await(MAY_GO);
		leave(0);
	}
	REQUIRE_GT(init, 0);
	pid_t self = sys_getpid();
	uint64_t before = namespace_of_self("pid");
	EXPECT_OK(sys_setns(open_pid_namespace((pid_t)init), CLONE_NEWPID));
	EXPECT_EQ(sys_getpid(), self);
	EXPECT_EQ(namespace_of_self("pid"), before);
	long child = sys_fork();
	if (child == 0) {
		EXPECT_EQ(sys_getpid(), 2);
		EXPECT_EQ(sys_getppid(), 0);
		EXPECT_NE(namespace_of_self("pid"), before);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	post(MAY_GO);
	EXPECT_EXITED(init, 0);
}

TEST(orphan_of_a_joiner, .covers = "PIDNS-29", .caps = CAP(SYS_ADMIN),
     .features = FEATURES(PID_NS, NEEDS_PROC, NEEDS_SETNS),
     .summary = "a child put into another PID namespace by setns is adopted in its parent's namespace, not its own")
{
	pid_t *orphan = shared(sizeof(*orphan));

	SETUP(sys_prctl(36 /* PR_SET_CHILD_SUBREAPER */, 1, 0, 0, 0));
	long init = CLONE_HERE(VIA_CLONE, .flags = CLONE_NEWPID, .exit_signal = SIGCHLD);
	if (init == 0) {
		await(MAY_GO);
		EXPECT_NO_CHILD();
		leave(0);
	}
	REQUIRE_GT(init, 0);
	pid_t joiner = fork_helper();
	if (joiner == 0) {
		SETUP_RAW(sys_setns(open_pid_namespace((pid_t)init), CLONE_NEWPID));
		long child = sys_fork();
		if (child == 0) {
			await(SECOND_IS_READY);
			EXPECT_EQ(sys_getppid(), 0);
			leave(5);
		}
		REQUIRE_GT(child, 0);
		*orphan = (pid_t)child;
		leave(0);
	}
	EXPECT_EXITED(joiner, 0);
	post(SECOND_IS_READY);
	REQUIRE_GT(*orphan, 0);
	EXPECT_EXITED(*orphan, 5);
	post(MAY_GO);
	EXPECT_EXITED(init, 0);
}

/* ---- Together with other flags ----------------------------------------------------------------- */

TEST(sibling, .covers = "CLONE-NEWPID-05", .caps = CAP(SYS_ADMIN), .features = FEATURES(PID_NS),
     .summary = "CLONE_NEWPID with CLONE_PARENT makes the caller's sibling the first process of a namespace",
     THROUGH(clone_doors))
{
	const struct clone_door *door = this_door();
	struct {
		long result;
		pid_t self;
	} *seen = shared(sizeof(*seen));

	pid_t caller = fork_helper();
	if (caller == 0) {
		int exit_signal = door->via == VIA_CLONE3 ? 0 : SIGCHLD;
		long init = CLONE_HERE(door->via, .flags = CLONE_NEWPID | CLONE_PARENT, .exit_signal = exit_signal);
		if (init == 0) {
			seen->self = sys_getpid();
			leave(6);
		}
		seen->result = init;
		EXPECT_NO_CHILD();
		leave(0);
	}
	EXPECT_EXITED(caller, 0);
	REQUIRE_GT(seen->result, 0);
	EXPECT_EXITED(seen->result, 6);
	EXPECT_EQ(seen->self, 1);
}

static const struct combination {
	const char *name;
	uint64_t flags;
} accepted[] = {
	{ "memory", CLONE_VM },
	{ "handlers", CLONE_VM | CLONE_SIGHAND },
	{ "files", CLONE_FILES | CLONE_FS },
};

TEST(sharing, .covers = "CLONE-NEWPID-06 CLONE-NEWPID-07", .caps = CAP(SYS_ADMIN), .features = FEATURES(PID_NS),
     .summary = "the first process of a PID namespace may share memory, handlers and files with its parent",
     CASES(accepted), THROUGH(clone_doors))
{
	const struct combination *row = this_case();
	const struct clone_door *door = this_door();
	pid_t *told = shared(sizeof(*told));

	long init = CLONE_CALL(door->via, new_stack(), tell_pid, told, .flags = CLONE_NEWPID | row->flags,
			       .exit_signal = SIGCHLD);
	REQUIRE_GT(init, 0);
	/*
	 * Its status is not asked for: an init that ends makes SIGCHLD ignored, for all who share its handlers, and is
	 * then reaped by itself.
	 */
	checked_wait((pid_t)init, NULL, 0);
	EXPECT_EQ(*told, 1);
}

TEST(no_thread, .covers = "CLONE-NEWPID-04", .caps = CAP(SYS_ADMIN), .features = FEATURES(PID_NS),
     .summary = "a thread can't be in a PID namespace other than its process's", THROUGH(clone_doors))
{
	const struct clone_door *door = this_door();
	static int told;

	long tid = CLONE_CALL(door->via, new_stack(), tell_pid, &told, .flags = CLONE_NEWPID | THREAD_FLAGS);
	EXPECT_FAILS(tid, EINVAL);
	tid = CLONE_CALL(door->via, new_stack(), tell_pid, &told, .flags = THREAD_FLAGS);
	REQUIRE_GT(tid, 0);
	await_thread_gone((pid_t)tid);
	EXPECT_EQ(told, sys_getpid());
}
