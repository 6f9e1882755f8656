// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* A pool of threads, made as a thread library makes them, that work off a queue and fork meanwhile. */
#include "forkcheck.h"

#include <linux/futex.h>

#if defined(__i386__)
#include <asm/ldt.h>
#endif

enum { WORKERS = 4, ITEMS = 32 };

/* Each so many items is done by a child. */
#define BY_CHILD(item) ((item) % 4 == 0)

/* ---- A lock and a queue --------------------------------------------------------------------------- */

static long futex(void *word, int operation, unsigned value)
{
	return SYSCALL4(SYS_futex, word, operation, value, NULL);
}

/* 0: free, 1: taken, 2: taken, and somebody waits. */
static unsigned lock_word;

static void lock(void)
{
	unsigned old = 0;

	if (__atomic_compare_exchange_n(&lock_word, &old, 1, false, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
		return;
	while (__atomic_exchange_n(&lock_word, 2, __ATOMIC_ACQUIRE))
		futex(&lock_word, FUTEX_WAIT_PRIVATE, 2);
}

static void unlock(void)
{
	if (__atomic_exchange_n(&lock_word, 0, __ATOMIC_RELEASE) == 2)
		futex(&lock_word, FUTEX_WAKE_PRIVATE, 1);
}

static struct queue {
	unsigned added; /* what is waited for; under the lock */
	int items[ITEMS];
	int count;
	bool closed; /* no more will be added */
} queue;

static void add(int item)
{
	lock();
	if (item < 0)
		queue.closed = true;
	else
		queue.items[queue.count++] = item;
	__atomic_add_fetch(&queue.added, 1, __ATOMIC_SEQ_CST);
	unlock();
	futex(&queue.added, FUTEX_WAKE_PRIVATE, item < 0 ? INT32_MAX : 1);
}

/* The next item, or -1 when all are done. */
static int take(void)
{
	for (;;) {
		lock();
		unsigned seen = queue.added;
		int item = queue.count ? queue.items[--queue.count] : -1;
		bool closed = queue.closed;
		unlock();
		if (item >= 0 || closed)
			return item;
		futex(&queue.added, FUTEX_WAIT_PRIVATE, seen);
	}
}

/* ---- Workers: no C library here -------------------------------------------------------------------- */

static struct worker {
	unsigned long area[8]; /* its TLS area, which begins with its own address */
	pid_t tid;	       /* stored by the kernel, and cleared by it at the end */
	pid_t own;	       /* what it takes its TID for */
	int items;
#if defined(__i386__)
	struct user_desc descriptor;
#endif
} workers[WORKERS];

/* Shared with children. */
static struct counts {
	int done[ITEMS], by_child[ITEMS];
} * counts;

static pid_t process;

static struct worker *self(void)
{
	return (struct worker *)thread_pointer();
}

/* A child has one thread: the copy of the one that made it, TLS area and all. */
static _Noreturn void do_in_child(const struct worker *worker, int item)
{
	EXPECT_EQ(sys_getppid(), process);
	EXPECT_EQ(sys_gettid(), sys_getpid());
	EXPECT_EQ((uintptr_t)self(), (uintptr_t)worker);
	__atomic_add_fetch(&counts->by_child[item], 1, __ATOMIC_SEQ_CST);
	leave(item);
}

static void do_item(const struct worker *worker, int item)
{
	__atomic_add_fetch(&counts->done[item], 1, __ATOMIC_SEQ_CST);
	if (!BY_CHILD(item))
		return;
	long child = sys_fork();
	if (child == 0)
		do_in_child(worker, item);
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, item);
}

static int work(void *arg)
{
	struct worker *worker = self();

	EXPECT_EQ((uintptr_t)worker, (uintptr_t)arg);
	EXPECT_EQ(sys_getpid(), process);
	worker->own = sys_gettid();
	EXPECT_EQ(__atomic_load_n(&worker->tid, __ATOMIC_SEQ_CST), worker->own);
	for (int item; (item = take()) >= 0; worker->items++)
		do_item(worker, item);
	return 0;
}

/* ---- The thread library ----------------------------------------------------------------------------- */

static unsigned long tls_argument(struct worker *worker)
{
	worker->area[0] = (unsigned long)worker->area;
#if defined(__i386__)
	unsigned selector;

	__asm__ volatile("movl %%gs, %0" : "=r"(selector));
	worker->descriptor = (struct user_desc){
		.entry_number = selector >> 3,
		.base_addr = (unsigned)worker->area,
		.limit = 0xfffff,
		.seg_32bit = 1,
		.limit_in_pages = 1,
		.useable = 1,
	};
	return (unsigned long)&worker->descriptor;
#else
	return (unsigned long)worker->area;
#endif
}

static pid_t create(enum clone_via via, struct worker *worker)
{
	long tid = CLONE_CALL(via, new_stack(), work, worker,
			      .flags = THREAD_FLAGS | CLONE_SETTLS | CLONE_PARENT_SETTID | CLONE_CHILD_CLEARTID,
			      .tls = tls_argument(worker), .parent_tid = &worker->tid, .child_tid = &worker->tid);
	REQUIRE_GT(tid, 0);
	return (pid_t)tid;
}

/* Sees to it that a joiner does not wait for ever where the word is not cleared, or nobody is woken. */
static int watch(void *arg)
{
	pid_t *tids = arg;

	for (int i = 0; i < WORKERS; i++) {
		await_thread_gone(tids[i]);
		pid_t left = __atomic_exchange_n(&workers[i].tid, 0, __ATOMIC_SEQ_CST);
		EXPECT_EQ(left, 0, i);
		long forgotten = futex(&workers[i].tid, FUTEX_WAKE, 1);
		EXPECT_EQ(forgotten, 0, i);
	}
	return 0;
}

static void join(const struct worker *worker)
{
	pid_t tid;

	while ((tid = __atomic_load_n(&worker->tid, __ATOMIC_SEQ_CST)) != 0)
		futex((void *)&worker->tid, FUTEX_WAIT, (unsigned)tid);
}

TEST(queue_worked_off,
     .covers = "CLONE-PSETTID-01 CLONE-PSETTID-05 CLONE-CLRTID-01 CLONE-CLRTID-02 CLONE-THREAD-01 "
	       "CLONE-THREAD-02 EXIT-05 FORK-034",
     .summary =
	     "threads made as by a thread library do each item of a queue once, fork while others work, are joined by "
	     "the word that the kernel clears, and leave no thread and no child",
     THROUGH(clone_doors))
{
	const struct clone_door *door = this_door();
	static pid_t tids[WORKERS];
	int items = 0;

	counts = shared(sizeof(*counts));
	process = sys_getpid();
	for (int i = 0; i < WORKERS; i++)
		tids[i] = create(door->via, &workers[i]);
	for (int i = 0; i < ITEMS; i++)
		add(i);
	add(-1);
	pid_t watcher = start_thread(watch, tids);
	for (int i = 0; i < WORKERS; i++)
		join(&workers[i]);
	await_thread_gone(watcher);
	for (int i = 0; i < WORKERS; i++) {
		EXPECT_FAILS(checked_tgkill(process, tids[i], 0), ESRCH, i);
		EXPECT_EQ(tids[i], workers[i].own, i);
		items += workers[i].items;
	}
	EXPECT_EQ(items, ITEMS);
	for (int i = 0; i < ITEMS; i++) {
		EXPECT_EQ(counts->done[i], 1, i);
		EXPECT_EQ(counts->by_child[i], BY_CHILD(i), i);
	}
	EXPECT_NO_CHILD();
}
