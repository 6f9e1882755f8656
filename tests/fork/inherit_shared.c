// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* What POSIX has to share between processes: a child of fork uses it together with its parent. */
#include "forkcheck.h"

#include <pthread.h>
#include <semaphore.h>
#include <sys/stat.h>

#include <linux/futex.h>

static const long futex_calls[] = {
	SYS_futex,
#ifdef SYS_futex_time64
	SYS_futex_time64,
#endif
	-1,
};

/* A name that nobody else has: the object is unlinked at once. */
static const char *unique_name(void)
{
	static char name[48];

	if (access("/dev/shm", W_OK | X_OK))
		SKIP(SKIP_SURROUNDINGS, "/dev/shm", "may not be written");
	name[0] = 0;
	append_text(name, sizeof(name), "/forkcheck.");
	append_number(name, sizeof(name), sys_getpid());
	append_text(name, sizeof(name), ".");
	append_number(name, sizeof(name), test_random());
	return name;
}

/* ---- Memory -------------------------------------------------------------------------------------- */

enum { PARENT_WROTE };

static int posix_memory(void)
{
	const char *name = unique_name();
	int fd = (int)SETUP(shm_open(name, O_RDWR | O_CREAT | O_EXCL, 0600));

	SETUP(shm_unlink(name));
	SETUP(ftruncate(fd, (off_t)page_size()));
	return fd;
}

static volatile int *map_words(int fd, int flags)
{
	void *map = mmap(NULL, page_size(), PROT_READ | PROT_WRITE, flags, fd, 0);

	if (map == MAP_FAILED)
		BROKEN("mmap");
	return map;
}

static const struct mapping {
	const char *name;
	int flags;
	bool common;
} mappings[] = {
	{ "shared", MAP_SHARED, true },
	{ "private", MAP_PRIVATE, false },
};

TEST(posix_shared_memory, .covers = "INH-IPC-06",
     .summary = "a mapping of POSIX shared memory is the child's too, shared or private as it was made",
     CASES(mappings), THROUGH(fork_doors))
{
	const struct mapping *mapping = this_case();
	const struct fork_door *door = this_door();
	int fd = posix_memory();
	volatile int *words = map_words(fd, mapping->flags);

	words[0] = 1;
	words[1] = 0; /* a private page has parted from the file by then */
	long child = door->fork();
	if (child == 0) {
		await(PARENT_WROTE);
		EXPECT_EQ(words[0], 1);
		EXPECT_EQ(words[1], mapping->common ? 2 : 0);
		words[2] = 3;
		/* The descriptor, too: through it the child finds the object itself. */
		volatile int *again = map_words(fd, MAP_SHARED);
		EXPECT_EQ(again[2], mapping->common ? 3 : 0);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	words[1] = 2;
	post(PARENT_WROTE);
	EXPECT_EXITED(child, 0);
	EXPECT_EQ(words[2], mapping->common ? 3 : 0);
}

/*
 * ---- Locks ---------------------------------------------------------------------------------------
 *
 * By the C library's own fork: in a child made behind its back it does not know the thread's ID.
 */

enum { TAKEN, GIVE };

/* In memory shared by MAP_SHARED. */
static struct objects {
	sem_t semaphore;
	pthread_mutex_t mutex;
	pthread_rwlock_t rwlock;
	pthread_cond_t condition;
	pthread_barrier_t barrier;
	volatile int entered, flag;
} * objects;

static sem_t *semaphore;

static void make_semaphore(void)
{
	semaphore = &objects->semaphore;
	SETUP(sem_init(semaphore, 1, 1));
}

static void make_named_semaphore(void)
{
	const char *name = unique_name();

	semaphore = sem_open(name, O_CREAT | O_EXCL, 0600, 1U);
	SETUP(semaphore == SEM_FAILED ? -1 : 0);
	SETUP(sem_unlink(name));
}

static bool try_semaphore(void)
{
	return sem_trywait(semaphore) == 0;
}

static void take_semaphore(void)
{
	EXPECT_RETURNS(sem_wait(semaphore), 0);
}

static void give_semaphore(void)
{
	EXPECT_RETURNS(sem_post(semaphore), 0);
}

static void make_mutex(void)
{
	pthread_mutexattr_t attr;

	SETUP(-pthread_mutexattr_init(&attr));
	SETUP(-pthread_mutexattr_setpshared(&attr, PTHREAD_PROCESS_SHARED));
	SETUP(-pthread_mutex_init(&objects->mutex, &attr));
}

static bool try_mutex(void)
{
	return pthread_mutex_trylock(&objects->mutex) == 0;
}

static void take_mutex(void)
{
	EXPECT_EQ(pthread_mutex_lock(&objects->mutex), 0);
}

static void give_mutex(void)
{
	EXPECT_EQ(pthread_mutex_unlock(&objects->mutex), 0);
}

static void make_rwlock(void)
{
	pthread_rwlockattr_t attr;

	SETUP(-pthread_rwlockattr_init(&attr));
	SETUP(-pthread_rwlockattr_setpshared(&attr, PTHREAD_PROCESS_SHARED));
	SETUP(-pthread_rwlock_init(&objects->rwlock, &attr));
}

static bool try_rwlock(void)
{
	return pthread_rwlock_trywrlock(&objects->rwlock) == 0;
}

static void take_rwlock(void)
{
	EXPECT_EQ(pthread_rwlock_wrlock(&objects->rwlock), 0);
}

static void give_rwlock(void)
{
	EXPECT_EQ(pthread_rwlock_unlock(&objects->rwlock), 0);
}

static const struct lock {
	struct case_head head;
	void (*make)(void);
	bool (*try)(void);
	void (*take)(void);
	void (*give)(void);
} locks[] = {
	{ { "semaphore", .covers = "INH-IPC-07" }, make_semaphore, try_semaphore, take_semaphore, give_semaphore },
	{ { "named_semaphore", .covers = "POSIX-005" },
	  make_named_semaphore,
	  try_semaphore,
	  take_semaphore,
	  give_semaphore },
	{ { "mutex", .covers = "INH-IPC-08" }, make_mutex, try_mutex, take_mutex, give_mutex },
	{ { "rwlock", .covers = "INH-IPC-13" }, make_rwlock, try_rwlock, take_rwlock, give_rwlock },
};

static void child_keeps_parent_out(const struct lock *lock)
{
	pid_t child = fork();
	if (child == 0) {
		lock->take();
		post(TAKEN);
		await(GIVE);
		lock->give();
		leave(0);
	}
	REQUIRE_GT(child, 0);
	await(TAKEN);
	bool got_it = lock->try();
	post(GIVE);
	EXPECT_EXITED(child, 0);
	REQUIRE_TRUE(!got_it);
	got_it = lock->try();
	REQUIRE_TRUE(got_it);
	lock->give();
}

static void child_waits_for_parent(const struct lock *lock)
{
	lock->take();
	pid_t child = fork();
	if (child == 0) {
		lock->take();
		objects->entered = 1;
		lock->give();
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_TRUE(await_blocked(child, futex_calls, &objects->entered, 0));
	lock->give();
	EXPECT_EXITED(child, 0);
	EXPECT_EQ(objects->entered, 1);
}

TEST(locks_between, .features = FEATURES(NEEDS_PROC),
     .summary = "the parent can't take what the child holds, and the child waits for what the parent holds",
     CASES_NEEDING(locks))
{
	const struct lock *lock = this_case();

	objects = shared(sizeof(*objects));
	lock->make();
	child_keeps_parent_out(lock);
	child_waits_for_parent(lock);
}

/* ---- Meeting ------------------------------------------------------------------------------------- */

TEST(condition_between, .covers = "INH-IPC-13",
     .summary = "a child wakes its parent by a process-shared condition variable, and gets the mutex meanwhile")
{
	pthread_condattr_t attr;

	objects = shared(sizeof(*objects));
	make_mutex();
	SETUP(-pthread_condattr_init(&attr));
	SETUP(-pthread_condattr_setpshared(&attr, PTHREAD_PROCESS_SHARED));
	SETUP(-pthread_cond_init(&objects->condition, &attr));
	take_mutex();
	pid_t child = fork();
	if (child == 0) {
		take_mutex(); /* the parent's until it waits */
		EXPECT_EQ(objects->entered, 1);
		objects->flag = 1;
		EXPECT_EQ(pthread_cond_signal(&objects->condition), 0);
		give_mutex();
		leave(0);
	}
	REQUIRE_GT(child, 0);
	objects->entered = 1;
	while (!objects->flag)
		REQUIRE_EQ(pthread_cond_wait(&objects->condition, &objects->mutex), 0);
	give_mutex();
	EXPECT_EXITED(child, 0);
}

TEST(barrier_between, .covers = "INH-IPC-13",
     .summary = "parent and child meet at a process-shared barrier, and for one of them it returns another value")
{
	pthread_barrierattr_t attr;

	objects = shared(sizeof(*objects));
	SETUP(-pthread_barrierattr_init(&attr));
	SETUP(-pthread_barrierattr_setpshared(&attr, PTHREAD_PROCESS_SHARED));
	SETUP(-pthread_barrier_init(&objects->barrier, &attr, 2));
	pid_t child = fork();
	if (child == 0) {
		objects->flag = pthread_barrier_wait(&objects->barrier);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	int parents = pthread_barrier_wait(&objects->barrier);
	EXPECT_EXITED(child, 0);
	EXPECT_TRUE(parents == 0 || objects->flag == 0);
	EXPECT_EQ(parents + objects->flag, PTHREAD_BARRIER_SERIAL_THREAD);
}
