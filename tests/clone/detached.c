// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* CLONE_DETACHED, which means nothing, and other bits that meant something once. */
#include "forkcheck.h"

TEST(ignored, .covers = "CLONE-DETACHED-01",
     .summary = "clone() ignores CLONE_DETACHED: the child's end is signalled and waited for as ever")
{
	sigset64 all = ~0ULL;
	siginfo_t info = { 0 };
	int status = 0;

	SETUP(sys_sigprocmask(SIG_SETMASK, &all, NULL));
	long child = CLONE_HERE(VIA_CLONE, .flags = CLONE_DETACHED, .exit_signal = SIGCHLD);
	if (child == 0)
		leave(7);
	REQUIRE_GT(child, 0);
	EXPECT_EQ(checked_wait((pid_t)child, &status, 0), child);
	EXPECT_EQ(status, W_EXITCODE(7, 0));
	EXPECT_EQ(sys_sigpoll(all, &info), SIGCHLD);
	EXPECT_EQ(info.si_pid, child);
}

TEST(with_pidfd, .covers = "CLONE-DETACHED-02",
     .summary = "clone() refuses CLONE_DETACHED with CLONE_PIDFD, and leaves neither child nor descriptor")
{
	int pidfd = -1, free = (int)SETUP(sys_dup(0));

	SETUP(sys_close(free));
	long child = CLONE_HERE(VIA_CLONE, .flags = CLONE_DETACHED | CLONE_PIDFD, .exit_signal = SIGCHLD,
				.pidfd = &pidfd);
	EXPECT_REFUSED(child, EINVAL);
	EXPECT_EQ(pidfd, -1);
	EXPECT_FAILS(sys_fcntl(free, F_GETFD, 0), EBADF);
	EXPECT_NO_CHILD();
	child = CLONE_HERE(VIA_CLONE, .flags = CLONE_PIDFD, .exit_signal = SIGCHLD, .pidfd = &pidfd);
	if (child == 0)
		leave(7);
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 7);
	EXPECT_EQ(pidfd, free);
}

TEST(clone3_refuses, .covers = "CLONE-DETACHED-03", .features = FEATURES(NEEDS_CLONE3),
     .summary = "clone3() refuses CLONE_DETACHED")
{
	long child = CLONE_HERE(VIA_CLONE3, .flags = CLONE_DETACHED, .exit_signal = SIGCHLD);
	EXPECT_REFUSED(child, EINVAL);
	EXPECT_NO_CHILD();
	child = CLONE_HERE(VIA_CLONE3, .flags = 0, .exit_signal = SIGCHLD);
	if (child == 0)
		leave(7);
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 7);
}

TEST(stopped_bit, .covers = "CLONE-OLDBIT-01", .caps = CAP(SYS_ADMIN),
     .features = FEATURES(NEEDS_CGROUP_NS, NEEDS_PROC),
     .summary = "the bit that was CLONE_STOPPED does not stop the child: it makes a cgroup namespace")
{
	uint64_t outside = namespace_of_self("cgroup");
	int status = 0;

	long child = CLONE_HERE(VIA_CLONE, .flags = 0x02000000, .exit_signal = SIGCHLD);
	if (child == 0) {
		EXPECT_NE(namespace_of_self("cgroup"), outside);
		leave(7);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EQ(checked_wait((pid_t)child, &status, WUNTRACED), child);
	EXPECT_EQ(status, W_EXITCODE(7, 0));
}

TEST(pid_bit, .covers = "CLONE-OLDBIT-02",
     .summary = "the bit that was CLONE_PID does not give the child its parent's PID: it makes a descriptor")
{
	int pidfd = -1;

	long child = CLONE_HERE(VIA_CLONE, .flags = 0x1000, .exit_signal = SIGCHLD, .pidfd = &pidfd);
	if (child == 0)
		leave(7);
	REQUIRE_GT(child, 0);
	EXPECT_NE(child, sys_getpid());
	EXPECT_EXITED(child, 7);
	EXPECT_EQ(sys_fcntl(pidfd, F_GETFD, 0), FD_CLOEXEC);
}
