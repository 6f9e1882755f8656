// SPDX-License-Identifier: GPL-2.0-only
/* CLONE_INTO_CGROUP: a child that begins in another control group than its parent. */
#include "forkcheck.h"

#include <string.h>

#define CGROUP2 (NEEDS(NEEDS_CLONE3) | NEEDS(NEEDS_CGROUP2) | NEEDS(NEEDS_PROC))
/* Groups are made by whoever may write to the hierarchy. */
#define MANAGE .as_root = true, .caps = CAP(DAC_OVERRIDE)

static char group[192];

static int open_group(int flags)
{
	SETUP(make_cgroup("", group, sizeof(group)));
	return (int)SETUP(sys_open(group, flags | O_DIRECTORY | O_CLOEXEC));
}

/* The path of the caller's group, as its own cgroup namespace shows it. */
static char *own_group(char *path, size_t size)
{
	char text[1024];

	SETUP(read_file("/proc/self/cgroup", text, sizeof(text)));
	char *at = strncmp(text, "0::", 3) ? strstr(text, "\n0::") : text;
	path[0] = 0;
	if (!at)
		return path;
	at = strstr(at, "::") + 2;
	at[strcspn(at, "\n")] = 0;
	append_text(path, size, at);
	return path;
}

static long create_into(uint64_t cgroup, size_t size)
{
	struct clone3_args args = { .flags = CLONE_INTO_CGROUP, .exit_signal = SIGCHLD, .cgroup = cgroup };

	return sys_clone3(&args, size);
}

static const struct opened {
	struct case_head head;
	int flags;
} opened[] = {
	{ { "readable", .covers = "CLONE-CGROUP-03" }, O_RDONLY },
	{ { "path", .covers = "CLONE-CGROUP-04" }, O_PATH },
};

TEST(placed, .covers = "CLONE-CGROUP-02", MANAGE, .features = CGROUP2,
     .summary = "the child begins in the group whose descriptor it is given, its parent stays", CASES_NEEDING(opened))
{
	const struct opened *row = this_case();
	char before[192], now[192];
	int fd = open_group(row->flags);

	own_group(before, sizeof(before));
	long child = create_into((uint64_t)fd, sizeof(struct clone3_args));
	if (child == 0) {
		const char *name = strrchr(group, '/'), *end = strrchr(own_group(now, sizeof(now)), '/');
		EXPECT_TRUE(end && !strcmp(end, name));
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED((pid_t)child, 0);
	EXPECT_TRUE(!strcmp(own_group(now, sizeof(now)), before));
}

TEST(beside_the_parent, .covers = "CLONE-CGROUP-01", .features = NEEDS(NEEDS_CGROUP2) | NEEDS(NEEDS_PROC),
     .summary = "without the flag the child begins in its parent's group", CASES(fork_doors))
{
	const struct fork_door *door = this_case();
	char before[192], now[192];

	own_group(before, sizeof(before));
	long child = door->fork();
	if (child == 0) {
		EXPECT_TRUE(!strcmp(own_group(now, sizeof(now)), before));
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED((pid_t)child, 0);
}

TEST(bad_descriptor, .covers = "CLONE-CGROUP-11 CLONE-CGROUP-12 CLONE-CGROUP-13", .features = NEEDS(NEEDS_CLONE3),
     .summary = "what is no descriptor of a version 2 group is refused, and so is a structure without the member")
{
	int null = (int)SETUP(sys_open("/", O_RDONLY | O_DIRECTORY));

	long child = create_into(399, sizeof(struct clone3_args));
	EXPECT_REFUSED(child, EBADF);
	child = create_into((uint64_t)null, sizeof(struct clone3_args));
	EXPECT_REFUSED(child, EBADF);
	child = create_into(1ULL << 31, sizeof(struct clone3_args));
	EXPECT_REFUSED(child, EINVAL);
	child = create_into((uint64_t)null, 80);
	EXPECT_REFUSED(child, EINVAL);
	EXPECT_NO_CHILD();
}

TEST(not_writable, .covers = "CLONE-CGROUP-07", MANAGE, .features = CGROUP2 | NEEDS(NEEDS_TWO_IDS),
     .summary = "who may not move processes into a group can't create them there either")
{
	int fd = open_group(O_RDONLY);

	char procs[224] = "";
	append_text(procs, sizeof(procs), group);
	append_text(procs, sizeof(procs), "/cgroup.procs");
	SETUP(SYSCALL4(SYS_fchmodat, AT_FDCWD, procs, 0444, 0));
	pid_t poor = fork_helper();
	if (poor == 0) {
		set_capabilities(0);
		long child = create_into((uint64_t)fd, sizeof(struct clone3_args));
		EXPECT_REFUSED(child, EACCES);
		leave(0);
	}
	EXPECT_EXITED(poor, 0);
	long child = create_into((uint64_t)fd, sizeof(struct clone3_args));
	if (child == 0)
		leave(0);
	REQUIRE_GT(child, 0);
	EXPECT_EXITED((pid_t)child, 0);
}

TEST(limit_of_the_target, .covers = "CLONE-CGROUP-10", MANAGE, .features = CGROUP2 | NEEDS(NEEDS_CGROUP_PIDS),
     .summary = "pids.max of the group counts for the child that is created into it")
{
	char file[224] = "";

	SETUP(make_cgroup("pids", group, sizeof(group)));
	int fd = (int)SETUP(sys_open(group, O_RDONLY | O_DIRECTORY | O_CLOEXEC));

	append_text(file, sizeof(file), group);
	append_text(file, sizeof(file), "/cgroup.controllers");
	if (access(file, F_OK))
		SKIP("the pids controller is one of version 1");
	SETUP(write_cgroup(group, "pids.max", "0"));
	long child = create_into((uint64_t)fd, sizeof(struct clone3_args));
	EXPECT_REFUSED(child, EAGAIN);
	SETUP(write_cgroup(group, "pids.max", "1"));
	child = create_into((uint64_t)fd, sizeof(struct clone3_args));
	if (child == 0)
		leave(0);
	REQUIRE_GT(child, 0);
	EXPECT_EXITED((pid_t)child, 0);
}
