// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* Fork beside threads that change what the child gets a copy of: it is whole, and nothing in it waits for them. */
#include "forkcheck.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

#define FORKS 40

static volatile bool *stop;
static volatile unsigned *beats; /* of each kind of work */

/* ---- What threads do, and the child, too, by system calls ---------------------------------------- */

static void make_thread(struct stack *stack)
{
	pid_t tid = (pid_t)SETUP_RAW(CLONE_CALL(VIA_CLONE, stack, return_zero, NULL, .flags = THREAD_FLAGS));

	await_thread_gone(tid);
}

static void map_memory(struct stack *unused)
{
	(void)unused;
	volatile char *page = (volatile char *)SETUP_RAW(sys_map_private(NULL, page_size(), PROT_READ | PROT_WRITE));

	page[0] = 1;
	SETUP_RAW(sys_mprotect((void *)page, page_size(), PROT_READ));
	SETUP_RAW(sys_munmap((void *)page, page_size()));
}

static void on_signal(int sig)
{
	(void)sig;
}

static void set_handler(struct stack *unused)
{
	(void)unused;
	struct sigaction handler = { .sa_handler = on_signal }, none = { .sa_handler = SIG_DFL };

	SETUP_RAW(sigaction(SIGUSR2, &handler, NULL));
	SETUP_RAW(sigaction(SIGUSR2, &none, NULL));
}

static void use_descriptors(struct stack *unused)
{
	(void)unused;
	int fd = (int)SETUP_RAW(sys_open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC));

	SETUP_RAW(sys_close((int)SETUP_RAW(sys_dup(fd))));
	SETUP_RAW(sys_close(fd));
}

static void change_directory(struct stack *unused)
{
	(void)unused;
	SETUP_RAW(sys_chdir("/"));
	sys_umask(022);
}

static void (*const works[])(struct stack *) = { make_thread, map_memory, set_handler, use_descriptors,
						 change_directory };

static struct worker {
	unsigned number;
	struct stack *stack;
} workers[ARRAY_SIZE(works)];

static int work(void *arg)
{
	const struct worker *me = arg;

	while (!*stop) {
		works[me->number](me->stack);
		beats[me->number]++;
		sys_sched_yield();
	}
	return 0;
}

static bool all_have_begun(void)
{
	for (unsigned i = 0; i < ARRAY_SIZE(works); i++)
		if (!beats[i])
			return false;
	return true;
}

TEST(child_works, .covers = "FORK-074", THROUGH(fork_doors),
     .summary =
	     "a child that is forked beside threads which make threads, map, set handlers, open and change directory can "
	     "do all that itself")
{
	const struct fork_door *door = this_door();
	pid_t tids[ARRAY_SIZE(works)];
	struct stack *stack = new_stack();

	stop = shared(sizeof(*stop));
	beats = shared(sizeof(*beats) * ARRAY_SIZE(works));
	for (unsigned i = 0; i < ARRAY_SIZE(works); i++) {
		workers[i] = (struct worker){ i, new_stack() };
		tids[i] = start_thread(work, &workers[i]);
	}
	while (!all_have_begun())
		sys_sched_yield();
	for (int n = 0; n < FORKS; n++) {
		long child = door->fork();
		if (child == 0) {
			for (unsigned i = 0; i < ARRAY_SIZE(works); i++)
				works[i](stack);
			leave(0);
		}
		REQUIRE_GT(child, 0, n);
		EXPECT_EXITED(child, 0, n);
	}
	*stop = true;
	for (unsigned i = 0; i < ARRAY_SIZE(works); i++)
		await_thread_gone(tids[i]);
}

/* ---- The C library's locks ----------------------------------------------------------------------- */

#ifdef __GLIBC__
static FILE *sink;

static void *allocate(void *unused)
{
	(void)unused;
	while (!*stop) {
		void *volatile block = malloc(100);
		free(block);
		block = malloc(300000);
		free(block);
		beats[0]++;
	}
	return NULL;
}

static void *print(void *unused)
{
	(void)unused;
	while (!*stop) {
		fputc('x', sink);
		beats[1]++;
	}
	return NULL;
}

TEST(library_works, .covers = "FORK-075", .features = FEATURES(NEEDS_WORKDIR),
     .summary = "in a child of fork() that was made beside threads which allocate and print, malloc() and stdio work")
{
	pthread_t threads[2];

	stop = shared(sizeof(*stop));
	beats = shared(2 * sizeof(*beats));
	sink = fopen("/dev/null", "w");
	SETUP(sink ? 0 : -1);
	SETUP(-pthread_create(&threads[0], NULL, allocate, NULL));
	SETUP(-pthread_create(&threads[1], NULL, print, NULL));
	while (!beats[0] || !beats[1])
		sys_sched_yield();
	for (int n = 0; n < FORKS; n++) {
		pid_t child = fork();
		if (child == 0) {
			char *volatile block = malloc(100000);
			FILE *file = fopen("printed", "w");
			EXPECT_TRUE(block && file, n);
			memset(block, 1, 100000);
			EXPECT_EQ(fputc('a', file), 'a', n);
			EXPECT_EQ(fclose(file), 0, n);
			EXPECT_EQ(fputc('y', sink), 'y', n);
			free(block);
			leave(0);
		}
		REQUIRE_GT(child, 0, n);
		EXPECT_EXITED(child, 0, n);
	}
	*stop = true;
	for (int i = 0; i < 2; i++)
		SETUP(-pthread_join(threads[i], NULL));
}
#endif
