// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* Mount namespaces that begin with a single mount: UNSHARE_EMPTY_MNTNS and CLONE_EMPTY_MNTNS. */
#include "join.h"

#include <string.h>

#ifndef UNSHARE_EMPTY_MNTNS
#define UNSHARE_EMPTY_MNTNS 0x00100000
#endif
#ifndef CLONE_EMPTY_MNTNS
#define CLONE_EMPTY_MNTNS (1ULL << 37)
#endif

#define EMPTY NEEDS_MNT_NS, NEEDS_PROC

/* ---- What there is to see ---------------------------------------------------------------------- */

/* Opened while there is a /proc: from inside, it leads out again. */
static int proc;

/* Which mount namespace the caller is in. */
static uint64_t mount_namespace(void)
{
	struct stat st;

	SETUP(fstatat(proc, "self/ns/mnt", &st, 0));
	return st.st_ino;
}

/* The mounts of the caller as the kernel lists them: how many, and the ID of the first. */
static unsigned list_mounts(uint64_t *id)
{
	char text[4096];
	unsigned count = 0;
	int fd = (int)SETUP(sys_openat(proc, "self/mountinfo", O_RDONLY | O_CLOEXEC, 0));
	long got;

	*id = 0;
	while ((got = SETUP(sys_read(fd, text, sizeof(text) - 1))) > 0) {
		text[got] = 0;
		if (!count)
			*id = strtoull(text, NULL, 10);
		for (const char *c = text; (c = strchr(c, '\n')); c++)
			count++;
	}
	sys_close(fd);
	return count;
}

#ifndef STATX_MNT_ID
#include <linux/stat.h>

static int statx(int dir, const char *path, int flags, unsigned int mask, struct statx *at)
{
	return (int)SYSCALL5(SYS_statx, dir, path, flags, mask, at);
}
#endif

struct place {
	uint64_t mount, device, inode;
};

static struct place place(const char *path)
{
	struct statx at;

	SETUP(statx(AT_FDCWD, path, 0, STATX_BASIC_STATS | STATX_MNT_ID, &at));
	return (struct place){ at.stx_mnt_id, (uint64_t)at.stx_dev_major << 32 | at.stx_dev_minor, at.stx_ino };
}

static bool same_place(struct place a, struct place b)
{
	return a.mount == b.mount && a.device == b.device && a.inode == b.inode;
}

/* The caller is in a mount namespace, another than before, with one mount. */
static void expect_one_mount(uint64_t before)
{
	uint64_t id;

	EXPECT_NE(mount_namespace(), before);
	EXPECT_EQ(list_mounts(&id), 1);
	EXPECT_NE(id, 0);
	/* Nothing is mounted below. */
	EXPECT_ERRNO(access("/proc/self/mountinfo", F_OK), ENOENT);
}

/* That mount is all that the caller can get at by a path. */
static void expect_to_be_at_root(void)
{
	struct place root = place("/"), here = place("."), above = place("..");
	char path[64] = "";
	uint64_t id;

	list_mounts(&id);
	EXPECT_EQ(root.mount, id);
	EXPECT_TRUE(same_place(here, root));
	EXPECT_TRUE(same_place(above, root));
	EXPECT_GT(sys_getcwd(path, sizeof(path)), 0);
	EXPECT_TRUE(!strcmp(path, "/"));
	EXPECT_ERRNO(access("left-behind", F_OK), ENOENT);
}

/* In a directory with a file. */
static void prepare(void)
{
	proc = (int)SETUP(sys_open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
	SETUP(close((int)SETUP(open("left-behind", O_CREAT | O_WRONLY | O_CLOEXEC, 0600))));
}

/* ---- unshare(2) -------------------------------------------------------------------------------- */

TEST(unshared, .covers = "UNSH-27", .caps = CAP(SYS_ADMIN), .features = FEATURES(EMPTY, NEEDS_WORKDIR),
     .summary = "unshare(UNSHARE_EMPTY_MNTNS) moves the caller into a new mount namespace with one mount")
{
	prepare();
	uint64_t before = mount_namespace();
	long result = sys_unshare(UNSHARE_EMPTY_MNTNS);
	REQUIRE_OK(result);
	expect_one_mount(before);
}

TEST(unshared_directories, .covers = "UNSH-28", .caps = CAP(SYS_ADMIN), .features = FEATURES(EMPTY, NEEDS_WORKDIR),
     .summary = "unshare(UNSHARE_EMPTY_MNTNS) makes the one mount the caller's root and working directory")
{
	prepare();
	long result = sys_unshare(UNSHARE_EMPTY_MNTNS);
	REQUIRE_OK(result);
	expect_to_be_at_root();
}

TEST(unshared_from_sharer, .covers = "UNSH-29", .caps = CAP(SYS_ADMIN), .features = FEATURES(EMPTY, NEEDS_WORKDIR),
     .summary =
	     "a process that shared root and working directory with the caller of unshare(UNSHARE_EMPTY_MNTNS) keeps them")
{
	prepare();
	uint64_t before = mount_namespace();
	struct place root = place("/"), here = place(".");
	long sharer = SETUP(CLONE_HERE(VIA_CLONE, .flags = CLONE_FS, .exit_signal = SIGCHLD));
	if (sharer == 0) {
		await(SHARER_MAY_GO);
		EXPECT_EQ(mount_namespace(), before);
		EXPECT_TRUE(same_place(place("/"), root));
		EXPECT_TRUE(same_place(place("."), here));
		EXPECT_EQ(sys_umask(022), 026);
		leave(0);
	}
	sys_umask(026);
	long result = sys_unshare(UNSHARE_EMPTY_MNTNS);
	EXPECT_OK(result);
	sys_umask(077);
	post(SHARER_MAY_GO);
	EXPECT_EXITED(sharer, 0);
	EXPECT_EQ(sys_umask(0), 077);
}

/* ---- clone3(2) --------------------------------------------------------------------------------- */

TEST(cloned, .covers = "CLONE-EMPTYNS-01", .caps = CAP(SYS_ADMIN),
     .features = FEATURES(EMPTY, NEEDS_CLONE3, NEEDS_WORKDIR),
     .summary = "CLONE_EMPTY_MNTNS starts the child in a new mount namespace with one mount")
{
	prepare();
	uint64_t before = mount_namespace();
	long child = CLONE_HERE(VIA_CLONE3, .flags = CLONE_EMPTY_MNTNS, .exit_signal = SIGCHLD);
	if (child == 0) {
		expect_one_mount(before);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
}

TEST(cloned_directories, .covers = "CLONE-EMPTYNS-02 CLONE-EMPTYNS-03", .caps = CAP(SYS_ADMIN),
     .features = FEATURES(EMPTY, NEEDS_CLONE3, NEEDS_WORKDIR),
     .summary = "CLONE_EMPTY_MNTNS makes the one mount the child's root and working directory, and leaves the caller's")
{
	uint64_t id, id_after;

	prepare();
	uint64_t before = mount_namespace();
	unsigned mounts = list_mounts(&id);
	struct place root = place("/"), here = place(".");
	long child = CLONE_HERE(VIA_CLONE3, .flags = CLONE_EMPTY_MNTNS, .exit_signal = SIGCHLD);
	if (child == 0) {
		expect_to_be_at_root();
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	EXPECT_EQ(mount_namespace(), before);
	EXPECT_EQ(list_mounts(&id_after), mounts);
	EXPECT_EQ(id_after, id);
	EXPECT_TRUE(same_place(place("/"), root));
	EXPECT_TRUE(same_place(place("."), here));
	EXPECT_RETURNS(access("left-behind", F_OK), 0);
}

/* ---- Refusals, and what they depend on --------------------------------------------------------- */

TEST(cloned_with_shared_fs, .covers = "CLONE-EMPTYNS-04", .caps = CAP(SYS_ADMIN),
     .features = FEATURES(NEEDS_MNT_NS, NEEDS_CLONE3),
     .summary = "CLONE_EMPTY_MNTNS with CLONE_FS is refused with EINVAL, as CLONE_NEWNS is")
{
	long child = CLONE_HERE(VIA_CLONE3, .flags = CLONE_EMPTY_MNTNS | CLONE_FS, .exit_signal = SIGCHLD);
	EXPECT_REFUSED(child, EINVAL);
	child = CLONE_HERE(VIA_CLONE3, .flags = CLONE_EMPTY_MNTNS, .exit_signal = SIGCHLD);
	if (child == 0)
		leave(0);
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
}

TEST(unshared_unprivileged, .covers = "UNSH-30", .caps = CAP(SYS_CHROOT), .features = FEATURES(EMPTY),
     .summary = "unshare(UNSHARE_EMPTY_MNTNS) without CAP_SYS_ADMIN is refused")
{
	uint64_t before = namespace_of_self("mnt");

	long result = sys_unshare(UNSHARE_EMPTY_MNTNS);
	EXPECT_FAILS(result, EPERM);
	EXPECT_EQ(namespace_of_self("mnt"), before);
}

TEST(cloned_unprivileged, .covers = "CLONE-EMPTYNS-05", .caps = CAP(SYS_CHROOT),
     .features = FEATURES(NEEDS_MNT_NS, NEEDS_CLONE3), .summary = "CLONE_EMPTY_MNTNS without CAP_SYS_ADMIN is refused")
{
	long child = CLONE_HERE(VIA_CLONE3, .flags = CLONE_EMPTY_MNTNS, .exit_signal = SIGCHLD);
	EXPECT_REFUSED(child, EPERM);
	EXPECT_NO_CHILD();
}

TEST(unshared_with_user_namespace, .covers = "UNSH-33", .features = FEATURES(EMPTY, NEEDS_USER_NS, NEEDS_WORKDIR),
     .summary = "unshare(UNSHARE_EMPTY_MNTNS) together with CLONE_NEWUSER needs no privilege")
{
	prepare();
	uint64_t before = mount_namespace();
	long result = sys_unshare(UNSHARE_EMPTY_MNTNS | CLONE_NEWUSER);
	REQUIRE_OK(result);
	expect_one_mount(before);
	expect_to_be_at_root();
}

TEST(cloned_with_user_namespace, .covers = "CLONE-EMPTYNS-06",
     .features = FEATURES(EMPTY, NEEDS_USER_NS, NEEDS_CLONE3, NEEDS_WORKDIR),
     .summary = "CLONE_EMPTY_MNTNS together with CLONE_NEWUSER needs no privilege")
{
	prepare();
	uint64_t before = mount_namespace();
	long child = CLONE_HERE(VIA_CLONE3, .flags = CLONE_EMPTY_MNTNS | CLONE_NEWUSER, .exit_signal = SIGCHLD);
	if (child == 0) {
		expect_one_mount(before);
		expect_to_be_at_root();
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
}
