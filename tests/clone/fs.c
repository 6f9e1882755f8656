// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* CLONE_FS: one root, working directory and umask, or copies of them. */
#include "forkcheck.h"

#include <sys/stat.h>

enum { BY_CALLER, UNSHARED };
enum who { CALLER, CHILD };

/* What is at the path: all our directories are on one file system. */
static uint64_t inode(const char *path)
{
	struct stat st;

	SETUP(stat(path, &st));
	return st.st_ino;
}

static void need_directories(void)
{
	SETUP(mkdir("caller", 0700));
	SETUP(mkdir("child", 0700));
}

/* ---- What one may change, and what the other then sees of it ------------------------------------- */

/* The directories that the two go to, from wherever, and the masks that they set. */
static int directory[2];
static const mode_t masks[2] = { 027, 077 };

static void open_directories(void)
{
	need_directories();
	directory[CALLER] = (int)SETUP(sys_open("caller", O_PATH | O_DIRECTORY));
	directory[CHILD] = (int)SETUP(sys_open("child", O_PATH | O_DIRECTORY));
}

static uint64_t inode_of(enum who who)
{
	struct stat st;

	SETUP(fstat(directory[who], &st));
	return st.st_ino;
}

static uint64_t get_cwd(void)
{
	return inode(".");
}

static void change_cwd(enum who who)
{
	SETUP(SYSCALL1(SYS_fchdir, directory[who]));
}

static uint64_t get_root(void)
{
	return inode("/");
}

/* The working directory is outside of the new root, and stays. */
static void change_root(enum who who)
{
	SETUP(sys_chroot(who == CALLER ? "caller" : "child"));
}

static void set_umask(void)
{
	sys_umask(022);
}

static uint64_t get_umask(void)
{
	mode_t mask = (mode_t)sys_umask(0);

	sys_umask(mask);
	return mask;
}

static void change_umask(enum who who)
{
	sys_umask(masks[who]);
}

static uint64_t mask_of(enum who who)
{
	return masks[who];
}

struct change {
	struct case_head head;
	void (*prepare)(void);
	uint64_t (*get)(void);
	void (*make)(enum who who);
	uint64_t (*made)(enum who who); /* what it is after that */
};
#define CHANGES(of_cwd, of_umask, of_root)                                                                   \
	{ { "cwd", .covers = of_cwd, .features = FEATURES(NEEDS_WORKDIR) },                                  \
	  open_directories,                                                                                  \
	  get_cwd,                                                                                           \
	  change_cwd,                                                                                        \
	  inode_of },                                                                                        \
		{ { "umask", .covers = of_umask }, set_umask, get_umask, change_umask, mask_of },            \
	{                                                                                                    \
		{ "root", .covers = of_root, .features = FEATURES(NEEDS_WORKDIR), .caps = CAP(SYS_CHROOT) }, \
			open_directories, get_root, change_root, inode_of                                    \
	}
static const struct change to_share[] = { CHANGES("CLONE-FS-01", "CLONE-FS-02", "CLONE-FS-03") };
static const struct change to_keep[] = { CHANGES("CLONE-FS-04", "CLONE-FS-05", "CLONE-FS-06") };

TEST(together, .summary = "with CLONE_FS a change by the caller or the child shows in the other",
     CASES_NEEDING(to_share), THROUGH(clone_doors))
{
	const struct change *change = this_case();
	const struct clone_door *door = this_door();

	change->prepare();
	long child = CLONE_HERE(door->via, .flags = CLONE_FS, .exit_signal = SIGCHLD);
	if (child == 0) {
		await(BY_CALLER);
		EXPECT_EQ(change->get(), change->made(CALLER));
		change->make(CHILD);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	change->make(CALLER);
	post(BY_CALLER);
	EXPECT_EXITED(child, 0);
	EXPECT_EQ(change->get(), change->made(CHILD));
}

TEST(apart, .summary = "without CLONE_FS a change by the caller or the child does not show in the other",
     CASES_NEEDING(to_keep), THROUGH(clone_doors))
{
	const struct change *change = this_case();
	const struct clone_door *door = this_door();

	change->prepare();
	uint64_t start = change->get();
	long child = CLONE_HERE(door->via, .flags = 0, .exit_signal = SIGCHLD);
	if (child == 0) {
		await(BY_CALLER);
		EXPECT_EQ(change->get(), start);
		change->make(CHILD);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	change->make(CALLER);
	post(BY_CALLER);
	EXPECT_EXITED(child, 0);
	EXPECT_EQ(change->get(), change->made(CALLER));
}

/* ---- The start, and the end of the sharing ------------------------------------------------------ */

static const struct way {
	const char *name;
	uint64_t flags;
} ways[] = {
	{ "with_flag", CLONE_FS },
	{ "without", 0 },
};

TEST(start, .covers = "CLONE-FS-07", .features = FEATURES(NEEDS_WORKDIR), .caps = CAP(SYS_CHROOT),
     .summary = "with CLONE_FS or not, the child starts with the caller's root, working directory and umask",
     CASES(ways), THROUGH(clone_doors))
{
	const struct way *way = this_case();
	const struct clone_door *door = this_door();

	need_directories();
	uint64_t root = inode("caller"), cwd = inode("child");
	SETUP(sys_chroot("caller"));
	SETUP(sys_chdir("child"));
	sys_umask(0135);
	long child = CLONE_HERE(door->via, .flags = way->flags, .exit_signal = SIGCHLD);
	if (child == 0) {
		EXPECT_EQ(inode("/"), root);
		EXPECT_EQ(inode("."), cwd);
		EXPECT_EQ(sys_umask(0), 0135);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
}

TEST(unshare_by_child, .covers = "CLONE-FS-08", .features = FEATURES(NEEDS_WORKDIR, NEEDS_UNSHARE),
     .caps = CAP(SYS_CHROOT),
     .summary = "after unshare(CLONE_FS) by the child, root, working directory and umask are its own",
     THROUGH(clone_doors))
{
	const struct clone_door *door = this_door();

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
	EXPECT_EXITED(child, 0);
	EXPECT_EQ(inode("/"), root);
	EXPECT_EQ(inode("."), cwd);
	EXPECT_EQ(sys_umask(0), 022);
}

TEST(unshare_by_caller, .covers = "CLONE-FS-08", .features = FEATURES(NEEDS_WORKDIR, NEEDS_UNSHARE),
     .caps = CAP(SYS_CHROOT), .summary = "after unshare(CLONE_FS) by the caller its changes don't reach the child",
     THROUGH(clone_doors))
{
	const struct clone_door *door = this_door();

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
	EXPECT_EXITED(child, 0);
}
