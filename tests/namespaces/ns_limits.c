// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* How many namespaces a user may make: /proc/sys/user/max_*_namespaces. */
#include "namespaces.h"

#include <limits.h>
#include <string.h>
#include <sys/prctl.h>

#define LIMITS NEEDS_USER_NS, NEEDS_PROC, NEEDS_PROC_SYS

enum { READY, MADE, LOOKED, TRIED };

static const struct type {
	struct case_head head;
	enum feature feature;
	uint64_t flag;
	const char *file;
} types[] = {
#define TYPE(name, feature, flag, ...)                                                \
	{                                                                             \
		{ #name, .features = FEATURES(feature), __VA_ARGS__ }, feature, flag, \
			"/proc/sys/user/max_" #name "_namespaces"                     \
	}
	TYPE(cgroup, NEEDS_CGROUP_NS, CLONE_NEWCGROUP),
	TYPE(ipc, NEEDS_IPC_NS, CLONE_NEWIPC),
	TYPE(mnt, NEEDS_MNT_NS, CLONE_NEWNS, .covers = "MNTNS-10"),
	TYPE(net, NEEDS_NET_NS, CLONE_NEWNET),
	TYPE(pid, NEEDS_PID_NS, CLONE_NEWPID),
	TYPE(time, NEEDS_TIME_NS, CLONE_NEWTIME),
	TYPE(user, NEEDS_USER_NS, CLONE_NEWUSER),
	TYPE(uts, NEEDS_UTS_NS, CLONE_NEWUTS),
};

static const char uts_file[] = "/proc/sys/user/max_uts_namespaces";

static long long limit_of(const char *file)
{
	char text[32];

	SETUP(read_file(file, text, sizeof(text)));
	return atoll(text);
}

/* All by unshare, one through each door. */
static bool is_wanted(const void *row, const void *door)
{
	return door == &namespace_doors[2] || ((const struct type *)row)->flag == CLONE_NEWNS;
}

/* A child that leaves at once, or what it was refused with. */
static long make_one(const struct namespace_door *door, uint64_t flag)
{
	long child = door->enter(flag);

	if (child == 0)
		leave(0);
	return child;
}

TEST(reached, .covers = "NS-08", .features = FEATURES(LIMITS), CASES_NEEDING(types), THROUGH(namespace_doors),
     .passes = is_wanted,
     .summary = "at the limit a new namespace is refused with ENOSPC, to user 0 with all capabilities too")
{
	const struct type *type = this_case();
	const struct namespace_door *door = this_door();

	own_user_namespace();
	SETUP(write_file(type->file, "1"));
	long first = door->enter(type->flag);
	if (first == 0) {
		post(READY);
		await(LOOKED);
		leave(0);
	}
	REQUIRE_GT(first, 0);
	await_unless_dead(READY, (pid_t)first);
	EXPECT_EQ(getuid(), 0);
	long second = make_one(door, type->flag);
	EXPECT_FAILS(second, ENOSPC);
	/* It is the limit that refuses. */
	SETUP(write_file(type->file, "2"));
	long third = make_one(door, type->flag);
	EXPECT_OK(third);
	if (second > 0)
		EXPECT_EXITED(second, 0);
	if (third > 0)
		EXPECT_EXITED(third, 0);
	post(LOOKED);
	EXPECT_EXITED(first, 0);
}

/* All types that there are. */
static uint64_t all_flags(void)
{
	uint64_t flags = 0;

	for (size_t i = 0; i < ARRAY_SIZE(types); i++)
		if (feature_expected(types[i].feature))
			flags |= types[i].flag;
	return flags;
}

TEST(others_go_on, .covers = "NS-13", .features = FEATURES(LIMITS), CASES_NEEDING(types),
     .summary = "a limit of 0 for one type refuses it, also along with all others, and lets those be made")
{
	const struct type *type = this_case();
	const struct namespace_door *by_unshare = &namespace_doors[2];
	uint64_t all = all_flags();

	own_user_namespace();
	SETUP(write_file(type->file, "0"));
	long child = make_one(by_unshare, all);
	EXPECT_FAILS(child, ENOSPC);
	if (child > 0)
		EXPECT_EXITED(child, 0);
	child = make_one(by_unshare, all & ~type->flag);
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
}

/* ---- Whose limit -------------------------------------------------------------------------------- */

TEST(of_the_reader, .covers = "NS-09", .features = FEATURES(LIMITS, NEEDS_UTS_NS),
     .summary =
	     "the files show the limits of the opener's user namespace, which begin as the greatest number in a new one")
{
	char text[32] = "";

	own_user_namespace();
	int opened = (int)SETUP_RAW(sys_open(uts_file, O_RDONLY | O_CLOEXEC));
	for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
		if (!feature_expected(types[i].feature))
			continue;
		EXPECT_EQ(limit_of(types[i].file), INT_MAX, types[i].head.name);
		EXPECT_EQ(write_file(types[i].file, "77"), 0, types[i].head.name);
	}
	long child = CLONE_HERE(VIA_CLONE, .flags = CLONE_NEWUSER, .exit_signal = SIGCHLD);
	if (child == 0) {
		for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
			if (!feature_expected(types[i].feature))
				continue;
			EXPECT_EQ(limit_of(types[i].file), INT_MAX, types[i].head.name);
			EXPECT_EQ(write_file(types[i].file, "66"), 0, types[i].head.name);
			EXPECT_EQ(limit_of(types[i].file), 66, types[i].head.name);
		}
		EXPECT_GT(sys_read(opened, text, sizeof(text) - 1), 0);
		EXPECT_EQ(atoi(text), 77);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	for (size_t i = 0; i < ARRAY_SIZE(types); i++)
		if (feature_expected(types[i].feature))
			EXPECT_EQ(limit_of(types[i].file), 77, types[i].head.name);
}

TEST(counts_in_ancestors, .covers = "NS-10", .features = FEATURES(LIMITS, NEEDS_UTS_NS), THROUGH(namespace_doors),
     .summary =
	     "a namespace counts against the creator of its user namespace, in each one above, whatever the limit below")
{
	const struct namespace_door *door = this_door();

	own_user_namespace();
	SETUP(write_file(uts_file, "1"));
	long inner = CLONE_HERE(VIA_CLONE, .flags = CLONE_NEWUSER, .exit_signal = SIGCHLD);
	if (inner == 0) {
		SETUP_RAW(map_user_namespace(0, 0, 0, 0, 0));
		EXPECT_EQ(limit_of(uts_file), INT_MAX);
		long first = door->enter(CLONE_NEWUTS);
		if (first == 0) {
			post(MADE);
			await(LOOKED);
			leave(0);
		}
		REQUIRE_GT(first, 0);
		await_unless_dead(MADE, (pid_t)first);
		long second = make_one(door, CLONE_NEWUTS);
		EXPECT_FAILS(second, ENOSPC);
		if (second > 0)
			EXPECT_EXITED(second, 0);
		post(READY);
		EXPECT_EXITED(first, 0);
		leave(0);
	}
	REQUIRE_GT(inner, 0);
	/* The one inside counts out here too. */
	await_unless_dead(READY, (pid_t)inner);
	long another = make_one(door, CLONE_NEWUTS);
	EXPECT_FAILS(another, ENOSPC);
	if (another > 0)
		EXPECT_EXITED(another, 0);
	post(LOOKED);
	EXPECT_EXITED(inner, 0);
}

/* ---- Each user ---------------------------------------------------------------------------------- */

#define EVENT_OF(uid, event) (10 * (uid) + (event))

/* Becomes this user, who then makes UTS namespaces up to the limit of 1. */
static void reach_limit(const struct namespace_door *door, uid_t uid)
{
	SETUP_RAW(sys_prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0));
	SETUP_RAW(SYSCALL3(SYS_setresuid, uid, uid, uid));
	set_capabilities(CAP(SYS_ADMIN));
	long first = door->enter(CLONE_NEWUTS);
	if (first == 0) {
		post(EVENT_OF(uid, MADE));
		await(LOOKED);
		leave(0);
	}
	REQUIRE_GT(first, 0);
	await_unless_dead(EVENT_OF(uid, MADE), (pid_t)first);
	long second = make_one(door, CLONE_NEWUTS);
	EXPECT_FAILS(second, ENOSPC);
	if (second > 0)
		EXPECT_EXITED(second, 0);
	post(EVENT_OF(uid, TRIED));
	EXPECT_EXITED(first, 0);
	leave(0);
}

TEST(per_user, .covers = "NS-11", .caps = CAP(SETUID), .features = FEATURES(LIMITS, NEEDS_UTS_NS, NEEDS_TWO_IDS),
     .summary = "each user of a user namespace may make as many as the limit says", THROUGH(namespace_doors))
{
	const struct namespace_door *door = this_door();
	char map[64] = "0 ", path[64];

	append_number(map, sizeof(map), getuid());
	append_text(map, sizeof(map), " 1\n1 65533 2");
	long owner = CLONE_HERE(VIA_CLONE, .flags = CLONE_NEWUSER, .exit_signal = SIGCHLD);
	if (owner == 0) {
		await(READY);
		SETUP(write_file(uts_file, "1"));
		pid_t one = fork_helper();
		if (one == 0)
			reach_limit(door, 1);
		await_unless_dead(EVENT_OF(1, TRIED), one);
		pid_t other = fork_helper();
		if (other == 0)
			reach_limit(door, 2);
		await_unless_dead(EVENT_OF(2, TRIED), other);
		post(LOOKED);
		EXPECT_EXITED(one, 0);
		EXPECT_EXITED(other, 0);
		leave(0);
	}
	REQUIRE_GT(owner, 0);
	SETUP(write_file(proc_path(path, sizeof(path), (pid_t)owner, "uid_map"), map));
	post(READY);
	EXPECT_EXITED(owner, 0);
}

TEST(needs_privilege, .covers = "NS-14", .features = FEATURES(LIMITS, NEEDS_UTS_NS),
     .summary = "a limit is changed with CAP_SYS_RESOURCE in the user namespace, and not without")
{
	own_user_namespace();
	set_capabilities(CAP(SYS_RESOURCE));
	EXPECT_EQ(write_file(uts_file, "5"), 0);
	set_capabilities(0);
	EXPECT_EQ(write_file(uts_file, "6"), -EACCES);
	EXPECT_EQ(limit_of(uts_file), 5);
}

/* ---- Many at once --------------------------------------------------------------------------------- */

#define MAKERS 4
#define EACH 8

/* Makes namespaces, nested, and drops them. */
static _Noreturn void make_many(void)
{
	for (int i = 0; i < EACH; i++) {
		long child = sys_fork();
		if (child == 0) {
			SETUP_RAW(sys_unshare(CLONE_NEWUTS | CLONE_NEWIPC));
			SETUP_RAW(sys_unshare(CLONE_NEWUSER | CLONE_NEWUTS | CLONE_NEWIPC));
			leave(0);
		}
		REQUIRE_GT(child, 0, i);
		EXPECT_EXITED(child, 0, i);
	}
	leave(0);
}

/* The kernel drops the last ones a moment after their processes have ended. */
static _Noreturn void make_the_only_one(uint64_t flag)
{
	long result;

	while ((result = sys_unshare(flag)) == -ENOSPC)
		sys_sched_yield();
	EXPECT_OK(result);
	result = sys_unshare(flag);
	EXPECT_FAILS(result, ENOSPC); /* the limit is in force */
	leave(0);
}

static const struct left {
	struct case_head head;
	const char *file;
	uint64_t flag;
} lefts[] = {
	{ { "uts", .features = FEATURES(NEEDS_UTS_NS) }, uts_file, CLONE_NEWUTS },
	{ { "ipc", .features = FEATURES(NEEDS_IPC_NS) }, "/proc/sys/user/max_ipc_namespaces", CLONE_NEWIPC },
};

TEST(many_at_once, .covers = "NS-15", .features = FEATURES(LIMITS, NEEDS_UTS_NS, NEEDS_IPC_NS), CASES_NEEDING(lefts),
     .summary =
	     "when several processes have made, nested and dropped namespaces at once the count is what it was: at a limit of "
	     "one, one can be made, and then another one after it")
{
	const struct left *row = this_case();
	pid_t makers[MAKERS];

	need_own_map();
	long owner = enter_as(&user_doors[USER_CLONE], 0);
	if (owner == 0) {
		for (int i = 0; i < MAKERS; i++) {
			makers[i] = fork_helper();
			if (makers[i] == 0)
				make_many();
		}
		for (int i = 0; i < MAKERS; i++)
			EXPECT_EXITED(makers[i], 0, i);
		SETUP_RAW(write_file(row->file, "1"));
		for (int i = 0; i < 2; i++) {
			pid_t child = fork_helper();
			if (child == 0)
				make_the_only_one(row->flag);
			EXPECT_EXITED(child, 0, i);
		}
		leave(0);
	}
	REQUIRE_GT(owner, 0);
	EXPECT_EXITED(owner, 0);
}
