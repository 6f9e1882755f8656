// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* What the capabilities of a user namespace give power over, and what not. */
#include "forkcheck.h"

#include <netinet/in.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/utsname.h>

#define USER_NS NEEDS_USER_NS, NEEDS_PROC

enum { MEMBER_IS_READY, MEMBER_MAY_GO };

/* ---- Resources of a namespace ------------------------------------------------------------------ */

static long set_host_name(void)
{
	struct utsname now;

	SETUP(uname(&now));
	return SYSCALL2(SYS_sethostname, now.nodename, strlen(now.nodename)); /* to what it is */
}

static long change_propagation(void)
{
	return mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) ? -errno : 0;
}

static long open_raw_socket(void)
{
	int fd = socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_ICMP);

	return fd < 0 ? -errno : sys_close(fd);
}

static const struct resource {
	struct case_head head;
	uint64_t flag;
	long (*use)(void);
} resources[] = {
	{ { "uts", .features = FEATURES(NEEDS_UTS_NS) }, CLONE_NEWUTS, set_host_name },
	{ { "mnt", .features = FEATURES(NEEDS_MNT_NS) }, CLONE_NEWNS, change_propagation },
	{ { "net", .features = FEATURES(NEEDS_NET_NS), .caps = CAP(NET_RAW) }, CLONE_NEWNET, open_raw_socket },
};

static void lose_and_gain(const struct resource *resource, const struct user_door *door)
{
	/* A namespace owned by the user namespace of the test, who can use it. */
	SETUP_RAW(sys_unshare((unsigned long)resource->flag));
	long result = resource->use();
	EXPECT_OK(result);
	long child = door->enter(0);
	if (child == 0) {
		EXPECT_EQ(effective_capabilities(), known_capabilities());
		result = resource->use();
		EXPECT_FAILS(result, EPERM);
		SETUP_RAW(sys_unshare((unsigned long)resource->flag));
		result = resource->use();
		EXPECT_OK(result);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	result = resource->use();
	EXPECT_OK(result);
}

static bool all_doors_for_uts(const void *row, const void *door)
{
	return row == &resources[0] || door == &user_doors[USER_CLONE];
}

TEST(old_and_new_resources, .reaches = "the machine's mounts", .covers = "USERNS-04 USERNS-14", .caps = CAP(SYS_ADMIN),
     .features = FEATURES(USER_NS),
     .summary = "in a new user namespace one has power over namespaces made there, and none over the old ones",
     CASES_NEEDING(resources), THROUGH(user_doors), .passes = all_doors_for_uts)
{
	lose_and_gain(this_case(), this_door());
}

TEST(global_root, .covers = "USERNS-05", .as_root = true, .init_caps = CAP(SYS_ADMIN),
     .features = FEATURES(USER_NS, NEEDS_UTS_NS),
     .summary = "user ID 0 of the initial user namespace loses its power over old resources too")
{
	lose_and_gain(&resources[0], &user_doors[USER_UNSHARE]);
}

/* ---- What belongs to no namespace -------------------------------------------------------------- */

static long set_no_time(void)
{
	return SYSCALL2(SYS_settimeofday, NULL, NULL); /* checked, but nothing is set */
}

static long make_device(void)
{
	return SYSCALL4(SYS_mknodat, AT_FDCWD, "device", S_IFCHR | 0600, makedev(1, 3));
}

static long load_empty_module(void)
{
	return SYSCALL3(SYS_init_module, NULL, 0, "");
}

static long raise_hard_limit(void)
{
	struct rlimit limit;

	SETUP(getrlimit(RLIMIT_NOFILE, &limit));
	limit.rlim_cur = --limit.rlim_max;
	SETUP(setrlimit(RLIMIT_NOFILE, &limit));
	limit.rlim_max++;
	return setrlimit(RLIMIT_NOFILE, &limit) ? -errno : 0;
}

static const struct operation {
	struct case_head head;
	long (*perform)(void);
	long with_privilege; /* its result where the capability counts */
	const char *option;  /* of the kernel's configuration */
} operations[] = {
	{ { .name = "time" }, set_no_time, 0, NULL },
	{ { "device", .features = FEATURES(NEEDS_WORKDIR) }, make_device, 0, NULL },
	{ { .name = "module" }, load_empty_module, -ENOEXEC, "MODULES" },
	{ { .name = "hard_limit" }, raise_hard_limit, 0, NULL },
};

static void skip_unconfigured(const struct operation *operation)
{
	if (operation->option && configured_without(operation->option))
		SKIP(SKIP_CONFIG, operation->option, "is off in the configuration");
}

TEST(global_operations, .covers = "USERNS-15", .features = FEATURES(USER_NS),
     .summary = "all capabilities of a user namespace, and user ID 0 in it, don't permit what concerns the system",
     CASES_NEEDING(operations))
{
	const struct operation *operation = this_case();

	skip_unconfigured(operation);
	long child = enter_as(&user_doors[USER_CLONE], 0);
	if (child == 0) {
		EXPECT_EQ(effective_capabilities(), known_capabilities());
		long result = operation->perform();
		EXPECT_FAILS(result, EPERM);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
}

static const struct privileged {
	struct case_head head;
	const struct operation *operation;
} privileged[] = {
	{ { "time", .init_caps = CAP(SYS_TIME) }, &operations[0] },
	{ { "device", .features = FEATURES(NEEDS_WORKDIR), .init_caps = CAP(MKNOD) }, &operations[1] },
	{ { "module", .init_caps = CAP(SYS_MODULE) }, &operations[2] },
	{ { "hard_limit", .init_caps = CAP(SYS_RESOURCE) }, &operations[3] },
};

TEST(global_operations_privileged, .covers = "USERNS-15",
     .summary = "the same capability in the initial user namespace permits it", CASES_NEEDING(privileged))
{
	const struct privileged *row = this_case();

	skip_unconfigured(row->operation);
	long result = row->operation->perform();
	EXPECT_EQ(result, row->operation->with_privilege);
}

/* ---- Descendants ------------------------------------------------------------------------------- */

static long probe(pid_t pid)
{
	return checked_kill(pid, 0);
}

static long read_limit(pid_t pid)
{
	uint64_t limit[2];

	return SYSCALL4(SYS_prlimit64, pid, RLIMIT_NOFILE, NULL, limit);
}

static long lower_priority(pid_t pid)
{
	return SYSCALL3(SYS_setpriority, PRIO_PROCESS, pid, 19);
}

static const struct act {
	struct case_head head;
	long (*on)(pid_t pid);
} acts[] = {
	{ { "kill", .caps = CAP(KILL) }, probe },
	{ { "limit", .caps = CAP(SYS_RESOURCE) }, read_limit },
	{ { "priority", .caps = CAP(SYS_NICE) }, lower_priority },
};

static const struct depth {
	struct case_head head;
	int levels;
} depths[] = { { { .name = "child" }, 1 }, { { .name = "grandchild" }, 2 } };

/* Stays in a user namespace that many levels below the caller's; each is made by the same user. */
static _Noreturn void stay_below(int levels)
{
	for (; levels; levels--) {
		uid_t uid = geteuid();
		gid_t gid = getegid();
		SETUP_RAW(sys_unshare(CLONE_NEWUSER));
		SETUP_RAW(map_user_namespace(0, 0, 0, uid, gid));
	}
	post(MEMBER_IS_READY);
	await(MEMBER_MAY_GO);
	leave(0);
}

static bool both_depths_for_kill(const void *row, const void *door)
{
	return row == &acts[0] || door == &depths[0];
}

TEST(in_descendants, .covers = "USERNS-09", .caps = CAP(SETUID), .features = FEATURES(USER_NS, NEEDS_TWO_IDS),
     .summary = "a capability holds in all user namespaces below, whoever made them, and without it nothing does",
     CASES_NEEDING(acts), THROUGH(depths), .passes = both_depths_for_kill)
{
	const struct act *act = this_case();
	const struct depth *depth = this_door();
	uid_t other = getuid() / 2;

	pid_t member = fork_helper();
	if (member == 0) {
		SETUP(setresuid(other, other, other));
		SETUP_RAW(sys_prctl(PR_SET_DUMPABLE, 1, 0, 0, 0)); /* else its files in /proc are root's */
		stay_below(depth->levels);
	}
	REQUIRE_TRUE(await_unless_dead(MEMBER_IS_READY, member));
	long result = act->on(member);
	EXPECT_OK(result);
	set_capabilities(0);
	result = act->on(member);
	EXPECT_FAILS(result, EPERM);
	post(MEMBER_MAY_GO);
	EXPECT_EXITED(member, 0);
}

/* Tries to join, in a process of its own: the result, and whether that gave all capabilities. */
static long join(int fd)
{
	long *result = shared(sizeof(*result));

	pid_t child = fork_helper();
	if (child == 0) {
		*result = sys_setns(fd, CLONE_NEWUSER);
		if (*result == 0)
			EXPECT_EQ(effective_capabilities(), known_capabilities());
		leave(0);
	}
	EXPECT_EXITED(child, 0);
	return *result;
}

TEST(owner, .covers = "USERNS-10", .features = FEATURES(USER_NS, NEEDS_SETNS),
     .summary = "the user who made a user namespace may enter it, and those below, from its parent only", CASES(depths))
{
	const struct depth *depth = this_case();
	char path[64];

	need_own_map();
	pid_t member = fork_helper();
	if (member == 0)
		stay_below(depth->levels);
	REQUIRE_TRUE(await_unless_dead(MEMBER_IS_READY, member));
	int fd = (int)SETUP(sys_open(proc_path(path, sizeof(path), member, "ns/user"), O_RDONLY | O_CLOEXEC));
	REQUIRE_EQ(effective_capabilities(), 0);
	long result = join(fd);
	EXPECT_OK(result);
	/* The same user elsewhere, though with all capabilities there. */
	long stranger = user_doors[USER_CLONE].enter(0);
	if (stranger == 0) {
		result = sys_setns(fd, CLONE_NEWUSER);
		EXPECT_FAILS(result, EPERM);
		leave(0);
	}
	REQUIRE_GT(stranger, 0);
	EXPECT_EXITED(stranger, 0);
	post(MEMBER_MAY_GO);
	EXPECT_EXITED(member, 0);
}

TEST(owner_writes_maps, .covers = "USERNS-10", .features = FEATURES(USER_NS),
     .summary = "the user who made a user namespace may write its maps from its parent, and not from elsewhere")
{
	char line[32] = "0 ";

	need_own_map();
	append_number(line, sizeof(line), geteuid());
	append_text(line, sizeof(line), " 1");
	long member = user_doors[USER_CLONE].enter(0);
	if (member == 0) {
		await(MEMBER_MAY_GO);
		EXPECT_EQ(geteuid(), 0);
		leave(0);
	}
	REQUIRE_GT(member, 0);
	long stranger = user_doors[USER_CLONE].enter(0);
	if (stranger == 0) {
		long result = write_map((pid_t)member, "uid_map", line);
		EXPECT_FAILS(result, EPERM);
		leave(0);
	}
	REQUIRE_GT(stranger, 0);
	EXPECT_EXITED(stranger, 0);
	long result = write_map((pid_t)member, "uid_map", line);
	EXPECT_OK(result);
	post(MEMBER_MAY_GO);
	EXPECT_EXITED(member, 0);
}
