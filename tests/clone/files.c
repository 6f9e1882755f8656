// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* CLONE_FILES: one table of descriptors, or a copy of it. */
#include "forkcheck.h"

enum { CHANGED };

/* ---- What one may do to the table, and what the other then sees of it --------------------------- */

static void open_root(int fd)
{
	SETUP_RAW(sys_open("/", O_RDONLY | O_DIRECTORY) == fd ? 0 : -EMFILE); /* it is the lowest free one */
}

static void close_it(int fd)
{
	SETUP_RAW(sys_close(fd));
}

static void replace_it(int fd)
{
	int other = (int)SETUP_RAW(sys_open("/", O_PATH | O_DIRECTORY));

	SETUP_RAW(sys_dup3(other, fd, 0));
	SETUP_RAW(sys_close(other));
}

static void set_close_on_exec(int fd)
{
	SETUP_RAW(sys_fcntl(fd, F_SETFD, FD_CLOEXEC));
}

static long fd_flags(int fd)
{
	return sys_fcntl(fd, F_GETFD, 0);
}

static long is_path(int fd)
{
	long flags = sys_fcntl(fd, F_GETFL, 0);

	return flags < 0 ? flags : !!(flags & O_PATH);
}

static const struct change {
	const char *name;
	bool open_before;
	void (*make)(int fd);
	long (*look)(int fd);
	long before, after;
} changes[] = {
	{ "open", false, open_root, fd_flags, -EBADF, 0 },
	{ "close", true, close_it, fd_flags, 0, -EBADF },
	{ "dup3", true, replace_it, is_path, 0, 1 },
	{ "setfd", true, set_close_on_exec, fd_flags, 0, FD_CLOEXEC },
};

/* The number that the change is about: the lowest free one, or an open directory there. */
static int descriptor(bool open)
{
	int fd = (int)SETUP(sys_open("/", O_RDONLY | O_DIRECTORY));

	if (!open)
		SETUP(sys_close(fd));
	return fd;
}

TEST(by_child, .covers = "CLONE-FILES-01 CLONE-FILES-03 CLONE-FILES-04",
     .summary = "with CLONE_FILES what the child does to the table the caller sees", CASES(changes),
     THROUGH(clone_doors))
{
	const struct change *change = this_case();
	const struct clone_door *door = this_door();
	int fd = descriptor(change->open_before);

	long child = CLONE_HERE(door->via, .flags = CLONE_FILES, .exit_signal = SIGCHLD);
	if (child == 0) {
		change->make(fd);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	EXPECT_EQ(change->look(fd), change->after);
}

TEST(by_caller, .covers = "CLONE-FILES-02 CLONE-FILES-03 CLONE-FILES-04",
     .summary = "with CLONE_FILES what the caller does to the table the child sees", CASES(changes),
     THROUGH(clone_doors))
{
	const struct change *change = this_case();
	const struct clone_door *door = this_door();
	int fd = descriptor(change->open_before);

	long child = CLONE_HERE(door->via, .flags = CLONE_FILES, .exit_signal = SIGCHLD);
	if (child == 0) {
		await(CHANGED);
		EXPECT_EQ(change->look(fd), change->after);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	change->make(fd);
	post(CHANGED);
	EXPECT_EXITED(child, 0);
}

TEST(by_child_apart, .covers = "CLONE-FILES-06",
     .summary = "without CLONE_FILES what the child does to its table the caller does not see", CASES(changes),
     THROUGH(clone_doors))
{
	const struct change *change = this_case();
	const struct clone_door *door = this_door();
	int fd = descriptor(change->open_before);

	long child = CLONE_HERE(door->via, .flags = 0, .exit_signal = SIGCHLD);
	if (child == 0) {
		change->make(fd);
		EXPECT_EQ(change->look(fd), change->after);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	EXPECT_EQ(change->look(fd), change->before);
}

TEST(by_caller_apart, .covers = "CLONE-FILES-06",
     .summary = "without CLONE_FILES the child has the table as it was at the call", CASES(changes),
     THROUGH(clone_doors))
{
	const struct change *change = this_case();
	const struct clone_door *door = this_door();
	int fd = descriptor(change->open_before);

	long child = CLONE_HERE(door->via, .flags = 0, .exit_signal = SIGCHLD);
	if (child == 0) {
		await(CHANGED);
		EXPECT_EQ(change->look(fd), change->before);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	change->make(fd);
	EXPECT_EQ(change->look(fd), change->after);
	post(CHANGED);
	EXPECT_EXITED(child, 0);
}

TEST(unshare_by_child, .covers = "CLONE-FILES-09", .features = FEATURES(NEEDS_UNSHARE),
     .summary = "unshare(CLONE_FILES) ends the sharing; the contents at that moment are copied", CASES(changes),
     THROUGH(clone_doors))
{
	const struct change *change = this_case();
	const struct clone_door *door = this_door();
	int fd = descriptor(change->open_before);

	long child = CLONE_HERE(door->via, .flags = CLONE_FILES, .exit_signal = SIGCHLD);
	if (child == 0) {
		long result = sys_unshare(CLONE_FILES);
		EXPECT_OK(result);
		EXPECT_EQ(change->look(fd), change->before);
		change->make(fd);
		EXPECT_EQ(change->look(fd), change->after);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	EXPECT_EQ(change->look(fd), change->before);
}

TEST(unshare_by_caller, .covers = "CLONE-FILES-09", .features = FEATURES(NEEDS_UNSHARE),
     .summary = "after the caller's unshare(CLONE_FILES) its changes don't reach the child", CASES(changes),
     THROUGH(clone_doors))
{
	const struct change *change = this_case();
	const struct clone_door *door = this_door();
	int fd = descriptor(change->open_before);

	long child = CLONE_HERE(door->via, .flags = CLONE_FILES, .exit_signal = SIGCHLD);
	if (child == 0) {
		await(CHANGED);
		EXPECT_EQ(change->look(fd), change->before);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	long result = sys_unshare(CLONE_FILES);
	EXPECT_OK(result);
	change->make(fd);
	post(CHANGED);
	EXPECT_EXITED(child, 0);
}

/* ---- More than two ------------------------------------------------------------------------------ */

TEST(tree, .covers = "CLONE-FILES-01 CLONE-FILES-03 CLONE-FILES-06",
     .summary = "a child and a grandchild with CLONE_FILES share the table with the caller, a plain child does not",
     THROUGH(clone_doors))
{
	const struct clone_door *door = this_door();
	int fd = descriptor(true), *opened = shared(sizeof(*opened));

	long plain = CLONE_HERE(door->via, .flags = 0, .exit_signal = SIGCHLD);
	if (plain == 0) {
		await(CHANGED);
		EXPECT_EQ(fd_flags(fd), 0);
		EXPECT_EQ(fd_flags(*opened), -EBADF);
		leave(0);
	}
	REQUIRE_GT(plain, 0);
	long child = CLONE_HERE(door->via, .flags = CLONE_FILES, .exit_signal = SIGCHLD);
	if (child == 0) {
		long grandchild = CLONE_HERE(door->via, .flags = CLONE_FILES, .exit_signal = SIGCHLD);
		if (grandchild == 0) {
			*opened = (int)SETUP(sys_open("/", O_RDONLY | O_DIRECTORY));
			close_it(fd);
			leave(0);
		}
		if (grandchild > 0)
			EXPECT_EXITED(grandchild, 0);
		EXPECT_GT(grandchild, 0);
		EXPECT_EQ(fd_flags(fd), -EBADF);
		EXPECT_EQ(fd_flags(*opened), 0);
		leave(0);
	}
	if (child > 0)
		EXPECT_EXITED(child, 0);
	EXPECT_GT(child, 0);
	post(CHANGED);
	EXPECT_EXITED(plain, 0);
	EXPECT_EQ(fd_flags(fd), -EBADF);
	EXPECT_EQ(fd_flags(*opened), 0);
}

/* ---- Open file descriptions --------------------------------------------------------------------- */

TEST(descriptions_shared, .covers = "CLONE-FILES-07", .features = FEATURES(NEEDS_WORKDIR),
     .summary = "without CLONE_FILES the two descriptors still share file offset and status flags",
     THROUGH(clone_doors))
{
	const struct clone_door *door = this_door();
	int fd = (int)SETUP(sys_openat(AT_FDCWD, "file", O_RDWR | O_CREAT, 0600));

	SETUP(sys_write(fd, "0123456789", 10));
	long child = CLONE_HERE(door->via, .flags = 0, .exit_signal = SIGCHLD);
	if (child == 0) {
		await(CHANGED);
		EXPECT_EQ(sys_lseek(fd, 0, SEEK_CUR), 3);
		EXPECT_EQ(sys_fcntl(fd, F_GETFL, 0) & O_APPEND, O_APPEND);
		SETUP(sys_lseek(fd, 5, SEEK_SET));
		SETUP(sys_fcntl(fd, F_SETFL, 0));
		leave(0);
	}
	REQUIRE_GT(child, 0);
	SETUP(sys_lseek(fd, 3, SEEK_SET));
	SETUP(sys_fcntl(fd, F_SETFL, O_APPEND));
	post(CHANGED);
	EXPECT_EXITED(child, 0);
	EXPECT_EQ(sys_lseek(fd, 0, SEEK_CUR), 5);
	EXPECT_EQ(sys_fcntl(fd, F_GETFL, 0) & O_APPEND, 0);
}

/* ---- execve ------------------------------------------------------------------------------------- */

TEST(exec_unshares, .covers = "CLONE-FILES-05",
     .summary = "a child with CLONE_FILES that executes a program closes its close-on-exec descriptors in a copy",
     THROUGH(clone_doors))
{
	const struct clone_door *door = this_door();
	struct image_report report = { 0 };
	int fd = descriptor(true), channel[2];

	SETUP(pipe(channel));
	set_close_on_exec(fd);
	long child = CLONE_HERE(door->via, .flags = CLONE_FILES, .exit_signal = SIGCHLD);
	if (child == 0) {
		SETUP(execute_self(IMAGE_REPORT, channel[1]));
		leave(1);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	EXPECT_EQ(fd_flags(fd), FD_CLOEXEC);
	SETUP(sys_close(channel[1]));
	EXPECT_EQ(sys_read(channel[0], &report, sizeof(report)), sizeof(report));
	EXPECT_EQ(report.open[fd], 0);
}

TEST(failed_exec_shares, .covers = "CLONE-FILES-10", .summary = "an execve() that fails leaves the table shared",
     THROUGH(clone_doors))
{
	const struct clone_door *door = this_door();
	int fd = descriptor(true);
	char *const none[] = { NULL };

	long child = CLONE_HERE(door->via, .flags = CLONE_FILES, .exit_signal = SIGCHLD);
	if (child == 0) {
		long result = sys_execve("/nonexistent/program", none, none);
		EXPECT_FAILS(result, ENOENT);
		close_it(fd);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	EXPECT_EQ(fd_flags(fd), -EBADF);
}
