// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* Making namespaces of each type: through each call, with the capability, without it, in a user namespace. */
#include "forkcheck.h"

static const struct type {
	struct case_head head;
	uint64_t flag;
	const char *link;     /* below /proc/self/ns */
	const char *children; /* the link that unshare changes, where it is another one */
} types[] = {
	{ { "cgroup", .features = FEATURES(NEEDS_CGROUP_NS) }, CLONE_NEWCGROUP, "cgroup", NULL },
	{ { "ipc", .features = FEATURES(NEEDS_IPC_NS) }, CLONE_NEWIPC, "ipc", NULL },
	{ { "mnt", .features = FEATURES(NEEDS_MNT_NS) }, CLONE_NEWNS, "mnt", NULL },
	{ { "net", .features = FEATURES(NEEDS_NET_NS) }, CLONE_NEWNET, "net", NULL },
	{ { "pid", .features = FEATURES(NEEDS_PID_NS) }, CLONE_NEWPID, "pid", "pid_for_children" },
	{ { "uts", .features = FEATURES(NEEDS_UTS_NS) }, CLONE_NEWUTS, "uts", NULL },
};

/* Every link but the one. */
static void expect_others_kept(const struct type *made, const uint64_t *before)
{
	for (size_t i = 0; i < ARRAY_SIZE(types); i++)
		if (types[i].flag != made->flag)
			EXPECT_EQ(namespace_of_self(types[i].link), before[i], types[i].head.name);
}

static void look_around(uint64_t *links)
{
	for (size_t i = 0; i < ARRAY_SIZE(types); i++)
		links[i] = namespace_of_self(types[i].link);
}

TEST(by_clone,
     .covers = "CLONE-NEWCGROUP-01 CLONE-NEWIPC-01 CLONE-NEWNET-01 CLONE-NEWNS-01 CLONE-NEWPID-01 CLONE-NEWUTS-01",
     .summary = "clone with a CLONE_NEW flag puts the child into a new namespace of that type, and of no other",
     .caps = CAP(SYS_ADMIN), .features = FEATURES(NEEDS_PROC), CASES_NEEDING(types), THROUGH(clone_doors))
{
	const struct type *type = this_case();
	const struct clone_door *door = this_door();
	uint64_t before[ARRAY_SIZE(types)];

	look_around(before);
	long child = CLONE_HERE(door->via, .flags = type->flag, .exit_signal = SIGCHLD);
	if (child == 0) {
		EXPECT_NE(namespace_of_self(type->link), 0);
		EXPECT_NE(namespace_of_self(type->link), before[type - types]);
		expect_others_kept(type, before);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	EXPECT_EQ(namespace_of_self(type->link), before[type - types]);
}

TEST(by_unshare, .covers = "UNSH-02 UNSH-05", .caps = CAP(SYS_ADMIN),
     .summary = "unshare moves the caller into a new namespace of the type, or for PID namespaces its children only",
     .features = FEATURES(NEEDS_PROC), CASES_NEEDING(types))
{
	const struct type *type = this_case();
	uint64_t before[ARRAY_SIZE(types)];

	look_around(before);
	long result = sys_unshare((unsigned long)type->flag);
	REQUIRE_OK(result);
	if (type->children)
		EXPECT_EQ(namespace_of_self(type->link), before[type - types]);
	else
		EXPECT_NE(namespace_of_self(type->link), before[type - types]);
	expect_others_kept(type, before);
}

TEST(without_flag,
     .covers = "CLONE-NEWCGROUP-02 CLONE-NEWIPC-02 CLONE-NEWNET-02 CLONE-NEWNS-02 CLONE-NEWPID-02 CLONE-NEWUTS-02 "
	       "CLONE-NEWUSER-02 NS-04",
     .summary = "without a CLONE_NEW flag the child stays in all the namespaces of its parent", .caps = CAP(SYS_ADMIN),
     .features = FEATURES(NEEDS_PROC), THROUGH(fork_doors))
{
	const struct fork_door *door = this_door();
	uint64_t before[ARRAY_SIZE(types)], user = namespace_of_self("user");

	look_around(before);
	long child = door->fork();
	if (child == 0) {
		for (size_t i = 0; i < ARRAY_SIZE(types); i++)
			EXPECT_EQ(namespace_of_self(types[i].link), before[i], types[i].head.name);
		EXPECT_EQ(namespace_of_self("user"), user);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
}

/* All capabilities but the one that counts: what a namespace's creation may not rest on. */
#define ALL_BUT_SYS_ADMIN                                                                                              \
	(CAP(CHOWN) | CAP(DAC_OVERRIDE) | CAP(FOWNER) | CAP(SETUID) | CAP(SETGID) | CAP(NET_ADMIN) | CAP(SYS_CHROOT) | \
	 CAP(SYS_PTRACE) | CAP(SYS_NICE) | CAP(IPC_OWNER))

TEST(without_sys_admin,
     .covers = "CLONE-NEWCGROUP-03 CLONE-NEWIPC-03 CLONE-NEWNET-03 CLONE-NEWNS-03 CLONE-NEWPID-03 CLONE-NEWUTS-03 "
	       "UNSH-23",
     .summary = "without CAP_SYS_ADMIN, whatever else the caller may do, a new namespace is refused",
     .caps = ALL_BUT_SYS_ADMIN, CASES_NEEDING(types), THROUGH(clone_doors))
{
	const struct type *type = this_case();
	const struct clone_door *door = this_door();

	long child = CLONE_HERE(door->via, .flags = type->flag, .exit_signal = SIGCHLD);
	EXPECT_REFUSED(child, EPERM);
	long result = sys_unshare((unsigned long)type->flag);
	EXPECT_FAILS(result, EPERM);
}

TEST(with_user_namespace, .covers = "CLONE-NEWUSER-09 USERNS-18",
     .summary = "together with CLONE_NEWUSER a new namespace needs no privilege",
     .features = FEATURES(NEEDS_PROC, NEEDS_USER_NS), CASES_NEEDING(types), THROUGH(clone_doors))
{
	const struct type *type = this_case();
	const struct clone_door *door = this_door();
	uint64_t before[ARRAY_SIZE(types)], user = namespace_of_self("user");

	look_around(before);
	long child = CLONE_HERE(door->via, .flags = type->flag | CLONE_NEWUSER, .exit_signal = SIGCHLD);
	if (child == 0) {
		EXPECT_NE(namespace_of_self(type->link), before[type - types]);
		EXPECT_NE(namespace_of_self("user"), user);
		expect_others_kept(type, before);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
}
