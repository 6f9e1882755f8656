// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* The ptrace events of an end: PTRACE_EVENT_EXEC, which ends a program, and PTRACE_EVENT_EXIT. */
#include "forkcheck.h"
#include "trace.h"

#define PTRACE NEEDS_PTRACE

static struct {
	int thread, forked;
} * told;

static void execute(const void *unused)
{
	(void)unused;
	leave((int)-execute_self(IMAGE_EXIT, 7));
}

TEST(exec_event, .covers = "PTRACE-31", .features = FEATURES(PTRACE),
     .summary = "with PTRACE_O_TRACEEXEC a tracee stops for PTRACE_EVENT_EXEC before execve returns, and nothing else",
     CASES(attachments))
{
	const struct attachment_case *row = this_case();
	struct trace_stop stop;
	int events = 0, status = -1;

	pid_t tracee = start_tracee(row->how, PTRACE_O_TRACEEXEC, execute, NULL);
	while (next_stop(&stop)) {
		if (WIFSTOPPED(stop.status)) {
			events++;
			EXPECT_EQ(stop.status, EVENT_STATUS(PTRACE_EVENT_EXEC));
			EXPECT_EQ(stop.message, tracee);
		}
		status = stop.status;
		resume(&stop);
	}
	EXPECT_EQ(events, 1);
	EXPECT_EQ(status, W_EXITCODE(7, 0));
}

static const struct plain {
	const char *name;
	enum attachment how;
	int traps;
} plain[] = {
	{ "traceme", BY_TRACEME, 1 },
	{ "attach", BY_ATTACH, 1 },
	{ "seize", BY_SEIZE, 0 },
};

TEST(exec_trap, .covers = "PTRACE-32", .features = FEATURES(PTRACE),
     .summary = "without PTRACE_O_TRACEEXEC a tracee gets SIGTRAP after execve, unless it was seized", CASES(plain))
{
	const struct plain *row = this_case();
	struct trace_stop stop;
	int traps = 0, others = 0;

	start_tracee(row->how, 0, execute, NULL);
	while (next_stop(&stop)) {
		traps += stop.status == W_STOPCODE(SIGTRAP);
		others += WIFSTOPPED(stop.status) && stop.status != W_STOPCODE(SIGTRAP);
		resume(&stop);
	}
	EXPECT_EQ(traps, row->traps);
	EXPECT_EQ(others, 0);
}

enum { THREAD_MAY_EXECUTE };

static int execute_in_thread(void *unused)
{
	(void)unused;
	await(THREAD_MAY_EXECUTE);
	execute(NULL);
	return 0;
}

static void start_executing_thread(const void *unused)
{
	(void)unused;
	long tid = CLONE_CALL(VIA_CLONE, new_stack(), execute_in_thread, NULL, .flags = THREAD_FLAGS);
	REQUIRE_GT(tid, 0);
	told->thread = (int)tid;
	post(THREAD_MAY_EXECUTE);
	for (;;)
		SYSCALL4(SYS_ppoll, NULL, 0, NULL, NULL); /* until exec takes this thread away */
}

TEST(exec_by_thread, .covers = "PTRACE-22", .features = FEATURES(PTRACE),
     .summary = "when a thread executes a program, PTRACE_EVENT_EXEC is reported of the leader's ID, with the thread's "
		"former one; neither thread is reported to end before")
{
	struct trace_stop stop;
	int events = 0, before = 0, after = 0;

	told = shared(sizeof(*told));
	pid_t tracee = start_tracee(BY_SEIZE, PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC, start_executing_thread, NULL);
	while (next_stop(&stop)) {
		if (stop.event == PTRACE_EVENT_EXEC) {
			events++;
			EXPECT_EQ(stop.pid, tracee);
			EXPECT_EQ(stop.message, told->thread);
		} else if (!WIFSTOPPED(stop.status)) {
			before += !events;
			after++;
			EXPECT_EQ(stop.pid, tracee);
			EXPECT_EQ(stop.status, W_EXITCODE(7, 0));
		}
		resume(&stop);
	}
	EXPECT_EQ(events, 1);
	EXPECT_EQ(before, 0);
	EXPECT_EQ(after, 1);
}

static const struct end {
	const char *name;
	int status, sig;
} ends[] = {
	{ "exit", 3, 0 },
	{ "signal", 0, SIGTERM },
};

/* The tracee's child, attached automatically, ends so, and the tracee in the ordinary way. */
static void fork_and_end(const void *arg)
{
	const struct end *end = arg;

	long child = sys_fork();
	if (child == 0) {
		if (end->sig)
			SETUP(checked_kill(sys_getpid(), end->sig));
		leave(end->status);
	}
	REQUIRE_GT(child, 0);
	told->forked = (int)child;
	EXPECT_OK(checked_wait((pid_t)child, NULL, 0));
}

TEST(exit_event, .covers = "PTRACE-33", .features = FEATURES(PTRACE),
     .summary = "with PTRACE_O_TRACEEXIT a tracee, and a child attached later, stops once for PTRACE_EVENT_EXIT before "
		"its end, with the exit status to come as the message",
     CASES(ends))
{
	const struct end *row = this_case();
	const int status = W_EXITCODE(row->status, row->sig);
	struct trace_stop stop;
	int events[2] = { 0 }, message = -1, end = -1;

	told = shared(sizeof(*told));
	pid_t tracee = start_tracee(BY_SEIZE, PTRACE_O_TRACEFORK | PTRACE_O_TRACEEXIT, fork_and_end, row);
	while (next_stop(&stop)) {
		bool forked = stop.pid != tracee;
		if (stop.event == PTRACE_EVENT_EXIT) {
			events[forked]++;
			EXPECT_EQ(stop.status, EVENT_STATUS(PTRACE_EVENT_EXIT));
			if (forked)
				message = (int)stop.message;
		} else if (!WIFSTOPPED(stop.status)) {
			EXPECT_EQ(events[forked], 1);
			if (forked)
				end = stop.status;
		}
		resume(&stop);
	}
	EXPECT_EQ(events[0], 1);
	EXPECT_EQ(events[1], 1);
	EXPECT_EQ(message, status);
	EXPECT_EQ(end, status);
}
