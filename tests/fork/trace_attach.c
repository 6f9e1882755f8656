// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* Children that are attached to their parent's tracer automatically: how they begin, and what they inherit. */
#include "forkcheck.h"
#include "trace.h"

#define PTRACE NEEDS_PTRACE
#define PROC NEEDS_PROC
#define THREE_OPTIONS (PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE)

static struct {
	int ran; /* the child got to its own code */
	int child, grandchild;
	int tracer; /* of the last one made, as it sees it itself */
} * told;

static int run(void *unused)
{
	(void)unused;
	told->ran = 1;
	told->tracer = tracer_of(sys_gettid());
	return 0;
}

enum kind { FORK, VFORK, THREAD };

/* Makes a child of this kind that calls run(). */
static long create(enum kind kind)
{
	switch (kind) {
	case VFORK:
		return vfork_doors[0].vfork(run, NULL);
	case THREAD:
		return CLONE_CALL(VIA_CLONE, new_stack(), run, NULL, .flags = THREAD_FLAGS);
	case FORK:
		break;
	}
	long child = sys_fork();
	if (child == 0)
		leave(run(NULL));
	return child;
}

static void create_and_reap(const void *arg)
{
	const enum kind *kind = arg;

	long child = create(*kind);
	REQUIRE_GT(child, 0);
	told->child = (int)child;
	if (*kind == THREAD)
		await_thread_gone((pid_t)child);
	else
		EXPECT_EXITED(child, 0);
}

static const struct start {
	struct case_head head;
	enum attachment how;
	enum kind kind;
} starts[] = {
	{ { "traceme_fork", .covers = "PTRACE-12" }, BY_TRACEME, FORK },
	{ { "attach_fork", .covers = "PTRACE-12" }, BY_ATTACH, FORK },
	{ { "seize_fork", .covers = "PTRACE-13" }, BY_SEIZE, FORK },
	{ { "traceme_vfork", .covers = "PTRACE-12" }, BY_TRACEME, VFORK },
	{ { "seize_vfork", .covers = "PTRACE-13" }, BY_SEIZE, VFORK },
	{ { "traceme_thread", .covers = "PTRACE-12" }, BY_TRACEME, THREAD },
	{ { "seize_thread", .covers = "PTRACE-13" }, BY_SEIZE, THREAD },
};

TEST(first_stop, .covers = "PTRACE-11 PTRACE-26", .features = FEATURES(PTRACE, PROC),
     .summary = "the child of a tracee is attached before it runs, and stops for PTRACE_EVENT_STOP where the tracee "
		"was seized, else for SIGSTOP",
     CASES_NEEDING(starts))
{
	const struct start *row = this_case();
	struct trace_stop stop;
	pid_t child = 0;

	told = shared(sizeof(*told));
	pid_t tracee = start_tracee(row->how, THREE_OPTIONS, create_and_reap, &row->kind);
	while (next_stop(&stop)) {
		if (stop.pid != tracee && !child) {
			child = stop.pid;
			EXPECT_EQ(stop.status, FIRST_STOP_STATUS(row->how));
			EXPECT_EQ(told->ran, 0);
			EXPECT_EQ(tracer_of(child), sys_getpid());
		}
		resume(&stop);
	}
	EXPECT_GT(child, 0);
	EXPECT_EQ(child, told->child);
	EXPECT_EQ(told->ran, 1);
}

/* The child of the tracee makes a child of its own. */
static void create_twice(const void *unused)
{
	(void)unused;
	long child = sys_fork();
	if (child == 0) {
		told->grandchild = (int)create(FORK);
		REQUIRE_GT(told->grandchild, 0);
		EXPECT_EXITED(told->grandchild, 0);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	told->child = (int)child;
	EXPECT_EXITED(child, 0);
}

TEST(options_inherited, .covers = "PTRACE-14 PTRACE-27", .features = FEATURES(PTRACE, PROC),
     .summary = "an attached child has its parent's options and way of being attached: its own child is reported",
     CASES(attachments))
{
	const struct attachment_case *row = this_case();
	unsigned long announced = 0;
	struct trace_stop stop;
	int announcer = 0, last_begun = 0;

	told = shared(sizeof(*told));
	pid_t tracee = start_tracee(row->how, PTRACE_O_TRACEFORK, create_twice, NULL);
	while (next_stop(&stop)) {
		if (stop.event == PTRACE_EVENT_FORK && stop.pid != tracee) {
			announcer = stop.pid;
			announced = stop.message;
		}
		/* The child's first stop, then that of the grandchild, which is not made before. */
		if (stop.pid != tracee && stop.status == FIRST_STOP_STATUS(row->how))
			last_begun = stop.pid;
		resume(&stop);
	}
	REQUIRE_GT(told->grandchild, 0);
	EXPECT_EQ(announcer, told->child);
	EXPECT_EQ(announced, told->grandchild);
	EXPECT_EQ(last_begun, told->grandchild);
	EXPECT_EQ(told->tracer, sys_getpid());
}

TEST(not_attached, .covers = "PTRACE-15 PTRACE-23", .features = FEATURES(PTRACE, PROC),
     .summary = "the child of a tracee without the options is not traced, however the tracee was attached",
     CASES(attachments))
{
	const struct attachment_case *row = this_case();
	const enum kind kind = FORK;
	struct trace_stop stop;

	told = shared(sizeof(*told));
	told->tracer = -1;
	pid_t tracee = start_tracee(row->how, 0, create_and_reap, &kind);
	while (next_stop(&stop)) {
		EXPECT_EQ(stop.pid, tracee);
		resume(&stop);
	}
	EXPECT_EQ(told->tracer, 0);
}
