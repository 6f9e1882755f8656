// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* vfork in a process with several threads: it suspends the thread that calls it, and that one only. */
#include "forkcheck.h"
#include "suspended.h"

enum { THREAD_MAY_GO = OTHER_EVENTS, THREAD_HAS_RUN, CALLER_IS_BACK };

static struct story *story;
static volatile int from_thread;

/* ---- The other threads -------------------------------------------------------------------------- */

static int answer(void *arg)
{
	(void)arg;
	await(THREAD_MAY_GO);
	from_thread = 5;
	post(THREAD_HAS_RUN);
	return 0;
}

static int see_answer(void *arg)
{
	(void)arg;
	child_waits(story);
	EXPECT_EQ(from_thread, 5); /* the child's memory too */
	story->turn = 1;
	return 0;
}

TEST(others_run, .covers = "VFORK-014", .features = FEATURES(NEEDS_PROC), THROUGH(vfork_doors),
     .summary = "while one thread is suspended in vfork another one runs, in the memory that the child has too")
{
	const struct vfork_door *door = this_door();

	story = shared(sizeof(*story));
	pid_t caller = fork_helper();
	if (caller == 0) {
		start_thread(answer, NULL);
		long child = door->vfork(see_answer, NULL);
		EXPECT_EQ(story->turn, 1);
		story->turn = 2;
		REQUIRE_GT(child, 0);
		EXPECT_EXITED(child, 0);
		leave(0);
	}
	EXPECT_TRUE(seen_suspended(caller, story));
	post(THREAD_MAY_GO);
	EXPECT_TRUE(await_unless_dead(THREAD_HAS_RUN, caller));
	EXPECT_TRUE(seen_suspended(caller, story));
	post(CHILD_MAY_GO);
	EXPECT_EXITED(caller, 0);
	EXPECT_EQ(story->turn, 2);
}

/* ---- A thread as the caller --------------------------------------------------------------------- */

static volatile pid_t child_of_thread;

static int exit_when_told(void *arg)
{
	volatile pid_t *parent = arg;

	*parent = sys_getppid();
	EXPECT_EQ(sys_gettid(), sys_getpid());
	child_waits(story);
	story->turn = 1;
	return 6;
}

static int call_vfork(void *arg)
{
	const struct vfork_door *door = arg;
	volatile pid_t parent = 0;

	story->other = sys_gettid();
	long child = door->vfork(exit_when_told, (void *)&parent);
	REQUIRE_EQ(story->turn, 1); /* else nobody waits for the watcher */
	story->turn = 2;
	EXPECT_EQ(parent, sys_getpid());
	child_of_thread = (pid_t)child;
	post(CALLER_IS_BACK);
	return 0;
}

TEST(thread_calls, .covers = "VFORK-014", .features = FEATURES(NEEDS_PROC), THROUGH(vfork_doors),
     .summary = "a thread that calls vfork is suspended, its process runs on, and is the child's parent")
{
	const struct vfork_door *door = this_door();

	story = shared(sizeof(*story));
	pid_t process = fork_helper();
	if (process == 0) {
		start_thread(call_vfork, (void *)door);
		await(THREAD_MAY_GO);
		post(THREAD_HAS_RUN); /* here the leader */
		await(CALLER_IS_BACK);
		REQUIRE_GT(child_of_thread, 0);
		EXPECT_EXITED(child_of_thread, 6);
		leave(0);
	}
	REQUIRE_TRUE(await_unless_dead(CHILD_RUNS, process));
	EXPECT_TRUE(seen_suspended(story->other, story));
	post(THREAD_MAY_GO);
	EXPECT_TRUE(await_unless_dead(THREAD_HAS_RUN, process));
	EXPECT_TRUE(seen_suspended(story->other, story));
	post(CHILD_MAY_GO);
	EXPECT_EXITED(process, 0);
	EXPECT_EQ(story->turn, 2);
}

/* ---- Several at once ---------------------------------------------------------------------------- */

#define CALLERS 3
enum { RUNS = OTHER_EVENTS, MAY_GO = RUNS + CALLERS, BACK = MAY_GO + CALLERS };

/* In shared memory. */
struct sibling {
	unsigned n;
	volatile pid_t caller, child;
	volatile int turn;
	const struct vfork_door *door;
};

static int wait_for_turn(void *arg)
{
	struct sibling *sibling = arg;

	post(RUNS + sibling->n);
	await(MAY_GO + sibling->n);
	sibling->turn = 1;
	return (int)sibling->n;
}

static int call_vfork_too(void *arg)
{
	struct sibling *sibling = arg;

	sibling->caller = sys_gettid();
	long child = sibling->door->vfork(wait_for_turn, sibling);
	REQUIRE_EQ(sibling->turn, 1);
	sibling->turn = 2;
	sibling->child = (pid_t)child;
	post(BACK + sibling->n);
	return 0;
}

/* The threads wait each for its child; the children are released in an order of our choice. */
static void release_in_order(pid_t process, struct sibling *siblings)
{
	static const unsigned order[CALLERS] = { 1, 2, 0 };

	for (unsigned i = 0; i < CALLERS; i++)
		REQUIRE_TRUE(await_unless_dead(RUNS + i, process), i);
	for (unsigned released = 0; released < CALLERS; released++) {
		for (unsigned i = released; i < CALLERS; i++) {
			const struct sibling *waiting = &siblings[order[i]];
			EXPECT_TRUE(await_blocked(waiting->caller, vfork_calls, &waiting->turn, 0), i);
		}
		post(MAY_GO + order[released]);
		EXPECT_TRUE(await_unless_dead(BACK + order[released], process), released);
	}
}

TEST(siblings, .covers = "VFORK-014 VFORK-032", .features = FEATURES(NEEDS_PROC), THROUGH(vfork_doors),
     .summary = "each of several threads in vfork resumes when its own child is gone, whatever the others do")
{
	struct sibling *siblings = shared(CALLERS * sizeof(*siblings));

	for (unsigned i = 0; i < CALLERS; i++)
		siblings[i] = (struct sibling){ .n = i, .door = this_door() };
	pid_t process = fork_helper();
	if (process == 0) {
		for (unsigned i = 0; i < CALLERS; i++)
			start_thread(call_vfork_too, &siblings[i]);
		for (unsigned i = 0; i < CALLERS; i++) {
			await(BACK + i);
			REQUIRE_GT(siblings[i].child, 0, i);
			EXPECT_EXITED(siblings[i].child, (int)i, i);
		}
		leave(0);
	}
	release_in_order(process, siblings);
	EXPECT_EXITED(process, 0);
}

/* ---- The end of the caller's process ------------------------------------------------------------ */

static const struct end {
	const char *name;
	bool by_exec;
} ends[] = {
	{ "exit_group", false },
	{ "exec", true },
};

static int end_process(void *arg)
{
	const struct end *end = arg;

	await(THREAD_MAY_GO);
	if (end->by_exec)
		SETUP_RAW(execute_self(IMAGE_EXIT, 9));
	sys_exit_group(9);
}

static int outlive_process(void *arg)
{
	(void)arg;
	from_thread = 3;
	child_waits(story);
	EXPECT_EQ(from_thread, 3);
	story->turn = 1;
	return 0;
}

TEST(process_ends, .covers = "VFORK-033", .features = FEATURES(NEEDS_PROC), CASES(ends),
     .summary = "a thread that is suspended in vfork does not hold up the exit or the execve of another one")
{
	const struct end *end = this_case();

	story = shared(sizeof(*story));
	pid_t process = fork_helper();
	if (process == 0) {
		start_thread(end_process, (void *)end);
		long child = vfork_doors[0].vfork(outlive_process, NULL);
		story->turn = 2;
		REQUIRE_GT(child, 0);
		await(CHILD_MAY_GO);
		leave(0);
	}
	REQUIRE_TRUE(seen_suspended(process, story));
	bool adopted = adopt_orphans();
	post(THREAD_MAY_GO);
	EXPECT_EXITED(process, 9);
	EXPECT_EQ(story->turn, 0);
	post(CHILD_MAY_GO);
	/* After exit_group the child has a new parent, and after execve that parent has ended by now. */
	EXPECT_ORPHAN_EXITED(adopted, story->child, 0);
}
