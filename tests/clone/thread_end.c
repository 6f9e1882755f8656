// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* CLONE_THREAD: who learns of a thread's end, and what ends them all. */
#include "forkcheck.h"

enum { THREAD_RUNS, THREAD_MAY_GO, NEVER };

static int wait_to_go(void *unused)
{
	(void)unused;
	post(THREAD_RUNS);
	await(THREAD_MAY_GO);
	return 3;
}

static const struct wait_case {
	const char *name;
	int options;
} waits[] = {
	{ "plain", 0 },
	{ "all", __WALL },
	{ "own", __WNOTHREAD | __WALL },
};

TEST(is_not_waited_for, .covers = "CLONE-THREAD-06", .summary = "no wait call knows a thread, alive or ended",
     CASES(waits))
{
	const struct wait_case *row = this_case();
	siginfo_t info = { 0 };

	long tid = CLONE_CALL(VIA_CLONE, new_stack(), wait_to_go, NULL, .flags = THREAD_FLAGS, .exit_signal = SIGCHLD);
	REQUIRE_GT(tid, 0);
	await(THREAD_RUNS);
	EXPECT_FAILS(wait_for((pid_t)tid, NULL, row->options | WNOHANG, NULL), ECHILD);
	EXPECT_FAILS(waitid_for(P_PID, (int)tid, &info, row->options | WEXITED | WNOHANG, NULL), ECHILD);
	post(THREAD_MAY_GO);
	await_thread_gone((pid_t)tid);
	EXPECT_FAILS(wait_for(-1, NULL, row->options | WNOHANG, NULL), ECHILD);
}

TEST(signals_nobody, .covers = "CLONE-THREAD-05 CLONE-THREAD-23",
     .summary = "the end of a thread sends no signal, not even the one in the flags of clone")
{
	const sigset64 both = SIGBIT(SIGUSR1) | SIGBIT(SIGCHLD);
	sigset64 pending = 0;

	SETUP(sys_sigprocmask(SIG_BLOCK, &both, NULL));
	long tid = CLONE_CALL(VIA_CLONE, new_stack(), wait_to_go, NULL, .flags = THREAD_FLAGS, .exit_signal = SIGUSR1);
	REQUIRE_GT(tid, 0);
	post(THREAD_MAY_GO);
	await_thread_gone((pid_t)tid);
	EXPECT_FAILS(wait_for((pid_t)tid, NULL, __WALL, NULL), ECHILD);
	EXPECT_OK(sys_sigpending(&pending));
	EXPECT_EQ(pending & both, 0U);
}

static int end_when_alone(void *arg)
{
	pid_t leader = *(pid_t *)arg;

	post(THREAD_RUNS);
	await_state(leader, leader, "Z");
	post(THREAD_MAY_GO);
	await(NEVER);
	return 5; /* as the leader: whose status counts differs between releases */
}

TEST(last_one_counts, .covers = "CLONE-THREAD-07 EXIT-05 EXIT-06", .features = FEATURES(NEEDS_PROC),
     .summary = "a process whose leader has ended lives on, and its parent learns of its end with the last thread")
{
	const sigset64 child_signal = SIGBIT(SIGCHLD);
	sigset64 pending = 0;
	pid_t *leader = shared(sizeof(*leader));

	SETUP(sys_sigprocmask(SIG_BLOCK, &child_signal, NULL));
	pid_t child = fork_helper();
	if (child == 0) {
		*leader = sys_getpid();
		start_thread(end_when_alone, leader);
		sys_exit(5);
	}
	while (!posted(THREAD_MAY_GO))
		REQUIRE_EQ(wait_for(child, NULL, WNOHANG, NULL), 0);
	/* The leader is a zombie, the process is none. */
	EXPECT_EQ(wait_for(child, NULL, WNOHANG, NULL), 0);
	EXPECT_OK(checked_kill(child, 0));
	EXPECT_OK(sys_sigpending(&pending));
	EXPECT_EQ(pending & child_signal, 0U);
	post(NEVER);
	EXPECT_EXITED(child, 5);
	EXPECT_OK(sys_sigpending(&pending));
	EXPECT_EQ(pending & child_signal, child_signal);
}

static int end_all(void *unused)
{
	(void)unused;
	await(THREAD_MAY_GO);
	sys_exit_group(9);
}

static int end_after_the_first(void *arg)
{
	pid_t leader = *(pid_t *)arg;

	await_state(leader, leader, "Z");
	return 9;
}

static const struct status_case {
	struct case_head head;
	int status;
} statuses[] = {
	{ { "last", .covers = "WAIT-53" }, 9 },
	{ { "first", .covers = "WAIT-54" }, 5 },
};

TEST(status_of, .features = FEATURES(NEEDS_PROC),
     .summary =
	     "a process whose threads end one by one has the status of the last one, before 6.0 that of the first one",
     CASES_NEEDING(statuses))
{
	const struct status_case *row = this_case();
	pid_t *leader = shared(sizeof(*leader));
	int status = 0;

	pid_t child = fork_helper();
	if (child == 0) {
		*leader = sys_getpid();
		start_thread(end_after_the_first, leader);
		sys_exit(5);
	}
	long waited = wait_for(child, &status, 0, NULL);
	EXPECT_EQ(waited, child);
	EXPECT_EQ(status, W_EXITCODE(row->status, 0));
}

static int stay(void *unused)
{
	(void)unused;
	post(THREAD_RUNS);
	await(NEVER);
	return 3;
}

TEST(exit_group_ends_all, .covers = "EXIT-07", .summary = "exit_group in any thread ends the process with that status")
{
	post(THREAD_MAY_GO);
	for (int i = 0; i < 2; i++) {
		pid_t child = fork_helper();
		if (child == 0) {
			start_thread(stay, NULL);
			await(THREAD_RUNS);
			/* All are doomed before the calling thread is gone: none gets to see that. */
			await_thread_gone(start_thread(end_all, NULL));
			EXPECT_EQ(checked_kill(sys_getpid(), SIGKILL), -ESRCH, i);
			leave(1);
		}
		EXPECT_EXITED(child, 9, i);
	}
}

TEST(fatal_signal_ends_all, .covers = "CLONE-THREAD-14",
     .summary = "a fatal signal to one thread ends the whole process")
{
	pid_t child = fork_helper();
	if (child == 0) {
		pid_t tid = start_thread(wait_to_go, NULL);
		await(THREAD_RUNS);
		EXPECT_OK(checked_tgkill(sys_getpid(), tid, SIGTERM));
		await(NEVER);
		leave(1);
	}
	EXPECT_KILLED(child, SIGTERM);
}

static int execute(void *arg)
{
	execute_self(IMAGE_REPORT, *(int *)arg);
	return 1;
}

TEST(exec_takes_the_leaders_place, .covers = "CLONE-THREAD-08 CLONE-THREAD-09", .features = FEATURES(NEEDS_PROC),
     .summary = "a thread that executes a program ends the others and becomes the leader, with the process's PID")
{
	struct image_report report = { 0 };
	int ends[2];

	SETUP(pipe2(ends, O_CLOEXEC));
	pid_t child = fork_helper();
	if (child == 0) {
		int out = (int)SETUP(sys_dup(ends[1])); /* without close-on-exec */
		start_thread(wait_to_go, NULL);
		await(THREAD_RUNS);
		start_thread(execute, &out);
		await(NEVER);
		leave(1);
	}
	sys_close(ends[1]);
	EXPECT_EQ(sys_read(ends[0], &report, sizeof(report)), (long)sizeof(report));
	EXPECT_EXITED(child, 0);
	EXPECT_EQ(report.pid, child);
	EXPECT_EQ(report.tid, child);
	EXPECT_EQ(report.threads, 1);
}
