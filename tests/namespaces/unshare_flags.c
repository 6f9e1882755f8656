// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* unshare(2): no flag, flags that it doesn't know, and flags that bring others with them. */
#include "join.h"

static const char *const links[] = {
	"cgroup", "ipc", "mnt", "net", "pid", "pid_for_children", "time", "time_for_children", "user", "uts"
};

static void look_around(uint64_t *to)
{
	for (size_t i = 0; i < ARRAY_SIZE(links); i++)
		to[i] = namespace_of_self(links[i]);
}

static void expect_same(const uint64_t *before)
{
	for (size_t i = 0; i < ARRAY_SIZE(links); i++)
		EXPECT_EQ(namespace_of_self(links[i]), before[i], links[i]);
}

/* ---- Nothing to do ----------------------------------------------------------------------------- */

static int change_all(void *arg)
{
	const int *fd = arg;

	post(SHARER_IS_READY);
	await(SHARER_MAY_GO);
	sys_umask(026);
	sys_close(*fd);
	return 0;
}

TEST(nothing, .covers = "UNSH-01", .features = FEATURES(NEEDS_PROC, NEEDS_UNSHARE),
     .summary = "unshare(0) succeeds and leaves namespaces, and what is shared with another thread, as they are")
{
	uint64_t before[ARRAY_SIZE(links)];
	int fd = (int)SETUP(dup(STDERR_FILENO));

	sys_umask(022);
	look_around(before);
	pid_t thread = start_thread(change_all, &fd);
	await(SHARER_IS_READY);
	long result = sys_unshare(0);
	EXPECT_OK(result);
	expect_same(before);
	post(SHARER_MAY_GO);
	await_thread_gone(thread);
	EXPECT_EQ(sys_umask(0), 026);
	EXPECT_FAILS(sys_fcntl(fd, F_GETFD, 0), EBADF);
}

TEST(files_of_ones_own, .covers = "UNSH-24", .features = FEATURES(NEEDS_UNSHARE),
     .summary = "unshare(CLONE_FILES) of a table that nobody shares succeeds and leaves all descriptors")
{
	int ends[2];
	char byte = 0;

	SETUP(pipe2(ends, O_CLOEXEC));
	int closed = (int)SETUP(dup(ends[0]));
	SETUP(close(closed));
	long result = sys_unshare(CLONE_FILES);
	EXPECT_OK(result);
	EXPECT_EQ(sys_fcntl(ends[0], F_GETFD, 0), FD_CLOEXEC);
	EXPECT_EQ(sys_fcntl(ends[1], F_GETFD, 0), FD_CLOEXEC);
	EXPECT_FAILS(sys_fcntl(closed, F_GETFD, 0), EBADF);
	EXPECT_EQ(sys_write(ends[1], "x", 1), 1);
	EXPECT_EQ(sys_read(ends[0], &byte, 1), 1);
	EXPECT_EQ(byte, 'x');
}

/* ---- Flags that it doesn't know ---------------------------------------------------------------- */

static const struct unknown {
	const char *name;
	unsigned long flag;
} unknown[] = {
	{ "0x1", 0x1 },
	{ "SIGCHLD", SIGCHLD },
	{ "CLONE_PIDFD", CLONE_PIDFD },
	{ "CLONE_PTRACE", CLONE_PTRACE },
	{ "CLONE_VFORK", CLONE_VFORK },
	{ "CLONE_PARENT", CLONE_PARENT },
	{ "CLONE_SETTLS", CLONE_SETTLS },
	{ "CLONE_CHILD_CLEARTID", CLONE_CHILD_CLEARTID },
	{ "CLONE_DETACHED", CLONE_DETACHED },
	{ "CLONE_UNTRACED", CLONE_UNTRACED },
	{ "CLONE_CHILD_SETTID", CLONE_CHILD_SETTID },
	{ "CLONE_IO", CLONE_IO },
#if __SIZEOF_LONG__ == 8
	{ "1 << 63", 1UL << 63 },
#endif
};

TEST(unknown_bits, .covers = "UNSH-21", .caps = CAP(SYS_ADMIN),
     .features = FEATURES(NEEDS_PROC, NEEDS_UTS_NS, NEEDS_UNSHARE),
     .summary = "unshare with a flag that it doesn't know is refused with EINVAL and changes nothing")
{
	uint64_t before[ARRAY_SIZE(links)];

	look_around(before);
	for (size_t i = 0; i < ARRAY_SIZE(unknown); i++) {
		long result = sys_unshare(unknown[i].flag);
		EXPECT_RESULT(result, -EINVAL, unknown[i].name);
		result = sys_unshare(unknown[i].flag | CLONE_NEWUTS | CLONE_FS);
		EXPECT_RESULT(result, -EINVAL, unknown[i].name);
	}
	expect_same(before);
	long result = sys_unshare(CLONE_NEWUTS | CLONE_FS);
	EXPECT_OK(result);
}

TEST(before_empty_mounts, .covers = "UNSH-32", .features = FEATURES(NEEDS_UNSHARE), .caps = CAP(SYS_ADMIN),
     .summary = "before it meant an empty mount namespace, the bit of CLONE_PARENT_SETTID was refused with EINVAL")
{
	long result = sys_unshare(CLONE_PARENT_SETTID);
	EXPECT_FAILS(result, EINVAL);
}

/* ---- Flags that bring others ------------------------------------------------------------------- */

static const struct bringing {
	struct case_head head;
	unsigned long flag;
} bringing[] = {
	{ { "newns", .covers = "UNSH-04", .caps = CAP(SYS_ADMIN), .features = FEATURES(NEEDS_MNT_NS) }, CLONE_NEWNS },
	{ { "newuser", .covers = "UNSH-13", .features = FEATURES(NEEDS_USER_NS) }, CLONE_NEWUSER },
};

static uint64_t inode(const char *path)
{
	struct stat st;

	SETUP(stat(path, &st));
	return st.st_ino;
}

TEST(fs_too, .features = FEATURES(NEEDS_WORKDIR),
     .summary = "unshare of a mount or user namespace gives the caller a working directory and umask of its own",
     CASES_NEEDING(bringing))
{
	const struct bringing *row = this_case();

	SETUP(mkdir("below", 0700));
	uint64_t here = inode("."), below = inode("below");
	long sharer = SETUP(CLONE_HERE(VIA_CLONE, .flags = CLONE_FS, .exit_signal = SIGCHLD));
	if (sharer == 0) {
		sys_umask(026);
		post(SHARER_IS_READY);
		await(SHARER_MAY_GO);
		EXPECT_EQ(sys_umask(022), 026);
		EXPECT_EQ(inode("."), here);
		leave(0);
	}
	await(SHARER_IS_READY);
	/* They do share. */
	REQUIRE_EQ(sys_umask(026), 026);
	long result = sys_unshare(row->flag);
	EXPECT_OK(result);
	sys_umask(077);
	SETUP(sys_chdir("below"));
	post(SHARER_MAY_GO);
	EXPECT_EXITED(sharer, 0);
	EXPECT_EQ(sys_umask(0), 077);
	EXPECT_EQ(inode("."), below);
}
