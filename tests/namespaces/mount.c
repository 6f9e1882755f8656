// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* Mount namespaces: each has a list of mounts of its own, which begins as a copy. */
#include "namespaces.h"

#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>

#define MOUNTS NEEDS_MNT_NS, NEEDS_WORKDIR, NEEDS_PROC

enum { CHANGED, LOOKED, OUTSIDE_CHANGED };

/* ---- Changes ----------------------------------------------------------------------------------- */

static void make_mount(void)
{
	EXPECT_RETURNS(mount("forkcheck", "free", "tmpfs", 0, NULL), 0);
}

static bool has_mount(void)
{
	return is_mounted("free");
}

static void remove_mount(void)
{
	EXPECT_RETURNS(umount2("used", 0), 0);
}

static bool lacks_mount(void)
{
	return !is_mounted("used");
}

static void change_mount(void)
{
	EXPECT_RETURNS(mount(NULL, "used", NULL, MS_REMOUNT | MS_BIND | MS_RDONLY, NULL), 0);
}

static bool has_changed_mount(void)
{
	/* As a file in it tells, not as a list does. */
	long fd = sys_openat(AT_FDCWD, "used/file", O_CREAT | O_WRONLY, 0600);

	if (fd >= 0)
		sys_close((int)fd);
	return fd == -EROFS;
}

static void move_mount_away(void)
{
	EXPECT_RETURNS(mount("used", "free", NULL, MS_MOVE, NULL), 0);
}

static const struct change {
	struct case_head head;
	uint64_t flag;
	bool outside; /* the parent makes the change */
	bool by_all;  /* through all doors */
	void (*make)(void);
	bool (*made)(void);
} changes[] = {
	{ { "mount_inside", .covers = "MNTNS-01" }, CLONE_NEWNS, false, true, make_mount, has_mount },
	{ { "unmount_inside", .covers = "MNTNS-02" }, CLONE_NEWNS, false, true, remove_mount, lacks_mount },
	{ { "flags_inside", .covers = "MNTNS-13" }, CLONE_NEWNS, false, false, change_mount, has_changed_mount },
	{ { "move_inside", .covers = "MNTNS-02" }, CLONE_NEWNS, false, false, move_mount_away, lacks_mount },
	{ { "mount_outside", .covers = "MNTNS-14" }, CLONE_NEWNS, true, true, make_mount, has_mount },
	{ { "unmount_outside", .covers = "MNTNS-14" }, CLONE_NEWNS, true, true, remove_mount, lacks_mount },
	{ { "flags_outside", .covers = "MNTNS-13" }, CLONE_NEWNS, true, false, change_mount, has_changed_mount },
	{ { "mount_same", .covers = "CLONE-NEWNS-02" }, 0, false, false, make_mount, has_mount },
	{ { "unmount_same", .covers = "CLONE-NEWNS-02" }, 0, true, false, remove_mount, lacks_mount },
	{ { "flags_same", .covers = "CLONE-NEWNS-02" }, 0, false, false, change_mount, has_changed_mount },
};

static bool is_wanted(const void *row, const void *door)
{
	return ((const struct change *)row)->by_all || FIRST_DOOR(door);
}

static void make_and_see(const struct change *row)
{
	EXPECT_TRUE(!row->made());
	row->make();
	EXPECT_TRUE(row->made());
}

TEST(changes_stay, .caps = CAP(SYS_ADMIN), .features = FEATURES(MOUNTS), CASES_NEEDING(changes),
     THROUGH(namespace_doors), .passes = is_wanted,
     .summary = "a change of mounts shows to processes of the same namespace, and not in the other one")
{
	const struct change *row = this_case();
	const struct namespace_door *door = this_door();

	own_mounts();
	SETUP(mkdir("free", 0755));
	add_mount("used");
	long child = door->enter(row->flag);
	if (child == 0) {
		if (row->outside) {
			EXPECT_TRUE(!row->made());
			post(LOOKED);
			await(CHANGED);
			EXPECT_EQ(row->made(), !row->flag);
			leave(0);
		}
		make_and_see(row);
		post(CHANGED);
		await(LOOKED);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	if (row->outside) {
		await_unless_dead(LOOKED, (pid_t)child);
		make_and_see(row);
		post(CHANGED);
	} else {
		await_unless_dead(CHANGED, (pid_t)child);
		EXPECT_EQ(row->made(), !row->flag);
		post(LOOKED);
	}
	EXPECT_EXITED(child, 0);
}

/* ---- The copy ---------------------------------------------------------------------------------- */

struct summary {
	unsigned mounts;
	uint64_t sum;
};

/*
 * A sum over all mounts of a process, whatever their order: of place, root, options, propagation and file system, but
 * not of the IDs of the mount and its parent, which are fresh in a copy.
 */
static struct summary summary_of(pid_t pid)
{
	char path[64], line[2048];
	struct summary all = { 0 };

	FILE *list = fopen(proc_path(path, sizeof(path), pid, "mountinfo"), "re");
	SETUP(list ? 0 : -1);
	while (fgets(line, sizeof(line), list)) {
		uint64_t hash = 14695981039346656037U;
		int skip = 0;
		sscanf(line, "%*d %*d %n", &skip);
		for (const char *c = line + skip; *c; c++)
			hash = (hash ^ (unsigned char)*c) * 1099511628211U;
		all.sum += hash;
		all.mounts++;
	}
	fclose(list);
	return all;
}

TEST(begins_as_copy, .covers = "CLONE-NEWNS-05", .caps = CAP(SYS_ADMIN), .features = FEATURES(MOUNTS),
     THROUGH(namespace_doors),
     .summary = "a new mount namespace has the caller's mounts, with their options and propagation, as others")
{
	const struct namespace_door *door = this_door();
	struct mount_entry here, there;

	own_mounts();
	add_mount("plain");
	add_mount("read_only");
	SETUP(mount(NULL, "read_only", NULL, MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOEXEC, NULL));
	add_mount("shared");
	SETUP(mount(NULL, "shared", NULL, MS_SHARED, NULL));
	long child = door->enter(CLONE_NEWNS);
	if (child == 0) {
		post(CHANGED);
		await(LOOKED);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	await_unless_dead(CHANGED, (pid_t)child);
	struct summary original = summary_of(sys_getpid()), copy = summary_of((pid_t)child);
	EXPECT_GE(original.mounts, 5);
	EXPECT_EQ(copy.mounts, original.mounts);
	EXPECT_EQ(copy.sum, original.sum);
	EXPECT_TRUE(find_mount_entry(0, "plain", &here));
	EXPECT_TRUE(find_mount_entry((pid_t)child, "plain", &there));
	EXPECT_NE(here.id, there.id);
	post(LOOKED);
	EXPECT_EXITED(child, 0);
}

TEST(contents_are_shared, .covers = "MNTNS-15", .caps = CAP(SYS_ADMIN), .features = FEATURES(MOUNTS),
     THROUGH(namespace_doors),
     .summary = "a copied mount shows the same file system: a file made through one is there through the other")
{
	const struct namespace_door *door = this_door();

	own_mounts();
	add_mount("used");
	long child = door->enter(CLONE_NEWNS);
	if (child == 0) {
		EXPECT_OK(sys_openat(AT_FDCWD, "used/inside", O_CREAT | O_WRONLY | O_EXCL, 0600));
		post(CHANGED);
		await(OUTSIDE_CHANGED);
		EXPECT_OK(sys_open("used/outside", O_RDONLY));
		leave(0);
	}
	REQUIRE_GT(child, 0);
	await_unless_dead(CHANGED, (pid_t)child);
	EXPECT_OK(sys_open("used/inside", O_RDONLY));
	SETUP_RAW(sys_openat(AT_FDCWD, "used/outside", O_CREAT | O_WRONLY, 0600));
	post(OUTSIDE_CHANGED);
	EXPECT_EXITED(child, 0);
}

/* ---- Root and working directory ----------------------------------------------------------------- */

TEST(directories_follow, .covers = "MNTNS-08", .caps = CAP(SYS_ADMIN), .features = FEATURES(MOUNTS),
     THROUGH(namespace_doors),
     .summary = "the working directory has the same path in the copy, and what is mounted below it is mounted there")
{
	const struct namespace_door *door = this_door();
	char before[256], after[256];

	own_mounts();
	add_mount("used");
	SETUP_RAW(sys_chdir("used"));
	SETUP(mkdir("free", 0755));
	SETUP_RAW(sys_getcwd(before, sizeof(before)));
	long child = door->enter(CLONE_NEWNS);
	if (child == 0) {
		EXPECT_OK(sys_getcwd(after, sizeof(after)));
		EXPECT_TRUE(!strcmp(after, before));
		/* Only a mount of one's own namespace can be mounted on. */
		EXPECT_RETURNS(mount("forkcheck", "free", "tmpfs", 0, NULL), 0);
		append_text(after, sizeof(after), "/free");
		EXPECT_TRUE(is_mounted("free"));
		EXPECT_TRUE(is_mounted(after));
		post(CHANGED);
		await(LOOKED);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	await_unless_dead(CHANGED, (pid_t)child);
	EXPECT_TRUE(!is_mounted("free"));
	post(LOOKED);
	EXPECT_EXITED(child, 0);
}

TEST(root_follows, .covers = "MNTNS-08", .caps = CAP(SYS_ADMIN) | CAP(SYS_CHROOT), .features = FEATURES(MOUNTS),
     .summary = "the root directory is the same directory of the copy, and what is mounted below it is mounted there",
     THROUGH(namespace_doors))
{
	const struct namespace_door *door = this_door();

	own_mounts();
	add_mount("used");
	SETUP(mkdir("used/free", 0755));
	pid_t jail = fork_helper();
	if (jail == 0) {
		SETUP_RAW(sys_chroot("used"));
		SETUP_RAW(sys_chdir("/"));
		long child = door->enter(CLONE_NEWNS);
		if (child == 0) {
			EXPECT_RETURNS(mount("forkcheck", "/free", "tmpfs", 0, NULL), 0);
			EXPECT_TRUE(is_mounted("/free"));
			post(CHANGED);
			await(LOOKED);
			leave(0);
		}
		REQUIRE_GT(child, 0);
		EXPECT_EXITED(child, 0);
		leave(0);
	}
	await_unless_dead(CHANGED, jail);
	SETUP_RAW(sys_chdir("used"));
	EXPECT_TRUE(!is_mounted("free"));
	post(LOOKED);
	EXPECT_EXITED(jail, 0);
}

/* ---- Lists in /proc ----------------------------------------------------------------------------- */

static const struct list {
	const char *name;
} lists[] = { { "mounts" }, { "mountinfo" }, { "mountstats" } };

static bool lists_mount(pid_t pid, const char *list)
{
	char path[64], line[2048], point[256];
	bool found = false;

	SETUP_RAW(sys_getcwd(point, sizeof(point)));
	append_text(point, sizeof(point), "/free ");
	FILE *file = fopen(proc_path(path, sizeof(path), pid, list), "re");
	SETUP(file ? 0 : -1);
	while (fgets(line, sizeof(line), file))
		found = found || strstr(line, point);
	fclose(file);
	return found;
}

TEST(lists_are_of_the_process, .covers = "MNTNS-09", .caps = CAP(SYS_ADMIN), .features = FEATURES(MOUNTS), CASES(lists),
     .summary = "a list of mounts below /proc/PID shows the process's namespace, whoever reads it")
{
	const struct list *list = this_case();
	pid_t outer = sys_getpid();

	own_mounts();
	SETUP(mkdir("free", 0755));
	long child = CLONE_HERE(VIA_CLONE, .flags = CLONE_NEWNS, .exit_signal = SIGCHLD);
	if (child == 0) {
		SETUP(mount("forkcheck", "free", "tmpfs", 0, NULL));
		EXPECT_TRUE(lists_mount(sys_getpid(), list->name));
		EXPECT_TRUE(!lists_mount(outer, list->name));
		post(CHANGED);
		await(LOOKED);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	await_unless_dead(CHANGED, (pid_t)child);
	EXPECT_TRUE(lists_mount((pid_t)child, list->name));
	EXPECT_TRUE(!lists_mount(outer, list->name));
	post(LOOKED);
	EXPECT_EXITED(child, 0);
}

/* ---- Mount points of others --------------------------------------------------------------------- */

static long remove_directory(void)
{
	return SYSCALL3(SYS_unlinkat, AT_FDCWD, "directory", AT_REMOVEDIR);
}

static long remove_file(void)
{
	return SYSCALL3(SYS_unlinkat, AT_FDCWD, "file", 0);
}

static long rename_directory(void)
{
	return SYSCALL5(SYS_renameat2, AT_FDCWD, "directory", AT_FDCWD, "elsewhere", 0);
}

static long rename_over_file(void)
{
	return SYSCALL5(SYS_renameat2, AT_FDCWD, "other", AT_FDCWD, "file", 0);
}

static const struct removal {
	const char *name;
	long (*remove)(void);
	const char *point; /* whose mount goes */
	bool gone;
} removals[] = {
	{ "rmdir", remove_directory, "directory", true },
	{ "unlink", remove_file, "file", true },
	{ "rename", rename_directory, "directory", true },
	{ "rename_over", rename_over_file, "file", false },
};

static void mount_on_both(void)
{
	EXPECT_RETURNS(mount("forkcheck", "directory", "tmpfs", 0, NULL), 0);
	EXPECT_RETURNS(mount("other", "file", NULL, MS_BIND, NULL), 0);
}

TEST(foreign_mount_point, .covers = "MNTNS-07", .caps = CAP(SYS_ADMIN), .features = FEATURES(MOUNTS), CASES(removals),
     .summary =
	     "a directory that is a mount point only in another namespace may be removed and renamed, and its mount goes with it")
{
	const struct removal *row = this_case();
	struct mount_entry entry;

	own_mounts();
	SETUP(mkdir("directory", 0755));
	SETUP_RAW(sys_close((int)SETUP_RAW(sys_openat(AT_FDCWD, "file", O_CREAT | O_WRONLY, 0600))));
	SETUP_RAW(sys_close((int)SETUP_RAW(sys_openat(AT_FDCWD, "other", O_CREAT | O_WRONLY, 0600))));
	long child = CLONE_HERE(VIA_CLONE, .flags = CLONE_NEWNS, .exit_signal = SIGCHLD);
	if (child == 0) {
		mount_on_both();
		EXPECT_FAILS(row->remove(), EBUSY);
		post(CHANGED);
		await(OUTSIDE_CHANGED);
		if (row->gone)
			EXPECT_ERRNO(access(row->point, F_OK), ENOENT);
		else
			EXPECT_RETURNS(access(row->point, F_OK), 0);
		EXPECT_TRUE(!find_mount_entry(0, row->point, &entry));
		leave(0);
	}
	REQUIRE_GT(child, 0);
	await_unless_dead(CHANGED, (pid_t)child);
	long result = row->remove();
	EXPECT_OK(result);
	post(OUTSIDE_CHANGED);
	EXPECT_EXITED(child, 0);
}

TEST(by_ordinary_user, .covers = "CLONE-NEWUSER-09 USERNS-16", .features = FEATURES(MOUNTS, NEEDS_USER_NS),
     .summary = "an ordinary user may mount a tmpfs in a mount namespace of a user namespace, and no one else sees it",
     THROUGH(namespace_doors))
{
	const struct namespace_door *door = this_door();

	SETUP(mkdir("free", 0755));
	long child = door->enter(CLONE_NEWUSER | CLONE_NEWNS);
	if (child == 0) {
		map_to_root();
		EXPECT_RETURNS(mount("forkcheck", "free", "tmpfs", 0, NULL), 0);
		EXPECT_TRUE(is_mounted("free"));
		post(CHANGED);
		await(LOOKED);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	await_unless_dead(CHANGED, (pid_t)child);
	EXPECT_TRUE(!is_mounted("free"));
	EXPECT_ERRNO(mount("forkcheck", "free", "tmpfs", 0, NULL), EPERM);
	post(LOOKED);
	EXPECT_EXITED(child, 0);
}
