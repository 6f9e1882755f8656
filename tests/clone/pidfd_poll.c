// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* When a pidfd is ready: at the end of the process or thread that it refers to, and not before. */
#include "forkcheck.h"

#define PROC NEEDS_PROC
#define PROC_SYSCALL PROC, NEEDS_PROC_SYSCALL

#define OPEN_THREAD O_EXCL /* PIDFD_THREAD, which some supported C libraries' headers lack */

enum { MAY_END, THREAD_IS_UP };

/* What poll tells of a pidfd now. */
static int events_of(int pidfd)
{
	struct pollfd poll = { .fd = pidfd, .events = POLLIN };

	SETUP_RAW(sys_poll(&poll, 1, false));
	return poll.revents;
}

/* ... and once there is something to tell. */
static int await_events_of(int pidfd)
{
	struct pollfd poll = { .fd = pidfd, .events = POLLIN };

	SETUP_RAW(sys_poll(&poll, 1, true));
	return poll.revents;
}

static const struct opening {
	const char *name;
	bool by_clone;
} openings[] = {
	{ "open", false },
	{ "clone", true },
};

TEST(at_exit, .covers = "PIDFD-10 PIDFD-19",
     .summary =
	     "a pidfd is not ready while the process lives, and is when it has ended, before and after it is waited for",
     CASES(openings))
{
	const struct opening *row = this_case();
	int pidfd = -1;

	long child = row->by_clone
			     ? CLONE_HERE(VIA_CLONE, .flags = CLONE_PIDFD, .pidfd = &pidfd, .exit_signal = SIGCHLD)
			     : sys_fork();
	if (child == 0) {
		await(MAY_END);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	if (!row->by_clone)
		pidfd = (int)sys_pidfd_open((pid_t)child, 0);
	REQUIRE_GE(pidfd, 0);
	EXPECT_EQ(events_of(pidfd), 0);

	post(MAY_END);
	await_zombie((pid_t)child);
	EXPECT_EQ(events_of(pidfd), POLLIN);
	EXPECT_EXITED(child, 0);
	EXPECT_EQ(events_of(pidfd) & POLLIN, POLLIN);
}

TEST(wakes_sleeper, .covers = "PIDFD-10", .features = FEATURES(PROC_SYSCALL),
     .summary = "the end of the process wakes a process that sleeps in poll on its pidfd")
{
	static const long poll_calls[] = { SYS_ppoll, -1 };
	pid_t parent = sys_getpid();

	pid_t child = fork_helper();
	if (child == 0) {
		await_asleep_in(parent, poll_calls);
		leave(0);
	}
	int pidfd = (int)SETUP(sys_pidfd_open(child, 0));
	EXPECT_EQ(await_events_of(pidfd), POLLIN);
	EXPECT_EXITED(child, 0);
}

TEST(hangs_up, .covers = "PIDFD-11", .summary = "poll tells POLLHUP as well, once the process has been waited for")
{
	pid_t child = fork_helper();
	if (child == 0)
		leave(0);
	int pidfd = (int)SETUP(sys_pidfd_open(child, 0));
	await_zombie(child);
	EXPECT_EQ(events_of(pidfd), POLLIN);
	EXPECT_EXITED(child, 0);
	EXPECT_EQ(events_of(pidfd), POLLIN | POLLHUP);
}

static int wait_in_thread(void *unused)
{
	(void)unused;
	post(THREAD_IS_UP);
	await(MAY_END);
	return 0;
}

TEST(last_thread, .covers = "PIDFD-13", .features = FEATURES(PROC),
     .summary = "the pidfd of a process whose main thread has ended is not ready until the last thread ends")
{
	pid_t child = fork_helper();
	if (child == 0) {
		start_thread(wait_in_thread, NULL);
		sys_exit(0);
	}
	int pidfd = (int)SETUP(sys_pidfd_open(child, 0));
	await(THREAD_IS_UP);
	await_state(child, 0, "Z");
	EXPECT_EQ(events_of(pidfd), 0);

	post(MAY_END);
	EXPECT_EQ(await_events_of(pidfd) & POLLIN, POLLIN);
	EXPECT_EXITED(child, 0);
}

TEST(of_thread, .covers = "PIDFD-14",
     .summary = "a pidfd made with PIDFD_THREAD gets ready when that thread ends, while its process lives")
{
	pid_t tid = start_thread(wait_in_thread, NULL);
	int of_process = (int)SETUP(sys_pidfd_open(sys_getpid(), 0));

	int of_thread = (int)SETUP(sys_pidfd_open(tid, OPEN_THREAD));
	EXPECT_EQ(events_of(of_thread), 0);
	post(MAY_END);
	EXPECT_EQ(await_events_of(of_thread) & POLLIN, POLLIN);
	EXPECT_EQ(events_of(of_process), 0);
}

/* ---- The first thread ------------------------------------------------------------------------------ */

TEST(of_first_thread, .covers = "PIDFD-20", .features = FEATURES(PROC),
     .summary =
	     "a PIDFD_THREAD descriptor of the first thread, which has ended, is not ready while another thread lives")
{
	pid_t child = fork_helper();
	if (child == 0) {
		start_thread(wait_in_thread, NULL);
		sys_exit(0);
	}
	int pidfd = (int)SETUP(sys_pidfd_open(child, OPEN_THREAD));
	await(THREAD_IS_UP);
	await_state(child, 0, "Z");
	EXPECT_EQ(events_of(pidfd), 0);
	post(MAY_END);
	EXPECT_EQ(await_events_of(pidfd) & POLLIN, POLLIN);
	EXPECT_EXITED(child, 0);
}

static int channel[2];

/* Turns into a program that writes a byte and waits, once the first thread has ended, where it does. */
static int execute_in_thread(void *tid)
{
	*(pid_t *)tid = sys_gettid();
	post(THREAD_IS_UP);
	await(MAY_END);
	SETUP_RAW(execute_self(IMAGE_PAUSE, channel[1]));
	return 1;
}

static const struct leader {
	const char *name;
	bool ends; /* before the other thread executes the program */
} leaders[] = {
	{ "lives", false },
	{ "has_ended", true },
};

TEST(thread_executes, .covers = "PIDFD-21 PIDFD-22", .features = FEATURES(PROC, NEEDS_EXEC_WORKDIR),
     .summary = "a thread's execve takes the first one's place: its descriptor stays silent, the thread's own hangs up",
     CASES(leaders))
{
	const struct leader *leader = this_case();
	pid_t *tid = shared(sizeof(*tid));
	char byte;

	SETUP(pipe(channel));
	pid_t child = fork_helper();
	if (child == 0) {
		start_thread(execute_in_thread, tid);
		if (leader->ends)
			sys_exit(0);
		for (;;)
			SYSCALL0(SYS_sched_yield);
	}
	SETUP(sys_close(channel[1]));
	await(THREAD_IS_UP);
	if (leader->ends)
		await_state(child, 0, "Z");
	int of_first = (int)SETUP(sys_pidfd_open(child, OPEN_THREAD));
	int of_other = (int)SETUP(sys_pidfd_open(*tid, OPEN_THREAD));
	EXPECT_EQ(events_of(of_first), 0);
	EXPECT_EQ(events_of(of_other), 0);
	post(MAY_END);
	EXPECT_EQ(sys_read(channel[0], &byte, 1), 1); /* from the new program */
	EXPECT_EQ(events_of(of_first), 0);
	EXPECT_EQ(events_of(of_other) & POLLHUP, POLLHUP);
	checked_kill(child, SIGKILL);
	EXPECT_EQ(await_events_of(of_first) & POLLIN, POLLIN);
	EXPECT_KILLED(child, SIGKILL);
}
