// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* What mounting and unmounting in one mount namespace does in another: shared, slave and private mounts. */
#include "namespaces.h"

#include <sys/mount.h>
#include <sys/stat.h>

#define MOUNTS NEEDS_MNT_NS, NEEDS_WORKDIR, NEEDS_PROC

enum { INSIDE_READY, OUTSIDE_DONE, INSIDE_DONE, LOOKED };

static const struct type {
	struct case_head head;
	uint64_t flags;
	unsigned long before, inside; /* the propagation type that the parent gives, and the child afterwards */
	bool comes_in, goes_out;
	bool by_all; /* through all doors */
} types[] = {
	{ { "shared", .covers = "MNTNS-03" }, CLONE_NEWNS, MS_SHARED, 0, true, true, true },
	{ { "private", .covers = "MNTNS-01 MNTNS-14" }, CLONE_NEWNS, MS_PRIVATE, 0, false, false, false },
	{ { "unbindable", .covers = "MNTNS-01 MNTNS-14" }, CLONE_NEWNS, MS_UNBINDABLE, 0, false, false, false },
	{ { "slave_inside", .covers = "MNTNS-17" }, CLONE_NEWNS, MS_SHARED, MS_SLAVE, true, false, false },
	{ { "private_inside", .covers = "MNTNS-17" }, CLONE_NEWNS, MS_SHARED, MS_PRIVATE, false, false, false },
	{ { "other_user_ns", .covers = "MNTNS-04", .features = FEATURES(NEEDS_USER_NS) },
	  CLONE_NEWNS | CLONE_NEWUSER,
	  MS_SHARED,
	  0,
	  true,
	  false,
	  true },
};

static bool is_wanted(const void *row, const void *door)
{
	return ((const struct type *)row)->by_all || FIRST_DOOR(door);
}

/* A mount with two directories, on which others are to be mounted, and two mounts to be taken away. */
static void add_tree(unsigned long propagation)
{
	add_mount("tree");
	SETUP(mount(NULL, "tree", NULL, propagation, NULL));
	SETUP(mkdir("tree/free_outside", 0755));
	SETUP(mkdir("tree/free_inside", 0755));
	add_mount("tree/used_outside");
	add_mount("tree/used_inside");
}

/* In terms of the mount below: is it of another file system than the tree? */
static bool tree_has(const char *dir)
{
	struct stat tree, there;

	SETUP(stat("tree", &tree));
	SETUP(stat(dir, &there));
	return tree.st_dev != there.st_dev;
}

static void change_inside(const struct type *row)
{
	if (row->flags & CLONE_NEWUSER)
		map_to_root();
	if (row->inside)
		SETUP(mount(NULL, "tree", NULL, row->inside, NULL));
	post(INSIDE_READY);
	await(OUTSIDE_DONE);
	EXPECT_EQ(tree_has("tree/free_outside"), row->comes_in);
	EXPECT_EQ(tree_has("tree/used_outside"), !row->comes_in);
	EXPECT_RETURNS(mount("forkcheck", "tree/free_inside", "tmpfs", 0, NULL), 0);
	/* What came as one with the namespace can't be taken away in a less privileged one. */
	if (!(row->flags & CLONE_NEWUSER))
		EXPECT_RETURNS(umount2("tree/used_inside", 0), 0);
	EXPECT_TRUE(tree_has("tree/free_inside"));
	post(INSIDE_DONE);
	await(LOOKED);
}

TEST(events, .caps = CAP(SYS_ADMIN), .features = FEATURES(MOUNTS), CASES_NEEDING(types), THROUGH(namespace_doors),
     .passes = is_wanted,
     .summary = "mounts and unmounts get from one namespace into the other as the propagation type says")
{
	const struct type *row = this_case();
	const struct namespace_door *door = this_door();

	own_mounts();
	add_tree(row->before);
	long child = door->enter(row->flags);
	if (child == 0) {
		change_inside(row);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	if (await_unless_dead(INSIDE_READY, (pid_t)child)) {
		SETUP(mount("forkcheck", "tree/free_outside", "tmpfs", 0, NULL));
		SETUP(umount2("tree/used_outside", 0));
	}
	post(OUTSIDE_DONE);
	if (await_unless_dead(INSIDE_DONE, (pid_t)child)) {
		EXPECT_EQ(tree_has("tree/free_inside"), row->goes_out);
		EXPECT_EQ(tree_has("tree/used_inside"), !row->goes_out);
	}
	post(LOOKED);
	EXPECT_EXITED(child, 0);
}

/* ---- As /proc tells ----------------------------------------------------------------------------- */

static long start_inside(const struct namespace_door *door, uint64_t flags)
{
	long child = door->enter(flags);

	if (child == 0) {
		post(INSIDE_READY);
		await(LOOKED);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	await_unless_dead(INSIDE_READY, (pid_t)child);
	return child;
}

static void end_inside(long child)
{
	post(LOOKED);
	EXPECT_EXITED(child, 0);
}

TEST(peer_group, .covers = "MNTNS-03", .caps = CAP(SYS_ADMIN), .features = FEATURES(MOUNTS), THROUGH(namespace_doors),
     .summary =
	     "the copy of a shared mount is in its peer group, the copy of a slave has its master, others have neither")
{
	const struct namespace_door *door = this_door();
	struct mount_entry shared, slave, private, copy;

	own_mounts();
	add_mount("shared");
	SETUP(mount(NULL, "shared", NULL, MS_SHARED, NULL));
	SETUP(mkdir("slave", 0755));
	SETUP(mount("shared", "slave", NULL, MS_BIND, NULL));
	SETUP(mount(NULL, "slave", NULL, MS_SLAVE, NULL));
	add_mount("private");
	SETUP(find_mount_entry(0, "shared", &shared) && find_mount_entry(0, "slave", &slave) ? 0 : -1);
	SETUP(find_mount_entry(0, "private", &private) ? 0 : -1);
	long child = start_inside(door, CLONE_NEWNS);
	EXPECT_GT(shared.shared, 0);
	REQUIRE_TRUE(find_mount_entry((pid_t)child, "shared", &copy));
	EXPECT_NE(copy.id, shared.id);
	EXPECT_EQ(copy.shared, shared.shared);
	EXPECT_EQ(copy.master, 0);
	REQUIRE_TRUE(find_mount_entry((pid_t)child, "slave", &copy));
	EXPECT_EQ(copy.shared, 0);
	EXPECT_EQ(copy.master, shared.shared);
	REQUIRE_TRUE(find_mount_entry((pid_t)child, "private", &copy));
	EXPECT_EQ(copy.shared, 0);
	EXPECT_EQ(copy.master, 0);
	end_inside(child);
}

static const struct owner {
	const char *name;
	bool as_user;
} owners[] = { { "admin", false }, { "user", true } };

static bool owner_is_wanted(const void *row, const void *door)
{
	return !((const struct owner *)row)->as_user || FIRST_DOOR(door);
}

TEST(reduced_to_slave, .covers = "MNTNS-04", .caps = CAP(SYS_ADMIN), .features = FEATURES(MOUNTS, NEEDS_USER_NS),
     .summary =
	     "in a namespace of another user namespace a shared mount is a slave of the original, others are as before",
     CASES(owners), THROUGH(namespace_doors), .passes = owner_is_wanted)
{
	const struct owner *row = this_case();
	const struct namespace_door *door = this_door();
	struct mount_entry shared, copy;

	if (row->as_user)
		own_user_namespace();
	own_mounts();
	add_mount("shared");
	SETUP(mount(NULL, "shared", NULL, MS_SHARED, NULL));
	add_mount("private");
	SETUP(find_mount_entry(0, "shared", &shared) ? 0 : -1);
	long child = start_inside(door, CLONE_NEWNS | CLONE_NEWUSER);
	REQUIRE_TRUE(find_mount_entry((pid_t)child, "shared", &copy));
	EXPECT_EQ(copy.shared, 0);
	EXPECT_EQ(copy.master, shared.shared);
	REQUIRE_TRUE(find_mount_entry((pid_t)child, "private", &copy));
	EXPECT_EQ(copy.shared, 0);
	EXPECT_EQ(copy.master, 0);
	REQUIRE_TRUE(find_mount_entry(0, "shared", &copy));
	EXPECT_EQ(copy.shared, shared.shared);
	end_inside(child);
}

TEST(unbindable_stays, .covers = "MNTNS-16", .caps = CAP(SYS_ADMIN), .features = FEATURES(MOUNTS),
     THROUGH(namespace_doors),
     .summary = "an unbindable mount is copied into a new namespace, and is unbindable there too")
{
	const struct namespace_door *door = this_door();
	struct mount_entry copy;

	own_mounts();
	add_mount("unbindable");
	SETUP(mount(NULL, "unbindable", NULL, MS_UNBINDABLE, NULL));
	SETUP(mkdir("free", 0755));
	EXPECT_ERRNO(mount("unbindable", "free", NULL, MS_BIND, NULL), EINVAL);
	long child = door->enter(CLONE_NEWNS);
	if (child == 0) {
		REQUIRE_TRUE(find_mount_entry(0, "unbindable", &copy));
		EXPECT_TRUE(copy.unbindable);
		EXPECT_ERRNO(mount("unbindable", "free", NULL, MS_BIND, NULL), EINVAL);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
}

/* ---- The end ------------------------------------------------------------------------------------ */

TEST(end_unmounts_nothing_else, .covers = "MNTNS-18", .caps = CAP(SYS_ADMIN), .features = FEATURES(MOUNTS),
     .summary = "the end of a mount namespace leaves the mounts of its peers mounted", THROUGH(namespace_doors))
{
	const struct namespace_door *door = this_door();

	own_mounts();
	add_tree(MS_SHARED);
	long child = door->enter(CLONE_NEWNS);
	if (child == 0) {
		EXPECT_RETURNS(mount("forkcheck", "tree/free_inside", "tmpfs", 0, NULL), 0);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	EXPECT_TRUE(tree_has("tree/free_inside"));
	EXPECT_TRUE(tree_has("tree/used_inside"));
	EXPECT_RETURNS(umount2("tree/free_inside", 0), 0);
}
