// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* Waiting for traced children. */
#include "forkcheck.h"

#include <string.h>
#include <sys/ptrace.h>

#define TRACE NEEDS_PTRACE

/* A child that, traced or not, sends itself a signal, and ends when it is continued. */
static pid_t start_tracee(int exit_signal, bool traced, int sig)
{
	long child = CLONE_HERE(VIA_CLONE, .exit_signal = exit_signal);

	if (child == 0) {
		if (traced)
			REQUIRE_RETURNS(ptrace(PTRACE_TRACEME, 0, NULL, NULL), 0);
		checked_kill(sys_getpid(), sig);
		leave(3);
	}
	REQUIRE_GT(child, 0);
	return (pid_t)child;
}

static const struct tracing {
	const char *name;
	bool traced;
} tracings[] = {
	{ "traced", true },
	{ "not_traced", false },
};

TEST(silent_child, .covers = "WAIT-39", .features = FEATURES(TRACE),
     .summary = "a child with no exit signal is waited for without __WALL if it is traced, and only then",
     CASES(tracings))
{
	const struct tracing *row = this_case();
	int status = -1;
	pid_t child = start_tracee(0, row->traced, SIGSTOP);

	REQUIRE_EQ(waitid_for(P_PID, child, NULL, WSTOPPED | WEXITED | WNOWAIT | __WALL, NULL), 0);
	long got = wait_for(child, &status, WNOHANG, NULL);
	REQUIRE_EQ(got, row->traced ? child : -ECHILD);
	EXPECT_EQ(status, row->traced ? SIGSTOP << 8 | 0x7f : -1);
	if (row->traced)
		SETUP(ptrace(PTRACE_CONT, child, NULL, NULL));
	else
		SETUP(checked_kill(child, SIGCONT));
	await_zombie(child);
	got = wait_for(-1, &status, 0, NULL);
	EXPECT_EQ(got, row->traced ? child : -ECHILD);
	EXPECT_EQ(status, row->traced ? W_EXITCODE(3, 0) : -1);
	if (!row->traced)
		EXPECT_EXITED(child, 3);
	EXPECT_NO_CHILD();
}

static const struct trap {
	const char *name;
	int sig, options;
} traps[] = {
	{ "stop", SIGSTOP, WSTOPPED },
	{ "usr1", SIGUSR1, WSTOPPED },
	{ "term", SIGTERM, WSTOPPED | WEXITED },
};

TEST(trapped, .covers = "WAITID-19 WAITID-13", .features = FEATURES(TRACE),
     .summary = "waitid reports a traced child that a signal has stopped as trapped by it", CASES(traps))
{
	const struct trap *row = this_case();
	siginfo_t info;
	pid_t child = start_tracee(SIGCHLD, true, row->sig);

	for (int i = 0; i < 2; i++) {
		memset(&info, 0xff, sizeof(info));
		long got = waitid_for(P_PID, child, &info, row->options | (i == 0 ? WNOWAIT : 0), NULL);
		REQUIRE_EQ(got, 0, i);
		EXPECT_EQ(info.si_signo, SIGCHLD, i);
		REQUIRE_EQ(info.si_code, CLD_TRAPPED, i);
		EXPECT_EQ(info.si_pid, child, i);
		EXPECT_EQ(info.si_uid, getuid(), i);
		EXPECT_EQ(info.si_status, row->sig, i);
	}
	REQUIRE_RETURNS(ptrace(PTRACE_CONT, child, NULL, NULL), 0);
	EXPECT_EXITED(child, 3);
}
