// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* Making namespaces of each type: through each call, with the capability, without it, in a user namespace. */
#include "forkcheck.h"

static const struct type {
	struct case_head head;
	uint64_t flag;
	const char *link;	    /* below /proc/self/ns */
	bool for_children;	    /* the caller of unshare stays where it is */
	const char *made, *refused; /* what it covers then */
} types[] = {
	{ { "cgroup", .features = FEATURES(NEEDS_CGROUP_NS) },
	  CLONE_NEWCGROUP,
	  "cgroup",
	  false,
	  "CLONE-NEWCGROUP-01",
	  "CLONE-NEWCGROUP-03" },
	{ { "ipc", .features = FEATURES(NEEDS_IPC_NS) },
	  CLONE_NEWIPC,
	  "ipc",
	  false,
	  "CLONE-NEWIPC-01",
	  "CLONE-NEWIPC-03" },
	{ { "mnt", .features = FEATURES(NEEDS_MNT_NS) },
	  CLONE_NEWNS,
	  "mnt",
	  false,
	  "CLONE-NEWNS-01",
	  "CLONE-NEWNS-03" },
	{ { "net", .features = FEATURES(NEEDS_NET_NS) },
	  CLONE_NEWNET,
	  "net",
	  false,
	  "CLONE-NEWNET-01",
	  "CLONE-NEWNET-03" },
	{ { "pid", .features = FEATURES(NEEDS_PID_NS) },
	  CLONE_NEWPID,
	  "pid",
	  true,
	  "CLONE-NEWPID-01",
	  "CLONE-NEWPID-03" },
	{ { "uts", .features = FEATURES(NEEDS_UTS_NS) },
	  CLONE_NEWUTS,
	  "uts",
	  false,
	  "CLONE-NEWUTS-01",
	  "CLONE-NEWUTS-03" },
};

/* All that a process may be in, 0 where the release does not know it. */
static const struct link {
	const char *name;
	uint64_t flag;
} links[] = {
	{ "cgroup", CLONE_NEWCGROUP }, { "ipc", CLONE_NEWIPC },
	{ "mnt", CLONE_NEWNS },	       { "net", CLONE_NEWNET },
	{ "pid", CLONE_NEWPID },       { "pid_for_children", CLONE_NEWPID },
	{ "time", CLONE_NEWTIME },     { "time_for_children", CLONE_NEWTIME },
	{ "user", CLONE_NEWUSER },     { "uts", CLONE_NEWUTS },
};
#define LINKS ARRAY_SIZE(links)

static void look_around(uint64_t *seen)
{
	for (size_t i = 0; i < LINKS; i++)
		seen[i] = namespace_of_self(links[i].name);
}

/* Every link but those to what was made new. */
static void expect_others_kept(uint64_t made, const uint64_t *before)
{
	for (size_t i = 0; i < LINKS; i++)
		if (!(links[i].flag & made))
			EXPECT_EQ(namespace_of_self(links[i].name), before[i], links[i].name);
}

static const char *made(const void *row, const void *door)
{
	(void)door;
	return ((const struct type *)row)->made;
}

static const char *refused(const void *row, const void *door)
{
	(void)door;
	return ((const struct type *)row)->refused;
}

TEST(by_clone, .pair_covers = made,
     .summary = "clone with a CLONE_NEW flag puts the child into a new namespace of that type, and of no other",
     .caps = CAP(SYS_ADMIN), .features = FEATURES(NEEDS_PROC), CASES_NEEDING(types), THROUGH(clone_doors))
{
	const struct type *type = this_case();
	const struct clone_door *door = this_door();
	uint64_t before[LINKS], own = namespace_of_self(type->link);

	look_around(before);
	long child = CLONE_HERE(door->via, .flags = type->flag, .exit_signal = SIGCHLD);
	if (child == 0) {
		EXPECT_NE(namespace_of_self(type->link), 0);
		EXPECT_NE(namespace_of_self(type->link), own);
		expect_others_kept(type->flag, before);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	expect_others_kept(0, before);
}

TEST(by_unshare, .covers = "UNSH-02 UNSH-05", .caps = CAP(SYS_ADMIN),
     .summary = "unshare moves the caller into a new namespace of the type, or for PID namespaces its children only",
     .features = FEATURES(NEEDS_PROC), CASES_NEEDING(types))
{
	const struct type *type = this_case();
	uint64_t before[LINKS], own = namespace_of_self(type->link);

	look_around(before);
	long result = sys_unshare((unsigned long)type->flag);
	REQUIRE_OK(result);
	EXPECT_EQ(namespace_of_self(type->link) == own, type->for_children);
	expect_others_kept(type->flag, before);
	pid_t child = fork_helper();
	if (child == 0) {
		EXPECT_NE(namespace_of_self(type->link), own);
		expect_others_kept(type->flag, before);
		leave(0);
	}
	EXPECT_EXITED(child, 0);
}

TEST(without_flag,
     .covers = "CLONE-NEWCGROUP-02 CLONE-NEWIPC-02 CLONE-NEWNET-02 CLONE-NEWNS-02 CLONE-NEWPID-02 CLONE-NEWUTS-02 "
	       "CLONE-NEWUSER-02 NS-04",
     .summary = "without a CLONE_NEW flag the child stays in all the namespaces of its parent", .caps = CAP(SYS_ADMIN),
     .features = FEATURES(NEEDS_PROC), THROUGH(fork_doors))
{
	const struct fork_door *door = this_door();
	uint64_t before[LINKS];

	look_around(before);
	long child = door->fork();
	if (child == 0) {
		expect_others_kept(0, before);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
}

/* All capabilities but the one that counts: what a namespace's creation may not rest on. */
#define ALL_BUT_SYS_ADMIN                                                                                              \
	(CAP(CHOWN) | CAP(DAC_OVERRIDE) | CAP(FOWNER) | CAP(SETUID) | CAP(SETGID) | CAP(NET_ADMIN) | CAP(SYS_CHROOT) | \
	 CAP(SYS_PTRACE) | CAP(SYS_NICE) | CAP(IPC_OWNER))

TEST(without_sys_admin, .covers = "UNSH-23", .pair_covers = refused,
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

TEST(with_user_namespace, .covers = "CLONE-NEWUSER-09",
     .summary = "together with CLONE_NEWUSER a new namespace needs no privilege",
     .features = FEATURES(NEEDS_PROC, NEEDS_USER_NS), CASES_NEEDING(types), THROUGH(clone_doors))
{
	const struct type *type = this_case();
	const struct clone_door *door = this_door();
	uint64_t before[LINKS], own = namespace_of_self(type->link), user = namespace_of_self("user");

	look_around(before);
	long child = CLONE_HERE(door->via, .flags = type->flag | CLONE_NEWUSER, .exit_signal = SIGCHLD);
	if (child == 0) {
		EXPECT_NE(namespace_of_self(type->link), own);
		EXPECT_NE(namespace_of_self("user"), user);
		expect_others_kept(type->flag | CLONE_NEWUSER, before);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
}
