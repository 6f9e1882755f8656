// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* Fork in a process with several threads: which of them the child has, and several that fork at once. */
#include "forkcheck.h"

#include <pthread.h>

enum { READY, MAY_GO, LOCKED = 8 };

#define THREADS 4

static int stay(void *arg)
{
	(void)arg;
	await(MAY_GO);
	return 0;
}

TEST(child_has_one, .covers = "FORK-033", .features = FEATURES(NEEDS_PROC),
     .summary = "the child has one thread, however many its parent has", THROUGH(fork_doors))
{
	const struct fork_door *door = this_door();
	pid_t tids[THREADS];

	for (int i = 0; i < THREADS; i++)
		tids[i] = start_thread(stay, NULL);
	EXPECT_EQ(proc_field("/proc/self/status", "Threads:", 10), 1 + THREADS);
	long child = door->fork();
	if (child == 0) {
		pid_t me = sys_getpid();
		EXPECT_EQ(proc_field("/proc/self/status", "Threads:", 10), 1);
		for (int i = 0; i < THREADS; i++)
			EXPECT_FAILS(checked_tgkill(me, tids[i], 0), ESRCH, i);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	EXPECT_EQ(proc_field("/proc/self/status", "Threads:", 10), 1 + THREADS);
	post(MAY_GO);
	for (int i = 0; i < THREADS; i++)
		await_thread_gone(tids[i]);
}

/* ---- The thread that forks ----------------------------------------------------------------------- */

static __thread int marker;

static void *fork_and_look(void *arg)
{
	const struct fork_door *door = arg;
	volatile int on_stack = 4711;
	pthread_t me = pthread_self();

	marker = 42;
	pid_t process = sys_getpid();
	long child = door->fork();
	if (child == 0) {
		EXPECT_EQ(sys_gettid(), sys_getpid());
		EXPECT_EQ(sys_getppid(), process);
		EXPECT_EQ(marker, 42);
		EXPECT_EQ(on_stack, 4711);
		EXPECT_TRUE(pthread_equal(pthread_self(), me));
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	EXPECT_NE(sys_gettid(), sys_getpid());
	return NULL;
}

TEST(child_is_the_caller, .covers = "FORK-034 FORK-013 THR-16",
     .summary = "the child's thread is a copy of the one that forked, and the leader of a group of its own",
     THROUGH(fork_doors))
{
	pthread_t thread;

	marker = 1;
	SETUP(-pthread_create(&thread, NULL, fork_and_look, (void *)this_door()));
	SETUP(-pthread_join(thread, NULL));
	EXPECT_EQ(marker, 1);
}

static int expect_parent(void *arg)
{
	EXPECT_EQ(sys_getppid(), *(pid_t *)arg);
	return 0;
}

/* In a thread that is not the first: the first one's parent is its own, and the child's is its process. */
static int ask_and_fork(void *arg)
{
	pid_t self = sys_getpid();

	expect_parent(arg);
	long child = sys_fork();
	if (child == 0) {
		await_thread_gone(start_thread(expect_parent, &self));
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	return 0;
}

TEST(parent_of_threads, .covers = "FORK-013 CLONE-THREAD-04",
     .summary = "threads that are not the first have their process's parent, before and after a fork by one")
{
	pid_t parent = sys_getppid();

	await_thread_gone(start_thread(ask_and_fork, &parent));
}

/* ---- Locks --------------------------------------------------------------------------------------- */

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

static void *hold_mutex(void *arg)
{
	(void)arg;
	SETUP(-pthread_mutex_lock(&mutex));
	post(LOCKED);
	await(MAY_GO);
	SETUP(-pthread_mutex_unlock(&mutex));
	return NULL;
}

TEST(mutex_stays_locked, .covers = "FORK-035",
     .summary = "a mutex that another thread holds is locked in the child, one that nobody holds is not",
     THROUGH(fork_doors))
{
	const struct fork_door *door = this_door();
	pthread_t holder;

	SETUP(-pthread_create(&holder, NULL, hold_mutex, NULL));
	await(LOCKED);
	long child = door->fork();
	if (child == 0) {
		EXPECT_EQ(pthread_mutex_trylock(&mutex), EBUSY);
		leave(0);
	}
	post(MAY_GO);
	SETUP(-pthread_join(holder, NULL));
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);

	child = door->fork();
	if (child == 0) {
		EXPECT_EQ(pthread_mutex_trylock(&mutex), 0);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
}

/* ---- At the same time ---------------------------------------------------------------------------- */

#define FORKS 8
#define OLD_DOORS 3 /* those that every release has */

static pid_t children[THREADS][FORKS];

static void *fork_often(void *arg)
{
	pid_t *own = arg, process = sys_getpid();

	await(READY);
	for (int i = 0; i < FORKS; i++) {
		long child = fork_doors[i % OLD_DOORS].fork();
		if (child == 0) {
			EXPECT_EQ(sys_getppid(), process, i);
			EXPECT_EQ(sys_gettid(), sys_getpid(), i);
			await(MAY_GO);
			leave(i);
		}
		REQUIRE_GT(child, 0, i);
		own[i] = (pid_t)child;
	}
	return NULL;
}

TEST(at_once, .covers = "FORK-002 FORK-010 FORK-013 THR-16",
     .summary = "threads that fork at the same time each get children of their own, all of the same process")
{
	pthread_t threads[THREADS];

	for (int i = 0; i < THREADS; i++)
		SETUP(-pthread_create(&threads[i], NULL, fork_often, children[i]));
	post(READY);
	for (int i = 0; i < THREADS; i++)
		SETUP(-pthread_join(threads[i], NULL));
	for (int i = 0; i < THREADS * FORKS; i++)
		for (int k = 0; k < i; k++)
			EXPECT_NE(children[i / FORKS][i % FORKS], children[k / FORKS][k % FORKS], k);
	post(MAY_GO);
	for (int i = 0; i < THREADS * FORKS; i++)
		EXPECT_EXITED(children[i / FORKS][i % FORKS], i % FORKS, i);
	EXPECT_NO_CHILD();
}
