// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* pidfd_open: which processes and threads it takes, its flags, and what the descriptor goes on to mean. */
#include "forkcheck.h"

#include <poll.h>
#include <string.h>
#include <sys/resource.h>

#define PROC NEEDS_PROC

/* What some supported C libraries' headers lack. */
#define OPEN_THREAD O_EXCL	 /* PIDFD_THREAD */
#define OPEN_NONBLOCK O_NONBLOCK /* PIDFD_NONBLOCK */
#define WAIT_FOR_PIDFD 3	 /* P_PIDFD */
#define TRIES 100

enum { CHILD_MAY_END, SIBLING_MAY_END };

static long long process_of(int pidfd)
{
	char path[64] = "/proc/self/fdinfo/";

	append_number(path, sizeof(path), pidfd);
	return proc_field(path, "Pid:", 10);
}

static void end_child(pid_t child, unsigned may_end)
{
	post(may_end);
	EXPECT_EXITED(child, 0);
}

/* The ID of a process that was, and is no more. */
static pid_t dead_pid(void)
{
	pid_t child = fork_helper();

	if (child == 0)
		leave(0);
	REQUIRE_EXITED(child, 0);
	return child;
}

TEST(refers_to_process, .covers = "PIDFD-01 PIDFD-17", .features = FEATURES(PROC),
     .summary = "pidfd_open gives a descriptor of the process, with close-on-exec, without O_NONBLOCK")
{
	pid_t child = start_child(CHILD_MAY_END, 0);

	long pidfd = sys_pidfd_open(child, 0);
	REQUIRE_OK(pidfd);
	EXPECT_EQ(sys_fcntl((int)pidfd, F_GETFD, 0), FD_CLOEXEC);
	EXPECT_EQ(sys_fcntl((int)pidfd, F_GETFL, 0) & O_NONBLOCK, 0);
	EXPECT_EQ(process_of((int)pidfd), child);
	end_child(child, CHILD_MAY_END);
	EXPECT_EQ(process_of((int)pidfd), -1);
}

TEST(becomes_readable, .covers = "PIDFD-10",
     .summary = "each of several descriptors is readable once its own process ends")
{
	struct pollfd polls[3];
	pid_t children[ARRAY_SIZE(polls)];

	for (size_t i = 0; i < ARRAY_SIZE(polls); i++) {
		children[i] = start_child((unsigned)i, 0);
		long pidfd = sys_pidfd_open(children[i], 0);
		REQUIRE_OK(pidfd, i);
		polls[i] = (struct pollfd){ (int)pidfd, POLLIN, 0 };
	}
	EXPECT_RETURNS(poll(polls, ARRAY_SIZE(polls), 0), 0);
	for (size_t i = 0; i < ARRAY_SIZE(polls); i++) {
		post((unsigned)i);
		await_zombie(children[i]);
		EXPECT_RETURNS(poll(polls, ARRAY_SIZE(polls), 0), (int)i + 1, i);
		EXPECT_EQ(polls[i].revents & POLLIN, POLLIN, i);
	}
	for (size_t i = 0; i < ARRAY_SIZE(polls); i++)
		EXPECT_EXITED(children[i], 0, i);
}

/* The numbers that fdinfo has after "NSpid:". Returns how many. */
static size_t numbers_of(int pidfd, pid_t *numbers, size_t room)
{
	char path[64] = "/proc/self/fdinfo/", text[1024];
	size_t n = 0;

	append_number(path, sizeof(path), pidfd);
	SETUP(read_file(path, text, sizeof(text)));
	char *at = strstr(text, "\nNSpid:");
	if (!at)
		return 0;
	for (at += strlen("\nNSpid:"); n < room && *at != '\n'; n++)
		numbers[n] = (pid_t)strtol(at, &at, 10);
	return n;
}

TEST(numbers_at_all_levels, .covers = "PIDFD-23", .features = FEATURES(PROC, NEEDS_PID_NS), .caps = CAP(SYS_ADMIN),
     .summary = "fdinfo lists the number of the process in each PID namespace, from the reader's to its own")
{
	pid_t *middle = shared(sizeof(*middle)), numbers[8];

	long outer = CLONE_HERE(VIA_CLONE, .flags = CLONE_NEWPID, .exit_signal = SIGCHLD);
	if (outer == 0) {
		pid_t idle = start_child(CHILD_MAY_END, 0);
		int ends[2];
		SETUP(pipe(ends));
		long inner = CLONE_HERE(VIA_CLONE, .flags = CLONE_NEWPID, .exit_signal = SIGCHLD);
		if (inner == 0) {
			await(CHILD_MAY_END);
			leave(0);
		}
		REQUIRE_GT(inner, 0);
		*middle = (pid_t)inner;
		int pidfd = (int)SETUP(sys_pidfd_open((pid_t)inner, 0));
		/* This /proc is the one outside. */
		size_t n = numbers_of(pidfd, numbers, ARRAY_SIZE(numbers));
		REQUIRE_EQ(n, 3U);
		EXPECT_GT(numbers[0], 1);
		EXPECT_EQ(numbers[1], inner);
		EXPECT_EQ(numbers[2], 1);
		EXPECT_EQ(process_of(pidfd), numbers[0]);
		n = numbers_of((int)SETUP(sys_pidfd_open(1, 0)), numbers, ARRAY_SIZE(numbers));
		REQUIRE_EQ(n, 2U);
		EXPECT_EQ(numbers[1], 1);
		post(CHILD_MAY_END);
		EXPECT_EXITED(inner, 0);
		EXPECT_EXITED(idle, 0);
		leave(0);
	}
	REQUIRE_GT(outer, 0);
	EXPECT_EXITED(outer, 0);
	EXPECT_NE(*middle, 1);
}

static const struct bad_flags {
	const char *name;
	unsigned flags;
} bad_flags[] = {
	{ "one", 1 },
	{ "highest", 1U << 31 },
	{ "cloexec", O_CLOEXEC },
};

TEST(unknown_flags, .covers = "PIDFD-02", .summary = "a flag that pidfd_open does not know gives EINVAL",
     CASES(bad_flags))
{
	const struct bad_flags *row = this_case();

	long pidfd = sys_pidfd_open(sys_getpid(), row->flags);
	EXPECT_FAILS(pidfd, EINVAL);
	long twin = sys_pidfd_open(sys_getpid(), 0);
	EXPECT_OK(twin);
}

static const struct bad_pid {
	const char *name;
	pid_t pid;
} bad_pids[] = {
	{ "zero", 0 },
	{ "minus_one", -1 },
	{ "lowest", INT32_MIN },
};

TEST(not_positive, .covers = "PIDFD-03", .summary = "pidfd_open of zero or a negative number gives EINVAL",
     CASES(bad_pids))
{
	const struct bad_pid *row = this_case();

	long pidfd = sys_pidfd_open(row->pid, 0);
	EXPECT_FAILS(pidfd, EINVAL);
	long twin = sys_pidfd_open(sys_getpid(), 0);
	EXPECT_OK(twin);
}

TEST(no_such_process, .covers = "PIDFD-04", .summary = "pidfd_open gives ESRCH for a process that was waited for")
{
	pid_t gone = dead_pid();

	long pidfd = sys_pidfd_open(gone, 0);
	EXPECT_FAILS(pidfd, ESRCH);
}

TEST(zombie, .covers = "PIDFD-08", .features = FEATURES(PROC),
     .summary = "a child that has ended, not waited for, can be opened")
{
	pid_t child = start_child(CHILD_MAY_END, 0);

	post(CHILD_MAY_END);
	await_zombie(child);
	long pidfd = sys_pidfd_open(child, 0);
	REQUIRE_OK(pidfd);
	EXPECT_EQ(process_of((int)pidfd), child);
	EXPECT_EXITED(child, 0);
}

static int wait_in_thread(void *unused)
{
	(void)unused;
	await(CHILD_MAY_END);
	return 0;
}

TEST(thread_without_flag, .covers = "PIDFD-05",
     .summary = "without PIDFD_THREAD the ID of a thread other than the first is refused")
{
	pid_t tid = start_thread(wait_in_thread, NULL);

	long pidfd = sys_pidfd_open(tid, 0);
	EXPECT_TRUE(pidfd == -EINVAL || pidfd == -ENOENT);
	post(CHILD_MAY_END);
	await_thread_gone(tid);
}

TEST(thread_with_flag, .covers = "PIDFD-06", .features = FEATURES(PROC),
     .summary = "with PIDFD_THREAD the ID of any thread is accepted, and the descriptor refers to this thread")
{
	const pid_t tids[] = { start_thread(wait_in_thread, NULL), sys_getpid(), start_thread(wait_in_thread, NULL) };

	for (size_t i = 0; i < ARRAY_SIZE(tids); i++) {
		long pidfd = sys_pidfd_open(tids[i], OPEN_THREAD);
		REQUIRE_OK(pidfd, i);
		EXPECT_EQ(process_of((int)pidfd), tids[i], i);
	}
	post(CHILD_MAY_END);
	await_thread_gone(tids[0]);
	await_thread_gone(tids[2]);
}

TEST(nonblock, .covers = "PIDFD-07",
     .summary =
	     "with PIDFD_NONBLOCK the descriptor has O_NONBLOCK, and waitid by it gives EAGAIN while the child lives")
{
	pid_t child = start_child(CHILD_MAY_END, 0);
	siginfo_t info = { 0 };

	long pidfd = sys_pidfd_open(child, OPEN_NONBLOCK);
	REQUIRE_OK(pidfd);
	REQUIRE_EQ(sys_fcntl((int)pidfd, F_GETFL, 0) & O_NONBLOCK, O_NONBLOCK);
	EXPECT_EQ(sys_fcntl((int)pidfd, F_GETFD, 0), FD_CLOEXEC);
	long early = waitid_for(WAIT_FOR_PIDFD, (int)pidfd, &info, WEXITED, NULL);
	EXPECT_FAILS(early, EAGAIN);

	post(CHILD_MAY_END);
	await_zombie(child);
	long late = waitid_for(WAIT_FOR_PIDFD, (int)pidfd, &info, WEXITED, NULL);
	EXPECT_OK(late);
	EXPECT_EQ(info.si_pid, child);
}

/* A process with a given number, which the caller reaped before. */
static pid_t start_child_numbered(pid_t number)
{
	long child = CLONE_HERE(VIA_CLONE3, .exit_signal = SIGCHLD, .set_tid = &number, .set_tid_size = 1);
	if (child == 0) {
		await(SIBLING_MAY_END);
		leave(0);
	}
	return (pid_t)child;
}

TEST(reused_number, .covers = "PIDFD-09", .caps = CAP(CHECKPOINT_RESTORE),
     .features = FEATURES(PROC, NEEDS_CHECKPOINT_RESTORE, NEEDS_CLONE3),
     .summary = "the descriptor of a process that is gone does not reach a later one with the same number")
{
	pid_t first, second = -EEXIST;
	long pidfd = -1;

	need_release(5, 9); /* the capability; without it the number can't be chosen */
	/* Another process may just have got the number. */
	for (int i = 0; second == -EEXIST && i < TRIES; i++) {
		if (pidfd >= 0)
			sys_close((int)pidfd);
		first = start_child(CHILD_MAY_END, 0);
		pidfd = sys_pidfd_open(first, 0);
		REQUIRE_OK(pidfd, i);
		end_child(first, CHILD_MAY_END);
		second = start_child_numbered(first);
	}
	SETUP(second);
	REQUIRE_EQ(second, first);

	EXPECT_FAILS(sys_pidfd_send_signal((int)pidfd, 0, NULL, 0), ESRCH);
	EXPECT_FAILS(sys_pidfd_send_signal((int)pidfd, SIGKILL, NULL, 0), ESRCH);
	EXPECT_EQ(process_of((int)pidfd), -1);
	long another = sys_pidfd_open(second, 0);
	REQUIRE_OK(another);
	EXPECT_EQ(process_of((int)another), second);
	EXPECT_OK(sys_pidfd_send_signal((int)another, 0, NULL, 0));
	end_child(second, SIBLING_MAY_END);
}

TEST(no_reading, .covers = "PIDFD-12", .summary = "read of a pidfd gives EINVAL")
{
	char byte;

	long pidfd = sys_pidfd_open(sys_getpid(), 0);
	REQUIRE_OK(pidfd);
	EXPECT_FAILS(sys_read((int)pidfd, &byte, 1), EINVAL);
}

TEST(inherited, .covers = "PIDFD-16", .summary = "a forked child's copy of a pidfd refers to the same process",
     THROUGH(fork_doors))
{
	const struct fork_door *door = this_door();
	pid_t target = start_child(CHILD_MAY_END, 0);

	int pidfd = (int)SETUP(sys_pidfd_open(target, 0));
	long child = door->fork();
	if (child == 0) {
		EXPECT_OK(sys_pidfd_send_signal(pidfd, SIGTERM, NULL, 0));
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	post(CHILD_MAY_END); /* ends the target where the signal did not */
	EXPECT_KILLED(target, SIGTERM);
}

TEST(no_number_left, .covers = "PIDFD-18", .summary = "at the limit of open descriptors pidfd_open gives EMFILE")
{
	const int before = (int)SETUP(sys_dup(0));
	struct rlimit limit;

	sys_close(before);
	SETUP(getrlimit(RLIMIT_NOFILE, &limit));
	limit.rlim_cur = (rlim_t)before;
	SETUP(setrlimit(RLIMIT_NOFILE, &limit));
	long pidfd = sys_pidfd_open(sys_getpid(), 0);
	EXPECT_FAILS(pidfd, EMFILE);
}
