// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* What a mount namespace of another user namespace may not do to the mounts that it was given. */
#include "namespaces.h"

#include <sys/mount.h>
#include <sys/stat.h>

#define MOUNTS NEEDS_MNT_NS, NEEDS_USER_NS, NEEDS_WORKDIR, NEEDS_PROC
#define LESS_PRIVILEGED (CLONE_NEWUSER | CLONE_NEWNS)

enum { INSIDE_READY, OUTSIDE_DONE };

/* Whose mounts they were: exactly CAP_SYS_ADMIN over them, or an ordinary user in a user namespace of its own. */
static const struct owner {
	struct case_head head;
	bool as_user;
} owners[] = { { { .name = "admin" }, false }, { { .name = "user" }, true } };

static bool is_wanted(const void *row, const void *door)
{
	return !((const struct owner *)row)->as_user || FIRST_DOOR(door);
}

static void own_tree(const struct owner *owner)
{
	if (owner->as_user)
		own_user_namespace();
	own_mounts();
	add_mount("cover");
	SETUP(mkdir("free", 0755));
	SETUP_RAW(sys_close((int)SETUP_RAW(sys_openat(AT_FDCWD, "secret", O_CREAT | O_WRONLY, 0600))));
	SETUP_RAW(sys_close((int)SETUP_RAW(sys_openat(AT_FDCWD, "empty", O_CREAT | O_WRONLY, 0600))));
	SETUP(mount("empty", "secret", NULL, MS_BIND, NULL));
}

/* ---- What would separate them ------------------------------------------------------------------- */

static int unmount(void)
{
	return umount2("cover", 0);
}

static int unmount_lazily(void)
{
	return umount2("cover", MNT_DETACH);
}

static int unmount_file(void)
{
	return umount2("secret", 0);
}

static int move_away(void)
{
	return mount("cover", "free", NULL, MS_MOVE, NULL);
}

static int bind_what_is_below(void)
{
	return mount(".", "free", NULL, MS_BIND, NULL);
}

static const struct separation {
	struct case_head head;
	int (*separate)(void);
	bool by_all; /* through all doors */
} separations[] = {
	{ { "unmount", .covers = "MNTNS-05" }, unmount, true },
	{ { "unmount_lazily", .covers = "MNTNS-05" }, unmount_lazily, false },
	{ { "unmount_file", .covers = "MNTNS-05" }, unmount_file, false },
	{ { "move", .covers = "MNTNS-19" }, move_away, false },
	{ { "bind_one", .covers = "MNTNS-20" }, bind_what_is_below, false },
};

static bool separation_is_wanted(const void *row, const void *door)
{
	return ((const struct separation *)row)->by_all || FIRST_DOOR(door);
}

TEST(not_separated, .caps = CAP(SYS_ADMIN), .features = FEATURES(MOUNTS), CASES_NEEDING(separations),
     THROUGH(namespace_doors), .passes = separation_is_wanted,
     .summary = "mounts that came with a less privileged namespace stay where they are; in an equal one they need not")
{
	const struct separation *row = this_case();
	const struct namespace_door *door = this_door();

	own_tree(&owners[0]);
	long child = door->enter(LESS_PRIVILEGED);
	if (child == 0) {
		map_to_root();
		EXPECT_ERRNO(row->separate(), EINVAL);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	child = door->enter(CLONE_NEWNS);
	if (child == 0) {
		EXPECT_EQ(row->separate(), 0);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
}

TEST(bound_together, .covers = "MNTNS-20", .caps = CAP(SYS_ADMIN), .features = FEATURES(MOUNTS),
     THROUGH(namespace_doors),
     .summary =
	     "in a less privileged namespace a tree of mounts may be bound elsewhere as a whole, with what it covers")
{
	const struct namespace_door *door = this_door();

	own_tree(&owners[0]);
	long child = door->enter(LESS_PRIVILEGED);
	if (child == 0) {
		EXPECT_RETURNS(mount(".", "free", NULL, MS_BIND | MS_REC, NULL), 0);
		EXPECT_TRUE(is_mounted("free/cover"));
		EXPECT_ERRNO(umount2("free/cover", 0), EINVAL);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
}

TEST(stacked, .covers = "MNTNS-11", .caps = CAP(SYS_ADMIN), .features = FEATURES(MOUNTS), CASES(owners),
     THROUGH(namespace_doors), .passes = is_wanted,
     .summary = "a less privileged namespace may mount something over a mount it was given, and take that away again")
{
	const struct namespace_door *door = this_door();
	struct mount_entry given, top;

	own_tree(this_case());
	long child = door->enter(LESS_PRIVILEGED);
	if (child == 0) {
		map_to_root();
		SETUP(find_mount_entry(0, "cover", &given) ? 0 : -1);
		EXPECT_RETURNS(mount("forkcheck", "cover", "tmpfs", 0, NULL), 0);
		EXPECT_TRUE(find_mount_entry(0, "cover", &top));
		EXPECT_EQ(top.parent, given.id);
		EXPECT_RETURNS(umount2("cover", 0), 0);
		EXPECT_TRUE(find_mount_entry(0, "cover", &top));
		EXPECT_EQ(top.id, given.id);
		EXPECT_ERRNO(umount2("cover", 0), EINVAL);
		/* Its own one elsewhere is not locked either. */
		EXPECT_RETURNS(mount("forkcheck", "free", "tmpfs", 0, NULL), 0);
		EXPECT_RETURNS(umount2("free", 0), 0);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
}

/* ---- What arrives later ------------------------------------------------------------------------- */

static void take_unit_away(void)
{
	struct mount_entry part;

	post(INSIDE_READY);
	await(OUTSIDE_DONE);
	EXPECT_TRUE(find_mount_entry(0, "shared/unit/part", &part));
	EXPECT_ERRNO(umount2("shared/unit/part", 0), EINVAL);
	EXPECT_ERRNO(umount2("shared/unit/part", MNT_DETACH), EINVAL);
	/* Not by its flags either, which are the part's own. */
	EXPECT_ERRNO(mount(NULL, "shared/unit/part", NULL, MS_REMOUNT | MS_BIND, NULL), EPERM);
	EXPECT_RETURNS(umount2("shared/unit", MNT_DETACH), 0);
	EXPECT_ERRNO(access("shared/unit/part", F_OK), ENOENT);
}

TEST(unit, .covers = "MNTNS-12", .caps = CAP(SYS_ADMIN), .features = FEATURES(MOUNTS), CASES(owners),
     THROUGH(namespace_doors), .passes = is_wanted,
     .summary = "mounts that arrive as one by propagation may be unmounted as one there, and not in parts")
{
	const struct namespace_door *door = this_door();

	own_tree(this_case());
	add_mount("shared");
	SETUP(mount(NULL, "shared", NULL, MS_SHARED, NULL));
	SETUP(mkdir("shared/unit", 0755));
	add_mount("cover/part");
	SETUP(mount(NULL, "cover/part", NULL, MS_REMOUNT | MS_BIND | MS_RDONLY, NULL));
	long child = door->enter(LESS_PRIVILEGED);
	if (child == 0) {
		map_to_root();
		take_unit_away();
		leave(0);
	}
	REQUIRE_GT(child, 0);
	if (await_unless_dead(INSIDE_READY, (pid_t)child))
		SETUP(mount("cover", "shared/unit", NULL, MS_BIND | MS_REC, NULL));
	post(OUTSIDE_DONE);
	EXPECT_EXITED(child, 0);
	/* That told nobody outside. */
	EXPECT_RETURNS(umount2("shared/unit/part", 0), 0);
	EXPECT_RETURNS(umount2("shared/unit", 0), 0);
}

/* ---- Flags -------------------------------------------------------------------------------------- */

static const struct flag {
	struct case_head head;
	unsigned long given, less; /* what the mount has, and what would take from it */
} flags[] = {
	{ { "read_only", .covers = "MNTNS-06" }, MS_RDONLY, 0 },
	{ { "nosuid", .covers = "MNTNS-06" }, MS_NOSUID, 0 },
	{ { "noexec", .covers = "MNTNS-06" }, MS_NOEXEC, 0 },
	{ { "nodev", .covers = "MNTNS-21" }, MS_NODEV, 0 },
	{ { "noatime", .covers = "MNTNS-22" }, MS_NOATIME, MS_RELATIME },
	{ { "nodiratime", .covers = "MNTNS-22" }, MS_NODIRATIME, MS_RELATIME },
	{ { "strictatime", .covers = "MNTNS-22" }, MS_STRICTATIME, MS_NOATIME },
	{ { "relatime", .covers = "MNTNS-22" }, MS_RELATIME, MS_STRICTATIME },
};

/* One flag stands for all where the mounts are an ordinary user's. */
static bool flag_is_wanted(const void *row, const void *owner)
{
	return row == &flags[0] || !((const struct owner *)owner)->as_user;
}

static int set_flags(unsigned long wanted)
{
	return mount(NULL, "cover", NULL, MS_REMOUNT | MS_BIND | wanted, NULL);
}

TEST(flags_locked, .caps = CAP(SYS_ADMIN), .features = FEATURES(MOUNTS), CASES_NEEDING(flags), THROUGH(owners),
     .passes = flag_is_wanted,
     .summary = "restrictions of a mount that a less privileged namespace was given stay; it may add some")
{
	const struct flag *row = this_case();

	own_tree(this_door());
	SETUP(set_flags(row->given));
	long child = CLONE_HERE(VIA_CLONE, .flags = LESS_PRIVILEGED, .exit_signal = SIGCHLD);
	if (child == 0) {
		EXPECT_ERRNO(set_flags(row->less), EPERM);
		EXPECT_EQ(set_flags(row->given), 0);
		EXPECT_EQ(set_flags(row->given | MS_RDONLY | MS_NOEXEC), 0);
		/* Those it has added it may drop again. */
		EXPECT_EQ(set_flags(row->given), 0);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	child = CLONE_HERE(VIA_CLONE, .flags = CLONE_NEWNS, .exit_signal = SIGCHLD);
	if (child == 0) {
		EXPECT_EQ(set_flags(row->less), 0);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
}
