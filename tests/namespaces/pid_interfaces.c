// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/*
 * Interfaces that hand out PIDs, over three levels of PID namespaces: each observer must get the number that a process
 * has in the observer's namespace, and 0 where it has none.
 */
#include "forkcheck.h"

#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>

enum { ACTED, MIDDLE_LOOKED, INNER_LOOKED, MAY_GO };

/* The process that the interfaces tell of, and the numbers that it has; the objects that it acts on. */
static struct {
	pid_t number[3]; /* in the namespace of the test, the one below and its own */
	int object;
} * member;
static int fd;

/* The caller of semctl(2) defines it. A plain int would lie in the other half on a big-endian machine. */
union semun {
	int val;
	void *buf;
};

/* ---- Locks and owners of files --------------------------------------------------------------------- */

static void open_file(void)
{
	fd = (int)SETUP(sys_open("file", O_RDWR | O_CREAT | O_CLOEXEC));
}

static void lock(void)
{
	SETUP(fcntl(fd, F_SETLK, &(struct flock){ .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_len = 7 }));
}

static long locker(void)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

	SETUP(fcntl(fd, F_GETLK, &lock));
	REQUIRE_EQ(lock.l_type, F_WRLCK);
	REQUIRE_EQ(lock.l_len, 7);
	return lock.l_pid;
}

static void open_pipe(void)
{
	int ends[2];

	SETUP(pipe(ends));
	fd = ends[0];
}

static void own(void)
{
	SETUP(fcntl(fd, F_SETOWN, sys_getpid()));
}

static void own_by_group(void)
{
	SETUP(SYSCALL2(SYS_setpgid, 0, 0));
	SETUP(fcntl(fd, F_SETOWN, -sys_getpid()));
}

static long owner(void)
{
	struct {
		int type;
		pid_t pid;
	} owner = { .pid = -1 };

	SETUP(sys_fcntl(fd, 16 /* F_GETOWN_EX */, (long)&owner));
	return owner.pid;
}

/* ---- Terminals ------------------------------------------------------------------------------------- */

static void open_terminal(void)
{
	const int unlocked = 0;

	fd = (int)SETUP(sys_open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC));
	SETUP(ioctl(fd, TIOCSPTLCK, &unlocked));
	SETUP(ioctl(fd, TIOCGPTN, &member->object));
}

static void control_terminal(void)
{
	char path[32] = "/dev/pts/";

	append_number(path, sizeof(path), member->object);
	SETUP(SYSCALL0(SYS_setsid));
	int terminal = (int)SETUP(sys_open(path, O_RDWR | O_CLOEXEC));
	SETUP(ioctl(terminal, TIOCSCTTY, 0));
}

/* Of the other side of a terminal, anybody may ask. */
static long foreground(void)
{
	pid_t group = -1;

	SETUP(ioctl(fd, TIOCGPGRP, &group));
	return group;
}

static long session(void)
{
	pid_t leader = -1;

	SETUP(ioctl(fd, TIOCGSID, &leader));
	return leader;
}

/* ---- System V objects ------------------------------------------------------------------------------ */

static void make_semaphore(void)
{
	member->object = SETUP(semget(IPC_PRIVATE, 2, 0600));
}

static void set_semaphore(void)
{
	SETUP(semctl(member->object, 1, SETVAL, (union semun){ .val = 3 }));
}

static long semaphore_setter(void)
{
	return SETUP(semctl(member->object, 1, GETPID));
}

static void remove_semaphore(void)
{
	SETUP(semctl(member->object, 0, IPC_RMID));
}

static void make_segment(void)
{
	member->object = SETUP(shmget(IPC_PRIVATE, page_size(), 0600));
}

static void attach_segment(void)
{
	void *at = shmat(member->object, NULL, 0);

	SETUP(at == (void *)-1 ? -1 : 0);
}

static struct shmid_ds segment(void)
{
	struct shmid_ds ds;

	SETUP(shmctl(member->object, IPC_STAT, &ds));
	return ds;
}

static long segment_creator(void)
{
	return segment().shm_cpid;
}

static long segment_user(void)
{
	return segment().shm_lpid;
}

static void remove_segment(void)
{
	SETUP(shmctl(member->object, IPC_RMID, NULL));
}

static const struct note {
	long type;
	char text[4];
} note = { 1, "abc" };

static void make_queue(void)
{
	member->object = SETUP(msgget(IPC_PRIVATE, 0600));
	SETUP(msgsnd(member->object, &note, sizeof(note.text), 0));
}

static void send_note(void)
{
	SETUP(msgsnd(member->object, &note, sizeof(note.text), 0));
}

static void take_note(void)
{
	struct note taken;

	SETUP(msgrcv(member->object, &taken, sizeof(taken.text), 0, 0));
}

static struct msqid_ds queue(void)
{
	struct msqid_ds ds;

	SETUP(msgctl(member->object, IPC_STAT, &ds));
	return ds;
}

static long last_sender(void)
{
	return queue().msg_lspid;
}

static long last_receiver(void)
{
	return queue().msg_lrpid;
}

static void remove_queue(void)
{
	SETUP(msgctl(member->object, IPC_RMID, NULL));
}

/* ---- The table ------------------------------------------------------------------------------------- */

static const struct interface {
	struct case_head head;
	void (*prepare)(void); /* in the test's process */
	void (*act)(void);     /* in the member */
	long (*look)(void);    /* anywhere */
	void (*clean)(void);   /* in the test's process; NULL: nothing to do */
} interfaces[] = {
	{ { "lock", .covers = "PIDNS-59", .features = FEATURES(NEEDS_WORKDIR) }, open_file, lock, locker, NULL },
	{ { "owner", .covers = "PIDNS-60" }, open_pipe, own, owner, NULL },
	{ { "owner_group", .covers = "PIDNS-60" }, open_pipe, own_by_group, owner, NULL },
	{ { "foreground", .covers = "PIDNS-61", .features = FEATURES(NEEDS_PTY) },
	  open_terminal,
	  control_terminal,
	  foreground,
	  NULL },
	{ { "session", .covers = "PIDNS-61", .features = FEATURES(NEEDS_PTY) },
	  open_terminal,
	  control_terminal,
	  session,
	  NULL },
	{ { "semaphore", .covers = "PIDNS-62", .features = FEATURES(NEEDS_SYSVIPC) },
	  make_semaphore,
	  set_semaphore,
	  semaphore_setter,
	  remove_semaphore },
	{ { "segment_creator", .covers = "PIDNS-63", .features = FEATURES(NEEDS_SYSVIPC) },
	  NULL,
	  make_segment,
	  segment_creator,
	  remove_segment },
	{ { "segment_user", .covers = "PIDNS-63", .features = FEATURES(NEEDS_SYSVIPC) },
	  make_segment,
	  attach_segment,
	  segment_user,
	  remove_segment },
	{ { "sender", .covers = "PIDNS-64", .features = FEATURES(NEEDS_SYSVIPC) },
	  make_queue,
	  send_note,
	  last_sender,
	  remove_queue },
	{ { "receiver", .covers = "PIDNS-64", .features = FEATURES(NEEDS_SYSVIPC) },
	  make_queue,
	  take_note,
	  last_receiver,
	  remove_queue },
};

/* ---- The levels ------------------------------------------------------------------------------------ */

/* The last three of the numbers that /proc tells: those of namespaces further out are of no interest. */
static void tell_numbers(void)
{
	char text[8192];
	pid_t numbers[8];
	size_t n = 0;

	SETUP(read_file("/proc/self/status", text, sizeof(text)));
	char *at = strstr(text, "\nNSpid:");
	if (!at)
		BROKEN("status has no line NSpid:");
	for (at += strlen("\nNSpid:"); n < ARRAY_SIZE(numbers) && *at != '\n'; n++)
		numbers[n] = (pid_t)strtol(at, &at, 10);
	REQUIRE_GE(n, 3U);
	memcpy(member->number, numbers + n - 3, sizeof(member->number));
}

static _Noreturn void be_member(const struct interface *interface)
{
	tell_numbers();
	interface->act();
	post(ACTED);
	await(MAY_GO);
	leave(0);
}

/* The first process of a namespace in which its `others` idle children take the first numbers. */
static pid_t start_level(unsigned others)
{
	long init = CLONE_HERE(VIA_CLONE, .flags = CLONE_NEWPID, .exit_signal = SIGCHLD);

	for (; init == 0 && others > 0; others--)
		start_child(MAY_GO, 0);
	REQUIRE_GE(init, 0);
	return (pid_t)init;
}

/* In a namespace of its own, beside the others. */
static void look_from_beside(const struct interface *interface)
{
	pid_t sibling = start_level(0);

	if (sibling == 0) {
		EXPECT_EQ(interface->look(), 0);
		leave(0);
	}
	EXPECT_EXITED(sibling, 0);
}

static _Noreturn void be_inner_init(const struct interface *interface)
{
	pid_t child = fork_helper();

	if (child == 0)
		be_member(interface);
	await(ACTED);
	EXPECT_EQ(interface->look(), child);
	EXPECT_EQ(member->number[2], child);
	post(INNER_LOOKED);
	EXPECT_EXITED(child, 0);
	await(MAY_GO);
	leave(0);
}

static _Noreturn void be_middle_init(const struct interface *interface)
{
	pid_t inner = start_level(1);

	if (inner == 0)
		be_inner_init(interface);
	await(INNER_LOOKED);
	EXPECT_EQ(interface->look(), member->number[1]);
	post(MIDDLE_LOOKED);
	EXPECT_EXITED(inner, 0);
	leave(0);
}

TEST(handed_out, .features = FEATURES(NEEDS_PID_NS, NEEDS_PROC), .caps = CAP(SYS_ADMIN),
     .summary =
	     "each caller gets the number in its own PID namespace, outside, between and inside, and 0 in one beside",
     CASES_NEEDING(interfaces))
{
	const struct interface *interface = this_case();

	member = shared(sizeof(*member));
	if (interface->prepare)
		interface->prepare();
	pid_t middle = start_level(3);
	if (middle == 0)
		be_middle_init(interface);
	REQUIRE_TRUE(await_unless_dead(MIDDLE_LOOKED, middle));
	EXPECT_EQ(interface->look(), member->number[0]);
	look_from_beside(interface);
	EXPECT_NE(member->number[0], member->number[1]);
	EXPECT_NE(member->number[1], member->number[2]);
	post(MAY_GO);
	EXPECT_EXITED(middle, 0);
	if (interface->clean)
		interface->clean();
}
