// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* Signals to the suspended caller of vfork: held back, but for those that kill it. */
#include "forkcheck.h"
#include "suspended.h"

static struct story *story;
static volatile int handled_at[2]; /* turn + 1 when the handler ran, for the first and the second signal */

static void note_turn(int sig)
{
	(void)sig;
	handled_at[handled_at[0] ? 1 : 0] = story->turn + 1;
}

static int exit_when_told(void *arg)
{
	(void)arg;
	child_waits(story);
	story->turn = 1;
	return 0;
}

/* Signals that the process has pending, its thread's own included; -1 where /proc does not tell. */
static long long pending_of(pid_t pid)
{
	char path[64];

	proc_path(path, sizeof(path), pid, "status");
	long long shared_ones = proc_field(path, "ShdPnd:", 16), own = proc_field(path, "SigPnd:", 16);
	return shared_ones < 0 || own < 0 ? -1 : shared_ones | own;
}

/* ---- Held back ---------------------------------------------------------------------------------- */

static const struct caught {
	const char *name;
	int sig, times;
	bool to_thread, all_doors;
} caught[] = {
	{ "usr1", SIGUSR1, 1, false, true },	   { "usr1_to_thread", SIGUSR1, 1, true, false },
	{ "term", SIGTERM, 1, false, false },	   { "segv", SIGSEGV, 1, false, false },
	{ "realtime_twice", 40, 2, false, false },
};

static bool catch_through(const void *row, const void *door)
{
	return ((const struct caught *)row)->all_doors || door == vfork_doors;
}

TEST(handler_waits, .covers = "VFORK-011", .features = FEATURES(NEEDS_PROC),
     .summary =
	     "the handler of a signal to the suspended caller runs after the child's last act, and the call succeeds",
     CASES(caught), THROUGH(vfork_doors), .passes = catch_through)
{
	const struct caught *row = this_case();
	const struct vfork_door *door = this_door();

	story = shared(sizeof(*story));
	pid_t caller = fork_helper();
	if (caller == 0) {
		SETUP(sigaction(row->sig, &(struct sigaction){ .sa_handler = note_turn }, NULL));
		long child = door->vfork(exit_when_told, NULL);
		EXPECT_EQ(story->turn, 1);
		story->turn = 2;
		/* What was pending when the call returned has been delivered when it has returned. */
		EXPECT_EQ(handled_at[0], 1 + 1);
		EXPECT_EQ(handled_at[1], row->times == 2 ? 1 + 1 : 0);
		REQUIRE_GT(child, 0);
		EXPECT_EXITED(child, 0);
		leave(0);
	}
	EXPECT_TRUE(seen_suspended(caller, story));
	for (int i = 0; i < row->times; i++)
		SETUP(row->to_thread ? checked_tgkill(caller, caller, row->sig) : checked_kill(caller, row->sig));
	long long pending = pending_of(caller);
	if (pending >= 0)
		EXPECT_EQ(pending, SIGBIT(row->sig));
	EXPECT_TRUE(seen_suspended(caller, story));
	post(CHILD_MAY_GO);
	EXPECT_EXITED(caller, 0);
	EXPECT_EQ(story->turn, 2);
}

TEST(stop_waits, .covers = "VFORK-027 VFORK-039", .features = FEATURES(NEEDS_PROC), THROUGH(vfork_doors),
     .summary = "SIGSTOP stops the suspended caller after the child's last act and before its own next one")
{
	const struct vfork_door *door = this_door();
	int status = 0;

	story = shared(sizeof(*story));
	pid_t caller = fork_helper();
	if (caller == 0) {
		long child = door->vfork(exit_when_told, NULL);
		EXPECT_EQ(story->turn, 1);
		story->turn = 2;
		REQUIRE_GT(child, 0);
		EXPECT_EXITED(child, 0);
		leave(0);
	}
	EXPECT_TRUE(seen_suspended(caller, story));
	SETUP(checked_kill(caller, SIGSTOP));
	EXPECT_NE(thread_state(caller, 0), 'T');
	EXPECT_EQ(checked_wait(caller, &status, WUNTRACED | WNOHANG), 0);
	post(CHILD_MAY_GO);
	if (!status)
		checked_wait(caller, &status, WUNTRACED);
	REQUIRE_TRUE(WIFSTOPPED(status));
	EXPECT_EQ(WSTOPSIG(status), SIGSTOP);
	EXPECT_EQ(story->turn, 1);
	SETUP(checked_kill(caller, SIGCONT));
	EXPECT_EXITED(caller, 0);
	EXPECT_EQ(story->turn, 2);
}

static int exit_undumpable(void *arg)
{
	child_waits(story);
	/* An attribute of the shared memory: the caller is to leave no core dump. */
	SETUP_RAW(sys_prctl(PR_SET_DUMPABLE, 0, 0, 0, 0));
	story->turn = 1;
	return arg != NULL;
}

TEST(core_dump_waits, .covers = "VFORK-011", .features = FEATURES(NEEDS_PROC), THROUGH(vfork_doors),
     .summary = "a signal whose default is to end the process with a core dump ends the suspended caller after the "
		"child's last act")
{
	const struct vfork_door *door = this_door();
	siginfo_t info = { 0 };

	story = shared(sizeof(*story));
	pid_t caller = fork_helper();
	if (caller == 0) {
		long child = door->vfork(exit_undumpable, NULL);
		story->turn = 2;
		REQUIRE_GT(child, 0);
		leave(0);
	}
	REQUIRE_TRUE(seen_suspended(caller, story));
	bool adopted = adopt_orphans();
	SETUP(checked_kill(caller, SIGQUIT));
	EXPECT_OK(waitid_for(P_PID, caller, &info, WEXITED | WNOHANG | WNOWAIT, NULL));
	EXPECT_EQ(info.si_pid, 0);
	EXPECT_TRUE(seen_suspended(caller, story));
	post(CHILD_MAY_GO);
	EXPECT_KILLED(caller, SIGQUIT);
	EXPECT_EQ(story->turn, 1);
	EXPECT_ORPHAN_EXITED(adopted, story->child, 0);
}

/* ---- Not held back ------------------------------------------------------------------------------ */

static const struct deadly {
	struct case_head head;
	int sig;
	bool all_doors;
} deadly[] = {
	{ { .name = "kill", .covers = "VFORK-026" }, SIGKILL, true },
	{ { .name = "term", .covers = "VFORK-030" }, SIGTERM, false },
	{ { .name = "usr2", .covers = "VFORK-030" }, SIGUSR2, false },
};

static bool die_through(const void *row, const void *door)
{
	return ((const struct deadly *)row)->all_doors || door == vfork_doors;
}

static volatile int from_caller;

/* The memory is the child's now, and nobody else's. */
static int outlive_caller(void *arg)
{
	volatile const int *on_stack = arg;

	EXPECT_EQ(*on_stack, 6);
	child_waits(story);
	EXPECT_EQ(from_caller, 5);
	EXPECT_EQ(*on_stack, 6);
	EXPECT_OK(sys_map_private(NULL, page_size(), PROT_READ));
	story->turn = 1;
	return 3;
}

TEST(death_does_not_wait, .features = FEATURES(NEEDS_PROC, NEEDS_UNTRACED), CASES_NEEDING(deadly), THROUGH(vfork_doors),
     .passes = die_through,
     .summary = "a signal that can only kill ends the suspended caller at once, and the child lives on")
{
	const struct deadly *row = this_case();
	const struct vfork_door *door = this_door();

	story = shared(sizeof(*story));
	pid_t caller = fork_helper();
	if (caller == 0) {
		volatile int on_stack = 6;
		from_caller = 5;
		long child = door->vfork(outlive_caller, (void *)&on_stack);
		story->turn = 2;
		REQUIRE_GT(child, 0);
		leave(0);
	}
	REQUIRE_TRUE(seen_suspended(caller, story));
	bool adopted = adopt_orphans();
	SETUP(checked_kill(caller, row->sig));
	SETUP(checked_kill(caller, SIGKILL)); /* too late, but where the first one is held back */
	EXPECT_KILLED(caller, row->sig);
	EXPECT_EQ(story->turn, 0);
	EXPECT_NE(thread_state(story->child, 0), 'Z');
	post(CHILD_MAY_GO);
	EXPECT_ORPHAN_EXITED(adopted, story->child, 3);
	EXPECT_EQ(story->turn, 1);
}
