// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* pthread_atfork() and _Fork(): what the C library does around the system call. */
#include "forkcheck.h"

#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>

#ifdef __GLIBC__
#if !__GLIBC_PREREQ(2, 34)
static pid_t _Fork(void)
{
	SKIP(SKIP_CONFIG, "_Fork", "this C library does not have it");
}
#endif
#endif

/* What ran, in this order; each process has its own. */
static char ran[32];
static pid_t ran_in, ran_by;

static void note(char what)
{
	ran[strlen(ran)] = what;
	ran_in = sys_getpid();
	ran_by = sys_gettid();
}

#define HANDLERS(name, prepare, parent, child) \
	static void name##_prepare(void)       \
	{                                      \
		note(prepare);                 \
	}                                      \
	static void name##_parent(void)        \
	{                                      \
		note(parent);                  \
	}                                      \
	static void name##_child(void)         \
	{                                      \
		note(child);                   \
	}
HANDLERS(first, 'a', 'b', 'c')
HANDLERS(second, 'p', 'q', 'r')
HANDLERS(third, 'x', 'y', 'z')

static void install(void)
{
	SETUP(-pthread_atfork(first_prepare, first_parent, first_child));
	SETUP(-pthread_atfork(second_prepare, second_parent, second_child));
	SETUP(-pthread_atfork(third_prepare, third_parent, third_child));
}

TEST(order, .covers = "FORK-050 POSIX-011 POSIX-012 ATFORK-04",
     .summary = "fork() runs prepare handlers last to first, then those for parent and child first to last")
{
	install();
	pid_t child = fork();
	if (child == 0) {
		EXPECT_EQ(strcmp(ran, "xpa"
				      "crz"),
			  0);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EQ(strcmp(ran, "xpa"
			      "bqy"),
		  0);
	EXPECT_EXITED(child, 0);
}

static pid_t *prepared; /* in shared memory: process and thread that ran the handler */

static void prepare_alone(void)
{
	prepared[0] = sys_getpid();
	prepared[1] = sys_gettid();
	EXPECT_NO_CHILD();
}

TEST(prepare_runs_before, .covers = "ATFORK-03",
     .summary = "prepare handlers run in the parent, before there is a child")
{
	prepared = shared(2 * sizeof(*prepared));
	SETUP(-pthread_atfork(prepare_alone, NULL, NULL));
	pid_t child = fork();
	if (child == 0)
		leave(0);
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	EXPECT_EQ(prepared[0], sys_getpid());
}

TEST(null_handlers, .covers = "ATFORK-01", .summary = "each handler of pthread_atfork() may be NULL")
{
	EXPECT_EQ(pthread_atfork(NULL, NULL, NULL), 0);
	EXPECT_EQ(pthread_atfork(first_prepare, NULL, NULL), 0);
	EXPECT_EQ(pthread_atfork(NULL, second_parent, NULL), 0);
	EXPECT_EQ(pthread_atfork(NULL, NULL, third_child), 0);
	pid_t child = fork();
	if (child == 0) {
		EXPECT_EQ(strcmp(ran, "az"), 0);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EQ(strcmp(ran, "aq"), 0);
	EXPECT_EXITED(child, 0);
}

static void *fork_in_thread(void *arg)
{
	(void)arg;
	pid_t child = fork();
	if (child == 0) {
		EXPECT_EQ(strcmp(ran, "xpacrz"), 0);
		EXPECT_EQ(ran_in, sys_getpid());
		EXPECT_EQ(ran_by, sys_gettid());
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EQ(strcmp(ran, "xpabqy"), 0);
	EXPECT_EQ(ran_by, sys_gettid());
	EXPECT_EQ(prepared[1], sys_gettid());
	EXPECT_EXITED(child, 0);
	return NULL;
}

TEST(in_the_thread, .covers = "ATFORK-02 ATFORK-05",
     .summary = "the handlers run when a secondary thread forks, and in that thread")
{
	pthread_t thread;

	prepared = shared(2 * sizeof(*prepared));
	install();
	SETUP(-pthread_atfork(prepare_alone, NULL, NULL));
	SETUP(-pthread_create(&thread, NULL, fork_in_thread, NULL));
	SETUP(-pthread_join(thread, NULL));
	EXPECT_EQ(strlen(ran), 6);
}

#define MANY_HANDLERS 100000

TEST(no_memory_for_handlers, .covers = "ATFORK-06",
     .summary = "pthread_atfork() returns ENOMEM when it cannot store the handlers, and fork() still works")
{
	struct rlimit limit;
	int result = 0;

	SETUP(getrlimit(RLIMIT_AS, &limit));
	const struct rlimit full = { 0, limit.rlim_max };
	SETUP(setrlimit(RLIMIT_AS, &full));
	if (mmap(NULL, page_size(), PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED)
		BROKEN("RLIMIT_AS does not limit the address space");
	for (int i = 0; i < MANY_HANDLERS && !result; i++)
		result = pthread_atfork(NULL, NULL, NULL);
	SETUP(setrlimit(RLIMIT_AS, &limit));
	EXPECT_EQ(result, ENOMEM);
	pid_t child = fork();
	if (child == 0)
		leave(0);
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
}

/* ---- _Fork --------------------------------------------------------------------------------------- */

TEST(skipped_by__Fork, .covers = "FORK-051",
     .summary = "_Fork() runs no handlers, neither in the parent nor in the child")
{
	install();
	pid_t child = _Fork();
	if (child == 0) {
		EXPECT_EQ(strcmp(ran, ""), 0);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EQ(strcmp(ran, ""), 0);
	EXPECT_EXITED(child, 0);
}

TEST(_Fork_is_a_fork, .covers = "POSIX-020",
     .summary = "_Fork() returns as fork() does, and the child has its own memory, which is a copy")
{
	pid_t *seen = shared(2 * sizeof(*seen));
	volatile int value = 1;

	pid_t child = _Fork();
	if (child == 0) {
		seen[0] = sys_getpid();
		seen[1] = sys_getppid();
		EXPECT_EQ(value, 1);
		value = 2;
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	EXPECT_EQ(seen[0], child);
	EXPECT_EQ(seen[1], sys_getpid());
	EXPECT_EQ(value, 1);
}

enum { MALLOC_LOOP };
#define INTERRUPTIONS 20

static volatile int *forked; /* in shared memory: how many times the handler has run */

static void fork_in_handler(int sig)
{
	(void)sig;
	pid_t child = _Fork();
	if (child == 0)
		leave(*forked);
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, *forked);
	++*forked;
}

TEST(_Fork_in_handler, .covers = "FORK-052",
     .summary = "_Fork() works in a signal handler, also in one that interrupts malloc()")
{
	const struct sigaction action = { .sa_handler = fork_in_handler };
	pid_t me = sys_getpid();

	forked = shared(sizeof(*forked));
	pid_t sender = fork_helper();
	if (sender == 0) {
		await(MALLOC_LOOP);
		for (int i = 0; i < INTERRUPTIONS; i++) {
			SETUP(checked_kill(me, SIGUSR1));
			while (*forked == i)
				sys_sched_yield();
		}
		leave(0);
	}
	SETUP(sigaction(SIGUSR1, &action, NULL));
	post(MALLOC_LOOP);
	while (*forked < INTERRUPTIONS) {
		char *volatile memory = malloc(100 + test_random() % 1000);
		free(memory);
	}
	EXPECT_EXITED(sender, 0);
	EXPECT_EQ(*forked, INTERRUPTIONS);
	EXPECT_NO_CHILD();
}
