// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* Who is left when a tracer dies, and who is told when a tracee does. */
#include "forkcheck.h"
#include "trace.h"

#define PTRACE NEEDS_PTRACE
#define PROC NEEDS_PROC

enum { MAY_END, CHILD_IS_UP };

static struct {
	int tracee, child;
	int tracer_of_tracee, tracer_of_child; /* told by themselves, when the tracer is dead */
	int first_look;			       /* of the real parent, before the tracer */
	int status;
} * told;

/* In the tracee: a child that waits, as the tracee itself does, and then tells who traces it. */
static void fork_and_wait(const void *unused)
{
	(void)unused;
	long child = sys_fork();
	if (child == 0) {
		post(CHILD_IS_UP);
		await(MAY_END);
		told->tracer_of_child = tracer_of(sys_getpid());
		leave(0);
	}
	REQUIRE_GT(child, 0);
	await(MAY_END);
	told->tracer_of_tracee = tracer_of(sys_getpid());
	leave(0);
}

/* In the tracer: leaves a child that was attached and runs, and a tracee that has stopped for the event. */
static void trace_and_die(unsigned long options)
{
	struct trace_stop stop;

	told->tracee = start_tracee(BY_SEIZE, options | PTRACE_O_TRACEFORK, fork_and_wait, NULL);
	while ((!told->child || !posted(CHILD_IS_UP)) && next_stop(&stop)) {
		if (stop.event == PTRACE_EVENT_FORK) {
			told->child = (int)stop.message;
		} else {
			resume(&stop);
			if (stop.event == PTRACE_EVENT_STOP)
				await(CHILD_IS_UP);
		}
	}
	leave(0);
}

/* For a process that is nobody's child here. */
static void await_death(pid_t pid)
{
	for (char state; (state = thread_state(pid, 0)) && state != 'Z' && state != 'X';)
		sys_sched_yield();
}

#define NOT_TOLD (-1)

/* Has a tracer die, lets go of those whom it traced, and waits until they are dead, in whichever way. */
static void outlive_tracer(unsigned long options)
{
	told = shared(sizeof(*told));
	told->tracer_of_tracee = told->tracer_of_child = NOT_TOLD;

	pid_t tracer = fork_helper();
	if (tracer == 0)
		trace_and_die(options);
	REQUIRE_EXITED(tracer, 0);
	post(MAY_END);
	REQUIRE_GT(told->tracee, 0);
	REQUIRE_GT(told->child, 0);
	await_death(told->tracee);
	await_death(told->child);
}

TEST(exitkill, .covers = "PTRACE-19", .features = FEATURES(PTRACE, PROC),
     .summary = "with PTRACE_O_EXITKILL the tracer's exit kills its tracees, also those attached automatically")
{
	outlive_tracer(PTRACE_O_EXITKILL);
	EXPECT_EQ(told->tracer_of_tracee, NOT_TOLD);
	EXPECT_EQ(told->tracer_of_child, NOT_TOLD);
}

TEST(no_exitkill, .covers = "PTRACE-20", .features = FEATURES(PTRACE, PROC),
     .summary = "without PTRACE_O_EXITKILL a tracer's exit detaches its tracees, and they run on")
{
	outlive_tracer(0);
	EXPECT_EQ(told->tracer_of_tracee, 0);
	EXPECT_EQ(told->tracer_of_child, 0);
}

enum { CHILD_IS_KNOWN, TRACEE_MAY_EXIT, MAY_LOOK, HAS_LOOKED, TRACER_HAS_WAITED };

/* Between the tracer, its parent, and the tracee, its child. */
static _Noreturn void be_real_parent(void)
{
	long child = sys_fork();
	if (child == 0) {
		await(TRACEE_MAY_EXIT);
		leave(9);
	}
	REQUIRE_GT(child, 0);
	told->child = (int)child;
	post(CHILD_IS_KNOWN);
	await(MAY_LOOK);
	told->first_look = (int)checked_wait((pid_t)child, &told->status, WNOHANG);
	post(HAS_LOOKED);
	await(TRACER_HAS_WAITED);
	told->status = -1;
	EXPECT_EQ(checked_wait((pid_t)child, &told->status, 0), child);
	leave(0);
}

TEST(real_parent_waits, .covers = "PTRACE-24 PTRACE-34", .features = FEATURES(PTRACE),
     .summary = "a tracee's exit is reported to the tracer, and then, once that has waited, to its real parent")
{
	int status = -1;

	told = shared(sizeof(*told));
	pid_t parent = fork_helper();
	if (parent == 0)
		be_real_parent();
	await(CHILD_IS_KNOWN);
	pid_t tracee = told->child;
	REQUIRE_OK(sys_ptrace(PTRACE_SEIZE, tracee, 0, NULL));
	post(TRACEE_MAY_EXIT);
	await_zombie(tracee);

	post(MAY_LOOK);
	await(HAS_LOOKED);
	EXPECT_EQ(told->first_look, 0);
	EXPECT_EQ(checked_wait(tracee, &status, __WALL), tracee);
	EXPECT_EQ(status, W_EXITCODE(9, 0));
	post(TRACER_HAS_WAITED);
	EXPECT_EXITED(parent, 0);
	EXPECT_EQ(told->status, W_EXITCODE(9, 0));
}
