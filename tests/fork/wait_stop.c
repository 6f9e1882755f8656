// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* Stopped and continued children: what reports them, how often, and what replaces what. */
#include "forkcheck.h"

#include <string.h>

enum { STOP_SEEN, RESUMED, MAY_GO, AGAIN };

#define STOP_STATUS(sig) ((sig) << 8 | 0x7f)
#define CONTINUE_STATUS 0xffff

/* A child that stops itself: by this signal, in a process group of its own, which is not orphaned. */
static pid_t stopped_child(int sig)
{
	pid_t child = fork_helper();

	if (child == 0) {
		SETUP(sys_setpgid(0, 0));
		checked_kill(sys_getpid(), sig);
		if (!posted(STOP_SEEN))
			leave(99); /* it did not stop */
		post(RESUMED);
		await(MAY_GO);
		leave(0);
	}
	return child;
}

/* Until the child has stopped; should it have ended, the test does. */
static void await_stop(pid_t child)
{
	siginfo_t info = { 0 };

	long result = waitid_for(P_PID, child, &info, WSTOPPED | WEXITED | WNOWAIT, NULL);
	REQUIRE_EQ(result, 0);
	REQUIRE_NE(info.si_code, CLD_EXITED);
}

static void resume(pid_t child)
{
	post(STOP_SEEN);
	SETUP(checked_kill(child, SIGCONT));
	await(RESUMED);
}

static void end(pid_t child)
{
	post(STOP_SEEN);
	post(MAY_GO);
	checked_kill(child, SIGCONT);
	EXPECT_EXITED(child, 0);
}

/* One call that must not block. */
static void expect_report(pid_t child, int options, int want)
{
	int status = -1;

	long result = wait_for(child, &status, options | WNOHANG, NULL);
	EXPECT_EQ(result, want == -1 ? 0 : child);
	EXPECT_EQ(status, want);
}
#define NOTHING (-1)

static const struct stopper {
	const char *name;
	int sig;
} stoppers[] = {
	{ "stop", SIGSTOP },
	{ "tstp", SIGTSTP },
	{ "ttin", SIGTTIN },
	{ "ttou", SIGTTOU },
};

TEST(signals, .covers = "WAIT-10 WAIT-17 WAITID-11 WAITID-14 WAITID-13",
     .summary = "a stopped child is reported with the signal that stopped it, and WNOWAIT leaves that to be reported",
     CASES(stoppers))
{
	const struct stopper *row = this_case();
	pid_t child = stopped_child(row->sig);
	siginfo_t info;

	await_stop(child);
	for (int i = 0; i < 2; i++) {
		memset(&info, 0xff, sizeof(info));
		long result = waitid_for(P_ALL, 0, &info, WSTOPPED | WNOHANG | (i == 0 ? WNOWAIT : 0), NULL);
		EXPECT_EQ(result, 0, i);
		EXPECT_EQ(info.si_signo, SIGCHLD, i);
		EXPECT_EQ(info.si_code, CLD_STOPPED, i);
		EXPECT_EQ(info.si_pid, child, i);
		EXPECT_EQ(info.si_uid, getuid(), i);
		EXPECT_EQ(info.si_status, row->sig, i);
	}
	expect_report(child, WUNTRACED, NOTHING);
	end(child);
}

/* Which options see which of the two states. */
static const struct view {
	struct case_head head;
	int options;
	bool stop, continuation;
} views[] = {
	{ { "plain", .covers = "WAIT-04" }, 0, false, false },
	{ { "wuntraced", .covers = "WAIT-10" }, WUNTRACED, true, false },
	{ { "wcontinued", .covers = "WAIT-11" }, WCONTINUED, false, true },
	{ { "both", .covers = "WAIT-10 WAIT-11" }, WUNTRACED | WCONTINUED, true, true },
};

TEST(options, .covers = "WAIT-23 WAIT-43",
     .summary = "a stop is reported with WUNTRACED and a resumption with WCONTINUED, each once", CASES_NEEDING(views))
{
	const struct view *row = this_case();
	pid_t child = stopped_child(SIGSTOP);

	await_stop(child);
	expect_report(child, row->options, row->stop ? STOP_STATUS(SIGSTOP) : NOTHING);
	expect_report(child, row->options, NOTHING);
	resume(child);
	expect_report(child, row->options, row->continuation ? CONTINUE_STATUS : NOTHING);
	expect_report(child, row->options, NOTHING);
	end(child);
}

static const struct id_view {
	struct case_head head;
	int options;
	bool stop, continuation;
} id_views[] = {
	{ { "wexited", .covers = "WAITID-10" }, WEXITED, false, false },
	{ { "wstopped", .covers = "WAITID-11" }, WSTOPPED, true, false },
	{ { "wcontinued", .covers = "WAITID-12" }, WCONTINUED, false, true },
	{ { "all", .covers = "WAITID-11 WAITID-12" }, WEXITED | WSTOPPED | WCONTINUED, true, true },
};

/* The code and status of what one waitid reports; both 0 for nothing. */
static void expect_event(pid_t child, int options, int code, int status)
{
	siginfo_t info;

	memset(&info, 0xff, sizeof(info));
	long result = waitid_for(P_PID, child, &info, options | WNOHANG, NULL);
	EXPECT_EQ(result, 0);
	EXPECT_EQ(info.si_pid, code ? child : 0);
	EXPECT_EQ(info.si_signo, code ? SIGCHLD : 0);
	if (!code)
		return;
	EXPECT_EQ(info.si_code, code);
	EXPECT_EQ(info.si_status, status);
}

TEST(waitid_options, .covers = "WAITID-13 WAITID-20 WAIT-23 WAIT-43",
     .summary = "waitid reports a state by its own option only, repeatedly with WNOWAIT, and once without",
     CASES_NEEDING(id_views))
{
	const struct id_view *row = this_case();
	int stop = row->stop ? CLD_STOPPED : 0, continuation = row->continuation ? CLD_CONTINUED : 0;
	pid_t child = stopped_child(SIGSTOP);

	await_stop(child);
	expect_event(child, row->options | WNOWAIT, stop, SIGSTOP);
	expect_event(child, row->options, stop, SIGSTOP);
	expect_event(child, row->options, 0, 0);
	resume(child);
	expect_event(child, row->options | WNOWAIT, continuation, SIGCONT);
	expect_event(child, row->options, continuation, SIGCONT);
	expect_event(child, row->options, 0, 0);
	end(child);
}

TEST(ended_only, .covers = "WAITID-10 WAITID-24",
     .summary = "waitid without WEXITED does not report a dead child, and has nothing to wait for")
{
	pid_t child = start_child(MAY_GO, 0);

	post(MAY_GO);
	await_zombie(child);
	long result = waitid_for(P_PID, child, NULL, WSTOPPED | WCONTINUED, NULL);
	EXPECT_FAILS(result, ECHILD);
	expect_event(child, WSTOPPED | WCONTINUED | WEXITED, CLD_EXITED, 0);
	EXPECT_NO_CHILD();
}

TEST(each_time, .covers = "WAIT-10 WAIT-11 WAIT-23 WAIT-43", .features = FEATURES(NEEDS_PROC, NEEDS_UNTRACED),
     .summary = "a child that stops and continues repeatedly is reported each time")
{
	enum { ROUNDS = 3 };
	int status;
	pid_t child = fork_helper();

	if (child == 0) {
		for (unsigned i = 0; i < ROUNDS; i++) {
			checked_kill(sys_getpid(), SIGSTOP);
			post(AGAIN + 2 * i);
			await(AGAIN + 2 * i + 1);
		}
		leave(0);
	}
	for (unsigned i = 0; i < ROUNDS; i++) {
		await_state(child, 0, "T");
		REQUIRE_EQ(wait_for(child, &status, WUNTRACED | WNOHANG, NULL), child, i);
		REQUIRE_EQ(status, STOP_STATUS(SIGSTOP), i);
		SETUP(checked_kill(child, SIGCONT));
		await(AGAIN + 2 * i);
		expect_report(child, WUNTRACED | WCONTINUED, CONTINUE_STATUS);
		post(AGAIN + 2 * i + 1);
	}
	EXPECT_EXITED(child, 0);
}

TEST(last_counts, .covers = "WAIT-44",
     .summary = "of several changes that nobody waited for only the last one is reported")
{
	pid_t child = stopped_child(SIGSTOP);

	await_stop(child);
	resume(child);
	expect_report(child, WUNTRACED, NOTHING); /* the stop is over */
	checked_kill(child, SIGSTOP);
	await_stop(child);
	expect_report(child, WCONTINUED, NOTHING); /* and so is the resumption */
	SETUP(checked_kill(child, SIGKILL));
	await_zombie(child);
	expect_report(child, WUNTRACED | WCONTINUED, W_EXITCODE(0, SIGKILL));
	EXPECT_NO_CHILD();
}

TEST(no_stop_no_continuation, .covers = "WAIT-45",
     .summary = "SIGCONT to a child that is not stopped is no change of state")
{
	pid_t child = start_child(MAY_GO, 0);

	SETUP(checked_kill(child, SIGCONT));
	expect_report(child, WUNTRACED | WCONTINUED, NOTHING);
	post(MAY_GO);
	await_zombie(child);
	expect_report(child, WUNTRACED | WCONTINUED, 0);
}
