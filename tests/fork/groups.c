// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* Process groups and sessions right after fork: what a shell with job control relies on. */
#include "forkcheck.h"

enum { MAY_GO, MADE, MAY_END };

static long sys_getsid(pid_t pid)
{
	return SYSCALL1(SYS_getsid, pid);
}

TEST(child_stays, .covers = "INH-CRED-05 INH-CRED-06",
     .summary =
	     "the child of a group leader is in its parent's group and session, leads neither, and may call setsid()",
     THROUGH(fork_doors))
{
	const struct fork_door *door = this_door();
	long group = sys_getpgid(0), session = sys_getsid(0);

	EXPECT_EQ(group, sys_getpid()); /* the runner made it a leader */
	EXPECT_FAILS(sys_setsid(), EPERM);
	long child = door->fork();
	if (child == 0) {
		EXPECT_EQ(sys_getpgid(0), group);
		EXPECT_EQ(sys_getsid(0), session);
		EXPECT_OK(sys_setsid());
		EXPECT_EQ(sys_getsid(0), sys_getpid());
		EXPECT_EQ(sys_getpgid(0), sys_getpid());
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	EXPECT_EQ(sys_getsid(0), session);
}

TEST(both_may_move, .covers = "INH-CRED-08",
     .summary = "parent and child may both move the child into a new group, whoever comes first", THROUGH(fork_doors))
{
	const struct fork_door *door = this_door();

	for (int i = 0; i < 20; i++) {
		long child = door->fork();
		if (child == 0) {
			EXPECT_OK(sys_setpgid(0, 0), i);
			EXPECT_EQ(sys_getpgid(0), sys_getpid(), i);
			leave(0);
		}
		REQUIRE_GT(child, 0, i);
		EXPECT_OK(sys_setpgid((pid_t)child, (pid_t)child), i);
		EXPECT_EQ(sys_getpgid((pid_t)child), child, i);
		EXPECT_EXITED(child, 0, i);
	}
}

TEST(not_after_exec, .covers = "INH-CRED-08",
     .summary = "the parent may move its child into another group until the child executes a program, then EACCES",
     THROUGH(fork_doors))
{
	const struct fork_door *door = this_door();
	int ends[2];
	char byte;

	SETUP(pipe(ends));
	long child = door->fork();
	if (child == 0) {
		await(MAY_GO);
		SETUP(execute_self(IMAGE_PAUSE, ends[1]));
		leave(1);
	}
	REQUIRE_GT(child, 0);
	EXPECT_OK(sys_setpgid((pid_t)child, (pid_t)child));
	EXPECT_OK(sys_setpgid((pid_t)child, sys_getpid()));
	post(MAY_GO);
	SETUP(sys_read(ends[0], &byte, 1)); /* the program runs */
	EXPECT_FAILS(sys_setpgid((pid_t)child, (pid_t)child), EACCES);
	EXPECT_OK(checked_kill((pid_t)child, SIGKILL));
	EXPECT_KILLED(child, SIGKILL);
}

TEST(only_own_children, .covers = "INH-CRED-09",
     .summary = "a process moves its children into other groups, but neither its grandchild nor its parent",
     THROUGH(fork_doors))
{
	const struct fork_door *door = this_door();
	volatile pid_t *grandchild = shared(sizeof(*grandchild));
	pid_t me = sys_getpid();

	long child = door->fork();
	if (child == 0) {
		long its_child = door->fork();
		if (its_child == 0) {
			await(MAY_END);
			leave(0);
		}
		*grandchild = (pid_t)its_child;
		post(MADE);
		REQUIRE_GT(its_child, 0);
		EXPECT_FAILS(sys_setpgid(me, me), ESRCH);
		await(MAY_END);
		EXPECT_EXITED(its_child, 0);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	await(MADE);
	REQUIRE_GT(*grandchild, 0);
	EXPECT_FAILS(sys_setpgid(*grandchild, *grandchild), ESRCH);
	EXPECT_EQ(sys_getpgid(*grandchild), sys_getpgid(0));
	EXPECT_OK(sys_setpgid((pid_t)child, (pid_t)child));
	post(MAY_END);
	EXPECT_EXITED(child, 0);
}

TEST(in_another_session, .covers = "INH-CRED-12", .features = FEATURES(NEEDS_PROC),
     .summary =
	     "a parent can't move a child that has a session of its own, and that child can't join a group that it has left",
     THROUGH(fork_doors))
{
	const struct fork_door *door = this_door();
	const pid_t group = sys_getpgid(0);

	long child = door->fork();
	if (child == 0) {
		await(MAY_GO);
		EXPECT_OK(sys_setsid());
		long grandchild = sys_fork();
		if (grandchild == 0) {
			EXPECT_FAILS(sys_setpgid(0, group), EPERM);
			EXPECT_OK(sys_setpgid(0, 0));
			leave(0);
		}
		REQUIRE_GT(grandchild, 0);
		EXPECT_EXITED(grandchild, 0);
		post(MADE);
		await(MAY_END);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_OK(sys_setpgid((pid_t)child, (pid_t)child));
	EXPECT_OK(sys_setpgid((pid_t)child, group));
	post(MAY_GO);
	await_unless_dead(MADE, (pid_t)child);
	EXPECT_FAILS(sys_setpgid((pid_t)child, group), EPERM);
	EXPECT_FAILS(sys_setpgid((pid_t)child, (pid_t)child), EPERM);
	EXPECT_EQ(sys_getpgid((pid_t)child), child);
	post(MAY_END);
	EXPECT_EXITED(child, 0);
}
