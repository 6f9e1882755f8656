// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* Asynchronous I/O, semaphore undo values and directory notifications: none of them passes to a child of fork. */
#include "inherit.h"

#include <linux/aio_abi.h>
#include <poll.h>
#include <sys/sem.h>

/* ---- Asynchronous I/O -------------------------------------------------------------------------- */

static aio_context_t context;

static void set_up_context(void)
{
	SETUP_RAW(SYSCALL2(SYS_io_setup, 4, &context));
}

/* Completed operations, without waiting for any; -EINVAL where there is no such context. */
static long get_events(struct io_event *event, long least)
{
	const long no_time[2] = { 0 };

	return SYSCALL5(SYS_io_getevents, context, least, 1, event, least ? NULL : no_time);
}

static long long find_context(void)
{
	struct io_event event;

	return get_events(&event, 0);
}

/* Its ring stands in memory at the address that is its name: 0, or -ENOMEM where nothing is mapped. */
static long long find_ring(void)
{
	unsigned char in_core;

	return SYSCALL3(SYS_mincore, context, 1, &in_core);
}

static const struct attribute to_reset[] = {
	{ { "aio_ring", .covers = "INH-MEM-18", .features = FEATURES(NEEDS_AIO) },
	  OF_MEMORY,
	  RESET,
	  .set = set_up_context,
	  .get = find_ring,
	  .fresh = -ENOMEM },
	{ { "aio_context", .covers = "FORK-027", .features = FEATURES(NEEDS_AIO) },
	  OF_MEMORY,
	  RESET,
	  .set = set_up_context,
	  .get = find_context,
	  .fresh = -EINVAL },
};

TEST(reset, .summary = "contexts of io_setup are those of the memory: no child with memory of its own has them",
     ATTRIBUTES(to_reset))
{
	test_inheritance();
}

TEST(outstanding_io, .covers = "FORK-026",
     .summary = "an operation that is outstanding at the fork is completed for the parent alone",
     .features = FEATURES(NEEDS_AIO), THROUGH(fork_doors))
{
	const struct fork_door *door = this_door();
	struct io_event event = { 0 };
	int ends[2];

	need_release(4, 18); /* IOCB_CMD_POLL */
	SETUP(pipe(ends));
	struct iocb poll = {
		.aio_data = 42, .aio_lio_opcode = IOCB_CMD_POLL, .aio_fildes = (uint32_t)ends[0], .aio_buf = POLLIN
	};
	struct iocb *list[] = { &poll };
	set_up_context();
	SETUP_RAW(SYSCALL3(SYS_io_submit, context, 1, list));
	long child = door->fork();
	if (child == 0) {
		EXPECT_EQ(sys_write(ends[1], "x", 1), 1);
		EXPECT_FAILS(get_events(&event, 0), EINVAL);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	EXPECT_EQ(get_events(&event, 1), 1);
	EXPECT_EQ(event.data, 42);
	EXPECT_EQ(get_events(&event, 0), 0);
}

/* ---- Semaphores -------------------------------------------------------------------------------- */

/* The caller of semctl(2) defines it. A plain int would lie in the other half on a big-endian machine. */
union semun {
	int val;
	void *buf;
};

static void take_with_undo(int set)
{
	struct sembuf take = { .sem_op = -2, .sem_flg = SEM_UNDO };

	SETUP(semop(set, &take, 1));
}

TEST(semaphore_undo, .covers = "FORK-019",
     .summary = "a child does not apply its parent's semaphore adjustments when it ends",
     .features = FEATURES(NEEDS_SYSVIPC), THROUGH(fork_doors))
{
	const struct fork_door *door = this_door();
	int set = (int)SETUP(semget(IPC_PRIVATE, 1, 0600));

	SETUP(semctl(set, 0, SETVAL, (union semun){ .val = 5 }));
	pid_t parent = fork_helper();
	if (parent == 0) {
		take_with_undo(set);
		long child = door->fork();
		if (child == 0)
			leave(0);
		REQUIRE_GT(child, 0);
		EXPECT_EXITED(child, 0);
		EXPECT_RETURNS(semctl(set, 0, GETVAL), 3);
		leave(0);
	}
	EXPECT_EXITED(parent, 0);
	EXPECT_RETURNS(semctl(set, 0, GETVAL), 5);
	SETUP(semctl(set, 0, IPC_RMID));
}

/* ---- Directories ------------------------------------------------------------------------------- */

#define NOTICE 40 /* a real-time signal: each is counted */

static long pending_notices(void)
{
	const sigset64 set = SIGBIT(NOTICE);
	const long no_time[4] = { 0 };
	long count = 0;

	while (SYSCALL4(SYS_rt_sigtimedwait, &set, NULL, no_time, sizeof(set)) == NOTICE)
		count++;
	return count;
}

TEST(directory_notice, .covers = "FORK-028",
     .summary = "a notice of a change in a directory goes once to the parent that asked for it, and not to its child",
     .features = FEATURES(NEEDS_WORKDIR), THROUGH(fork_doors))
{
	const struct fork_door *door = this_door();

	need_feature(NEEDS_DNOTIFY);
	int dir = (int)SETUP(open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));

	SETUP_RAW(sys_sigprocmask(SIG_BLOCK, &(sigset64){ SIGBIT(NOTICE) }, NULL));
	SETUP_RAW(sys_fcntl(dir, F_SETSIG, NOTICE));
	SETUP_RAW(sys_fcntl(dir, F_NOTIFY, (long)(DN_CREATE | DN_MULTISHOT)));
	long child = door->fork();
	if (child == 0) {
		SETUP(open("by-child", O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
		EXPECT_EQ(pending_notices(), 0);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	EXPECT_EQ(pending_notices(), 1);
	/* The child's copy of the descriptor is closed: the parent's request stands. */
	SETUP(open("by-parent", O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
	EXPECT_EQ(pending_notices(), 1);
}
