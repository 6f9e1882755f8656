// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* pidfd_getfd: a descriptor out of another process. */
#include "forkcheck.h"

#include <sys/prctl.h>
#include <sys/resource.h>

#define GETFD NEEDS_PIDFD_GETFD, NEEDS_PTRACE

enum { TARGET_IS_UP, TARGET_MAY_END };

static struct {
	int fd; /* the target's own, made by itself */
} * told;

#define SECRET 's'

/* A child that has made a pipe, with a byte in it. */
static pid_t start_target(bool dumpable)
{
	told = shared(sizeof(*told));
	pid_t target = fork_helper();
	if (target == 0) {
		int ends[2];
		SETUP(pipe(ends));
		SETUP(sys_write(ends[1], &(char){ SECRET }, 1));
		told->fd = ends[0];
		if (!dumpable)
			SETUP(sys_prctl(PR_SET_DUMPABLE, 0, 0, 0, 0));
		post(TARGET_IS_UP);
		await(TARGET_MAY_END);
		leave(0);
	}
	await(TARGET_IS_UP);
	return target;
}

static void end_target(pid_t target)
{
	post(TARGET_MAY_END);
	EXPECT_EXITED(target, 0);
}

TEST(copies, .covers = "PIDFDGET-02 PIDFDGET-07", .features = FEATURES(GETFD),
     .summary = "the caller gets what the target has open, at its own lowest free number, with close-on-exec")
{
	pid_t target = start_target(true);
	int pidfd = (int)SETUP(sys_pidfd_open(target, 0));
	char byte = 0;

	int lowest = (int)SETUP(sys_dup(0));
	sys_close(lowest);
	long fd = sys_pidfd_getfd(pidfd, told->fd, 0);
	REQUIRE_OK(fd);
	EXPECT_EQ(fd, lowest);
	EXPECT_EQ(sys_fcntl((int)fd, F_GETFD, 0), FD_CLOEXEC);
	EXPECT_EQ(sys_read((int)fd, &byte, 1), 1);
	EXPECT_EQ(byte, SECRET);
	end_target(target);
}

TEST(same_description, .covers = "PIDFDGET-01", .features = FEATURES(GETFD, NEEDS_WORKDIR),
     .summary = "the copy is of the same open file: its offset and its status flags are shared")
{
	told = shared(sizeof(*told));

	pid_t target = fork_helper();
	if (target == 0) {
		told->fd = (int)SETUP(sys_openat(AT_FDCWD, "file", O_RDWR | O_CREAT | O_CLOEXEC, 0600));
		post(TARGET_IS_UP);
		await(TARGET_MAY_END);
		EXPECT_EQ(sys_lseek(told->fd, 0, SEEK_CUR), 7);
		EXPECT_EQ(sys_fcntl(told->fd, F_GETFL, 0) & O_APPEND, O_APPEND);
		leave(0);
	}
	await(TARGET_IS_UP);
	int pidfd = (int)SETUP(sys_pidfd_open(target, 0));
	long fd = sys_pidfd_getfd(pidfd, told->fd, 0);
	REQUIRE_OK(fd);
	SETUP(sys_lseek((int)fd, 7, SEEK_SET));
	SETUP(sys_fcntl((int)fd, F_SETFL, O_APPEND));
	end_target(target);
	/* It is the caller's own now, whatever became of the target. */
	EXPECT_EQ(sys_lseek((int)fd, 0, SEEK_CUR), 7);
}

TEST(closed, .covers = "PIDFDGET-03", .features = FEATURES(GETFD),
     .summary = "a number that is closed in the target gives EBADF")
{
	pid_t target = start_target(true);
	int pidfd = (int)SETUP(sys_pidfd_open(target, 0));

	EXPECT_FAILS(sys_pidfd_getfd(pidfd, 9999, 0), EBADF);
	EXPECT_FAILS(sys_pidfd_getfd(pidfd, -1, 0), EBADF);
	end_target(target);
}

TEST(not_a_pidfd, .covers = "PIDFDGET-08", .features = FEATURES(NEEDS_PIDFD_GETFD),
     .summary = "a descriptor that is closed, or no pidfd, gives EBADF where the pidfd is expected")
{
	int other = (int)SETUP(sys_open("/", O_RDONLY | O_CLOEXEC));

	EXPECT_FAILS(sys_pidfd_getfd(-1, 0, 0), EBADF);
	EXPECT_FAILS(sys_pidfd_getfd(other, 0, 0), EBADF);
}

TEST(flags, .covers = "PIDFDGET-04", .features = FEATURES(GETFD), .summary = "any flag gives EINVAL")
{
	pid_t target = start_target(true);
	int pidfd = (int)SETUP(sys_pidfd_open(target, 0));

	EXPECT_FAILS(sys_pidfd_getfd(pidfd, told->fd, 1), EINVAL);
	EXPECT_FAILS(sys_pidfd_getfd(pidfd, told->fd, O_CLOEXEC), EINVAL);
	EXPECT_OK(sys_pidfd_getfd(pidfd, told->fd, 0));
	end_target(target);
}

TEST(another_user, .covers = "PIDFDGET-05", .caps = CAP(SETUID), .features = FEATURES(GETFD, NEEDS_TWO_IDS),
     .summary = "a caller with another user ID than the target's, and no CAP_SYS_PTRACE, gets EPERM")
{
	pid_t target = start_target(true);
	int pidfd = (int)SETUP(sys_pidfd_open(target, 0));

	pid_t caller = fork_helper();
	if (caller == 0) {
		SETUP(SYSCALL3(SYS_setresuid, 1, 1, 1));
		EXPECT_FAILS(sys_pidfd_getfd(pidfd, told->fd, 0), EPERM);
		leave(0);
	}
	EXPECT_EXITED(caller, 0);
	EXPECT_OK(sys_pidfd_getfd(pidfd, told->fd, 0));
	end_target(target);
}

TEST(not_dumpable, .covers = "PIDFDGET-05", .features = FEATURES(GETFD),
     .summary = "an ordinary caller gets EPERM for a target that is not dumpable")
{
	pid_t target = start_target(false);
	int pidfd = (int)SETUP(sys_pidfd_open(target, 0));

	EXPECT_FAILS(sys_pidfd_getfd(pidfd, told->fd, 0), EPERM);
	end_target(target);
}

TEST(reaped, .covers = "PIDFDGET-06", .features = FEATURES(GETFD),
     .summary = "the call gives ESRCH for a process that was waited for")
{
	pid_t target = start_target(true);
	int pidfd = (int)SETUP(sys_pidfd_open(target, 0));

	end_target(target);
	EXPECT_FAILS(sys_pidfd_getfd(pidfd, told->fd, 0), ESRCH);
	EXPECT_FAILS(sys_pidfd_getfd(pidfd, 0, 0), ESRCH);
}

TEST(zombie, .covers = "PIDFDGET-10", .features = FEATURES(GETFD),
     .summary = "a zombie has no descriptors any more: ESRCH or EBADF, whatever number it had open")
{
	pid_t target = start_target(true);
	int pidfd = (int)SETUP(sys_pidfd_open(target, 0));
	int number = told->fd;

	EXPECT_OK(sys_pidfd_getfd(pidfd, number, 0));
	post(TARGET_MAY_END);
	await_zombie(target);
	long result = sys_pidfd_getfd(pidfd, number, 0);
	EXPECT_TRUE(result == -ESRCH || result == -EBADF);
	EXPECT_EXITED(target, 0);
}

TEST(no_number_left, .covers = "PIDFDGET-09", .features = FEATURES(GETFD),
     .summary = "at the limit of open descriptors: EMFILE")
{
	pid_t target = start_target(true);
	int pidfd = (int)SETUP(sys_pidfd_open(target, 0));
	int lowest = (int)SETUP(sys_dup(0));
	struct rlimit limit;

	sys_close(lowest);
	SETUP(getrlimit(RLIMIT_NOFILE, &limit));
	limit.rlim_cur = (rlim_t)lowest;
	SETUP(setrlimit(RLIMIT_NOFILE, &limit));
	EXPECT_FAILS(sys_pidfd_getfd(pidfd, told->fd, 0), EMFILE);
	end_target(target);
}
