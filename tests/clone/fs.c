// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* CLONE_FS: one root, working directory and umask, or copies of them. */
#include "forkcheck.h"

#include <sys/stat.h>

enum { BY_CALLER, UNSHARED };

static void need_directories(void)
{
	SETUP(mkdir("caller", 0700));
	SETUP(mkdir("child", 0700));
}

/* What is at the path: all our directories are on one file system. */
static uint64_t inode(const char *path)
{
	struct stat st;

	SETUP(stat(path, &st));
	return st.st_ino;
}

/* ---- Working directory -------------------------------------------------------------------------- */

TEST(cwd_shared, .covers = "CLONE-FS-01", .features = FEATURES(NEEDS_WORKDIR),
     .summary = "with CLONE_FS a chdir() by the caller or the child moves the other as well", CASES(clone_doors))
{
	const struct clone_door *door = this_case();

	need_directories();
	uint64_t callers = inode("caller"), childs = inode("child");
	int target = (int)SETUP(sys_open("child", O_PATH | O_DIRECTORY)); /* from wherever */
	long child = CLONE_HERE(door->via, .flags = CLONE_FS, .exit_signal = SIGCHLD);
	if (child == 0) {
		await(BY_CALLER);
		EXPECT_EQ(inode("."), callers);
		SETUP(SYSCALL1(SYS_fchdir, target));
		leave(0);
	}
	REQUIRE_GT(child, 0);
	SETUP(sys_chdir("caller"));
	post(BY_CALLER);
	EXPECT_EXITED((pid_t)child, 0);
	EXPECT_EQ(inode("."), childs);
}

TEST(cwd_apart, .covers = "CLONE-FS-04", .features = FEATURES(NEEDS_WORKDIR),
     .summary = "without CLONE_FS a chdir() moves only who makes it", CASES(clone_doors))
{
	const struct clone_door *door = this_case();

	need_directories();
	uint64_t start = inode("."), callers = inode("caller");
	int target = (int)SETUP(sys_open("child", O_PATH | O_DIRECTORY));
	long child = CLONE_HERE(door->via, .flags = 0, .exit_signal = SIGCHLD);
	if (child == 0) {
		await(BY_CALLER);
		EXPECT_EQ(inode("."), start);
		SETUP(SYSCALL1(SYS_fchdir, target));
		leave(0);
	}
	REQUIRE_GT(child, 0);
	SETUP(sys_chdir("caller"));
	post(BY_CALLER);
	EXPECT_EXITED((pid_t)child, 0);
	EXPECT_EQ(inode("."), callers);
}

/* ---- umask -------------------------------------------------------------------------------------- */

TEST(umask_shared, .covers = "CLONE-FS-02",
     .summary = "with CLONE_FS a umask() by the caller or the child is in force for the other", CASES(clone_doors))
{
	const struct clone_door *door = this_case();

	sys_umask(022);
	long child = CLONE_HERE(door->via, .flags = CLONE_FS, .exit_signal = SIGCHLD);
	if (child == 0) {
		await(BY_CALLER);
		EXPECT_EQ(sys_umask(077), 027);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	sys_umask(027);
	post(BY_CALLER);
	EXPECT_EXITED((pid_t)child, 0);
	EXPECT_EQ(sys_umask(0), 077);
}

TEST(umask_apart, .covers = "CLONE-FS-05", .summary = "without CLONE_FS a umask() is in force only for who makes it",
     CASES(clone_doors))
{
	const struct clone_door *door = this_case();

	sys_umask(022);
	long child = CLONE_HERE(door->via, .flags = 0, .exit_signal = SIGCHLD);
	if (child == 0) {
		await(BY_CALLER);
		EXPECT_EQ(sys_umask(077), 022);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	sys_umask(027);
	post(BY_CALLER);
	EXPECT_EXITED((pid_t)child, 0);
	EXPECT_EQ(sys_umask(0), 027);
}

/* ---- Root directory ----------------------------------------------------------------------------- */

TEST(root_shared, .covers = "CLONE-FS-03", .features = FEATURES(NEEDS_WORKDIR), .caps = CAP(SYS_CHROOT),
     .summary = "with CLONE_FS a chroot() by the caller or the child changes the root of the other", CASES(clone_doors))
{
	const struct clone_door *door = this_case();

	need_directories();
	uint64_t callers = inode("caller"), childs = inode("child");
	long child = CLONE_HERE(door->via, .flags = CLONE_FS, .exit_signal = SIGCHLD);
	if (child == 0) {
		await(BY_CALLER);
		EXPECT_EQ(inode("/"), callers);
		SETUP(sys_chroot("child")); /* the working directory is outside, and stays */
		leave(0);
	}
	REQUIRE_GT(child, 0);
	SETUP(sys_chroot("caller"));
	post(BY_CALLER);
	EXPECT_EXITED((pid_t)child, 0);
	EXPECT_EQ(inode("/"), childs);
}

TEST(root_apart, .covers = "CLONE-FS-06", .features = FEATURES(NEEDS_WORKDIR), .caps = CAP(SYS_CHROOT),
     .summary = "without CLONE_FS a chroot() changes the root only of who makes it", CASES(clone_doors))
{
	const struct clone_door *door = this_case();

	need_directories();
	uint64_t start = inode("/"), callers = inode("caller");
	long child = CLONE_HERE(door->via, .flags = 0, .exit_signal = SIGCHLD);
	if (child == 0) {
		await(BY_CALLER);
		EXPECT_EQ(inode("/"), start);
		SETUP(sys_chroot("child"));
		leave(0);
	}
	REQUIRE_GT(child, 0);
	SETUP(sys_chroot("caller"));
	post(BY_CALLER);
	EXPECT_EXITED((pid_t)child, 0);
	EXPECT_EQ(inode("/"), callers);
}

/* ---- The start, and the end of the sharing ------------------------------------------------------ */

static const struct way {
	const char *name;
	enum clone_via via;
	uint64_t flags;
} ways[] = {
	{ "with_flag", VIA_CLONE, CLONE_FS },
	{ "with_flag_clone3", VIA_CLONE3, CLONE_FS },
	{ "without", VIA_CLONE, 0 },
	{ "without_clone3", VIA_CLONE3, 0 },
};

TEST(start, .covers = "CLONE-FS-07", .features = FEATURES(NEEDS_WORKDIR), .caps = CAP(SYS_CHROOT),
     .summary = "with CLONE_FS or not, the child starts with the caller's root, working directory and umask",
     CASES(ways))
{
	const struct way *way = this_case();

	need_directories();
	uint64_t root = inode("caller"), cwd = inode("child");
	SETUP(sys_chroot("caller"));
	SETUP(sys_chdir("child"));
	sys_umask(0135);
	long child = CLONE_HERE(way->via, .flags = way->flags, .exit_signal = SIGCHLD);
	if (child == 0) {
		EXPECT_EQ(inode("/"), root);
		EXPECT_EQ(inode("."), cwd);
		EXPECT_EQ(sys_umask(0), 0135);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED((pid_t)child, 0);
}

TEST(unshare_by_child, .covers = "CLONE-FS-08", .features = FEATURES(NEEDS_WORKDIR), .caps = CAP(SYS_CHROOT),
     .summary = "after unshare(CLONE_FS) by the child, root, working directory and umask are its own",
     CASES(clone_doors))
{
	const struct clone_door *door = this_case();

	need_directories();
	uint64_t root = inode("/"), cwd = inode(".");
	sys_umask(022);
	long child = CLONE_HERE(door->via, .flags = CLONE_FS, .exit_signal = SIGCHLD);
	if (child == 0) {
		long result = sys_unshare(CLONE_FS);
		EXPECT_OK(result);
		EXPECT_EQ(inode("/"), root);
		EXPECT_EQ(inode("."), cwd);
		EXPECT_EQ(sys_umask(077), 022);
		SETUP(sys_chdir("child"));
		SETUP(sys_chroot("."));
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED((pid_t)child, 0);
	EXPECT_EQ(inode("/"), root);
	EXPECT_EQ(inode("."), cwd);
	EXPECT_EQ(sys_umask(0), 022);
}

TEST(unshare_by_caller, .covers = "CLONE-FS-08", .features = FEATURES(NEEDS_WORKDIR), .caps = CAP(SYS_CHROOT),
     .summary = "after unshare(CLONE_FS) by the caller its changes don't reach the child", CASES(clone_doors))
{
	const struct clone_door *door = this_case();

	need_directories();
	uint64_t root = inode("/"), cwd = inode(".");
	sys_umask(022);
	long child = CLONE_HERE(door->via, .flags = CLONE_FS, .exit_signal = SIGCHLD);
	if (child == 0) {
		await(UNSHARED);
		EXPECT_EQ(inode("/"), root);
		EXPECT_EQ(inode("."), cwd);
		EXPECT_EQ(sys_umask(0), 022);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	long result = sys_unshare(CLONE_FS);
	EXPECT_OK(result);
	SETUP(sys_chdir("caller"));
	SETUP(sys_chroot("."));
	sys_umask(077);
	post(UNSHARED);
	EXPECT_EXITED((pid_t)child, 0);
}
