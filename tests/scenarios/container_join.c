// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* A process that joins a container, as engines let a program be executed in one. */
#include "container.h"

#define JOIN_COVERED "SETNS-10 SETNS-23 PIDNS-24 PIDNS-07"
#define JOIN_FEATURES JOIN, NEEDS_PIDFD

/* Whose mounts are joined may be chosen as root by CAP_SYS_CHROOT, which the user namespace gives. */
static const struct kind kinds[] = {
	{ { "privileged", .covers = JOIN_COVERED, .caps = CAP(SYS_ADMIN) | CAP(SYS_CHROOT),
	    .features = FEATURES(JOIN_FEATURES, OTHER_FEATURES) },
	  OTHERS },
	{ { "user_ns", .covers = JOIN_COVERED " SETNS-16", .caps = CAP(SYS_ADMIN),
	    .features = FEATURES(JOIN_FEATURES, IN_USER_NS) },
	  OTHERS | CLONE_NEWUSER },
	{ { "rootless", .covers = JOIN_COVERED " SETNS-16 USERNS-10", .features = FEATURES(JOIN_FEATURES, IN_USER_NS) },
	  OTHERS | CLONE_NEWUSER },
};

/* The program that is executed in the container, so to speak. */
static _Noreturn void run_inside(const struct kind *kind)
{
	struct utsname names;

	REQUIRE_EQ(sys_getpid(), 2); /* else the end of the container would not be its end */
	EXPECT_EQ(sys_getppid(), 0);
	SETUP(uname(&names));
	EXPECT_TRUE(!strcmp(names.nodename, hostname));
	EXPECT_EQ(names_in("/", "abcdefghijklmnopqrstuvwxyz"), 1);
	EXPECT_EQ(names_in("/proc", "123456789"), 2);
	for (size_t i = 0; i < ARRAY_SIZE(namespaces); i++)
		EXPECT_EQ(namespace_of(2, namespaces[i].type), namespace_of(1, namespaces[i].type), namespaces[i].type);
	if (kind->flags & CLONE_NEWUSER) {
		EXPECT_EQ(getuid(), 0);
		EXPECT_EQ(effective_capabilities(), known_capabilities());
	}
	post(MEMBER_IS_READY);
	await(NEVER);
	leave(1);
}

static _Noreturn void join(const struct kind *kind, int pidfd)
{
	long joined = sys_setns(pidfd, (int)kind->flags);
	REQUIRE_OK(joined);
	long child = sys_fork();
	if (child == 0)
		run_inside(kind);
	REQUIRE_GT(child, 0);
	EXPECT_KILLED(child, SIGKILL);
	leave(0);
}

TEST(joined, .reaches = "the machine's mounts and name",
     .summary = "setns with a pidfd of the first process takes a process into the whole container at once; what "
		"it makes there is a member, and ends with it",
     CASES_NEEDING(kinds))
{
	const struct kind *kind = this_case();
	struct outside outside;
	int pidfd = -1;

	look_around(kind, &outside);
	long container = CLONE_HERE(VIA_CLONE, .flags = kind->flags | CLONE_PIDFD, .exit_signal = SIGCHLD,
				    .pidfd = &pidfd);
	if (container == 0) {
		set_up(kind, outside.namespaces);
		post(IS_UP);
		await(NEVER);
	}
	REQUIRE_GT(container, 0);
	let_start(kind, (pid_t)container);
	if (await_unless_dead(IS_UP, (pid_t)container)) {
		pid_t joiner = fork_helper();
		if (joiner == 0)
			join(kind, pidfd);
		await_unless_dead(MEMBER_IS_READY, joiner);
		EXPECT_OK(checked_kill((pid_t)container, SIGKILL));
		EXPECT_EXITED(joiner, 0);
	}
	EXPECT_KILLED(container, SIGKILL);
	expect_untouched(&outside);
}
