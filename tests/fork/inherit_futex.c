// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* Futexes between a child and its parent, and the robust ones of which a dead owner is told. */
#include "forkcheck.h"

#include <linux/futex.h>
#include <pthread.h>

static const long futex_calls[] = {
	SYS_futex,
#ifdef SYS_futex_time64
	SYS_futex_time64,
#endif
	-1,
};

static long wait_while(volatile int *word, int value, int flags)
{
	return SYSCALL4(SYS_futex, word, FUTEX_WAIT | flags, value, NULL);
}

/* How many of those who wait were woken. */
static long wake(volatile int *word, int flags)
{
	return SYSCALL3(SYS_futex, word, FUTEX_WAKE | flags, INT32_MAX);
}

static volatile int *map_word(int sharing)
{
	void *map = mmap(NULL, page_size(), PROT_READ | PROT_WRITE, sharing | MAP_ANONYMOUS, -1, 0);

	if (map == MAP_FAILED)
		BROKEN("mmap");
	*(volatile int *)map = 0;
	return map;
}

/* ---- Who finds whom ------------------------------------------------------------------------------ */

struct waiter {
	volatile int *word;
	int flags;
	volatile int done, result; /* in shared memory */
};

static int wait_for_wake(void *arg)
{
	struct waiter *waiter = arg;

	waiter->result = (int)wait_while(waiter->word, 0, waiter->flags);
	waiter->done = 1;
	return 0;
}

/* The child's word is elsewhere in its memory, but is the same word. */
static volatile int *move(volatile int *word)
{
	void *at = mmap(NULL, page_size(), PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	at = mremap((void *)word, page_size(), page_size(), MREMAP_MAYMOVE | MREMAP_FIXED, at);
	SETUP(at == MAP_FAILED ? -1 : 0);
	return at;
}

static const struct word {
	struct case_head head;
	int sharing, flags;
	bool moved;
	int found;
} words[] = {
	{ { "shared", .covers = "INH-IPC-09" }, MAP_SHARED, 0, false, 1 },
	{ { "shared_moved", .covers = "INH-IPC-09" }, MAP_SHARED, 0, true, 1 },
	{ { "private_memory", .covers = "INH-IPC-14" }, MAP_PRIVATE, 0, false, 0 },
	{ { "private_operation", .covers = "INH-IPC-14" }, MAP_SHARED, FUTEX_PRIVATE_FLAG, false, 0 },
};

/* The child waits; what the parent finds there is the one, or none. */
static void wake_child(pid_t child, struct waiter *waiter, int found)
{
	EXPECT_TRUE(await_blocked(child, futex_calls, &waiter->done, 0));
	long woken = wake(waiter->word, waiter->flags);
	EXPECT_EQ(woken, found);
	if (woken == 1) {
		EXPECT_EXITED(child, 0);
		EXPECT_EQ(waiter->result, 0);
	} else {
		checked_kill(child, SIGKILL);
		EXPECT_KILLED(child, SIGKILL);
		EXPECT_EQ(waiter->done, 0);
	}
}

TEST(woken_by_parent, .features = FEATURES(NEEDS_PROC),
     .summary =
	     "the parent's FUTEX_WAKE finds a child that waits on a word of shared memory, at whatever address; a private operation does not, nor one in memory of its own",
     CASES_NEEDING(words), THROUGH(fork_doors))
{
	const struct word *word = this_case();
	const struct fork_door *door = this_door();
	struct waiter *waiter = shared(sizeof(*waiter));

	waiter->word = map_word(word->sharing);
	waiter->flags = word->flags;
	long child = door->fork();
	if (child == 0) {
		struct waiter *mine = waiter;
		volatile int *at = word->moved ? move(waiter->word) : waiter->word;
		mine->result = (int)wait_while(at, 0, word->flags);
		mine->done = 1;
		leave(0);
	}
	REQUIRE_GT(child, 0);
	wake_child((pid_t)child, waiter, word->found);
}

static const struct operation {
	const char *name;
	int flags;
} operations[] = {
	{ "private", FUTEX_PRIVATE_FLAG },
	{ "shared", 0 },
};

TEST(woken_in_common_memory, .covers = "INH-IPC-14", .features = FEATURES(NEEDS_PROC),
     .summary = "with CLONE_VM the parent's FUTEX_WAKE finds its child in private memory, also by a private operation",
     CASES(operations), THROUGH(clone_doors))
{
	const struct operation *operation = this_case();
	const struct clone_door *door = this_door();
	struct waiter *waiter = shared(sizeof(*waiter));

	waiter->word = map_word(MAP_PRIVATE);
	waiter->flags = operation->flags;
	long child = CLONE_CALL(door->via, new_stack(), wait_for_wake, waiter, .flags = CLONE_VM,
				.exit_signal = SIGCHLD);
	REQUIRE_GT(child, 0);
	wake_child((pid_t)child, waiter, 1);
}

/* ---- Robust futexes ------------------------------------------------------------------------------ */

enum { HELD, END };

TEST(robust_mutex, .covers = "INH-IPC-10",
     .summary = "the next owner of a robust mutex with which a child died gets EOWNERDEAD, and may make it consistent")
{
	pthread_mutex_t *mutex = shared(sizeof(*mutex));
	pthread_mutexattr_t attr;

	SETUP(-pthread_mutexattr_init(&attr));
	SETUP(-pthread_mutexattr_setpshared(&attr, PTHREAD_PROCESS_SHARED));
	SETUP(-pthread_mutexattr_setrobust(&attr, PTHREAD_MUTEX_ROBUST));
	SETUP(-pthread_mutex_init(mutex, &attr));
	/* By the C library's own fork, which registers a list for the child. */
	pid_t child = fork();
	if (child == 0) {
		SETUP(-pthread_mutex_lock(mutex));
		post(HELD);
		await(END);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	await(HELD);
	EXPECT_EQ(pthread_mutex_trylock(mutex), EBUSY);
	post(END);
	EXPECT_EXITED(child, 0);
	REQUIRE_EQ(pthread_mutex_trylock(mutex), EOWNERDEAD);
	EXPECT_EQ(pthread_mutex_consistent(mutex), 0);
	EXPECT_EQ(pthread_mutex_unlock(mutex), 0);
	EXPECT_EQ(pthread_mutex_trylock(mutex), 0);
	EXPECT_EQ(pthread_mutex_unlock(mutex), 0);
}

/* A futex with its place in a list, as the kernel wants them. */
struct robust {
	struct robust_list entry;
	volatile int word;
};

/* In operations this bit is FUTEX_PRIVATE_FLAG. In the word it belongs to the TID, and must not be mixed up with that. */
#define TID_BIT 128

static void hold(struct robust *robust)
{
	static struct robust_list_head head;

	robust->word = (int)((unsigned)sys_gettid() | FUTEX_WAITERS);
	robust->entry.next = &head.list;
	head.list.next = &robust->entry;
	head.futex_offset = (long)(offsetof(struct robust, word) - offsetof(struct robust, entry));
	SETUP(SYSCALL2(SYS_set_robust_list, &head, sizeof(head)));
}

/* A process that waits on the word as long as that names this owner. */
static pid_t start_waiter(struct robust *robust, struct waiter *waiter, pid_t owner)
{
	pid_t pid = fork_helper();

	if (pid == 0) {
		waiter->result = (int)wait_while(&robust->word, (int)((unsigned)owner | FUTEX_WAITERS), 0);
		waiter->done = 1;
		leave(0);
	}
	EXPECT_TRUE(await_blocked(pid, futex_calls, &waiter->done, 0));
	return pid;
}

/* Called when the owner is gone: nobody may be left to wake. */
static void expect_told(struct robust *robust, struct waiter *waiter, pid_t waiting)
{
	const unsigned word = (unsigned)robust->word;
	EXPECT_EQ(word, FUTEX_WAITERS | FUTEX_OWNER_DIED);
	long left = wake(&robust->word, 0);
	EXPECT_EQ(left, 0);
	EXPECT_EXITED(waiting, 0);
	EXPECT_EQ(waiter->result, 0);
}

/* A child that holds the futex from its beginning, and then waits. Its TID has the bit or has it not. */
static pid_t start_owner(struct robust *robust, bool with_bit, int execute_with)
{
	for (int tries = 0; tries < 1000; tries++) {
		long child = sys_fork();
		REQUIRE_GE(child, 0, tries);
		const pid_t tid = child ? (pid_t)child : sys_gettid();
		const bool suits = !(tid & TID_BIT) == !with_bit;
		if (child == 0 && suits) {
			hold(robust);
			post(HELD);
			await(END);
			if (execute_with >= 0)
				SETUP(execute_self(IMAGE_PAUSE, execute_with));
		}
		if (child == 0)
			leave(0);
		if (suits) {
			await(HELD);
			return (pid_t)child;
		}
		EXPECT_EXITED(child, 0, tries);
	}
	BROKEN("no such TID in 1000 forks");
}

static const struct owner {
	const char *name;
	bool with_bit;
} owners[] = {
	{ "tid_without_128", false },
	{ "tid_with_128", true },
};

TEST(owner_ends, .covers = "INH-IPC-15", .features = FEATURES(NEEDS_PROC),
     .summary = "when a child ends with a robust futex the futex is marked, and one waiter in another process is woken",
     CASES(owners))
{
	const struct owner *owner = this_case();
	struct robust *robust = shared(sizeof(*robust));
	struct waiter *waiter = shared(sizeof(*waiter));

	pid_t child = start_owner(robust, owner->with_bit, -1);
	pid_t waiting = start_waiter(robust, waiter, child);
	post(END);
	EXPECT_EXITED(child, 0);
	expect_told(robust, waiter, waiting);
}

TEST(owner_executes, .covers = "INH-IPC-16", .features = FEATURES(NEEDS_PROC),
     .summary = "when a child executes a program its robust futex is marked, and one waiter is woken")
{
	struct robust *robust = shared(sizeof(*robust));
	struct waiter *waiter = shared(sizeof(*waiter));
	int ends[2];
	char byte;

	SETUP(pipe(ends));
	pid_t child = start_owner(robust, false, ends[1]);
	SETUP(sys_close(ends[1]));
	pid_t waiting = start_waiter(robust, waiter, child);
	post(END);
	SETUP(sys_read(ends[0], &byte, 1) == 1 ? 0 : -EPIPE);
	expect_told(robust, waiter, waiting);
	checked_kill(child, SIGKILL);
	EXPECT_KILLED(child, SIGKILL);
}

TEST(parents_robust_futex, .covers = "INH-IPC-11",
     .summary = "a robust futex that the parent holds is left alone by the end of its child", THROUGH(fork_doors))
{
	const struct fork_door *door = this_door();
	struct robust *robust = shared(sizeof(*robust));

	pid_t parent = fork_helper();
	if (parent == 0) {
		hold(robust);
		const int mine = robust->word;
		long child = door->fork();
		if (child == 0)
			leave(0);
		REQUIRE_GT(child, 0);
		EXPECT_EXITED(child, 0);
		EXPECT_EQ(robust->word, mine);
		leave(0);
	}
	EXPECT_EXITED(parent, 0);
	const unsigned word = (unsigned)robust->word;
	EXPECT_EQ(word, FUTEX_WAITERS | FUTEX_OWNER_DIED);
}
