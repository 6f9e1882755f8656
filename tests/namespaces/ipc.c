// SPDX-License-Identifier: GPL-2.0-only
/* IPC namespaces: System V objects and POSIX message queues. */
#include "forkcheck.h"

#include <mqueue.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>

#define IPC (NEEDS(NEEDS_IPC_NS) | NEEDS(NEEDS_SYSVIPC))
/* Any key will do: the tests share their IPC namespace with nobody who would choose the same one. */
#define KEY(n) ((key_t)(0x666b0000 + (n)*0x1000 + (int)ordinary_uid() % 0x1000))

TEST(segment_apart, .covers = "IPCNS-01 CLONE-NEWIPC-01", .caps = CAP(SYS_ADMIN), .features = IPC,
     .summary = "the id of a System V segment outside is unknown in a new IPC namespace", CASES(clone_doors))
{
	const struct clone_door *door = this_case();
	struct shmid_ds ds;

	int id = (int)SETUP(shmget(IPC_PRIVATE, page_size(), 0600));
	long child = CLONE_HERE(door->via, .flags = CLONE_NEWIPC, .exit_signal = SIGCHLD);
	if (child == 0) {
		EXPECT_ERRNO(shmctl(id, IPC_STAT, &ds), EINVAL);
		leave(0);
	}
	if (child > 0)
		EXPECT_EXITED((pid_t)child, 0);
	EXPECT_EQ(shmctl(id, IPC_STAT, &ds), 0);
	SETUP(shmctl(id, IPC_RMID, NULL));
	EXPECT_GT(child, 0);
}

TEST(segment_shared_without, .covers = "CLONE-NEWIPC-02", .features = IPC,
     .summary = "without CLONE_NEWIPC the child finds its parent's segment")
{
	struct shmid_ds ds;

	int id = (int)SETUP(shmget(IPC_PRIVATE, page_size(), 0600));
	long child = CLONE_HERE(VIA_CLONE, .flags = 0, .exit_signal = SIGCHLD);
	if (child == 0) {
		EXPECT_EQ(shmctl(id, IPC_STAT, &ds), 0);
		leave(0);
	}
	if (child > 0)
		EXPECT_EXITED((pid_t)child, 0);
	SETUP(shmctl(id, IPC_RMID, NULL));
	EXPECT_GT(child, 0);
}

TEST(semaphore_key_apart, .covers = "IPCNS-02", .caps = CAP(SYS_ADMIN), .features = IPC,
     .summary = "the key of a semaphore set outside is free in a new IPC namespace")
{
	int id = (int)SETUP(semget(KEY(1), 1, 0600 | IPC_CREAT | IPC_EXCL));

	long child = CLONE_HERE(VIA_CLONE, .flags = CLONE_NEWIPC, .exit_signal = SIGCHLD);
	if (child == 0) {
		EXPECT_ERRNO(semget(KEY(1), 1, 0600), ENOENT);
		EXPECT_GE(semget(KEY(1), 1, 0600 | IPC_CREAT | IPC_EXCL), 0);
		leave(0);
	}
	if (child > 0)
		EXPECT_EXITED((pid_t)child, 0);
	EXPECT_EQ(semget(KEY(1), 1, 0600), id);
	SETUP(semctl(id, 0, IPC_RMID));
	EXPECT_GT(child, 0);
}

TEST(queue_key_apart, .covers = "IPCNS-03", .caps = CAP(SYS_ADMIN), .features = IPC,
     .summary = "the key of a message queue outside is free in a new IPC namespace")
{
	int id = (int)SETUP(msgget(KEY(2), 0600 | IPC_CREAT | IPC_EXCL));

	long child = CLONE_HERE(VIA_CLONE, .flags = CLONE_NEWIPC, .exit_signal = SIGCHLD);
	if (child == 0) {
		EXPECT_ERRNO(msgget(KEY(2), 0600), ENOENT);
		leave(0);
	}
	if (child > 0)
		EXPECT_EXITED((pid_t)child, 0);
	EXPECT_EQ(msgget(KEY(2), 0600), id);
	SETUP(msgctl(id, IPC_RMID, NULL));
	EXPECT_GT(child, 0);
}

TEST(posix_queue_apart, .covers = "IPCNS-04", .caps = CAP(SYS_ADMIN),
     .features = NEEDS(NEEDS_IPC_NS) | NEEDS(NEEDS_POSIX_MQUEUE),
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
		EXPECT_EXITED((pid_t)child, 0);
	mqd_t again = mq_open(name, O_RDWR);
	EXPECT_GE(again, 0);
	SETUP(mq_unlink(name));
	mq_close(queue);
	EXPECT_GT(child, 0);
}

TEST(listing_follows_namespace, .covers = "IPCNS-05", .caps = CAP(SYS_ADMIN), .features = IPC | NEEDS(NEEDS_PROC),
     .summary = "/proc/sysvipc shows the objects of the reader's IPC namespace only")
{
	char text[512];

	int id = (int)SETUP(shmget(IPC_PRIVATE, page_size(), 0600));
	long child = CLONE_HERE(VIA_CLONE, .flags = CLONE_NEWIPC, .exit_signal = SIGCHLD);
	if (child == 0) {
		unsigned lines = 0;
		EXPECT_GT(read_file("/proc/sysvipc/shm", text, sizeof(text)), 0);
		for (const char *c = text; *c; c++)
			lines += *c == '\n';
		EXPECT_EQ(lines, 1); /* the heading */
		leave(0);
	}
	if (child > 0)
		EXPECT_EXITED((pid_t)child, 0);
	SETUP(shmctl(id, IPC_RMID, NULL));
	EXPECT_GT(child, 0);
}

TEST(limits_apart, .covers = "IPCNS-06", .caps = CAP(SYS_ADMIN), .as_root = true, .features = IPC | NEEDS(NEEDS_PROC),
     .summary = "kernel.shmmni belongs to the IPC namespace")
{
	char before[32], after[32];

	SETUP(read_file("/proc/sys/kernel/shmmni", before, sizeof(before)));
	long child = CLONE_HERE(VIA_CLONE, .flags = CLONE_NEWIPC, .exit_signal = SIGCHLD);
	if (child == 0) {
		EXPECT_OK(write_file("/proc/sys/kernel/shmmni", "77"));
		SETUP(read_file("/proc/sys/kernel/shmmni", after, sizeof(after)));
		EXPECT_EQ(atoi(after), 77);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED((pid_t)child, 0);
	SETUP(read_file("/proc/sys/kernel/shmmni", after, sizeof(after)));
	EXPECT_EQ(atoi(after), atoi(before));
}

TEST(attached_segment_stays, .covers = "IPCNS-09", .caps = CAP(SYS_ADMIN), .features = IPC,
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

TEST(unshare_applies_undo, .covers = "UNSH-03 CLONE-SYSVSEM-05", .caps = CAP(SYS_ADMIN), .features = IPC,
     .summary = "unshare(CLONE_NEWIPC) implies CLONE_SYSVSEM: pending semaphore adjustments are applied at once")
{
	struct sembuf up = { .sem_op = 1, .sem_flg = SEM_UNDO };
	enum { UNSHARED, LOOKED };

	int id = (int)SETUP(semget(IPC_PRIVATE, 1, 0600));
	pid_t child = fork_helper();
	if (child == 0) {
		SETUP(semop(id, &up, 1));
		EXPECT_EQ(semctl(id, 0, GETVAL), 1);
		EXPECT_OK(sys_unshare(CLONE_NEWIPC));
		post(UNSHARED);
		await(LOOKED);
		leave(0);
	}
	await(UNSHARED);
	EXPECT_EQ(semctl(id, 0, GETVAL), 0);
	post(LOOKED);
	EXPECT_EXITED(child, 0);
	SETUP(semctl(id, 0, IPC_RMID));
}
