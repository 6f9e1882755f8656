// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* Cgroup namespaces: the creator's control groups are the roots of what is seen inside. */
#include "namespaces.h"

#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>

#define CGROUPS NEEDS_CGROUP_NS, NEEDS_CGROUP2, NEEDS_PROC
/* Groups are made by whoever may write to the hierarchy. */
#define MANAGE .as_root = true, .caps = CAP(SYS_ADMIN) | CAP(DAC_OVERRIDE)

enum { READY, LOOKED, LEAVE };

static char group[192], sub[192];

/* Puts the caller into a new group of version 2 that has another one below it. */
static void join_new_group(void)
{
	SETUP(make_cgroup("", group, sizeof(group)));
	SETUP(make_cgroup_in(group, sub, sizeof(sub)));
	SETUP(write_cgroup(group, "cgroup.procs", "0"));
}

struct membership {
	char path[256];		  /* of the group of version 2, as the caller's cgroup namespace has it */
	unsigned groups, at_root; /* in all hierarchies, and how many of these are "/" */
};

static struct membership membership_of(pid_t pid)
{
	struct membership all = { 0 };
	char path[64], line[512];

	FILE *file = fopen(proc_path(path, sizeof(path), pid, "cgroup"), "re");
	SETUP(file ? 0 : -1);
	while (fgets(line, sizeof(line), file)) {
		line[strcspn(line, "\n")] = 0;
		char *list = strchr(line, ':'), *group_path = list ? strchr(list + 1, ':') : NULL;
		if (!group_path)
			continue;
		group_path++;
		all.groups++;
		all.at_root += !strcmp(group_path, "/");
		if (!strncmp(line, "0::", 3))
			append_text(all.path, sizeof(all.path), group_path);
	}
	fclose(file);
	return all;
}

/* The name of the group below it, with the slash before that. */
static const char *sub_name(void)
{
	return strrchr(sub, '/');
}

static bool is_at(pid_t pid, const char *path)
{
	struct membership member = membership_of(pid);

	return !strcmp(member.path, path);
}

/* ---- The roots ---------------------------------------------------------------------------------- */

static void expect_all_at_root(void)
{
	struct membership own = membership_of(sys_getpid());

	EXPECT_TRUE(!strcmp(own.path, "/"));
	EXPECT_GE(own.groups, 1);
	EXPECT_EQ(own.at_root, own.groups);
}

static const struct flags {
	struct case_head head;
	uint64_t flags;
} flags[] = {
	{ .head = { .name = "admin" }, CLONE_NEWCGROUP },
	{ .head = { .name = "user_ns", .features = FEATURES(NEEDS_USER_NS) }, CLONE_NEWCGROUP | CLONE_NEWUSER },
};

static bool is_wanted(const void *row, const void *door)
{
	return row == &flags[0] || FIRST_DOOR(door);
}

TEST(roots_are_the_creators, .covers = "CGNS-01 CGNS-03 CGNS-04", MANAGE, .features = FEATURES(CGROUPS),
     CASES_NEEDING(flags), THROUGH(namespace_doors), .passes = is_wanted,
     .summary = "the creator's groups are \"/\" to the child and its children, and what they were to all outside")
{
	const struct flags *row = this_case();
	const struct namespace_door *door = this_door();

	join_new_group();
	struct membership before = membership_of(sys_getpid());
	EXPECT_TRUE(strcmp(before.path, "/") != 0);
	long child = door->enter(row->flags);
	if (child == 0) {
		expect_all_at_root();
		pid_t grandchild = fork_helper();
		if (grandchild == 0) {
			expect_all_at_root();
			leave(0);
		}
		EXPECT_EXITED(grandchild, 0);
		post(READY);
		await(LEAVE);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	await_unless_dead(READY, (pid_t)child);
	EXPECT_TRUE(is_at((pid_t)child, before.path));
	EXPECT_TRUE(is_at(sys_getpid(), before.path));
	post(LEAVE);
	EXPECT_EXITED(child, 0);
}

TEST(below_and_outside_of_root, .covers = "CGNS-02 CGNS-03 CGNS-04", MANAGE, .features = FEATURES(CGROUPS),
     .summary = "paths inside begin at the namespace's root; those of groups that are not below it begin with /..")
{
	char full[300] = "";
	pid_t outsider = start_child(LEAVE, 0), own = sys_getpid();
	struct membership outside = membership_of(outsider);

	join_new_group();
	struct membership before = membership_of(own);
	append_text(full, sizeof(full), before.path);
	append_text(full, sizeof(full), sub_name());
	long child = CLONE_HERE(VIA_CLONE, .flags = CLONE_NEWCGROUP, .exit_signal = SIGCHLD);
	if (child == 0) {
		EXPECT_TRUE(is_at(outsider, "/.."));
		SETUP(write_cgroup(sub, "cgroup.procs", "0"));
		EXPECT_TRUE(is_at(sys_getpid(), sub_name()));
		EXPECT_TRUE(is_at(own, "/"));
		/* A namespace below it, and its view of the groups above. */
		long inner = CLONE_HERE(VIA_CLONE, .flags = CLONE_NEWCGROUP, .exit_signal = SIGCHLD);
		if (inner == 0) {
			EXPECT_TRUE(is_at(sys_getpid(), "/"));
			EXPECT_TRUE(is_at(own, "/.."));
			EXPECT_TRUE(is_at(outsider, "/../.."));
			leave(0);
		}
		REQUIRE_GT(inner, 0);
		EXPECT_EXITED(inner, 0);
		post(READY);
		await(LEAVE);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	await_unless_dead(READY, (pid_t)child);
	EXPECT_TRUE(is_at((pid_t)child, full));
	EXPECT_TRUE(is_at(outsider, outside.path));
	post(LEAVE);
	EXPECT_EXITED(child, 0);
	EXPECT_EXITED(outsider, 0);
}

TEST(root_of_who_begins_elsewhere, .covers = "CGNS-07", MANAGE, .features = FEATURES(CGROUPS, NEEDS_CLONE3),
     .summary = "with CLONE_INTO_CGROUP the root is the group in which the child begins, not its creator's")
{
	pid_t own = sys_getpid();

	SETUP(make_cgroup("", group, sizeof(group)));
	int fd = (int)SETUP_RAW(sys_open(group, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
	long child = CLONE_HERE(VIA_CLONE3, .flags = CLONE_NEWCGROUP | CLONE_INTO_CGROUP, .exit_signal = SIGCHLD,
				.cgroup = fd);
	if (child == 0) {
		EXPECT_TRUE(is_at(sys_getpid(), "/"));
		EXPECT_TRUE(is_at(own, "/.."));
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
}

/* ---- Mounts ------------------------------------------------------------------------------------- */

/* "/.." for each part of a path. */
static void climb(const char *path, char *up, size_t size)
{
	up[0] = 0;
	for (; *path; path++)
		if (*path == '/' && path[1])
			append_text(up, size, "/..");
}

TEST(mounts, .covers = "CGNS-05 CGNS-06", MANAGE, .features = FEATURES(CGROUPS, NEEDS_MNT_NS, NEEDS_WORKDIR),
     .summary =
	     "what is mounted inside begins at the namespace's root, and a reader sees all mounts relative to its own")
{
	struct mount_entry entry;
	char up[256], path[256] = "inner";

	own_mounts();
	SETUP(mkdir("outer", 0755));
	SETUP(mkdir("inner", 0755));
	SETUP(mount("forkcheck", "outer", "cgroup2", 0, NULL));
	join_new_group();
	struct membership own = membership_of(sys_getpid());
	climb(own.path, up, sizeof(up));
	EXPECT_TRUE(find_mount_entry(0, "outer", &entry) && !strcmp(entry.root, "/"));
	long child = CLONE_HERE(VIA_CLONE, .flags = CLONE_NEWCGROUP | CLONE_NEWNS, .exit_signal = SIGCHLD);
	if (child == 0) {
		EXPECT_TRUE(find_mount_entry(0, "outer", &entry) && !strcmp(entry.root, up));
		EXPECT_RETURNS(mount("forkcheck", "inner", "cgroup2", 0, NULL), 0);
		EXPECT_TRUE(find_mount_entry(0, "inner", &entry) && !strcmp(entry.root, "/"));
		append_text(path, sizeof(path), sub_name());
		EXPECT_RETURNS(access(path, F_OK), 0);
		post(READY);
		await(LOOKED);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	await_unless_dead(READY, (pid_t)child);
	EXPECT_TRUE(find_mount_entry((pid_t)child, "inner", &entry) && !strcmp(entry.root, own.path));
	EXPECT_TRUE(find_mount_entry((pid_t)child, "outer", &entry) && !strcmp(entry.root, "/"));
	post(LOOKED);
	EXPECT_EXITED(child, 0);
}
