// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* clone at the limits: of processes, of the depth of namespaces, of their number. */
#include "forkcheck.h"

#include <sys/resource.h>

TEST(process_limit, .covers = "CLONE-ERR-01", .features = FEATURES(NEEDS_OTHER_USER),
     .summary = "at the limit of processes (RLIMIT_NPROC) clone gives EAGAIN, below it a child", THROUGH(clone_doors))
{
	const struct clone_door *door = this_door();
	struct rlimit before, limit;

	SETUP(getrlimit(RLIMIT_NPROC, &before));
	limit = (struct rlimit){ 0, before.rlim_max }; /* surely reached: this process is one */
	SETUP(setrlimit(RLIMIT_NPROC, &limit));
	long child = CLONE_HERE(door->via, .flags = 0, .exit_signal = SIGCHLD);
	EXPECT_REFUSED(child, EAGAIN);
	EXPECT_NO_CHILD();
	SETUP(setrlimit(RLIMIT_NPROC, &before));
	child = CLONE_HERE(door->via, .flags = 0, .exit_signal = SIGCHLD);
	if (child == 0)
		leave(7);
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 7);
}

/* ---- Depth -------------------------------------------------------------------------------------- */

/* Levels that there may be below the first. */
#define PID_LEVELS 32
#define USER_LEVELS 33

static uid_t uid_outside;
static gid_t gid_outside;

/* What a new user namespace needs for another one inside; the ids stay the same all the way down. */
static void map_ids(void)
{
	SETUP(map_user_namespace(0, uid_outside, gid_outside, uid_outside, gid_outside));
}

/* Goes down, a child inside a child, until it is refused or too deep. Tells how many levels were made in *depth. */
static void descend(enum clone_via via, unsigned long flag, int levels, int *depth)
{
	for (;;) {
		long child = CLONE_HERE(via, .flags = flag, .exit_signal = SIGCHLD);
		if (child > 0) {
			EXPECT_EXITED(child, 0, *depth);
			return;
		}
		if (child < 0) {
			EXPECT_FAILS(child, ENOSPC, *depth);
			EXPECT_NO_CHILD(*depth);
			return;
		}
		if (++*depth > levels)
			leave(0);
		if (flag == CLONE_NEWUSER)
			map_ids();
	}
}

/* The test may itself be some levels down: from where it is, at least one more must be possible. */
static void expect_depth(int depth, int levels)
{
	EXPECT_GE(depth, 1);
	EXPECT_LE(depth, levels);
}

TEST(pid_namespace_depth, .covers = "CLONE-ERR-03", .caps = CAP(SYS_ADMIN), .features = FEATURES(NEEDS_PID_NS),
     .summary = "PID namespaces nest 32 levels deep, the next clone gives ENOSPC", THROUGH(clone_doors))
{
	const struct clone_door *door = this_door();
	int *depth = shared(sizeof(*depth));

	pid_t first = fork_helper();
	if (first == 0) {
		descend(door->via, CLONE_NEWPID, PID_LEVELS, depth);
		leave(0);
	}
	EXPECT_EXITED(first, 0);
	expect_depth(*depth, PID_LEVELS);
}

TEST(user_namespace_depth, .covers = "CLONE-ERR-04", .features = FEATURES(NEEDS_USER_NS, NEEDS_PROC),
     .summary = "user namespaces nest 33 levels deep, the next clone gives ENOSPC", THROUGH(clone_doors))
{
	const struct clone_door *door = this_door();
	int *depth = shared(sizeof(*depth));

	uid_outside = getuid();
	gid_outside = getgid();
	pid_t first = fork_helper();
	if (first == 0) {
		descend(door->via, CLONE_NEWUSER, USER_LEVELS, depth);
		leave(0);
	}
	EXPECT_EXITED(first, 0);
	expect_depth(*depth, USER_LEVELS);
}

/* ---- Number ------------------------------------------------------------------------------------- */

static const struct type {
	struct case_head head;
	enum clone_via via;
	uint64_t flag;
	const char *limit;
} types[] = {
	{ { "cgroup", .features = FEATURES(NEEDS_CGROUP_NS) },
	  VIA_CLONE,
	  CLONE_NEWCGROUP,
	  "/proc/sys/user/max_cgroup_namespaces" },
	{ { "ipc", .features = FEATURES(NEEDS_IPC_NS) }, VIA_CLONE, CLONE_NEWIPC, "/proc/sys/user/max_ipc_namespaces" },
	{ { "mnt", .features = FEATURES(NEEDS_MNT_NS) }, VIA_CLONE, CLONE_NEWNS, "/proc/sys/user/max_mnt_namespaces" },
	{ { "net", .features = FEATURES(NEEDS_NET_NS) }, VIA_CLONE, CLONE_NEWNET, "/proc/sys/user/max_net_namespaces" },
	{ { "pid", .features = FEATURES(NEEDS_PID_NS) }, VIA_CLONE, CLONE_NEWPID, "/proc/sys/user/max_pid_namespaces" },
	{ { "time", .features = FEATURES(NEEDS_TIME_NS, NEEDS_CLONE3) },
	  VIA_CLONE3,
	  CLONE_NEWTIME,
	  "/proc/sys/user/max_time_namespaces" },
	{ { .name = "user" }, VIA_CLONE, CLONE_NEWUSER, "/proc/sys/user/max_user_namespaces" },
	{ { "uts", .features = FEATURES(NEEDS_UTS_NS) }, VIA_CLONE, CLONE_NEWUTS, "/proc/sys/user/max_uts_namespaces" },
	{ { "uts_clone3", .features = FEATURES(NEEDS_UTS_NS, NEEDS_CLONE3) },
	  VIA_CLONE3,
	  CLONE_NEWUTS,
	  "/proc/sys/user/max_uts_namespaces" },
};

TEST(namespace_limit, .covers = "CLONE-ERR-05", .features = FEATURES(NEEDS_USER_NS, NEEDS_PROC, NEEDS_PROC_SYS),
     .summary = "at the limit of /proc/sys/user/max_*_namespaces clone gives ENOSPC, below it a child",
     CASES_NEEDING(types))
{
	const struct type *type = this_case();

	/* The limits of a user namespace belong to its creator. */
	uid_outside = getuid();
	gid_outside = getgid();
	long owner = CLONE_HERE(VIA_CLONE, .flags = CLONE_NEWUSER, .exit_signal = SIGCHLD);
	if (owner == 0) {
		map_ids();
		long child = CLONE_HERE(type->via, .flags = type->flag, .exit_signal = SIGCHLD);
		if (child == 0)
			leave(7);
		REQUIRE_GT(child, 0);
		EXPECT_EXITED(child, 7);
		SETUP(write_file(type->limit, "0"));
		child = CLONE_HERE(type->via, .flags = type->flag, .exit_signal = SIGCHLD);
		EXPECT_REFUSED(child, ENOSPC);
		EXPECT_NO_CHILD();
		leave(0);
	}
	REQUIRE_GT(owner, 0);
	EXPECT_EXITED(owner, 0);
}

/* ---- Types that are not there ------------------------------------------------------------------- */

TEST(left_out_of_kernel, .covers = "CLONE-ERR-06", .caps = CAP(SYS_ADMIN),
     .summary = "a namespace of a type that the kernel was configured without is refused with EINVAL")
{
	static const struct {
		const char *option;
		enum clone_via via;
		uint64_t flag;
	} rows[] = {
		{ "IPC_NS", VIA_CLONE, CLONE_NEWIPC }, { "NET_NS", VIA_CLONE, CLONE_NEWNET },
		{ "PID_NS", VIA_CLONE, CLONE_NEWPID }, { "TIME_NS", VIA_CLONE3, CLONE_NEWTIME },
		{ "UTS_NS", VIA_CLONE, CLONE_NEWUTS }, { "USER_NS", VIA_CLONE, CLONE_NEWUSER },
	};
	unsigned tried = 0;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		if (!configured_without(rows[i].option))
			continue;
		long child = CLONE_HERE(rows[i].via, .flags = rows[i].flag, .exit_signal = SIGCHLD);
		EXPECT_REFUSED(child, EINVAL, i);
		tried++;
	}
	if (!tried)
		SKIP(SKIP_CONFIG, "namespaces", "no type is known to be off in the configuration");
	EXPECT_NO_CHILD();
}
