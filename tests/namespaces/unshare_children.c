// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* unshare(2) of PID and time namespaces, which are for the caller's children. */
#include "join.h"

#define PID_NS NEEDS_PID_NS, NEEDS_PROC
#define TIME_NS NEEDS_TIME_NS, NEEDS_PROC

/* ---- PID namespaces ---------------------------------------------------------------------------- */

TEST(first_child_is_init, .covers = "UNSH-06", .caps = CAP(SYS_ADMIN), .features = FEATURES(PID_NS),
     .summary = "after unshare(CLONE_NEWPID) the caller's first child has PID 1", THROUGH(fork_doors))
{
	const struct fork_door *door = this_door();
	pid_t self = sys_getpid();
	uint64_t outside = namespace_of_self("pid");

	long result = sys_unshare(CLONE_NEWPID);
	REQUIRE_OK(result);
	long child = door->fork();
	if (child == 0) {
		EXPECT_EQ(sys_getpid(), 1);
		EXPECT_EQ(sys_gettid(), 1);
		EXPECT_EQ(sys_getppid(), 0);
		await(HOST_MAY_GO);
		leave(0);
	}
	REQUIRE_GT(child, 1);
	EXPECT_NE(namespace_of((pid_t)child, "pid"), 0);
	EXPECT_NE(namespace_of((pid_t)child, "pid"), outside);
	EXPECT_EQ(sys_getpid(), self);
	end_host((pid_t)child);
}

static int tell_pid(void *arg)
{
	*(volatile pid_t *)arg = sys_getpid();
	return 0;
}

TEST(suspended_first_child, .covers = "UNSH-06", .caps = CAP(SYS_ADMIN), .features = FEATURES(NEEDS_PID_NS),
     .summary = "after unshare(CLONE_NEWPID) vfork's child, too, has PID 1", THROUGH(vfork_doors))
{
	const struct vfork_door *door = this_door();
	volatile pid_t *told = shared(sizeof(*told));

	SETUP_RAW(sys_unshare(CLONE_NEWPID));
	long child = door->vfork(tell_pid, (void *)told);
	REQUIRE_GT(child, 1);
	EXPECT_EXITED(child, 0);
	EXPECT_EQ(*told, 1);
}

TEST(later_children_join_it, .covers = "UNSH-07", .caps = CAP(SYS_ADMIN), .features = FEATURES(PID_NS),
     .summary = "after unshare(CLONE_NEWPID) all further children of the caller are in that namespace, as 2, 3 ...",
     THROUGH(fork_doors))
{
	const struct fork_door *door = this_door();

	SETUP_RAW(sys_unshare(CLONE_NEWPID));
	pid_t init = start_host(0);
	for (pid_t number = 2; number < 5; number++) {
		long child = door->fork();
		if (child == 0) {
			EXPECT_EQ(sys_getpid(), number, number);
			EXPECT_EQ(sys_getppid(), 0, number);
			leave(0);
		}
		REQUIRE_GT(child, 0, number);
		/* A zombie shows its namespace no more: its init, whom it sees, does. */
		EXPECT_EXITED(child, 0, number);
	}
	pid_t another = fork_helper();
	if (another == 0) {
		await(SHARER_MAY_GO);
		leave(0);
	}
	EXPECT_NE(namespace_of(init, "pid"), 0);
	EXPECT_EQ(namespace_of(another, "pid"), namespace_of(init, "pid"));
	end_sharer(another, 0);
	end_host(init);
}

TEST(second_time, .covers = "UNSH-22", .caps = CAP(SYS_ADMIN), .features = FEATURES(PID_NS),
     .summary = "a second unshare(CLONE_NEWPID) is refused, before and after there is a child; a child may call it")
{
	SETUP_RAW(sys_unshare(CLONE_NEWPID));
	long result = sys_unshare(CLONE_NEWPID);
	EXPECT_FAILS(result, EINVAL);
	pid_t init = start_host(0);
	uint64_t inside = namespace_of(init, "pid");
	result = sys_unshare(CLONE_NEWPID);
	EXPECT_FAILS(result, EINVAL);
	/* None of these did anything. */
	pid_t child = fork_helper();
	if (child == 0) {
		EXPECT_EQ(sys_getpid(), 2);
		result = sys_unshare(CLONE_NEWPID);
		EXPECT_OK(result);
		leave(0);
	}
	EXPECT_EXITED(child, 0);
	EXPECT_EQ(namespace_of_self("pid_for_children"), inside);
	end_host(init);
}

static long try_thread(enum clone_via via)
{
	long thread = CLONE_CALL(via, new_stack(), return_zero, NULL, .flags = THREAD_FLAGS);

	if (thread > 0)
		await_thread_gone((pid_t)thread);
	return thread;
}

TEST(no_threads_after_unshare, .covers = "CLONE-THREAD-12", .caps = CAP(SYS_ADMIN), .features = FEATURES(PID_NS),
     .summary = "a process whose children would be in another PID namespace makes no threads: unshare",
     THROUGH(clone_doors))
{
	const struct clone_door *door = this_door();

	long thread = try_thread(door->via);
	EXPECT_OK(thread);
	SETUP_RAW(sys_unshare(CLONE_NEWPID));
	thread = try_thread(door->via);
	EXPECT_FAILS(thread, EINVAL);
}

TEST(no_threads_after_setns, .covers = "CLONE-THREAD-12", .caps = CAP(SYS_ADMIN), .features = FEATURES(PID_NS, JOIN),
     .summary = "a process whose children would be in another PID namespace makes no threads: setns, and back",
     THROUGH(clone_doors))
{
	const struct clone_door *door = this_door();
	pid_t host = start_host(CLONE_NEWPID);
	int own = open_namespace(sys_getpid(), "pid"), other = open_namespace(host, "pid");

	SETUP_RAW(sys_setns(other, CLONE_NEWPID));
	long thread = try_thread(door->via);
	EXPECT_FAILS(thread, EINVAL);
	SETUP_RAW(sys_setns(own, CLONE_NEWPID));
	thread = try_thread(door->via);
	EXPECT_OK(thread);
	end_host(host);
}

/* ---- Time namespaces --------------------------------------------------------------------------- */

TEST(time_is_for_children, .covers = "UNSH-08", .caps = CAP(SYS_ADMIN), .features = FEATURES(TIME_NS),
     .summary = "unshare(CLONE_NEWTIME) leaves the caller where it is and makes a namespace that its children are in",
     THROUGH(fork_doors))
{
	const struct fork_door *door = this_door();
	uint64_t before = namespace_of_self("time");

	EXPECT_EQ(namespace_of_self("time_for_children"), before);
	long result = sys_unshare(CLONE_NEWTIME);
	REQUIRE_OK(result);
	uint64_t made = namespace_of_self("time_for_children");
	EXPECT_NE(made, before);
	EXPECT_NE(made, 0);
	EXPECT_EQ(namespace_of_self("time"), before);
	/* Each of them, not the first only. */
	for (int i = 0; i < 2; i++) {
		long child = door->fork();
		if (child == 0) {
			EXPECT_EQ(namespace_of_self("time"), made, i);
			EXPECT_EQ(namespace_of_self("time_for_children"), made, i);
			leave(0);
		}
		REQUIRE_GT(child, 0, i);
		EXPECT_EXITED(child, 0, i);
	}
	EXPECT_EQ(namespace_of_self("time"), before);
}

TEST(time_needs_sys_admin, .covers = "UNSH-09", .caps = CAP(SYS_TIME) | CAP(SETUID) | CAP(SYS_CHROOT),
     .features = FEATURES(TIME_NS), .summary = "unshare(CLONE_NEWTIME) without CAP_SYS_ADMIN is refused")
{
	uint64_t before = namespace_of_self("time_for_children");

	long result = sys_unshare(CLONE_NEWTIME);
	EXPECT_FAILS(result, EPERM);
	EXPECT_EQ(namespace_of_self("time_for_children"), before);
}
