// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* Joining PID namespaces: it is the caller's children that go there. */
#include "join.h"

#define JOIN_PID JOIN, NEEDS_PID_NS

TEST(for_children, .covers = "SETNS-22 SETNS-23", .caps = CAP(SYS_ADMIN), .features = FEATURES(JOIN_PID),
     .summary = "setns with a PID namespace leaves the caller where it is and puts its children there",
     THROUGH(fork_doors))
{
	const struct fork_door *door = this_door();
	pid_t self = sys_getpid(), host = start_host(CLONE_NEWPID);
	uint64_t before = namespace_of_self("pid"), inside = namespace_of(host, "pid");
	int fd = open_namespace(host, "pid");

	REQUIRE_NE(inside, before);
	long result = sys_setns(fd, CLONE_NEWPID);
	EXPECT_OK(result);
	EXPECT_EQ(sys_getpid(), self);
	EXPECT_EQ(sys_gettid(), self);
	EXPECT_EQ(namespace_of_self("pid"), before);
	EXPECT_EQ(namespace_of_self("pid_for_children"), inside);
	for (pid_t number = 2; number < 4; number++) {
		long child = door->fork();
		if (child == 0) {
			EXPECT_EQ(sys_getpid(), number, number);
			await((unsigned)number);
			leave(0);
		}
		REQUIRE_GT(child, 0, number);
		EXPECT_EQ(namespace_of((pid_t)child, "pid"), inside, number);
		post((unsigned)number);
		EXPECT_EXITED(child, 0, number);
	}
	end_host(host);
}

TEST(own, .covers = "SETNS-25", .caps = CAP(SYS_ADMIN), .features = FEATURES(JOIN_PID),
     .summary = "setns with the caller's own PID namespace is allowed, and takes back where its children would go")
{
	uint64_t before = namespace_of_self("pid");
	int fd = open_namespace(sys_getpid(), "pid");

	long result = sys_setns(fd, 0);
	EXPECT_OK(result);
	EXPECT_EQ(namespace_of_self("pid_for_children"), before);
	SETUP_RAW(sys_unshare(CLONE_NEWPID));
	result = sys_setns(fd, CLONE_NEWPID);
	EXPECT_OK(result);
	pid_t self = sys_getpid(), child = fork_helper();
	if (child == 0) {
		EXPECT_NE(sys_getpid(), 1);
		EXPECT_EQ(sys_getppid(), self);
		EXPECT_EQ(namespace_of_self("pid"), before);
		leave(0);
	}
	EXPECT_EXITED(child, 0);
}

/* Namespaces that are not the caller's own or below. */
static int above, beside;

static void expect_refused(int namespace)
{
	uint64_t before = namespace_of_self("pid_for_children");

	long result = sys_setns(namespace, CLONE_NEWPID);
	EXPECT_FAILS(result, EINVAL);
	result = sys_setns(namespace, 0);
	EXPECT_FAILS(result, EINVAL);
	EXPECT_EQ(namespace_of_self("pid_for_children"), before);
}

/* As the first process of each of so many namespaces, one in the other. */
static void descend(int levels)
{
	/* The number of the caller is not the one that /proc knows it by. */
	int own = (int)SETUP_RAW(sys_open("/proc/self/ns/pid", O_RDONLY | O_CLOEXEC));
	long result = sys_setns(own, CLONE_NEWPID);

	EXPECT_OK(result);
	expect_refused(above);
	expect_refused(beside);
	if (levels == 1)
		return;
	long child = CLONE_HERE(VIA_CLONE, .flags = CLONE_NEWPID, .exit_signal = SIGCHLD);
	if (child == 0) {
		expect_refused(own);
		descend(levels - 1);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
}

TEST(above_and_beside, .covers = "SETNS-24", .caps = CAP(SYS_ADMIN), .features = FEATURES(JOIN_PID),
     .summary =
	     "setns with the PID namespace of an ancestor, next or further, or with one beside the caller's is refused")
{
	pid_t host = start_host(CLONE_NEWPID);

	above = open_namespace(sys_getpid(), "pid");
	beside = open_namespace(host, "pid");
	long child = CLONE_HERE(VIA_CLONE, .flags = CLONE_NEWPID, .exit_signal = SIGCHLD);
	if (child == 0) {
		descend(3);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	long result = sys_setns(beside, CLONE_NEWPID);
	EXPECT_OK(result); /* which is below the caller's */
	end_host(host);
}

TEST(needs_sys_admin, .covers = "SETNS-26", .caps = CAP(SYS_ADMIN) | CAP(SYS_PTRACE) | CAP(SYS_CHROOT),
     .features = FEATURES(JOIN_PID),
     .summary = "setns with a PID namespace, the caller's own or one below, needs CAP_SYS_ADMIN")
{
	pid_t host = start_host(CLONE_NEWPID);
	int own = open_namespace(sys_getpid(), "pid"), below = open_namespace(host, "pid");

	long result = sys_setns(below, CLONE_NEWPID);
	EXPECT_OK(result);
	result = sys_setns(own, CLONE_NEWPID);
	EXPECT_OK(result);
	set_capabilities(CAP(SYS_PTRACE) | CAP(SYS_CHROOT));
	result = sys_setns(below, CLONE_NEWPID);
	EXPECT_FAILS(result, EPERM);
	result = sys_setns(own, CLONE_NEWPID);
	EXPECT_FAILS(result, EPERM);
	EXPECT_EQ(namespace_of_self("pid_for_children"), inode_of(own));
	end_host(host);
}
