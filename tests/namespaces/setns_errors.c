// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* What setns(2) refuses: without power over a namespace, or over a process, and masks that make no sense. */
#include "join.h"

static const struct type {
	struct case_head head;
	unsigned long flag;
	const char *children; /* the link to a new one, where it is not the caller's */
} types[] = {
	{ { "cgroup", .features = FEATURES(NEEDS_CGROUP_NS) }, CLONE_NEWCGROUP, NULL },
	{ { "ipc", .features = FEATURES(NEEDS_IPC_NS) }, CLONE_NEWIPC, NULL },
	{ { "mnt", .features = FEATURES(NEEDS_MNT_NS) }, CLONE_NEWNS, NULL },
	{ { "net", .features = FEATURES(NEEDS_NET_NS) }, CLONE_NEWNET, NULL },
	{ { "pid", .covers = "SETNS-26", .features = FEATURES(NEEDS_PID_NS) }, CLONE_NEWPID, NULL },
	{ { "time", .features = FEATURES(NEEDS_TIME_NS) }, CLONE_NEWTIME, "time_for_children" },
	{ { "uts", .features = FEATURES(NEEDS_UTS_NS) }, CLONE_NEWUTS, NULL },
};

TEST(power_elsewhere, .covers = "SETNS-29", .features = FEATURES(JOIN, NEEDS_USER_NS),
     .summary = "all capabilities in a user namespace don't let its members join what is owned by the one above",
     CASES_NEEDING(types))
{
	const struct type *type = this_case();
	const char *link = type->head.name;
	int outer = open_namespace(sys_getpid(), link);

	SETUP_RAW(sys_unshare(type->flag | CLONE_NEWUSER));
	REQUIRE_TRUE(effective_capabilities() & CAP(SYS_ADMIN));
	/* Its own ones they may join. */
	uint64_t before = namespace_of_self(link);
	if (type->flag != CLONE_NEWPID) {
		int fd = open_namespace(sys_getpid(), type->children ? type->children : link);
		long result = sys_setns(fd, (int)type->flag);
		EXPECT_OK(result);
		before = inode_of(fd);
		EXPECT_NE(before, inode_of(outer));
	}
	long result = sys_setns(outer, (int)type->flag);
	EXPECT_FAILS(result, EPERM);
	EXPECT_EQ(namespace_of_self(link), before);
}

TEST(time_needs_sys_admin, .covers = "SETNS-29", .caps = CAP(SYS_ADMIN) | CAP(SYS_TIME),
     .features = FEATURES(JOIN, NEEDS_TIME_NS), .summary = "joining a time namespace needs CAP_SYS_ADMIN")
{
	SETUP_RAW(sys_unshare(CLONE_NEWTIME));
	int fd = open_namespace(sys_getpid(), "time_for_children");
	uint64_t before = namespace_of_self("time");

	set_capabilities(CAP(SYS_TIME));
	long result = sys_setns(fd, CLONE_NEWTIME);
	EXPECT_FAILS(result, EPERM);
	EXPECT_EQ(namespace_of_self("time"), before);
}

static const struct mask {
	const char *name;
	int extra;
} masks[] = {
	{ "CLONE_VM", CLONE_VM },
	{ "CLONE_FS", CLONE_FS },
	{ "CLONE_FILES", CLONE_FILES },
	{ "CLONE_SIGHAND", CLONE_SIGHAND },
	{ "CLONE_THREAD", CLONE_THREAD },
	{ "CLONE_SYSVSEM", CLONE_SYSVSEM },
	{ "CLONE_PARENT_SETTID", CLONE_PARENT_SETTID },
	{ "CLONE_IO", (int)CLONE_IO },
	{ "0x1", 1 },
};

TEST(pidfd_mask, .covers = "SETNS-32", .caps = CAP(SYS_ADMIN), .features = FEATURES(JOIN, NEEDS_PIDFD, NEEDS_UTS_NS),
     .summary = "setns with a pidfd refuses a mask with bits that are no types of namespaces, and does nothing")
{
	pid_t host = start_host(CLONE_NEWUTS);
	int pidfd = (int)SETUP_RAW(sys_pidfd_open(host, 0));
	uint64_t before = namespace_of_self("uts");

	for (size_t i = 0; i < ARRAY_SIZE(masks); i++) {
		long result = sys_setns(pidfd, CLONE_NEWUTS | masks[i].extra);
		EXPECT_RESULT(result, -EINVAL, masks[i].name);
		result = sys_setns(pidfd, masks[i].extra);
		EXPECT_RESULT(result, -EINVAL, masks[i].name);
	}
	EXPECT_EQ(namespace_of_self("uts"), before);
	long result = sys_setns(pidfd, CLONE_NEWUTS);
	EXPECT_OK(result);
	EXPECT_EQ(namespace_of_self("uts"), namespace_of(host, "uts"));
	end_host(host);
}

/* A process like start_host()'s, whose memory its user may not look at once it is told so. */
static pid_t start_secretive_host(uint64_t flags)
{
	long host = SETUP(CLONE_HERE(VIA_CLONE, .flags = flags, .exit_signal = SIGCHLD));

	if (host == 0) {
		await(SHARER_MAY_GO);
		SETUP_RAW(sys_prctl(PR_SET_DUMPABLE, 0, 0, 0, 0));
		post(HOST_IS_READY);
		await(HOST_MAY_GO);
		leave(0);
	}
	return (pid_t)host;
}

static void expect_to_join(int fd)
{
	pid_t child = fork_helper();

	if (child == 0) {
		long result = sys_setns(fd, CLONE_NEWUSER);
		EXPECT_OK(result);
		leave(0);
	}
	EXPECT_EXITED(child, 0);
}

TEST(pidfd_of_the_uninspectable, .covers = "SETNS-33", .features = FEATURES(JOIN, NEEDS_PIDFD, NEEDS_USER_NS),
     .summary = "setns with a pidfd is refused with EPERM where the caller may not inspect the process by ptrace")
{
	pid_t host = start_secretive_host(CLONE_NEWUSER);
	int pidfd = (int)SETUP_RAW(sys_pidfd_open(host, 0));
	int fd = open_namespace(host, "user");
	uint64_t before = namespace_of_self("user");

	expect_to_join(pidfd);
	post(SHARER_MAY_GO);
	await(HOST_IS_READY);
	long result = sys_setns(pidfd, CLONE_NEWUSER);
	EXPECT_FAILS(result, EPERM);
	EXPECT_EQ(namespace_of_self("user"), before);
	/* It is not the namespace that is closed to the caller. */
	expect_to_join(fd);
	end_host(host);
}
