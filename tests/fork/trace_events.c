// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* Which ptrace event a creation gives, what the tracer learns from it, and which creations give none. */
#include "forkcheck.h"
#include "trace.h"

#define PTRACE NEEDS_PTRACE
#define PROC NEEDS_PROC
#define THREE_OPTIONS (PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE)

/* What the tracee and its child tell the tracer. */
static struct {
	int child;    /* as the creating call returned it */
	int returned; /* that call is over */
	int tracer;   /* of the child, as it sees it itself */
} * told;

struct creation {
	struct case_head head;
	enum { BY_FORK, BY_VFORK, BY_CLONE, BY_CLONE3 } by;
	uint64_t flags;
	int exit_signal;
	int event; /* when all options are set */
};

/* Exit signals: SIGURG is ignored by default, and so does no harm to a parent. */
static const struct creation creations[] = {
	{ { "fork", .covers = "PTRACE-01" }, BY_FORK, 0, SIGCHLD, PTRACE_EVENT_FORK },
	{ { "clone_sigchld", .covers = "PTRACE-06" }, BY_CLONE, 0, SIGCHLD, PTRACE_EVENT_FORK },
	{ { "clone3_sigchld", .covers = "PTRACE-06", .features = FEATURES(NEEDS_CLONE3) },
	  BY_CLONE3,
	  0,
	  SIGCHLD,
	  PTRACE_EVENT_FORK },
	{ { "vm_sigchld", .covers = "PTRACE-06" }, BY_CLONE, CLONE_VM, SIGCHLD, PTRACE_EVENT_FORK },
	{ { "vfork", .covers = "PTRACE-02" }, BY_VFORK, CLONE_VM | CLONE_VFORK, SIGCHLD, PTRACE_EVENT_VFORK },
	{ { "clone_vfork", .covers = "PTRACE-05" }, BY_CLONE, CLONE_VM | CLONE_VFORK, SIGCHLD, PTRACE_EVENT_VFORK },
	{ { "clone3_vfork", .covers = "PTRACE-05", .features = FEATURES(NEEDS_CLONE3) },
	  BY_CLONE3,
	  CLONE_VM | CLONE_VFORK,
	  SIGCHLD,
	  PTRACE_EVENT_VFORK },
	{ { "vfork_without_vm", .covers = "PTRACE-05" }, BY_CLONE, CLONE_VFORK, SIGCHLD, PTRACE_EVENT_VFORK },
	{ { "vfork_sigurg", .covers = "PTRACE-05" }, BY_CLONE, CLONE_VM | CLONE_VFORK, SIGURG, PTRACE_EVENT_VFORK },
	{ { "clone_sigurg", .covers = "PTRACE-07" }, BY_CLONE, 0, SIGURG, PTRACE_EVENT_CLONE },
	{ { "clone3_sigurg", .covers = "PTRACE-07", .features = FEATURES(NEEDS_CLONE3) },
	  BY_CLONE3,
	  0,
	  SIGURG,
	  PTRACE_EVENT_CLONE },
	{ { "no_exit_signal", .covers = "PTRACE-07" }, BY_CLONE, 0, 0, PTRACE_EVENT_CLONE },
	{ { "clone_thread", .covers = "PTRACE-03" }, BY_CLONE, THREAD_FLAGS, 0, PTRACE_EVENT_CLONE },
	{ { "clone3_thread", .covers = "PTRACE-03", .features = FEATURES(NEEDS_CLONE3) },
	  BY_CLONE3,
	  THREAD_FLAGS,
	  0,
	  PTRACE_EVENT_CLONE },
};

/* The same, one for each event. */
static const struct creation one_of_each[] = {
	{ { .name = "fork" }, BY_FORK, 0, SIGCHLD, PTRACE_EVENT_FORK },
	{ { .name = "vfork" }, BY_VFORK, CLONE_VM | CLONE_VFORK, SIGCHLD, PTRACE_EVENT_VFORK },
	{ { .name = "clone" }, BY_CLONE, 0, SIGURG, PTRACE_EVENT_CLONE },
	{ { .name = "thread" }, BY_CLONE, THREAD_FLAGS, 0, PTRACE_EVENT_CLONE },
};

static int tell_tracer(void *unused)
{
	(void)unused;
	told->tracer = tracer_of(sys_gettid());
	return 0;
}

/* In the tracee: makes the child, and stays until it is gone. */
static void create(const void *arg)
{
	const struct creation *how = arg;
	const struct clone_request request = { .flags = how->flags, .exit_signal = how->exit_signal };
	const enum clone_via via = how->by == BY_CLONE3 ? VIA_CLONE3 : VIA_CLONE;
	const bool shares = how->flags & CLONE_VM;
	struct stack *stack = shares && how->by != BY_VFORK ? new_stack() : NULL;
	long child;

	if (how->by == BY_VFORK)
		child = vfork_doors[0].vfork(tell_tracer, NULL);
	else if (shares)
		child = clone_call(via, &request, stack, tell_tracer, NULL);
	else if (how->by == BY_FORK)
		child = sys_fork();
	else
		child = clone_here(via, &request);
	if (child == 0)
		leave(tell_tracer(NULL));
	told->returned = 1;
	REQUIRE_GT(child, 0);
	told->child = (int)child;
	if (how->flags & CLONE_THREAD)
		await_thread_gone((pid_t)child);
	else
		EXPECT_OK(checked_wait((pid_t)child, NULL, __WALL));
}

static pid_t start(const struct creation *how, unsigned long options)
{
	if (how->by == BY_CLONE3)
		need_release(5, 3);
	told = shared(sizeof(*told));
	return start_tracee(BY_SEIZE, options, create, how);
}

TEST(kind, .covers = "PTRACE-10 PTRACE-17", .features = FEATURES(PTRACE),
     .summary = "a creation stops the tracee once, before the call returns, with VFORK where it has CLONE_VFORK, "
		"else with FORK where the exit signal is SIGCHLD, else with CLONE",
     CASES_NEEDING(creations))
{
	const struct creation *how = this_case();
	pid_t tracee = start(how, THREE_OPTIONS);
	struct trace_stop stop;
	int events = 0;

	while (next_stop(&stop)) {
		if (stop.event && stop.event != PTRACE_EVENT_STOP) {
			events++;
			EXPECT_EQ(stop.status, EVENT_STATUS(how->event));
			EXPECT_EQ(WSTOPSIG(stop.status), SIGTRAP);
			EXPECT_EQ(stop.pid, tracee);
			EXPECT_EQ(told->returned, 0);
		}
		resume(&stop);
	}
	EXPECT_EQ(events, 1);
}

static void create_several(const void *unused)
{
	(void)unused;
	for (int i = 0; i < 3; i++)
		create(&one_of_each[0]);
}

TEST(each_of_several, .covers = "PTRACE-01", .features = FEATURES(PTRACE),
     .summary = "each of several forks stops the tracee with FORK")
{
	struct trace_stop stop;
	int events = 0;

	told = shared(sizeof(*told));
	start_tracee(BY_SEIZE, THREE_OPTIONS, create_several, NULL);
	while (next_stop(&stop)) {
		events += stop.event == PTRACE_EVENT_FORK;
		resume(&stop);
	}
	EXPECT_EQ(events, 3);
}

TEST(message, .covers = "PTRACE-08", .features = FEATURES(PTRACE),
     .summary = "PTRACE_GETEVENTMSG in the stop for a creation gives the new thread's ID", CASES_NEEDING(one_of_each))
{
	unsigned long message = 0;
	struct trace_stop stop;

	start(this_case(), THREE_OPTIONS);
	while (next_stop(&stop)) {
		if (stop.event && stop.event != PTRACE_EVENT_STOP)
			message = stop.message;
		resume(&stop);
	}
	REQUIRE_GT(told->child, 0);
	EXPECT_EQ(message, told->child);
}

TEST(siginfo, .covers = "PTRACE-18", .features = FEATURES(PTRACE),
     .summary = "PTRACE_GETSIGINFO in the stop for a creation tells SIGTRAP, with the event in si_code",
     CASES_NEEDING(one_of_each))
{
	const struct creation *how = this_case();
	siginfo_t info = { 0 };
	struct trace_stop stop;

	start(how, THREE_OPTIONS);
	while (next_stop(&stop)) {
		if (stop.event && stop.event != PTRACE_EVENT_STOP)
			EXPECT_OK(sys_ptrace(PTRACE_GETSIGINFO, stop.pid, 0, &info));
		resume(&stop);
	}
	EXPECT_EQ(info.si_signo, SIGTRAP);
	EXPECT_EQ(info.si_code, how->event << 8 | SIGTRAP);
}

/* Runs to the end. Wants no report but of the tracee, and none of an event. */
static void expect_nothing_but(pid_t tracee)
{
	struct trace_stop stop;

	while (next_stop(&stop)) {
		EXPECT_EQ(stop.pid, tracee);
		EXPECT_EQ(stop.event, 0);
		resume(&stop);
	}
}

static const struct other_options {
	const char *name;
	const struct creation *how;
	unsigned long options;
} other_options[] = {
	{ "fork_none", &one_of_each[0], 0 },
	{ "fork_other", &one_of_each[0], PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE },
	{ "vfork_none", &one_of_each[1], 0 },
	{ "vfork_other", &one_of_each[1], PTRACE_O_TRACEFORK | PTRACE_O_TRACECLONE },
	{ "clone_none", &one_of_each[2], 0 },
	{ "clone_other", &one_of_each[2], PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK },
	{ "thread_none", &one_of_each[3], 0 },
};

TEST(without_option, .covers = "PTRACE-15 PTRACE-25", .features = FEATURES(PTRACE, PROC),
     .summary = "a creation whose own option is not set gives no event, whatever others are, and an untraced child",
     CASES(other_options))
{
	const struct other_options *row = this_case();
	pid_t tracee = start(row->how, row->options);

	expect_nothing_but(tracee);
	EXPECT_GT(told->child, 0);
	EXPECT_EQ(told->tracer, 0);
}

static const struct creation untraced_ones[] = {
	{ { .name = "fork" }, BY_CLONE, CLONE_UNTRACED, SIGCHLD, 0 },
	{ { .name = "vfork" }, BY_CLONE, CLONE_UNTRACED | CLONE_VM | CLONE_VFORK, SIGCHLD, 0 },
	{ { .name = "clone" }, BY_CLONE, CLONE_UNTRACED, SIGURG, 0 },
	{ { .name = "thread" }, BY_CLONE, CLONE_UNTRACED | THREAD_FLAGS, 0, 0 },
	{ { "clone3", .features = FEATURES(NEEDS_CLONE3) }, BY_CLONE3, CLONE_UNTRACED, SIGURG, 0 },
};

TEST(untraced, .covers = "CLONE-UNTRACED-01 CLONE-UNTRACED-02", .features = FEATURES(PTRACE, PROC),
     .summary = "a child made with CLONE_UNTRACED gives no event and is not traced, whatever the options",
     CASES_NEEDING(untraced_ones))
{
	pid_t tracee = start(this_case(), THREE_OPTIONS);

	expect_nothing_but(tracee);
	EXPECT_GT(told->child, 0);
	EXPECT_EQ(told->tracer, 0);
}

/* How often the child was reported for the first time, that is, as a new tracee. */
static int count_first_stops(pid_t tracee, int first_stop)
{
	struct trace_stop stop;
	int count = 0;

	while (next_stop(&stop)) {
		EXPECT_EQ(stop.event == 0 || stop.event == PTRACE_EVENT_STOP, true);
		count += stop.pid != tracee && stop.status == first_stop;
		resume(&stop);
	}
	return count;
}

static const struct creation with_flag[] = {
	{ { .name = "clone" }, BY_CLONE, CLONE_PTRACE, SIGCHLD, 0 },
	{ { "clone3", .features = FEATURES(NEEDS_CLONE3) }, BY_CLONE3, CLONE_PTRACE, SIGCHLD, 0 },
	{ { .name = "thread" }, BY_CLONE, CLONE_PTRACE | THREAD_FLAGS, 0, 0 },
};

TEST(clone_ptrace, .covers = "CLONE-PTRACE-01 CLONE-PTRACE-03", .features = FEATURES(PTRACE, PROC),
     .summary = "the child that a tracee makes with CLONE_PTRACE is traced by the same tracer, without any option",
     CASES_NEEDING(with_flag))
{
	pid_t tracee = start(this_case(), 0);

	EXPECT_EQ(count_first_stops(tracee, FIRST_STOP_STATUS(BY_SEIZE)), 1);
	EXPECT_EQ(told->tracer, sys_getpid());
}

TEST(clone_ptrace_untraced, .covers = "CLONE-UNTRACED-03", .features = FEATURES(PTRACE, PROC),
     .summary = "CLONE_UNTRACED keeps off the tracer's options, not the CLONE_PTRACE that comes with it")
{
	static const struct creation how = { { .name = "" }, BY_CLONE, CLONE_UNTRACED | CLONE_PTRACE, SIGCHLD, 0 };
	pid_t tracee = start(&how, THREE_OPTIONS);

	EXPECT_EQ(count_first_stops(tracee, FIRST_STOP_STATUS(BY_SEIZE)), 1);
	EXPECT_EQ(told->tracer, sys_getpid());
}

enum { PARENT_HAS_LOOKED };

TEST(clone_ptrace_untraced_caller, .covers = "CLONE-PTRACE-02", .features = FEATURES(PROC),
     .summary = "the child that an untraced process makes with CLONE_PTRACE is not traced", THROUGH(clone_doors))
{
	const struct clone_door *door = this_door();

	long child = CLONE_HERE(door->via, .flags = CLONE_PTRACE, .exit_signal = SIGCHLD);
	if (child == 0) {
		await(PARENT_HAS_LOOKED);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	/* One that is traced may have stopped: it can't be asked itself. */
	REQUIRE_EQ(tracer_of((pid_t)child), 0);
	post(PARENT_HAS_LOOKED);
	EXPECT_EXITED(child, 0);
}
