// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* What strace -f rests on: a tracer that follows a tree of processes and threads sees each of them exactly once. */
#include "forkcheck.h"
#include "trace.h"

/*
 * The tree: the root forks, vforks, makes a process that sends SIGURG, and a thread. The fork's child vforks
 * too, and the thread forks.
 */
enum member { ROOT, FORKED, VFORKED, CLONED, THREAD, FORKED_VFORKED, THREAD_FORKED, MEMBERS };

static const enum member parent_of[MEMBERS] = {
	[FORKED] = ROOT, [VFORKED] = ROOT,	    [CLONED] = ROOT,
	[THREAD] = ROOT, [FORKED_VFORKED] = FORKED, [THREAD_FORKED] = THREAD,
};

static int *tid_of; /* each member's own, written by itself */

static int sign(void *member)
{
	tid_of[(uintptr_t)member] = sys_gettid();
	return 0;
}

static void *name(enum member member)
{
	return (void *)(uintptr_t)member;
}

static void vfork_member(enum member member)
{
	long child = vfork_doors[0].vfork(sign, name(member));
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
}

static void fork_member(enum member member, enum member vforks)
{
	long child = sys_fork();
	if (child == 0) {
		sign(name(member));
		if (vforks)
			vfork_member(vforks);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
}

static int run_thread(void *unused)
{
	(void)unused;
	sign(name(THREAD));
	fork_member(THREAD_FORKED, 0);
	return 0;
}

static void grow(const void *unused)
{
	(void)unused;
	sign(name(ROOT));
	fork_member(FORKED, FORKED_VFORKED);
	vfork_member(VFORKED);

	long child = CLONE_CALL(VIA_CLONE, new_stack(), sign, name(CLONED), .flags = CLONE_FS, .exit_signal = SIGURG);
	REQUIRE_GT(child, 0);
	EXPECT_OK(checked_wait((pid_t)child, NULL, __WALL));

	long tid = CLONE_CALL(VIA_CLONE, new_stack(), run_thread, NULL, .flags = THREAD_FLAGS);
	REQUIRE_GT(tid, 0);
	sys_exit(0); /* leaves the thread running */
}

/* What the tracer saw of one process or thread. */
static struct seen {
	int pid;
	int announced, announcer; /* events that name it, and whose the last one was */
	int begun;		  /* first stops */
	int ended;
} seen[2 * MEMBERS]; /* room for some that must not be there */

static struct seen *of(int pid)
{
	for (size_t i = 0; i < ARRAY_SIZE(seen); i++) {
		if (!seen[i].pid)
			seen[i].pid = pid;
		if (seen[i].pid == pid)
			return &seen[i];
	}
	return &seen[ARRAY_SIZE(seen) - 1];
}

static void note(const struct trace_stop *stop, int first_stop)
{
	struct seen *who = of(stop->pid);

	if (!WIFSTOPPED(stop->status)) {
		who->ended++;
	} else if (stop->status == first_stop) {
		who->begun++;
	} else if (stop->event) {
		of((int)stop->message)->announced++;
		of((int)stop->message)->announcer = stop->pid;
	}
}

TEST(each_once, .covers = "PTRACE-28", .features = FEATURES(NEEDS_PTRACE),
     .summary = "of a tree of forks, vforks, clones and threads the tracer gets, for each, one event, one first stop "
		"and one end",
     CASES(attachments))
{
	const unsigned long options = PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE;
	const struct attachment_case *row = this_case();
	struct trace_stop stop;

	tid_of = shared(MEMBERS * sizeof(*tid_of));
	start_tracee(row->how, options, grow, NULL);
	while (next_stop(&stop)) {
		note(&stop, FIRST_STOP_STATUS(row->how));
		resume(&stop);
	}

	for (enum member m = FORKED; m < MEMBERS; m++) {
		REQUIRE_GT(tid_of[m], 0, m);
		const struct seen *who = of(tid_of[m]);
		EXPECT_EQ(who->announced, 1, m);
		EXPECT_EQ(who->announcer, tid_of[parent_of[m]], m);
		EXPECT_EQ(who->begun, 1, m);
		EXPECT_EQ(who->ended, 1, m);
	}
	EXPECT_EQ(of(tid_of[ROOT])->announced, 0);
	EXPECT_EQ(of(tid_of[ROOT])->ended, 1);
	/* ... and nobody else. */
	EXPECT_EQ(seen[MEMBERS].pid, 0);
}
