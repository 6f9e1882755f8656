// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* vfork as a tracer sees it: the order of its two events, and the caller's suspension between them. */
#include "forkcheck.h"
#include "trace.h"

#define NEEDED NEEDS_PTRACE, NEEDS_PROC
#define BOTH_OPTIONS (PTRACE_O_TRACEVFORK | PTRACE_O_TRACEVFORKDONE)

/* How the child lets its parent go. */
enum release { EXITS, EXECUTES, IS_KILLED };

static const struct row {
	struct case_head head;
	const struct vfork_door *door;
	enum release release;
} rows[] = {
	{ { .name = "libc_exit" }, &vfork_doors[0], EXITS },
	{ { .name = "clone_exit" }, &vfork_doors[1], EXITS },
	{ { "clone3_exit", .features = FEATURES(NEEDS_CLONE3) }, &vfork_doors[2], EXITS },
	{ { .name = "libc_exec" }, &vfork_doors[0], EXECUTES },
	{ { .name = "libc_killed" }, &vfork_doors[0], IS_KILLED },
};

static struct {
	int returned; /* vfork is over in the tracee */
} * told;

static int release(void *row)
{
	if (((const struct row *)row)->release == EXECUTES)
		execute_self(IMAGE_EXIT, 0);
	return 0;
}

static void vfork_and_reap(const void *arg)
{
	const struct row *row = arg;

	long child = row->door->vfork(release, (void *)row);
	told->returned = 1;
	REQUIRE_GT(child, 0);
	EXPECT_OK(checked_wait((pid_t)child, NULL, 0));
}

/*
 * Takes reports until both the tracee has stopped for VFORK and its child for the first time, in whichever
 * order. Anything else first is a failure that ends the test.
 */
static pid_t await_vfork(pid_t tracee)
{
	struct trace_stop stop;
	pid_t announced = 0, child = 0;

	while (!announced || !child) {
		REQUIRE_TRUE(next_stop(&stop));
		if (stop.pid == tracee) {
			REQUIRE_EQ(stop.status, EVENT_STATUS(PTRACE_EVENT_VFORK));
			announced = (pid_t)stop.message;
		} else {
			REQUIRE_EQ(stop.status, EVENT_STATUS(PTRACE_EVENT_STOP));
			child = stop.pid;
		}
	}
	REQUIRE_EQ(child, announced);
	return child;
}

static void let_run(pid_t pid)
{
	SETUP(sys_ptrace(PTRACE_CONT, pid, 0, NULL));
}

static bool suspended(pid_t pid)
{
	const char state = thread_state(pid, 0);

	return state == 'S' || state == 'D';
}

/*
 * Returns true once the tracee was seen asleep in vfork; false when it reports anything, as one that is not
 * suspended will.
 */
static bool stays_suspended(pid_t tracee)
{
	int status;

	while (!suspended(tracee)) {
		if (checked_wait(tracee, &status, __WALL | WNOHANG))
			return false;
		sys_sched_yield();
	}
	return await_blocked(tracee, vfork_calls, &told->returned, 0);
}

TEST(done_after_release, .covers = "PTRACE-04 PTRACE-09 PTRACE-16", .features = FEATURES(NEEDED),
     .summary = "after the event VFORK the tracee waits for its child; VFORK_DONE, with the child's PID, comes when "
		"that has exited, executed a program or been killed, before the call returns",
     CASES_NEEDING(rows))
{
	const struct row *row = this_case();
	struct trace_stop stop;
	int events = 0;

	if (row->door == &vfork_doors[2])
		need_release(5, 3); /* clone3 */
	told = shared(sizeof(*told));
	pid_t tracee = start_tracee(BY_SEIZE, BOTH_OPTIONS, vfork_and_reap, row);
	pid_t child = await_vfork(tracee);

	/* The child, held in its first stop, has released nobody. */
	let_run(tracee);
	REQUIRE_TRUE(stays_suspended(tracee));

	if (row->release == IS_KILLED)
		SETUP(checked_kill(child, SIGKILL));
	else
		let_run(child);
	while (next_stop(&stop)) {
		if (stop.pid == tracee && stop.event) {
			events++;
			EXPECT_EQ(stop.event, PTRACE_EVENT_VFORK_DONE);
			EXPECT_EQ(stop.message, child);
			EXPECT_EQ(told->returned, 0);
		}
		resume(&stop);
	}
	EXPECT_EQ(events, 1);
	EXPECT_EQ(told->returned, 1);
}

TEST(done_without_vfork_event, .covers = "PTRACE-29", .features = FEATURES(NEEDS_PTRACE),
     .summary = "VFORK_DONE comes by its own option, also where the child is not traced")
{
	struct trace_stop stop;
	int events = 0;

	told = shared(sizeof(*told));
	pid_t tracee = start_tracee(BY_SEIZE, PTRACE_O_TRACEVFORKDONE, vfork_and_reap, &rows[0]);
	while (next_stop(&stop)) {
		EXPECT_EQ(stop.pid, tracee);
		events += stop.status == EVENT_STATUS(PTRACE_EVENT_VFORK_DONE);
		resume(&stop);
	}
	EXPECT_EQ(events, 1);
}

TEST(signal_after_done, .covers = "PTRACE-30", .features = FEATURES(NEEDED),
     .summary = "a signal for a tracee that is suspended in vfork is reported once, after VFORK_DONE")
{
	struct trace_stop stop;
	int status = 0, signals = 0;

	told = shared(sizeof(*told));
	pid_t tracee = start_tracee(BY_SEIZE, BOTH_OPTIONS, vfork_and_reap, &rows[0]);
	pid_t child = await_vfork(tracee);

	let_run(tracee);
	REQUIRE_TRUE(stays_suspended(tracee));
	SETUP(checked_kill(tracee, SIGURG));
	let_run(child);
	REQUIRE_EQ(checked_wait(tracee, &status, __WALL), tracee);
	REQUIRE_EQ(status, EVENT_STATUS(PTRACE_EVENT_VFORK_DONE));

	let_run(tracee);
	while (next_stop(&stop)) {
		signals += stop.status == W_STOPCODE(SIGURG);
		resume(&stop);
	}
	EXPECT_EQ(signals, 1);
}

TEST(detached_while_suspended, .covers = "PTRACE-35", .features = FEATURES(NEEDED),
     .summary =
	     "a tracee that is let go after the event VFORK stays suspended until its child is gone, and is traced no "
	     "more",
     CASES_NEEDING(rows))
{
	const struct row *row = this_case();
	struct trace_stop stop;

	told = shared(sizeof(*told));
	pid_t tracee = start_tracee(BY_SEIZE, BOTH_OPTIONS, vfork_and_reap, row);
	pid_t child = await_vfork(tracee);

	long detached = sys_ptrace(PTRACE_DETACH, tracee, 0, NULL);
	REQUIRE_OK(detached);
	REQUIRE_TRUE(await_blocked(tracee, vfork_calls, &told->returned, 0));
	if (row->release == IS_KILLED)
		SETUP(checked_kill(child, SIGKILL));
	else
		let_run(child);
	while (next_stop(&stop)) {
		EXPECT_TRUE(stop.pid != tracee || !stop.event, stop.event);
		resume(&stop);
	}
	EXPECT_EQ(told->returned, 1);
}
