// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* IPC namespaces: System V objects and POSIX message queues. */
#include "namespaces.h"

#include <mqueue.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/mount.h>
#include <sys/msg.h>
#include <sys/resource.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/stat.h>

enum { LOOKED };

#define IPC NEEDS_IPC_NS, NEEDS_SYSVIPC
/* Any key will do: the tests share their IPC namespace with nobody who would choose the same one. */
#define KEY(n) ((key_t)(0x666b0000 + (n)*0x1000 + (int)ordinary_uid() % 0x1000))

TEST(segment_apart, .covers = "IPCNS-01 CLONE-NEWIPC-01", .caps = CAP(SYS_ADMIN), .features = FEATURES(IPC),
     .summary = "the id of a System V segment outside is unknown in a new IPC namespace", THROUGH(clone_doors))
{
	const struct clone_door *door = this_door();
	struct shmid_ds ds;

	int id = (int)SETUP(shmget(IPC_PRIVATE, page_size(), 0600));
	long child = CLONE_HERE(door->via, .flags = CLONE_NEWIPC, .exit_signal = SIGCHLD);
	if (child == 0) {
		EXPECT_ERRNO(shmctl(id, IPC_STAT, &ds), EINVAL);
		leave(0);
	}
	if (child > 0)
		EXPECT_EXITED(child, 0);
	EXPECT_RETURNS(shmctl(id, IPC_STAT, &ds), 0);
	SETUP(shmctl(id, IPC_RMID, NULL));
	EXPECT_GT(child, 0);
}

TEST(segment_shared_without, .covers = "CLONE-NEWIPC-02", .features = FEATURES(IPC),
     .summary = "without CLONE_NEWIPC the child finds its parent's segment")
{
	struct shmid_ds ds;

	int id = (int)SETUP(shmget(IPC_PRIVATE, page_size(), 0600));
	long child = CLONE_HERE(VIA_CLONE, .flags = 0, .exit_signal = SIGCHLD);
	if (child == 0) {
		EXPECT_RETURNS(shmctl(id, IPC_STAT, &ds), 0);
		leave(0);
	}
	if (child > 0)
		EXPECT_EXITED(child, 0);
	SETUP(shmctl(id, IPC_RMID, NULL));
	EXPECT_GT(child, 0);
}

TEST(semaphore_key_apart, .covers = "IPCNS-02", .caps = CAP(SYS_ADMIN), .features = FEATURES(IPC),
     .summary = "the key of a semaphore set outside is free in a new IPC namespace")
{
	int id = (int)SETUP(semget(KEY(1), 1, 0600 | IPC_CREAT | IPC_EXCL));

	long child = CLONE_HERE(VIA_CLONE, .flags = CLONE_NEWIPC, .exit_signal = SIGCHLD);
	if (child == 0) {
		EXPECT_ERRNO(semget(KEY(1), 1, 0600), ENOENT);
		EXPECT_RETURNS(semget(KEY(1), 1, 0600 | IPC_CREAT | IPC_EXCL) < 0 ? -1 : 0, 0);
		leave(0);
	}
	if (child > 0)
		EXPECT_EXITED(child, 0);
	EXPECT_RETURNS(semget(KEY(1), 1, 0600), id);
	SETUP(semctl(id, 0, IPC_RMID));
	EXPECT_GT(child, 0);
}

TEST(queue_key_apart, .covers = "IPCNS-03", .caps = CAP(SYS_ADMIN), .features = FEATURES(IPC),
     .summary = "the key of a message queue outside is free in a new IPC namespace")
{
	int id = (int)SETUP(msgget(KEY(2), 0600 | IPC_CREAT | IPC_EXCL));

	long child = CLONE_HERE(VIA_CLONE, .flags = CLONE_NEWIPC, .exit_signal = SIGCHLD);
	if (child == 0) {
		EXPECT_ERRNO(msgget(KEY(2), 0600), ENOENT);
		leave(0);
	}
	if (child > 0)
		EXPECT_EXITED(child, 0);
	EXPECT_RETURNS(msgget(KEY(2), 0600), id);
	SETUP(msgctl(id, IPC_RMID, NULL));
	EXPECT_GT(child, 0);
}

TEST(posix_queue_apart, .covers = "IPCNS-04", .caps = CAP(SYS_ADMIN),
     .features = FEATURES(NEEDS_IPC_NS, NEEDS_POSIX_MQUEUE),
     .summary = "the name of a POSIX message queue outside is free in a new IPC namespace")
{
	char name[32] = "/forkcheck.";

	append_number(name, sizeof(name), sys_getpid());
	mqd_t queue = (mqd_t)SETUP(mq_open(name, O_RDWR | O_CREAT | O_EXCL, 0600, NULL));
	long child = CLONE_HERE(VIA_CLONE, .flags = CLONE_NEWIPC, .exit_signal = SIGCHLD);
	if (child == 0) {
		EXPECT_ERRNO(mq_open(name, O_RDWR), ENOENT);
		leave(0);
	}
	if (child > 0)
		EXPECT_EXITED(child, 0);
	mqd_t again = mq_open(name, O_RDWR);
	EXPECT_GE(again, 0);
	SETUP(mq_unlink(name));
	mq_close(queue);
	EXPECT_GT(child, 0);
}

static int make_segment(void)
{
	return shmget(IPC_PRIVATE, page_size(), 0600);
}

static int remove_segment(int id)
{
	return shmctl(id, IPC_RMID, NULL);
}

static int make_semaphore(void)
{
	return semget(IPC_PRIVATE, 1, 0600);
}

static int remove_semaphore(int id)
{
	return semctl(id, 0, IPC_RMID);
}

static int make_queue(void)
{
	return msgget(IPC_PRIVATE, 0600);
}

static int remove_queue(int id)
{
	return msgctl(id, IPC_RMID, NULL);
}

static const struct listing {
	const char *name, *file;
	int (*make)(void);
	int (*remove)(int id);
} listings[] = {
	{ "shm", "/proc/sysvipc/shm", make_segment, remove_segment },
	{ "sem", "/proc/sysvipc/sem", make_semaphore, remove_semaphore },
	{ "msg", "/proc/sysvipc/msg", make_queue, remove_queue },
};

static unsigned lines_of(const char *file)
{
	static char text[65536];
	unsigned lines = 0;

	EXPECT_GT(read_file(file, text, sizeof(text)), 0);
	for (const char *c = text; *c; c++)
		lines += *c == '\n';
	return lines;
}

TEST(listing_follows_namespace, .covers = "IPCNS-05", .caps = CAP(SYS_ADMIN), .features = FEATURES(IPC, NEEDS_PROC),
     .summary = "/proc/sysvipc shows the objects of the reader's IPC namespace only", CASES(listings))
{
	const struct listing *listing = this_case();

	int id = (int)SETUP(listing->make());
	long child = CLONE_HERE(VIA_CLONE, .flags = CLONE_NEWIPC, .exit_signal = SIGCHLD);
	if (child == 0) {
		EXPECT_EQ(lines_of(listing->file), 1); /* the heading */
		int own = (int)SETUP(listing->make());
		EXPECT_EQ(lines_of(listing->file), 2);
		SETUP(listing->remove(own));
		leave(0);
	}
	if (child > 0)
		EXPECT_EXITED(child, 0);
	EXPECT_GE(lines_of(listing->file), 2);
	SETUP(listing->remove(id));
	EXPECT_GT(child, 0);
}

static const struct setting {
	struct case_head head;
	const char *file, *value; /* a value that is nobody's default */
} settings[] = {
	{ { "shmmni", .covers = "IPCNS-06", .features = FEATURES(NEEDS_SYSVIPC) }, "/proc/sys/kernel/shmmni", "77" },
	{ { "shmmax", .covers = "IPCNS-06", .features = FEATURES(NEEDS_SYSVIPC) },
	  "/proc/sys/kernel/shmmax",
	  "777777" },
	{ { "shmall", .covers = "IPCNS-06", .features = FEATURES(NEEDS_SYSVIPC) }, "/proc/sys/kernel/shmall", "777" },
	{ { "msgmni", .covers = "IPCNS-06", .features = FEATURES(NEEDS_SYSVIPC) }, "/proc/sys/kernel/msgmni", "77" },
	{ { "msgmax", .covers = "IPCNS-06", .features = FEATURES(NEEDS_SYSVIPC) }, "/proc/sys/kernel/msgmax", "777" },
	{ { "msgmnb", .covers = "IPCNS-06", .features = FEATURES(NEEDS_SYSVIPC) }, "/proc/sys/kernel/msgmnb", "777" },
	{ { "sem", .covers = "IPCNS-06", .features = FEATURES(NEEDS_SYSVIPC) },
	  "/proc/sys/kernel/sem",
	  "77\t777\t7\t77" },
	{ { "queues_max", .covers = "IPCNS-07", .features = FEATURES(NEEDS_POSIX_MQUEUE) },
	  "/proc/sys/fs/mqueue/queues_max",
	  "77" },
	{ { "msg_max", .covers = "IPCNS-07", .features = FEATURES(NEEDS_POSIX_MQUEUE) },
	  "/proc/sys/fs/mqueue/msg_max",
	  "7" },
	{ { "msgsize_max", .covers = "IPCNS-07", .features = FEATURES(NEEDS_POSIX_MQUEUE) },
	  "/proc/sys/fs/mqueue/msgsize_max",
	  "777" },
	{ { "msg_default", .covers = "IPCNS-07", .features = FEATURES(NEEDS_POSIX_MQUEUE) },
	  "/proc/sys/fs/mqueue/msg_default",
	  "7" },
	{ { "msgsize_default", .covers = "IPCNS-07", .features = FEATURES(NEEDS_POSIX_MQUEUE) },
	  "/proc/sys/fs/mqueue/msgsize_default",
	  "777" },
};

static void read_setting(const char *file, char *value, size_t size)
{
	SETUP(read_file(file, value, size));
	value[strcspn(value, "\n")] = 0;
}

TEST(settings_apart, .reaches = "the machine's limits of IPC", .caps = CAP(SYS_ADMIN), .as_root = true,
     .features = FEATURES(NEEDS_IPC_NS, NEEDS_PROC, NEEDS_PROC_SYS),
     .summary = "a setting of System V IPC or POSIX message queues belongs to the IPC namespace",
     CASES_NEEDING(settings))
{
	const struct setting *row = this_case();
	char before[64], after[64];

	read_setting(row->file, before, sizeof(before));
	long child = CLONE_HERE(VIA_CLONE, .flags = CLONE_NEWIPC, .exit_signal = SIGCHLD);
	if (child == 0) {
		EXPECT_OK(write_file(row->file, row->value));
		read_setting(row->file, after, sizeof(after));
		EXPECT_TRUE(!strcmp(after, row->value));
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	read_setting(row->file, after, sizeof(after));
	EXPECT_TRUE(!strcmp(after, before));
	if (strcmp(after, before) != 0)
		SETUP(write_file(row->file, before));
}

/* ---- The end ------------------------------------------------------------------------------------ */

/* Makes an object that uses up all that the user may have: 0, or -errno where there is such an object already. */
static long take_queue(void)
{
	const struct rlimit for_one = { 100000, 100000 };
	struct mq_attr size = { .mq_maxmsg = 10, .mq_msgsize = 8000 };
	char name[32] = "/forkcheck.";

	append_number(name, sizeof(name), sys_getpid());
	SETUP(setrlimit(RLIMIT_MSGQUEUE, &for_one));
	mqd_t queue = mq_open(name, O_RDWR | O_CREAT | O_EXCL, 0600, &size);
	long result = queue < 0 ? -errno : 0;
	if (queue >= 0)
		mq_close(queue);
	return result;
}

static long take_segment(void)
{
	const struct rlimit for_one = { page_size(), page_size() };

	SETUP(setrlimit(RLIMIT_MEMLOCK, &for_one));
	int id = (int)SETUP(shmget(IPC_PRIVATE, page_size(), 0600));
	long result = shmctl(id, SHM_LOCK, NULL) ? -errno : 0;
	if (result)
		SETUP(shmctl(id, IPC_RMID, NULL));
	return result;
}

static const struct object {
	struct case_head head;
	long (*take)(void);
	int refused;
} objects[] = {
	{ { "queue", .features = FEATURES(NEEDS_POSIX_MQUEUE) }, take_queue, EMFILE },
	{ { "segment", .features = FEATURES(NEEDS_SYSVIPC) }, take_segment, ENOMEM },
};

enum { TAKEN, MAY_END };

/*
 * In a user namespace of its own, where what the user has is counted from 0, and all objects are gone at the end.
 * What shows that an object is no more is that the user may have another one.
 */
TEST(objects_end_with_it, .covers = "IPCNS-08", .features = FEATURES(NEEDS_IPC_NS, NEEDS_USER_NS, NEEDS_PROC),
     .summary = "the objects of an IPC namespace end with its last process", CASES_NEEDING(objects))
{
	const struct object *row = this_case();
	long result;

	need_release(5, 14); /* counted in each user namespace */
	own_user_namespace();
	SETUP_RAW(sys_unshare(CLONE_NEWIPC));
	long child = CLONE_HERE(VIA_CLONE, .flags = CLONE_NEWIPC, .exit_signal = SIGCHLD);
	if (child == 0) {
		EXPECT_OK(row->take());
		post(TAKEN);
		await(MAY_END);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	await_unless_dead(TAKEN, (pid_t)child);
	result = row->take();
	EXPECT_FAILS(result, row->refused);
	post(MAY_END);
	EXPECT_EXITED(child, 0);
	if (result == 0)
		return;
	while ((result = row->take()) == -row->refused)
		sys_sched_yield(); /* the end comes soon, but not at once */
	EXPECT_OK(result);
}

/* ---- unshare ------------------------------------------------------------------------------------ */

TEST(attached_segment_stays, .covers = "IPCNS-09", .caps = CAP(SYS_ADMIN), .features = FEATURES(IPC),
     .summary = "a segment that is attached stays usable after unshare(CLONE_NEWIPC) unless it is detached by it")
{
	volatile int *memory;

	int id = (int)SETUP(shmget(IPC_PRIVATE, page_size(), 0600));
	pid_t child = fork_helper();
	if (child == 0) {
		memory = shmat(id, NULL, 0);
		SETUP(memory == (void *)-1 ? -1 : 0);
		*memory = 7;
		EXPECT_OK(sys_unshare(CLONE_NEWIPC));
		EXPECT_EQ(*memory, 7);
		leave(0);
	}
	EXPECT_EXITED(child, 0);
	SETUP(shmctl(id, IPC_RMID, NULL));
}

TEST(unshare_applies_undo, .covers = "UNSH-03 CLONE-SYSVSEM-05", .caps = CAP(SYS_ADMIN), .features = FEATURES(IPC),
     .summary = "unshare(CLONE_NEWIPC) implies CLONE_SYSVSEM: pending semaphore adjustments are applied at once")
{
	struct sembuf up = { .sem_op = 1, .sem_flg = SEM_UNDO };
	enum { UNSHARED, LOOKED };

	int id = (int)SETUP(semget(IPC_PRIVATE, 1, 0600));
	pid_t child = fork_helper();
	if (child == 0) {
		SETUP(semop(id, &up, 1));
		EXPECT_RETURNS(semctl(id, 0, GETVAL), 1);
		EXPECT_OK(sys_unshare(CLONE_NEWIPC));
		post(UNSHARED);
		await(LOOKED);
		leave(0);
	}
	await(UNSHARED);
	EXPECT_RETURNS(semctl(id, 0, GETVAL), 0);
	post(LOOKED);
	EXPECT_EXITED(child, 0);
	SETUP(semctl(id, 0, IPC_RMID));
}

/* ---- The file system of queues -------------------------------------------------------------------- */

TEST(queues_as_files, .reaches = "the machine's mounts", .caps = CAP(SYS_ADMIN), .covers = "IPCNS-10 IPCNS-11",
     .features = FEATURES(NEEDS_IPC_NS, NEEDS_MNT_NS, NEEDS_POSIX_MQUEUE, NEEDS_WORKDIR),
     .summary =
	     "a mounted mqueue shows the queues of the IPC namespace in which it was mounted; it outlives that, and takes "
	     "no new ones then")
{
	struct stat st;

	SETUP(unshare(CLONE_NEWNS));
	SETUP(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL));
	SETUP(mkdir("queues", 0700));
	long child = CLONE_HERE(VIA_CLONE, .flags = CLONE_NEWIPC, .exit_signal = SIGCHLD);
	if (child == 0) {
		SETUP(mount("none", "queues", "mqueue", 0, NULL));
		SETUP(mq_open("/one", O_RDWR | O_CREAT | O_EXCL, 0600, NULL));
		await(LOOKED);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	while (stat("queues/one", &st))
		sys_sched_yield();
	mqd_t outside = mq_open("/forkcheck.two", O_RDWR | O_CREAT, 0600, NULL);
	EXPECT_GE(outside, 0);
	EXPECT_ERRNO(stat("queues/forkcheck.two", &st), ENOENT);
	EXPECT_ERRNO(mq_open("/one", O_RDWR), ENOENT);
	SETUP(mq_unlink("/forkcheck.two"));
	post(LOOKED);
	EXPECT_EXITED(child, 0);
	EXPECT_RETURNS(stat("queues", &st), 0);
	EXPECT_ERRNO(open("queues/three", O_RDWR | O_CREAT, 0600), EACCES);
	SETUP(umount("queues"));
}
