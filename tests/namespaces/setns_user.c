// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* Joining user namespaces. */
#include "join.h"

#define JOIN_USER JOIN, NEEDS_USER_NS

TEST(grants_all, .covers = "SETNS-16", .features = FEATURES(JOIN_USER),
     .summary = "a process that joins a user namespace of its own making has all capabilities there")
{
	pid_t host = start_host(CLONE_NEWUSER);
	int fd = open_namespace(host, "user");
	uint64_t before = namespace_of_self("user");

	REQUIRE_EQ(effective_capabilities(), 0);
	REQUIRE_NE(inode_of(fd), before);
	long result = sys_setns(fd, CLONE_NEWUSER);
	EXPECT_OK(result);
	EXPECT_EQ(namespace_of_self("user"), inode_of(fd));
	EXPECT_EQ(effective_capabilities(), known_capabilities());
	end_host(host);
}

/* In a child, since it can't come back. */
static void expect_to_join(int fd)
{
	pid_t child = fork_helper();

	if (child == 0) {
		long result = sys_setns(fd, CLONE_NEWUSER);
		EXPECT_OK(result);
		EXPECT_EQ(namespace_of_self("user"), inode_of(fd));
		leave(0);
	}
	EXPECT_EXITED(child, 0);
}

static void expect_refusal(int fd)
{
	uint64_t before = namespace_of_self("user"), caps = effective_capabilities();

	long result = sys_setns(fd, CLONE_NEWUSER);
	EXPECT_FAILS(result, EPERM);
	EXPECT_EQ(namespace_of_self("user"), before);
	EXPECT_EQ(effective_capabilities(), caps);
}

TEST(of_another_user, .covers = "SETNS-15", .caps = CAP(SYS_ADMIN) | CAP(SETUID),
     .features = FEATURES(JOIN_USER, NEEDS_TWO_IDS),
     .summary = "another user joins a user namespace only with CAP_SYS_ADMIN above it")
{
	pid_t host = start_host(CLONE_NEWUSER);
	int fd = open_namespace(host, "user");
	pid_t stranger = fork_helper();

	if (stranger == 0) {
		const uid_t other = 65533; /* none of a test */
		SETUP(setresuid(other, other, other));
		expect_to_join(fd);
		set_capabilities(0);
		expect_refusal(fd);
		leave(0);
	}
	EXPECT_EXITED(stranger, 0);
	/* Its owner needs none. */
	set_capabilities(0);
	expect_to_join(fd);
	end_host(host);
}

TEST(beside_or_above, .covers = "SETNS-15", .features = FEATURES(JOIN_USER),
     .summary = "all capabilities in one user namespace are none in the one above it, nor in one beside it")
{
	pid_t host = start_host(CLONE_NEWUSER);
	int above = open_namespace(sys_getpid(), "user"), beside = open_namespace(host, "user");

	expect_to_join(beside);
	SETUP_RAW(sys_unshare(CLONE_NEWUSER));
	expect_refusal(beside);
	expect_refusal(above);
	end_host(host);
}

TEST(own, .covers = "SETNS-17", .features = FEATURES(JOIN_USER),
     .summary = "nobody joins the user namespace it is in, with or without capabilities")
{
	int fd = open_namespace(sys_getpid(), "user");

	long result = sys_setns(fd, CLONE_NEWUSER);
	EXPECT_FAILS(result, EINVAL);
	SETUP_RAW(sys_unshare(CLONE_NEWUSER));
	fd = open_namespace(sys_getpid(), "user");
	/* What it would bring back. */
	set_capabilities(CAP(SYS_ADMIN));
	result = sys_setns(fd, 0);
	EXPECT_FAILS(result, EINVAL);
	result = sys_setns(fd, CLONE_NEWUSER);
	EXPECT_FAILS(result, EINVAL);
	EXPECT_EQ(effective_capabilities(), CAP(SYS_ADMIN));
}

static const struct sharing {
	struct case_head head;
	uint64_t flags;
} sharing[] = {
	{ { "thread", .covers = "SETNS-18" }, CLONE_VM | CLONE_SIGHAND | CLONE_THREAD }, /* not CLONE_FS */
	{ { "fs", .covers = "SETNS-19" }, CLONE_FS },
};

TEST(refused_while_shared, .features = FEATURES(JOIN_USER),
     .summary = "a process with threads, or one that shares its working directory and root, joins no user namespace",
     CASES_NEEDING(sharing))
{
	const struct sharing *row = this_case();
	pid_t host = start_host(CLONE_NEWUSER);
	int fd = open_namespace(host, "user");
	uint64_t before = namespace_of_self("user");
	pid_t sharer = start_sharer(row->flags);

	long result = sys_setns(fd, CLONE_NEWUSER);
	EXPECT_FAILS(result, EINVAL);
	EXPECT_EQ(namespace_of_self("user"), before);
	EXPECT_EQ(effective_capabilities(), 0);
	end_sharer(sharer, row->flags);
	result = sys_setns(fd, CLONE_NEWUSER);
	EXPECT_OK(result);
	end_host(host);
}
