// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* What lets the caller of vfork go on: a program, and any death of the child; what does not hold it. */
#include "forkcheck.h"
#include "suspended.h"

enum { CALLER_RUNS = OTHER_EVENTS, GRANDCHILD_MAY_GO };

/* ---- execve ------------------------------------------------------------------------------------- */

static int execute_when_told(void *arg)
{
	struct story *story = arg;

	child_waits(story);
	story->turn = 1;
	SETUP_RAW(execute_self(IMAGE_PAUSE, story->channel));
	return 1;
}

/* The child of the calling process has not ended. */
static bool lives(pid_t child)
{
	siginfo_t info = { 0 };

	return waitid_for(P_PID, child, &info, WEXITED | WNOHANG | WNOWAIT, NULL) == 0 && info.si_pid == 0;
}

TEST(by_exec, .covers = "VFORK-002 EXEC-05", .features = FEATURES(NEEDS_PROC),
     .summary = "the caller goes on when the child executes a program, with the same PID, which still runs",
     THROUGH(vfork_doors))
{
	const struct vfork_door *door = this_door();
	struct story *story = shared(sizeof(*story));
	int channel[2];
	char byte;

	SETUP(pipe(channel));
	story->channel = channel[1];
	pid_t caller = fork_helper();
	if (caller == 0) {
		long child = door->vfork(execute_when_told, story);
		EXPECT_EQ(story->turn, 1);
		story->turn = 2;
		REQUIRE_GT(child, 0);
		SETUP(sys_close(channel[1]));
		EXPECT_EQ(sys_read(channel[0], &byte, 1), 1); /* from the new program */
		EXPECT_TRUE(lives((pid_t)child));
		EXPECT_EQ(child, story->child);
		checked_kill((pid_t)child, SIGKILL);
		EXPECT_KILLED(child, SIGKILL);
		leave(0);
	}
	SETUP(sys_close(channel[1]));
	REQUIRE_TRUE(seen_suspended(caller, story));
	post(CHILD_MAY_GO);
	EXPECT_EXITED(caller, 0);
	EXPECT_EQ(story->turn, 2);
}

/* ---- Death by a signal -------------------------------------------------------------------------- */

static const struct death {
	const char *name;
	int sig;
	bool by_fault;
} deaths[] = {
	{ "kill", SIGKILL, false },
	{ "term", SIGTERM, false },
	{ "fault", SIGSEGV, true },
};

/* All by vfork(), SIGKILL by every door. */
static bool die_through(const void *row, const void *door)
{
	return row == deaths || door == vfork_doors;
}

static int die_when_told(void *arg)
{
	struct story *story = arg;
	volatile char *no_access = (char *)SETUP_RAW(sys_map_private(NULL, page_size(), PROT_NONE));

	child_waits(story); /* for ever, if the signal comes from outside */
	/*
	 * Until Linux 5.16 a core dump took along all processes that share the memory; this attribute is of the
	 * memory, and nobody looks into it by /proc any more.
	 */
	SETUP_RAW(sys_prctl(PR_SET_DUMPABLE, 0, 0, 0, 0));
	story->turn = 1;
	*no_access = 1;
	return 1;
}

TEST(by_signal, .covers = "VFORK-003", .features = FEATURES(NEEDS_PROC),
     .summary = "the caller goes on when a signal or a fault kills the child, and learns the signal by wait",
     CASES(deaths), THROUGH(vfork_doors), .passes = die_through)
{
	const struct death *death = this_case();
	const struct vfork_door *door = this_door();
	struct story *story = shared(sizeof(*story));

	pid_t caller = fork_helper();
	if (caller == 0) {
		long child = door->vfork(die_when_told, story);
		EXPECT_EQ(story->turn, 1);
		story->turn = 2;
		REQUIRE_GT(child, 0);
		EXPECT_KILLED(child, death->sig);
		leave(0);
	}
	EXPECT_TRUE(seen_suspended(caller, story));
	if (death->by_fault) {
		post(CHILD_MAY_GO);
	} else {
		story->turn = 1; /* in the child's place */
		checked_kill(story->child, death->sig);
	}
	EXPECT_EXITED(caller, 0);
	EXPECT_EQ(story->turn, 2);
}

/* ---- The child's own children ------------------------------------------------------------------- */

static const struct grandchild {
	const char *name;
	uint64_t flags;
} grandchildren[] = {
	{ "copy", 0 },
	{ "same_memory", CLONE_VM },
};

static int stay(void *arg)
{
	struct story *story = arg;

	await(GRANDCHILD_MAY_GO);
	EXPECT_EQ(story->turn, 2);
	return 0;
}

static int leave_grandchild(void *arg)
{
	struct story *story = arg;
	const struct grandchild *row = story->row;

	child_waits(story);
	long grandchild = CLONE_CALL(VIA_CLONE, new_stack(), stay, story, .flags = row->flags, .exit_signal = SIGCHLD);
	story->turn = 1;
	SETUP_RAW(grandchild);
	story->other = (pid_t)grandchild;
	return 0;
}

TEST(grandchild_stays, .covers = "VFORK-029", .features = FEATURES(NEEDS_PROC),
     .summary = "the caller resumes when its own child exits, even if that child leaves a child with the same memory",
     CASES(grandchildren))
{
	struct story *story = shared(sizeof(*story));

	story->row = this_case();
	pid_t caller = fork_helper();
	if (caller == 0) {
		long child = vfork_doors[0].vfork(leave_grandchild, story);
		EXPECT_EQ(story->turn, 1);
		story->turn = 2;
		REQUIRE_GT(child, 0);
		EXPECT_EXITED(child, 0);
		post(CALLER_RUNS);
		leave(0);
	}
	REQUIRE_TRUE(seen_suspended(caller, story));
	bool adopted = adopt_orphans();
	post(CHILD_MAY_GO);
	EXPECT_TRUE(await_unless_dead(CALLER_RUNS, caller));
	EXPECT_EXITED(caller, 0);
	post(GRANDCHILD_MAY_GO);
	EXPECT_ORPHAN_EXITED(adopted, story->other, 0);
}
