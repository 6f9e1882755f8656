// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* CLONE_SYSVSEM: one list of System V semaphore adjustments (SEM_UNDO), applied when its last user ends. */
#include "forkcheck.h"

#include <sys/ipc.h>
#include <sys/prctl.h>
#include <sys/sem.h>

enum { CALLER_ENDED };

/* A set of as many semaphores: adjustments are kept for each. */
#define SEMAPHORES 3

static int semaphore(void)
{
	return (int)SETUP(semget(IPC_PRIVATE, SEMAPHORES, 0600));
}

static void remove_semaphore(int id)
{
	SETUP(semctl(id, 0, IPC_RMID));
}

/* How often it was added to and not undone, each semaphore alike; -1 if they differ. */
static int value(int id)
{
	int first = semctl(id, 0, GETVAL);

	for (int i = 1; i < SEMAPHORES; i++)
		if (semctl(id, i, GETVAL) != first * (i + 1))
			return -1;
	return first;
}

/* Adds one to the first, two to the second, and so on, to be undone. */
static void add(int id)
{
	struct sembuf up[SEMAPHORES];

	for (unsigned short i = 0; i < SEMAPHORES; i++)
		up[i] = (struct sembuf){ .sem_num = i, .sem_op = (short)(i + 1), .sem_flg = SEM_UNDO };
	SETUP(semop(id, up, SEMAPHORES));
}

TEST(child_ends_first, .covers = "CLONE-SYSVSEM-01 CLONE-SYSVSEM-02", .features = FEATURES(NEEDS_SYSVIPC),
     .summary = "with CLONE_SYSVSEM the adjustments of child and caller are applied when the caller ends, the last",
     THROUGH(clone_doors))
{
	const struct clone_door *door = this_door();
	int id = semaphore();

	pid_t caller = fork_helper();
	if (caller == 0) {
		add(id);
		long child = CLONE_HERE(door->via, .flags = CLONE_SYSVSEM, .exit_signal = SIGCHLD);
		if (child == 0) {
			add(id);
			leave(0);
		}
		REQUIRE_GT(child, 0);
		EXPECT_EXITED(child, 0);
		EXPECT_EQ(value(id), 2);
		leave(0);
	}
	EXPECT_EXITED(caller, 0);
	EXPECT_EQ(value(id), 0);
	remove_semaphore(id);
}

TEST(caller_ends_first, .covers = "CLONE-SYSVSEM-01 CLONE-SYSVSEM-02", .features = FEATURES(NEEDS_SYSVIPC),
     .summary = "with CLONE_SYSVSEM the adjustments of child and caller are applied when the child ends, the last",
     THROUGH(clone_doors))
{
	const struct clone_door *door = this_door();
	pid_t *orphan = shared(sizeof(*orphan));
	int id = semaphore();

	SETUP(sys_prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0));
	pid_t caller = fork_helper();
	if (caller == 0) {
		long child = CLONE_HERE(door->via, .flags = CLONE_SYSVSEM, .exit_signal = SIGCHLD);
		if (child == 0) {
			await(CALLER_ENDED);
			add(id);
			leave(0);
		}
		REQUIRE_GT(child, 0);
		*orphan = (pid_t)child;
		add(id);
		leave(0);
	}
	EXPECT_EXITED(caller, 0);
	EXPECT_EQ(value(id), 1);
	post(CALLER_ENDED);
	if (*orphan > 0)
		EXPECT_EXITED(*orphan, 0);
	EXPECT_EQ(value(id), 0);
	remove_semaphore(id);
}

TEST(apart, .covers = "CLONE-SYSVSEM-03", .features = FEATURES(NEEDS_SYSVIPC),
     .summary = "without CLONE_SYSVSEM the child's end undoes what the child did, and nothing of the caller's",
     THROUGH(clone_doors))
{
	const struct clone_door *door = this_door();
	int id = semaphore();

	pid_t caller = fork_helper();
	if (caller == 0) {
		add(id);
		add(id);
		long child = CLONE_HERE(door->via, .flags = 0, .exit_signal = SIGCHLD);
		if (child == 0) {
			add(id);
			EXPECT_EQ(value(id), 3);
			leave(0);
		}
		REQUIRE_GT(child, 0);
		EXPECT_EXITED(child, 0);
		EXPECT_EQ(value(id), 2);
		leave(0);
	}
	EXPECT_EXITED(caller, 0);
	EXPECT_EQ(value(id), 0);
	remove_semaphore(id);
}

TEST(unshare_leaves_list, .covers = "CLONE-SYSVSEM-04", .features = FEATURES(NEEDS_SYSVIPC, NEEDS_UNSHARE),
     .summary = "unshare(CLONE_SYSVSEM) gives an empty list; what was shared stays with the other",
     THROUGH(clone_doors))
{
	const struct clone_door *door = this_door();
	int id = semaphore();

	pid_t caller = fork_helper();
	if (caller == 0) {
		add(id);
		long child = CLONE_HERE(door->via, .flags = CLONE_SYSVSEM, .exit_signal = SIGCHLD);
		if (child == 0) {
			add(id);
			long result = sys_unshare(CLONE_SYSVSEM);
			EXPECT_OK(result);
			EXPECT_EQ(value(id), 2);
			add(id);
			leave(0);
		}
		REQUIRE_GT(child, 0);
		EXPECT_EXITED(child, 0);
		EXPECT_EQ(value(id), 2); /* of three only the one after unshare is undone */
		leave(0);
	}
	EXPECT_EXITED(caller, 0);
	EXPECT_EQ(value(id), 0);
	remove_semaphore(id);
}

TEST(unshare_by_last, .covers = "CLONE-SYSVSEM-05", .features = FEATURES(NEEDS_SYSVIPC, NEEDS_UNSHARE),
     .summary = "unshare(CLONE_SYSVSEM) by the last user of a list applies its adjustments at once")
{
	int id = semaphore();

	pid_t alone = fork_helper();
	if (alone == 0) {
		add(id);
		EXPECT_EQ(value(id), 1);
		long result = sys_unshare(CLONE_SYSVSEM);
		EXPECT_OK(result);
		EXPECT_EQ(value(id), 0);
		leave(0);
	}
	EXPECT_EXITED(alone, 0);
	remove_semaphore(id);
}
