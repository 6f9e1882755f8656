// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* CLONE_PIDFD: a descriptor of the child for the parent, and what is left when there can be none. */
#include "forkcheck.h"

#include <sys/resource.h>

#define PROC NEEDS_PROC

enum { CHILD_MAY_END, NUMBER_IS_KNOWN };

/* The process that a pidfd of the caller refers to; -1: it is reaped, or that can't be told. */
static long long process_of(int pidfd)
{
	char path[64] = "/proc/self/fdinfo/";

	append_number(path, sizeof(path), pidfd);
	return proc_field(path, "Pid:", 10);
}

static bool ready(int pidfd)
{
	struct pollfd poll = { .fd = pidfd, .events = POLLIN };

	return SETUP_RAW(sys_poll(&poll, 1, false)) == 1;
}

/* The number that the next descriptor will get. */
static int lowest_free(void)
{
	int fd = (int)SETUP_RAW(sys_dup(0));

	sys_close(fd);
	return fd;
}

static _Noreturn void wait_and_leave(void)
{
	await(CHILD_MAY_END);
	leave(0);
}

/* The twin of a refused call: without what is wrong with that one it succeeds. */
static void expect_granted(enum clone_via via)
{
	int pidfd = -1;

	long child = CLONE_HERE(via, .flags = CLONE_PIDFD, .pidfd = &pidfd, .exit_signal = SIGCHLD);
	if (child == 0)
		leave(0);
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	EXPECT_GE(pidfd, 0);
	sys_close(pidfd);
}

/* Where each call has the place for it. */
static const char *place(const void *row, const void *door)
{
	(void)row;
	return ((const struct clone_door *)door)->via == VIA_CLONE3 ? "CLONE-PIDFD-03" : "CLONE-PIDFD-04";
}

TEST(refers_to_child, .covers = "CLONE-PIDFD-01", .pair_covers = place, .features = FEATURES(PROC),
     .summary = "the parent's word gets a descriptor that refers to the child, and to no other process",
     THROUGH(clone_doors))
{
	const struct clone_door *door = this_door();
	int pidfd = -1, pidfd_of_other = -1;

	long child = CLONE_HERE(door->via, .flags = CLONE_PIDFD, .pidfd = &pidfd, .exit_signal = SIGCHLD);
	if (child == 0)
		wait_and_leave();
	REQUIRE_GT(child, 0);
	long other = CLONE_HERE(door->via, .flags = CLONE_PIDFD, .pidfd = &pidfd_of_other, .exit_signal = SIGCHLD);
	if (other == 0)
		wait_and_leave();
	REQUIRE_GT(other, 0);
	REQUIRE_GE(pidfd, 0);
	EXPECT_EQ(process_of(pidfd), child);
	EXPECT_EQ(process_of(pidfd_of_other), other);

	/* A signal by the descriptor ends this child; the other one is asked to end itself. */
	EXPECT_OK(sys_pidfd_send_signal(pidfd, SIGTERM, NULL, 0));
	EXPECT_KILLED(child, SIGTERM);
	post(CHILD_MAY_END);
	EXPECT_EXITED(other, 0);
}

TEST(close_on_exec, .covers = "CLONE-PIDFD-02", .summary = "the descriptor has its close-on-exec flag set",
     THROUGH(clone_doors))
{
	const struct clone_door *door = this_door();
	int pidfd = -1;

	long child = CLONE_HERE(door->via, .flags = CLONE_PIDFD, .pidfd = &pidfd, .exit_signal = SIGCHLD);
	if (child == 0)
		leave(0);
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	EXPECT_EQ(sys_fcntl(pidfd, F_GETFD, 0), FD_CLOEXEC);
}

TEST(lowest_number, .covers = "CLONE-PIDFD-12", .summary = "the descriptor takes the lowest free number",
     THROUGH(clone_doors))
{
	const struct clone_door *door = this_door();
	int pidfd = -1;

	int want = lowest_free();
	long child = CLONE_HERE(door->via, .flags = CLONE_PIDFD, .pidfd = &pidfd, .exit_signal = SIGCHLD);
	if (child == 0)
		leave(0);
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	EXPECT_EQ(pidfd, want);
}

static const struct sharing {
	struct case_head head;
	uint64_t flags;
	long in_child; /* what F_GETFD of the number gives there */
} sharings[] = {
	{ { "copied", .covers = "CLONE-PIDFD-08" }, 0, -EBADF },
	{ { "shared", .covers = "CLONE-PIDFD-14" }, CLONE_FILES, FD_CLOEXEC },
};

TEST(in_child, .summary = "the child does not get the descriptor, unless CLONE_FILES gives it the parent's whole table",
     CASES_NEEDING(sharings))
{
	const struct sharing *row = this_case();
	int *pidfd = shared(sizeof(*pidfd));

	long child = CLONE_HERE(VIA_CLONE, .flags = CLONE_PIDFD | row->flags, .pidfd = pidfd, .exit_signal = SIGCHLD);
	if (child == 0) {
		await(NUMBER_IS_KNOWN);
		EXPECT_EQ(sys_fcntl(*pidfd, F_GETFD, 0), row->in_child);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EQ(sys_fcntl(*pidfd, F_GETFD, 0), FD_CLOEXEC);
	post(NUMBER_IS_KNOWN);
	EXPECT_EXITED(child, 0);
}

TEST(two_words, .covers = "CLONE-PIDFD-06", .features = FEATURES(PROC, NEEDS_CLONE3),
     .summary = "clone3 stores the descriptor and, with CLONE_PARENT_SETTID, the child's ID, each in its own word")
{
	int pidfd = -1;
	pid_t parent_tid = -1;

	long child = CLONE_HERE(VIA_CLONE3, .flags = CLONE_PIDFD | CLONE_PARENT_SETTID, .pidfd = &pidfd,
				.parent_tid = &parent_tid, .exit_signal = SIGCHLD);
	if (child == 0)
		wait_and_leave();
	REQUIRE_GT(child, 0);
	EXPECT_EQ(parent_tid, child);
	EXPECT_EQ(process_of(pidfd), child);
	post(CHILD_MAY_END);
	EXPECT_EXITED(child, 0);
}

TEST(after_vfork, .covers = "CLONE-PIDFD-15",
     .summary = "with CLONE_VFORK the descriptor is valid, and ready, when the call returns after the child's exit",
     THROUGH(clone_doors))
{
	const struct clone_door *door = this_door();
	int pidfd = -1;

	long child = CLONE_CALL(door->via, new_stack(), return_zero, NULL,
				.flags = CLONE_VM | CLONE_VFORK | CLONE_PIDFD, .pidfd = &pidfd, .exit_signal = SIGCHLD);
	REQUIRE_GT(child, 0);
	EXPECT_OK(sys_pidfd_send_signal(pidfd, 0, NULL, 0));
	await_zombie((pid_t)child);
	EXPECT_TRUE(ready(pidfd));
	EXPECT_EXITED(child, 0);
	EXPECT_FAILS(sys_pidfd_send_signal(pidfd, 0, NULL, 0), ESRCH);
}

static int wait_in_thread(void *unused)
{
	(void)unused;
	await(CHILD_MAY_END);
	return 0;
}

TEST(thread, .covers = "CLONE-PIDFD-07", .features = FEATURES(PROC),
     .summary = "with CLONE_THREAD the descriptor refers to the thread, and gets ready when that one ends",
     THROUGH(clone_doors))
{
	const struct clone_door *door = this_door();
	int pidfd = -1;

	long tid = CLONE_CALL(door->via, new_stack(), wait_in_thread, NULL, .flags = THREAD_FLAGS | CLONE_PIDFD,
			      .pidfd = &pidfd);
	REQUIRE_GT(tid, 0);
	EXPECT_EQ(process_of(pidfd), tid);
	EXPECT_TRUE(!ready(pidfd));
	post(CHILD_MAY_END);
	await_thread_gone((pid_t)tid);
	EXPECT_TRUE(ready(pidfd));
}

TEST(thread_refused, .covers = "CLONE-PIDFD-10", .summary = "CLONE_PIDFD with CLONE_THREAD gives EINVAL",
     THROUGH(clone_doors))
{
	const struct clone_door *door = this_door();
	int pidfd = -1;

	long tid = CLONE_CALL(door->via, new_stack(), return_zero, NULL, .flags = THREAD_FLAGS | CLONE_PIDFD,
			      .pidfd = &pidfd);
	EXPECT_FAILS(tid, EINVAL);
	EXPECT_EQ(pidfd, -1);
	expect_granted(door->via);
}

/* Nothing may be left of a refused call: no child, no descriptor. */
static void expect_nothing_left(int free_before)
{
	EXPECT_NO_CHILD();
	EXPECT_EQ(lowest_free(), free_before);
}

TEST(same_word, .covers = "CLONE-PIDFD-05 CLONE-PIDFD-11",
     .summary = "CLONE_PIDFD with CLONE_PARENT_SETTID gives EINVAL where both would store to the same word",
     THROUGH(clone_doors))
{
	const struct clone_door *door = this_door();
	int word = -1, before = lowest_free();

	long child = CLONE_HERE(door->via, .flags = CLONE_PIDFD | CLONE_PARENT_SETTID, .pidfd = &word,
				.parent_tid = &word, .exit_signal = SIGCHLD);
	EXPECT_REFUSED(child, EINVAL);
	EXPECT_EQ(word, -1);
	expect_nothing_left(before);
	expect_granted(door->via);
}

TEST(detached, .covers = "CLONE-DETACHED-02",
     .summary = "CLONE_PIDFD with CLONE_DETACHED gives EINVAL, which either alone does not")
{
	int pidfd = -1, before = lowest_free();

	long child = CLONE_HERE(VIA_CLONE, .flags = CLONE_PIDFD | CLONE_DETACHED, .pidfd = &pidfd,
				.exit_signal = SIGCHLD);
	EXPECT_REFUSED(child, EINVAL);
	expect_nothing_left(before);
	expect_granted(VIA_CLONE);

	long detached = CLONE_HERE(VIA_CLONE, .flags = CLONE_DETACHED, .exit_signal = SIGCHLD);
	if (detached == 0)
		leave(0);
	REQUIRE_GT(detached, 0);
	EXPECT_EXITED(detached, 0);
}

static const struct bad_word {
	struct case_head head;
	enum clone_via via;
	int protection;
} bad_words[] = {
	{ { .name = "clone" }, VIA_CLONE, PROT_NONE },
	{ { "clone3", .features = FEATURES(NEEDS_CLONE3) }, VIA_CLONE3, PROT_NONE },
	{ { .name = "clone_readonly" }, VIA_CLONE, PROT_READ },
};

TEST(bad_word, .covers = "CLONE-PIDFD-09",
     .summary = "where the descriptor can't be stored the call gives EFAULT and leaves neither child nor descriptor",
     CASES_NEEDING(bad_words))
{
	const struct bad_word *row = this_case();
	void *page = mmap(NULL, page_size(), row->protection, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int before = lowest_free();

	SETUP(page == MAP_FAILED ? -1 : 0);
	long child = CLONE_HERE(row->via, .flags = CLONE_PIDFD, .pidfd = page, .exit_signal = SIGCHLD);
	EXPECT_REFUSED(child, EFAULT);
	expect_nothing_left(before);
	expect_granted(row->via);
}

TEST(no_number_left, .covers = "CLONE-PIDFD-13",
     .summary = "at the limit of open descriptors the call gives EMFILE and leaves no child", THROUGH(clone_doors))
{
	const struct clone_door *door = this_door();
	int pidfd = -1, before = lowest_free();
	struct rlimit limit;

	SETUP(getrlimit(RLIMIT_NOFILE, &limit));
	const struct rlimit tight = { .rlim_cur = (rlim_t)before, .rlim_max = limit.rlim_max };
	SETUP(setrlimit(RLIMIT_NOFILE, &tight));
	long child = CLONE_HERE(door->via, .flags = CLONE_PIDFD, .pidfd = &pidfd, .exit_signal = SIGCHLD);
	EXPECT_REFUSED(child, EMFILE);
	SETUP(setrlimit(RLIMIT_NOFILE, &limit));
	expect_nothing_left(before);
	expect_granted(door->via);
}
