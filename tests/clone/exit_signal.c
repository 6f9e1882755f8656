// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* The signal that a child's end sends to its parent, and what it means for waiting. */
#include "forkcheck.h"

#include <sys/prctl.h>

enum { CALLER_ENDED, CALLER_EXECUTED };

static const sigset64 all = ~0ULL;

static const struct row {
	const char *name;
	int signal;
} signals[] = {
	{ "chld", SIGCHLD },
	{ "usr1", SIGUSR1 },
	{ "hup", SIGHUP },
	/* 64 is the last that there is; the C library keeps the first ones for itself. */
	{ "rtmax", 64 },
};

TEST(sent, .covers = "CLONE-SIG-01", .summary = "the end of a child sends its exit signal to its parent, and no other",
     CASES(signals), THROUGH(clone_doors))
{
	const struct row *row = this_case();
	const struct clone_door *door = this_door();
	siginfo_t info = { 0 };
	sigset64 pending;

	SETUP(sys_sigprocmask(SIG_SETMASK, &all, NULL));
	long child = CLONE_HERE(door->via, .flags = 0, .exit_signal = row->signal);
	if (child == 0)
		leave(7);
	REQUIRE_GT(child, 0);
	REQUIRE_EXITED(child, 7);
	EXPECT_EQ(sys_sigpoll(all, &info), row->signal);
	EXPECT_EQ(info.si_pid, child);
	SETUP(sys_sigpending(&pending));
	EXPECT_EQ(pending, 0);
}

TEST(sent_when_killed, .covers = "CLONE-SIG-01", .summary = "the exit signal is sent as well when the child is killed",
     CASES(signals), THROUGH(clone_doors))
{
	const struct row *row = this_case();
	const struct clone_door *door = this_door();
	siginfo_t info = { 0 };

	SETUP(sys_sigprocmask(SIG_SETMASK, &all, NULL));
	long child = CLONE_HERE(door->via, .flags = 0, .exit_signal = row->signal);
	if (child == 0) {
		await(CALLER_ENDED); /* never posted */
		leave(0);
	}
	REQUIRE_GT(child, 0);
	checked_kill((pid_t)child, SIGKILL);
	EXPECT_KILLED(child, SIGKILL);
	EXPECT_EQ(sys_sigpoll(all, &info), row->signal);
	EXPECT_EQ(info.si_pid, child);
}

TEST(none, .covers = "CLONE-SIG-02", .summary = "with an exit signal of 0 the end of the child sends no signal",
     THROUGH(clone_doors))
{
	const struct clone_door *door = this_door();
	sigset64 pending;

	SETUP(sys_sigprocmask(SIG_SETMASK, &all, NULL));
	long child = CLONE_HERE(door->via, .flags = 0, .exit_signal = 0);
	if (child == 0)
		leave(7);
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 7);
	SETUP(sys_sigpending(&pending));
	EXPECT_EQ(pending, 0);
}

/* ---- Waiting ------------------------------------------------------------------------------------ */

static const struct row others[] = {
	{ "none", 0 },
	{ "usr1", SIGUSR1 },
	{ "rtmax", 64 },
};

/* Waits for the end without taking it, whatever the kind of child. */
static void expect_end(pid_t child)
{
	siginfo_t info;
	long result = waitid_for(P_PID, child, &info, WEXITED | WNOWAIT | __WALL, NULL);

	REQUIRE_EQ(result, 0);
}

TEST(wait_other, .covers = "CLONE-SIG-03 CLONE-SIG-04 CLONE-SIG-05",
     .summary = "a child whose exit signal is not SIGCHLD is reported with __WCLONE and __WALL, not without",
     CASES(others), THROUGH(clone_doors))
{
	const struct row *row = this_case();
	const struct clone_door *door = this_door();
	int status = 0;

	SETUP(sys_sigprocmask(SIG_SETMASK, &all, NULL));
	for (int i = 0; i < 2; i++) {
		long child = CLONE_HERE(door->via, .flags = 0, .exit_signal = row->signal);
		if (child == 0)
			leave(7);
		REQUIRE_GT(child, 0, i);
		expect_end((pid_t)child);
		EXPECT_FAILS(wait_for((pid_t)child, &status, WNOHANG, NULL), ECHILD, i);
		EXPECT_FAILS(wait_for(-1, &status, WNOHANG, NULL), ECHILD, i);
		EXPECT_EQ(wait_for((pid_t)child, &status, WNOHANG | (i ? __WALL : __WCLONE), NULL), child, i);
		EXPECT_EQ(status, W_EXITCODE(7, 0), i);
		EXPECT_NO_CHILD(i);
	}
}

TEST(wait_ordinary, .covers = "CLONE-SIG-03 CLONE-SIG-04",
     .summary = "a child whose exit signal is SIGCHLD is reported without options and with __WALL, not with __WCLONE",
     THROUGH(clone_doors))
{
	const struct clone_door *door = this_door();
	int status = 0;

	SETUP(sys_sigprocmask(SIG_SETMASK, &all, NULL));
	for (int i = 0; i < 2; i++) {
		long child = CLONE_HERE(door->via, .flags = 0, .exit_signal = SIGCHLD);
		if (child == 0)
			leave(7);
		REQUIRE_GT(child, 0, i);
		expect_end((pid_t)child);
		EXPECT_FAILS(wait_for((pid_t)child, &status, WNOHANG | __WCLONE, NULL), ECHILD, i);
		EXPECT_EQ(wait_for((pid_t)child, &status, WNOHANG | (i ? __WALL : 0), NULL), child, i);
		EXPECT_EQ(status, W_EXITCODE(7, 0), i);
		EXPECT_NO_CHILD(i);
	}
}

/* ---- Nobody looks, and nobody is there ---------------------------------------------------------- */

TEST(ignored, .covers = "CLONE-SIG-06",
     .summary = "a child whose exit signal is not SIGCHLD stays waitable though the signal and SIGCHLD are ignored",
     CASES(others), THROUGH(clone_doors))
{
	const struct row *row = this_case();
	const struct clone_door *door = this_door();
	/* The handler comes first on all of our architectures, the rest is 0. */
	void *ignore[8] = { SIG_IGN };

	SETUP(sys_sigprocmask(SIG_SETMASK, &all, NULL));
	SETUP(SYSCALL4(SYS_rt_sigaction, SIGCHLD, ignore, NULL, sizeof(sigset64)));
	if (row->signal)
		SETUP(SYSCALL4(SYS_rt_sigaction, row->signal, ignore, NULL, sizeof(sigset64)));
	long child = CLONE_HERE(door->via, .flags = 0, .exit_signal = row->signal);
	if (child == 0)
		leave(7);
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 7);
}

TEST(orphan, .covers = "CLONE-SIG-07",
     .summary = "a child whose parent has ended gives its new parent SIGCHLD and is reported by a plain wait",
     CASES(others), THROUGH(clone_doors))
{
	const struct row *row = this_case();
	const struct clone_door *door = this_door();
	pid_t *orphan = shared(sizeof(*orphan));
	siginfo_t info = { 0 };
	int status = 0;

	SETUP(sys_sigprocmask(SIG_SETMASK, &all, NULL));
	SETUP(sys_prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0));
	pid_t caller = fork_helper();
	if (caller == 0) {
		long child = CLONE_HERE(door->via, .flags = 0, .exit_signal = row->signal);
		if (child == 0) {
			await(CALLER_ENDED);
			leave(7);
		}
		REQUIRE_GT(child, 0);
		*orphan = (pid_t)child;
		leave(0);
	}
	EXPECT_EXITED(caller, 0);
	SETUP(sys_sigpoll(SIGBIT(SIGCHLD), NULL)); /* the caller's own */
	REQUIRE_GT(*orphan, 0);
	post(CALLER_ENDED);
	expect_end(*orphan);
	EXPECT_EQ(sys_sigpoll(all, &info), SIGCHLD);
	EXPECT_EQ(info.si_pid, *orphan);
	EXPECT_EQ(wait_for(*orphan, &status, WNOHANG, NULL), *orphan);
	EXPECT_EQ(status, W_EXITCODE(7, 0));
}

/* ---- The parent has executed a program meanwhile ------------------------------------------------- */

/* A caller that makes a child and executes a program, in which SIGCHLD is as it was set. Returns the child's PID. */
static pid_t child_of_a_program(int exit_signal, void *child_signal_handler, pid_t *caller)
{
	void *action[8] = { child_signal_handler };
	pid_t *born = shared(sizeof(*born));
	int ends[2];
	char byte;

	SETUP(pipe(ends));
	*caller = fork_helper();
	if (*caller == 0) {
		SETUP(sys_sigprocmask(SIG_SETMASK, &all, NULL));
		SETUP(SYSCALL4(SYS_rt_sigaction, SIGCHLD, action, NULL, sizeof(sigset64)));
		long child = CLONE_HERE(VIA_CLONE, .flags = 0, .exit_signal = exit_signal);
		if (child == 0) {
			await(CALLER_EXECUTED);
			leave(7);
		}
		REQUIRE_GT(child, 0);
		*born = (pid_t)child;
		SETUP_RAW(execute_self(IMAGE_PAUSE, ends[1]));
	}
	SETUP(sys_read(ends[0], &byte, 1));
	post(CALLER_EXECUTED);
	REQUIRE_GT(*born, 0);
	return *born;
}

TEST(parent_executed, .covers = "CLONE-SIG-08", .features = FEATURES(NEEDS_PROC),
     .summary =
	     "a child that was born before its parent's execve sends SIGCHLD when it ends, whatever its exit signal is",
     CASES(others))
{
	const struct row *row = this_case();
	char path[64];
	pid_t caller;

	pid_t child = child_of_a_program(row->signal, SIG_DFL, &caller);
	await_state(child, 0, "Z");
	long long pending = proc_field(proc_path(path, sizeof(path), caller, "status"), "ShdPnd:", 16);
	EXPECT_EQ(pending, (long long)SIGBIT(SIGCHLD));
	checked_kill(caller, SIGKILL);
	checked_wait(caller, NULL, 0);
}

TEST(parent_executed_and_ignores, .covers = "CLONE-SIG-09", .features = FEATURES(NEEDS_PROC),
     .summary = "a child that was born before its parent's execve leaves no zombie where that ignores SIGCHLD",
     CASES(others))
{
	const struct row *row = this_case();
	pid_t caller;

	pid_t child = child_of_a_program(row->signal, SIG_IGN, &caller);
	bool vanished = await_vanished(child);
	EXPECT_TRUE(vanished);
	checked_kill(caller, SIGKILL);
	checked_wait(caller, NULL, 0);
}
