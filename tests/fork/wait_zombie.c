// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* Zombies: what is left of a process that has ended until it is waited for. */
#include "forkcheck.h"

#include <sys/resource.h>

static const struct ending {
	const char *name;
	int sig, status;
} endings[] = {
	{ "exited", 0, W_EXITCODE(9, 0) },
	{ "killed", SIGKILL, W_EXITCODE(0, SIGKILL) },
};

TEST(until_reaped, .covers = "WAIT-18 WAIT-19 WAIT-21", .features = FEATURES(NEEDS_PROC),
     .summary = "a dead child keeps its PID, group and status until it is waited for; then the PID is gone",
     CASES(endings))
{
	const struct ending *row = this_case();
	int status = -1;
	pid_t child = start_child(0, 9);

	SETUP(sys_setpgid(child, child));
	if (row->sig)
		SETUP(checked_kill(child, row->sig));
	else
		post(0);
	await_zombie(child);
	EXPECT_EQ(thread_state(child, 0), 'Z');
	EXPECT_EQ(checked_kill(child, 0), 0);
	EXPECT_EQ(checked_killpg(child, 0), 0);
	EXPECT_EQ(checked_kill(child, SIGTERM), 0); /* which changes nothing */
	EXPECT_EQ(sys_getpgid(child), child);
	EXPECT_EQ(SYSCALL1(SYS_getsid, child), SYSCALL1(SYS_getsid, 0));
	EXPECT_EQ(thread_state(child, 0), 'Z');
	EXPECT_EQ(wait_for(child, &status, 0, NULL), child);
	EXPECT_EQ(status, row->status);
	EXPECT_FAILS(checked_kill(child, 0), ESRCH);
	EXPECT_FAILS(checked_killpg(child, 0), ESRCH);
	EXPECT_FAILS(sys_getpgid(child), ESRCH);
	EXPECT_EQ(thread_state(child, 0), 0);
	EXPECT_FAILS(wait_for(child, NULL, 0, NULL), ECHILD);
}

/* A user who has no other process: the numbers that containers and services get are all lower. */
static void become_nobody_else(void)
{
	const uid_t uid = 0x70000000 | (test_random() & 0xfffffff);

	SETUP(setresuid(uid, uid, uid));
	set_capabilities(0);
}

TEST(takes_a_slot, .covers = "WAIT-20", .init_caps = CAP(SETUID),
     .summary = "a zombie counts against RLIMIT_NPROC, and no more once it is reaped")
{
	const struct rlimit two = { 2, 2 }; /* this process and one child */

	become_nobody_else();
	SETUP(setrlimit(RLIMIT_NPROC, &two));
	pid_t child = start_child(0, 0);
	post(0);
	await_zombie(child);
	long second = sys_fork();
	EXPECT_REFUSED(second, EAGAIN);
	EXPECT_EXITED(child, 0);
	second = sys_fork();
	if (second == 0)
		leave(0);
	REQUIRE_GT(second, 0);
	EXPECT_EXITED(second, 0);
}
