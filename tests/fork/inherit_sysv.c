// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* System V shared memory and semaphore adjustments, and notification of message queues: what a child has of them. */
#include "forkcheck.h"

#include <mqueue.h>
#include <sys/ipc.h>
#include <sys/sem.h>
#include <sys/shm.h>

enum { PARENT_WROTE, LEAVE };

/* ---- Shared memory ------------------------------------------------------------------------------- */

struct segment {
	int id;
	volatile int *words;
};

/* Goes with the last process that has it attached. */
static struct segment attach_segment(int flags)
{
	struct segment segment = { (int)SETUP(shmget(IPC_PRIVATE, page_size(), 0600)), NULL };
	void *at = shmat(segment.id, NULL, flags);

	SETUP(shmctl(segment.id, IPC_RMID, NULL));
	if (at == (void *)-1)
		BROKEN("shmat");
	segment.words = at;
	return segment;
}

static long attached(const struct segment *segment)
{
	struct shmid_ds ds;

	SETUP(shmctl(segment->id, IPC_STAT, &ds));
	return (long)ds.shm_nattch;
}

TEST(segment_attached, .covers = "INH-IPC-01", .features = FEATURES(NEEDS_SYSVIPC),
     .summary = "a System V segment stays attached in the child, and what either writes there the other reads",
     THROUGH(fork_doors))
{
	const struct fork_door *door = this_door();
	struct segment segment = attach_segment(0);

	segment.words[0] = 1;
	long child = door->fork();
	if (child == 0) {
		await(PARENT_WROTE);
		EXPECT_EQ(segment.words[0], 1);
		EXPECT_EQ(segment.words[1], 2);
		segment.words[2] = 3;
		leave(0);
	}
	REQUIRE_GT(child, 0);
	segment.words[1] = 2;
	post(PARENT_WROTE);
	EXPECT_EXITED(child, 0);
	EXPECT_EQ(segment.words[2], 3);
}

static const struct protection {
	const char *name;
	int flags;
	long result; /* of the kernel writing a byte there */
} protections[] = {
	{ "writable", 0, 1 },
	{ "read_only", SHM_RDONLY, -EFAULT },
};

TEST(segment_protection, .covers = "INH-IPC-01", .features = FEATURES(NEEDS_SYSVIPC),
     .summary = "the child can't write to a segment that was attached for reading only", CASES(protections),
     THROUGH(fork_doors))
{
	const struct protection *protection = this_case();
	const struct fork_door *door = this_door();
	struct segment segment = attach_segment(protection->flags);
	int ends[2];

	SETUP(pipe(ends));
	SETUP(sys_write(ends[1], "x", 1));
	long child = door->fork();
	if (child == 0) {
		EXPECT_EQ(sys_read(ends[0], (void *)segment.words, 1), protection->result);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	EXPECT_EQ(segment.words[0] != 0, protection->result == 1);
}

TEST(attachments_counted, .covers = "INH-IPC-02", .features = FEATURES(NEEDS_SYSVIPC),
     .summary = "fork raises shm_nattch by what the parent has attached, and the child's end takes it back",
     THROUGH(fork_doors))
{
	const struct fork_door *door = this_door();
	struct segment segment = attach_segment(0);

	if (shmat(segment.id, NULL, SHM_RDONLY) == (void *)-1)
		BROKEN("shmat");
	const long before = attached(&segment);
	EXPECT_EQ(before, 2);
	long child = door->fork();
	if (child == 0) {
		await(LEAVE);
		EXPECT_RETURNS(shmdt((const void *)segment.words), 0);
		EXPECT_EQ(attached(&segment), 2 * before - 1);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EQ(attached(&segment), 2 * before);
	post(LEAVE);
	EXPECT_EXITED(child, 0);
	EXPECT_EQ(attached(&segment), before);
	segment.words[0] = 1; /* the child has detached its own only */
}

static struct segment borrowed;

static int count_borrowed(void *arg)
{
	*(long *)arg = attached(&borrowed);
	return 0;
}

TEST(attachments_of_memory, .covers = "INH-IPC-02", .features = FEATURES(NEEDS_SYSVIPC),
     .summary = "a child of vfork has no attachments of its own that would count", THROUGH(vfork_doors))
{
	const struct vfork_door *door = this_door();
	long *seen = shared(sizeof(*seen));

	borrowed = attach_segment(0);
	long child = door->vfork(count_borrowed, seen);
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	EXPECT_EQ(*seen, 1);
	EXPECT_EQ(attached(&borrowed), 1);
}

/* The parent detaches: the child alone keeps the segment. */
TEST(segment_outlives_parent, .covers = "INH-IPC-01", .features = FEATURES(NEEDS_SYSVIPC),
     .summary = "a segment marked for removal stays as long as the child has it attached", THROUGH(fork_doors))
{
	const struct fork_door *door = this_door();
	struct segment segment = attach_segment(0);
	struct shmid_ds ds;

	segment.words[0] = 42;
	long child = door->fork();
	if (child == 0) {
		await(PARENT_WROTE);
		EXPECT_EQ(segment.words[0], 42);
		EXPECT_EQ(attached(&segment), 1);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	SETUP(shmdt((const void *)segment.words));
	post(PARENT_WROTE);
	EXPECT_EXITED(child, 0);
	EXPECT_ERRNO(shmctl(segment.id, IPC_STAT, &ds), EINVAL);
}

/* Runs IMAGE_PAUSE, which writes a byte once it has begun. */
static pid_t execute_after(void (*before)(int id), int id)
{
	char byte;
	int ends[2];

	SETUP(pipe(ends));
	pid_t child = fork_helper();
	if (child == 0) {
		before(id);
		SETUP(execute_self(IMAGE_PAUSE, ends[1]));
	}
	SETUP(sys_close(ends[1]));
	SETUP(sys_read(ends[0], &byte, 1) == 1 ? 0 : -EPIPE);
	return child;
}

static void expect_two_attached(int id)
{
	const struct segment segment = { .id = id };

	EXPECT_EQ(attached(&segment), 2);
}

TEST(segment_after_exec, .covers = "INH-IPC-03", .features = FEATURES(NEEDS_SYSVIPC),
     .summary = "execve in the child detaches its segments")
{
	struct segment segment = attach_segment(0);

	pid_t child = execute_after(expect_two_attached, segment.id);
	EXPECT_EQ(attached(&segment), 1);
	checked_kill(child, SIGKILL);
	EXPECT_KILLED(child, SIGKILL);
	EXPECT_EQ(attached(&segment), 1);
}

/* ---- Semaphores ---------------------------------------------------------------------------------- */

/* The caller of semctl(2) defines it. A plain int would lie in the other half on a big-endian machine. */
union semun {
	int val;
	void *buf;
};

static int new_semaphore(int value)
{
	int set = (int)SETUP(semget(IPC_PRIVATE, 1, 0600));

	SETUP(semctl(set, 0, SETVAL, (union semun){ .val = value }));
	return set;
}

static void take(int set, short flags)
{
	struct sembuf take = { .sem_op = -1, .sem_flg = flags };

	SETUP(semop(set, &take, 1));
}

static void take_to_undo(int set)
{
	take(set, SEM_UNDO);
}

static const struct ending {
	const char *name;
	short flags;
	int signal; /* 0: it exits */
	int after;
} endings[] = {
	{ "exit", SEM_UNDO, 0, 2 },
	{ "killed", SEM_UNDO, SIGKILL, 2 },
	{ "exit_without_undo", 0, 0, 1 },
	{ "killed_without_undo", 0, SIGKILL, 1 },
};

TEST(undone_at_the_end, .covers = "INH-IPC-04", .features = FEATURES(NEEDS_SYSVIPC),
     .summary = "the end of a child gives back what it took with SEM_UNDO, and only that", CASES(endings),
     THROUGH(fork_doors))
{
	const struct ending *ending = this_case();
	const struct fork_door *door = this_door();
	int set = new_semaphore(2);

	long child = door->fork();
	if (child == 0) {
		take(set, ending->flags);
		EXPECT_RETURNS(semctl(set, 0, GETVAL), 1);
		if (ending->signal)
			checked_kill(sys_getpid(), ending->signal);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	if (ending->signal)
		EXPECT_KILLED(child, ending->signal);
	else
		EXPECT_EXITED(child, 0);
	EXPECT_RETURNS(semctl(set, 0, GETVAL), ending->after);
	SETUP(semctl(set, 0, IPC_RMID));
}

TEST(undone_after_exec, .covers = "INH-IPC-05", .features = FEATURES(NEEDS_SYSVIPC),
     .summary = "what a process took with SEM_UNDO before execve is given back when the new program ends, not before")
{
	int set = new_semaphore(2);

	pid_t child = execute_after(take_to_undo, set);
	EXPECT_RETURNS(semctl(set, 0, GETVAL), 1);
	checked_kill(child, SIGKILL);
	EXPECT_KILLED(child, SIGKILL);
	EXPECT_RETURNS(semctl(set, 0, GETVAL), 2);
	SETUP(semctl(set, 0, IPC_RMID));
}

/* ---- Message queues ------------------------------------------------------------------------------ */

#define NOTICE 40 /* a real-time signal: each is counted */

static long pending_notices(void)
{
	long count = 0;

	while (sys_sigpoll(SIGBIT(NOTICE), NULL) == NOTICE)
		count++;
	return count;
}

static mqd_t new_queue(void)
{
	struct mq_attr attr = { .mq_maxmsg = 1, .mq_msgsize = 8 };
	char name[48] = "/forkcheck.";

	append_number(name, sizeof(name), sys_getpid());
	append_text(name, sizeof(name), ".");
	append_number(name, sizeof(name), test_random());
	mqd_t queue = (mqd_t)SETUP(mq_open(name, O_RDWR | O_CREAT | O_EXCL | O_NONBLOCK, 0600, &attr));
	SETUP(mq_unlink(name));
	return queue;
}

TEST(queue_notice, .covers = "INH-IPC-12", .features = FEATURES(NEEDS_POSIX_MQUEUE),
     .summary = "mq_notify() registers the parent alone: the child neither gets the notice nor ends the registration",
     THROUGH(fork_doors))
{
	const struct fork_door *door = this_door();
	struct sigevent notice = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = NOTICE };
	mqd_t queue = new_queue();

	SETUP_RAW(sys_sigprocmask(SIG_BLOCK, &(sigset64){ SIGBIT(NOTICE) }, NULL));
	SETUP(mq_notify(queue, &notice));
	/* One that asks to be registered no more, and closes the queue at its end. */
	long child = door->fork();
	if (child == 0) {
		EXPECT_ERRNO(mq_notify(queue, &notice), EBUSY);
		EXPECT_RETURNS(mq_notify(queue, NULL), 0);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	child = door->fork();
	if (child == 0) {
		EXPECT_RETURNS(mq_send(queue, "x", 1, 0), 0);
		EXPECT_EQ(pending_notices(), 0);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	EXPECT_EQ(pending_notices(), 1);
	EXPECT_RETURNS(mq_close(queue), 0);
}
