// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* Making user namespaces: who may, together with which flags, and who is in them. */
#include "forkcheck.h"

#define USER_NS NEEDS_USER_NS, NEEDS_PROC

enum { MAY_END, CALLER_ENDED };

static const char *of_call(const void *row, const void *door)
{
	(void)row;
	return door == &user_doors[USER_UNSHARE] ? "UNSH-10" : "CLONE-NEWUSER-01 CLONE-NEWUSER-03";
}

TEST(new_member, .pair_covers = of_call,
     .summary = "without any capability a child gets into a new user namespace, another one each time",
     .features = FEATURES(USER_NS), THROUGH(user_doors))
{
	const struct user_door *door = this_door();
	uint64_t own = namespace_of_self("user"), *seen = shared(2 * sizeof(*seen));
	long children[2];

	REQUIRE_EQ(effective_capabilities(), 0);
	REQUIRE_EQ(permitted_capabilities(), 0);
	for (int i = 0; i < 2; i++) {
		children[i] = door->enter(0);
		if (children[i] == 0) {
			seen[i] = namespace_of_self("user");
			await(MAY_END); /* so that both live at once */
			leave(0);
		}
		REQUIRE_GT(children[i], 0, i);
	}
	post(MAY_END);
	for (int i = 0; i < 2; i++) {
		EXPECT_EXITED(children[i], 0, i);
		EXPECT_NE(seen[i], 0, i);
		EXPECT_NE(seen[i], own, i);
	}
	EXPECT_NE(seen[0], seen[1]);
	EXPECT_EQ(namespace_of_self("user"), own);
}

TEST(kept_by_fork, .covers = "USERNS-02 CLONE-NEWUSER-02", .features = FEATURES(USER_NS),
     .summary = "the child of a process in a user namespace is in the same one", THROUGH(fork_doors))
{
	const struct fork_door *door = this_door();

	long member = user_doors[USER_CLONE].enter(0);
	if (member == 0) {
		uint64_t own = namespace_of_self("user");
		long child = door->fork();
		if (child == 0) {
			EXPECT_NE(own, 0);
			EXPECT_EQ(namespace_of_self("user"), own);
			leave(0);
		}
		REQUIRE_GT(child, 0);
		EXPECT_EXITED(child, 0);
		leave(0);
	}
	REQUIRE_GT(member, 0);
	EXPECT_EXITED(member, 0);
}

static uint64_t outer;

static int expect_new_namespace(void *partner)
{
	uint64_t inner = namespace_of_self("user");

	EXPECT_EQ(inner && inner != outer, 1, (const char *)partner);
	return 0;
}

static const struct partner {
	char name[8];
	uint64_t flags;
} accepted[] = {
	{ "files", CLONE_FILES },
	{ "vm", CLONE_VM },
	{ "sighand", CLONE_VM | CLONE_SIGHAND },
	{ "vfork", CLONE_VM | CLONE_VFORK },
	{ "sysvsem", CLONE_SYSVSEM },
	{ "io", CLONE_IO },
};

TEST(together_with, .covers = "CLONE-NEWUSER-10", .features = FEATURES(USER_NS),
     .summary =
	     "CLONE_NEWUSER goes together with the flags that share neither file system information nor the thread group",
     THROUGH(clone_doors))
{
	const struct clone_door *door = this_door();
	struct stack *stack = new_stack();

	outer = namespace_of_self("user");
	for (size_t i = 0; i < ARRAY_SIZE(accepted); i++) {
		struct partner partner = accepted[i];
		long child = CLONE_CALL(door->via, stack, expect_new_namespace, partner.name,
					.flags = CLONE_NEWUSER | partner.flags, .exit_signal = SIGCHLD);
		long refusal = child > 0 ? 0 : child;
		EXPECT_RESULT(refusal, 0, partner.name);
		if (child > 0)
			EXPECT_EXITED(child, 0, i);
	}
}

static const struct wrong_partner {
	struct case_head head;
	uint64_t flags;
} refused[] = {
	{ { "thread", .covers = "CLONE-NEWUSER-04" }, CLONE_VM | CLONE_SIGHAND | CLONE_THREAD },
	{ { "fs", .covers = "CLONE-NEWUSER-06" }, CLONE_FS },
};

TEST(not_together_with, .features = FEATURES(USER_NS),
     .summary = "CLONE_NEWUSER with CLONE_THREAD or CLONE_FS is refused, where the flag alone is not",
     CASES_NEEDING(refused), THROUGH(clone_doors))
{
	const struct wrong_partner *partner = this_case();
	const struct clone_door *door = this_door();
	int signal = partner->flags & CLONE_THREAD ? 0 : SIGCHLD;
	struct stack *stack = new_stack();

	long child = CLONE_CALL(door->via, stack, return_zero, NULL, .flags = CLONE_NEWUSER | partner->flags,
				.exit_signal = signal);
	REQUIRE_EQ(child, -EINVAL);
	child = CLONE_CALL(door->via, stack, return_zero, NULL, .flags = partner->flags, .exit_signal = signal);
	REQUIRE_GT(child, 0);
	if (signal)
		EXPECT_EXITED(child, 0);
	else
		await_thread_gone((pid_t)child);
}

TEST(with_parent, .covers = "CLONE-NEWUSER-05", .features = FEATURES(USER_NS),
     .summary = "CLONE_NEWUSER with CLONE_PARENT makes a sibling in a new user namespace", THROUGH(clone_doors))
{
	const struct clone_door *door = this_door();
	pid_t me = sys_getpid(), *sibling = shared(sizeof(*sibling));
	uint64_t own = namespace_of_self("user");

	pid_t caller = fork_helper();
	if (caller == 0) {
		long child = CLONE_HERE(door->via, .flags = CLONE_NEWUSER | CLONE_PARENT);
		if (child == 0) {
			EXPECT_EQ(sys_getppid(), me);
			EXPECT_NE(namespace_of_self("user"), own);
			await(CALLER_ENDED);
			leave(7);
		}
		REQUIRE_GT(child, 0);
		*sibling = (pid_t)child;
		EXPECT_EQ(namespace_of_self("user"), own);
		leave(0);
	}
	EXPECT_EXITED(caller, 0);
	post(CALLER_ENDED);
	REQUIRE_GT(*sibling, 0);
	EXPECT_EXITED(*sibling, 7);
}

static const struct mapping {
	const char *name;
	bool user, group;
} mappings[] = {
	{ "none", false, false },
	{ "user_only", true, false },
	{ "group_only", false, true },
	{ "both", true, true },
};

/* The caller's namespace gets a single ID, 0, for this one outside. */
static void map_to_root(const char *file, unsigned outside)
{
	char line[32] = "0 ";

	append_number(line, sizeof(line), outside);
	append_text(line, sizeof(line), " 1");
	SETUP_RAW(write_map(0, file, line));
}

/* Half a mapping through one door. */
static bool all_doors_for_none_and_both(const void *row, const void *door)
{
	const struct mapping *mapping = row;

	return mapping->user == mapping->group || door == &user_doors[USER_CLONE];
}

TEST(effective_ids_mapped, .covers = "CLONE-NEWUSER-07 UNSH-15", .features = FEATURES(USER_NS),
     .summary = "whose effective user or group ID has no name in his namespace is refused another", CASES(mappings),
     THROUGH(user_doors), .passes = all_doors_for_none_and_both)
{
	const struct mapping *mapping = this_case();
	const struct user_door *door = this_door();
	uid_t uid = geteuid();
	gid_t gid = getegid();

	need_own_map();
	long member = user_doors[USER_CLONE].enter(0);
	if (member == 0) {
		REQUIRE_EQ(effective_capabilities(), known_capabilities());
		if (mapping->user)
			map_to_root("uid_map", uid);
		if (mapping->group) {
			give_up_setgroups();
			map_to_root("gid_map", gid);
		}
		long child = door->enter(0);
		if (!mapping->user || !mapping->group) {
			EXPECT_REFUSED(child, EPERM);
			leave(0);
		}
		if (child == 0)
			leave(7);
		REQUIRE_GT(child, 0);
		EXPECT_EXITED(child, 7);
		leave(0);
	}
	REQUIRE_GT(member, 0);
	EXPECT_EXITED(member, 0);
}

TEST(chrooted, .covers = "CLONE-NEWUSER-08 UNSH-14", .caps = CAP(SYS_CHROOT),
     .features = FEATURES(USER_NS, NEEDS_WORKDIR),
     .summary = "a caller whose root directory is not that of its mount namespace is refused", THROUGH(user_doors))
{
	const struct user_door *door = this_door();

	long child = door->enter(0);
	if (child == 0)
		leave(7);
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 7);
	SETUP(sys_chroot("."));
	child = door->enter(0);
	EXPECT_REFUSED(child, EPERM);
}
