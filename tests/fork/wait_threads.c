// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* Threads that wait, at once or for each other's children, and threads that end and leave children. */
#include "forkcheck.h"

enum { CHILD_MAY_GO, MAKER_DONE, MAKER_MAY_GO, WAITER_DONE };

#define WAITERS 4

struct waiter {
	long got;
	unsigned done; /* the event that says so */
};

static int wait_once(void *arg)
{
	struct waiter *me = arg;

	me->got = wait_for(-1, NULL, 0, NULL);
	post(me->done);
	return 0;
}

TEST(each_another, .covers = "WAIT-41",
     .summary = "threads that wait at the same time for any child get a different one each")
{
	struct waiter *waiters = shared(WAITERS * sizeof(*waiters));
	pid_t children[WAITERS];
	unsigned reported = 0;

	for (int i = 0; i < WAITERS; i++)
		children[i] = start_child(CHILD_MAY_GO, 0);
	for (unsigned i = 0; i < WAITERS; i++) {
		waiters[i].done = WAITER_DONE + i;
		start_thread(wait_once, &waiters[i]);
	}
	post(CHILD_MAY_GO);
	for (unsigned i = 0; i < WAITERS; i++) {
		await(WAITER_DONE + i);
		for (unsigned n = 0; n < WAITERS; n++)
			reported |= (waiters[i].got == children[n]) << n;
		EXPECT_GT(waiters[i].got, 0, i);
	}
	EXPECT_EQ(reported, (1U << WAITERS) - 1);
	EXPECT_NO_CHILD();
}

struct family {
	pid_t child;
	long seen_by_maker; /* its own __WNOTHREAD wait */
	pid_t *parent;	    /* what the child sees, in the end */
};

static int make_child(void *arg)
{
	struct family *family = arg;

	long child = sys_fork();
	if (child == 0) {
		await(CHILD_MAY_GO);
		*family->parent = sys_getppid();
		leave(0);
	}
	family->child = (pid_t)child;
	family->seen_by_maker = wait_for((pid_t)child, NULL, WNOHANG | __WNOTHREAD, NULL);
	post(MAKER_DONE);
	await(MAKER_MAY_GO);
	return 0;
}

TEST(maker_ends, .covers = "THR-14 WAIT-35",
     .summary = "another thread of the process inherits the children of a thread that ends")
{
	struct family *family = shared(sizeof(*family));

	family->parent = shared(sizeof(*family->parent));
	pid_t maker = start_thread(make_child, family);
	await(MAKER_DONE);
	REQUIRE_GT(family->child, 0);
	EXPECT_EQ(family->seen_by_maker, 0);
	EXPECT_FAILS(wait_for(family->child, NULL, WNOHANG | __WNOTHREAD, NULL), ECHILD);
	post(MAKER_MAY_GO);
	await_thread_gone(maker);
	EXPECT_EQ(wait_for(family->child, NULL, WNOHANG | __WNOTHREAD, NULL), 0);
	post(CHILD_MAY_GO);
	EXPECT_EQ(wait_for(family->child, NULL, __WNOTHREAD, NULL), family->child);
	EXPECT_EQ(*family->parent, sys_getpid());
}

/* In the second thread of a process, when the first has ended and left it a child. */
static int wait_as_heir(void *arg)
{
	struct family *family = arg;

	while (thread_state(sys_getpid(), sys_getpid()) != 'Z')
		sys_sched_yield();
	family->seen_by_maker = wait_for(family->child, NULL, WNOHANG | __WNOTHREAD, NULL);
	post(CHILD_MAY_GO);
	long waited = wait_for(family->child, NULL, __WNOTHREAD, NULL);
	EXPECT_EQ(waited, family->child);
	sys_exit_group(0);
}

TEST(leader_ends, .covers = "THR-14", .features = FEATURES(NEEDS_PROC),
     .summary = "this holds for the first thread too: its children live on as those of the other")
{
	struct family *family = shared(sizeof(*family));

	family->parent = shared(sizeof(*family->parent));
	family->seen_by_maker = -1;
	pid_t process = fork_helper();
	if (process == 0) {
		long child = sys_fork();
		if (child == 0) {
			await(CHILD_MAY_GO);
			*family->parent = sys_getppid();
			leave(0);
		}
		REQUIRE_GT(child, 0);
		family->child = (pid_t)child;
		start_thread(wait_as_heir, family);
		sys_exit(0);
	}
	EXPECT_EXITED(process, 0);
	post(CHILD_MAY_GO); /* if nobody else has */
	EXPECT_EQ(family->seen_by_maker, 0);
	EXPECT_EQ(*family->parent, process);
}

static int outlive_leader(void *arg)
{
	(void)arg;
	await(MAKER_MAY_GO);
	post(MAKER_DONE);
	return 0;
}

TEST(zombie_leader, .covers = "WAIT-42", .features = FEATURES(NEEDS_PROC),
     .summary = "a process whose first thread has ended is not reported before its last one has")
{
	pid_t process = fork_helper();

	if (process == 0) {
		start_thread(outlive_leader, NULL);
		sys_exit(3);
	}
	await_state(process, process, "Z");
	EXPECT_EQ(wait_for(process, NULL, WNOHANG, NULL), 0);
	post(MAKER_MAY_GO);
	EXPECT_EQ(wait_for(process, NULL, 0, NULL), process);
	EXPECT_TRUE(posted(MAKER_DONE));
}

/* The second thread: ends the process when the first one has ended by itself. */
static int exit_after_first(void *unused)
{
	(void)unused;
	while (thread_state(sys_getpid(), sys_getpid()) != 'Z')
		sys_sched_yield();
	sys_exit_group(43);
}

TEST(status_of_group, .covers = "WAIT-56", .features = FEATURES(NEEDS_PROC),
     .summary = "where the first thread has ended and another calls exit_group(), the status is that of exit_group(), "
		"also for a wait that leaves the zombie",
     THROUGH(fork_doors))
{
	const struct fork_door *door = this_door();
	siginfo_t info = { 0 };
	int status = 0;

	long child = door->fork();
	if (child == 0) {
		start_thread(exit_after_first, NULL);
		sys_exit(42);
	}
	REQUIRE_GT(child, 0);
	EXPECT_OK(waitid_for(P_PID, (int)child, &info, WEXITED | WNOWAIT, NULL));
	EXPECT_EQ(info.si_code, CLD_EXITED);
	EXPECT_EQ(info.si_status, 43);
	EXPECT_EQ(wait_for((pid_t)child, &status, 0, NULL), child);
	EXPECT_EQ(status, W_EXITCODE(43, 0));
}

/* ---- Not the children of others ------------------------------------------------------------------- */

static int make_zombie(void *arg)
{
	struct family *family = arg;

	long child = sys_fork();
	if (child == 0)
		leave(5);
	if (child > 0)
		await_zombie((pid_t)child);
	family->child = (pid_t)child;
	post(CHILD_MAY_GO); /* the other thread's: later than the zombie */
	await(MAKER_MAY_GO);
	return 0;
}

TEST(others_pass_by, .covers = "WAIT-64", .features = FEATURES(NEEDS_PROC),
     .summary = "a wait with __WNOTHREAD is not ended by the end of another thread's child, but by that of its own")
{
	struct family *family = shared(sizeof(*family));
	int status = 0;

	pid_t mine = start_child(CHILD_MAY_GO, 6);
	pid_t maker = start_thread(make_zombie, family);
	EXPECT_EQ(wait_for(-1, &status, __WNOTHREAD, NULL), mine);
	EXPECT_EQ(status, W_EXITCODE(6, 0));
	EXPECT_FAILS(wait_for(-1, &status, __WNOTHREAD, NULL), ECHILD);
	REQUIRE_GT(family->child, 0);
	post(MAKER_MAY_GO);
	await_thread_gone(maker);
	EXPECT_EXITED(family->child, 5);
}
