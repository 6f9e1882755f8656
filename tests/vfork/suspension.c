// SPDX-License-Identifier: GPL-2.0-only
/* The caller of vfork is suspended until its child exits or executes a program. */
#include "forkcheck.h"

enum { CHILD_RUNS, CHILD_MAY_GO };

static int exit_when_told(void *arg)
{
	volatile int *turn = arg;

	post(CHILD_RUNS);
	await(CHILD_MAY_GO);
	*turn = 1;
	return 0;
}

TEST(until_exit, .covers = "VFORK-001 VFORK-012",
     .summary = "the caller of vfork does not run before the child has called _exit()", .features = NEEDS(NEEDS_PROC),
     CASES(vfork_doors))
{
	const struct vfork_door *door = this_case();
	int *turn = shared(sizeof(*turn)); /* 0, then 1 by the child, then 2 by the caller */

	pid_t caller = fork_helper();
	if (caller == 0) {
		long child = door->vfork(exit_when_told, turn);
		EXPECT_EQ(*turn, 1); /* the caller's first act: the child's last act must have come before */
		*turn = 2;
		REQUIRE_GT(child, 0);
		EXPECT_EXITED((pid_t)child, 0);
		leave(0);
	}
	await(CHILD_RUNS);
	EXPECT_TRUE(await_blocked(caller, vfork_calls, turn, 0));
	post(CHILD_MAY_GO);
	EXPECT_EXITED(caller, 0);
	EXPECT_EQ(*turn, 2);
}

struct program {
	volatile int *turn;
	int channel; /* the program writes a byte to it, and stays */
};

static int execute_when_told(void *arg)
{
	struct program *program = arg;

	post(CHILD_RUNS);
	await(CHILD_MAY_GO);
	*program->turn = 1;
	execute_self(IMAGE_PAUSE, program->channel);
	return 1;
}

TEST(until_exec, .covers = "VFORK-002 EXEC-05", .features = NEEDS(NEEDS_PROC),
     .summary = "the caller of vfork runs on once the child has executed a program, which goes on with the child's PID",
     CASES(vfork_doors))
{
	const struct vfork_door *door = this_case();
	int *turn = shared(sizeof(*turn)), channel[2];

	SETUP(pipe(channel));
	pid_t caller = fork_helper();
	if (caller == 0) {
		char byte;
		long child = door->vfork(execute_when_told, &(struct program){ .turn = turn, .channel = channel[1] });
		EXPECT_EQ(*turn, 1);
		*turn = 2;
		REQUIRE_GT(child, 0);
		/* The program runs by now, or will: it tells, and stays. */
		EXPECT_EQ(sys_read(channel[0], &byte, 1), 1);
		EXPECT_OK(checked_kill((pid_t)child, SIGTERM));
		EXPECT_KILLED((pid_t)child, SIGTERM);
		leave(0);
	}
	await(CHILD_RUNS);
	EXPECT_TRUE(await_blocked(caller, vfork_calls, turn, 0));
	post(CHILD_MAY_GO);
	EXPECT_EXITED(caller, 0);
	EXPECT_EQ(*turn, 2);
}

static int be_killed(void *arg)
{
	volatile int *turn = arg;

	post(CHILD_RUNS);
	await(CHILD_MAY_GO);
	*turn = 1;
	checked_kill(sys_getpid(), SIGKILL);
	return 0;
}

TEST(until_killed, .covers = "VFORK-003", .features = NEEDS(NEEDS_PROC),
     .summary = "the caller of vfork runs on once the child has been killed", CASES(vfork_doors))
{
	const struct vfork_door *door = this_case();
	int *turn = shared(sizeof(*turn));

	pid_t caller = fork_helper();
	if (caller == 0) {
		long child = door->vfork(be_killed, turn);
		EXPECT_EQ(*turn, 1);
		*turn = 2;
		REQUIRE_GT(child, 0);
		EXPECT_KILLED((pid_t)child, SIGKILL);
		leave(0);
	}
	await(CHILD_RUNS);
	EXPECT_TRUE(await_blocked(caller, vfork_calls, turn, 0));
	post(CHILD_MAY_GO);
	EXPECT_EXITED(caller, 0);
	EXPECT_EQ(*turn, 2);
}

static int fail_to_execute(void *arg)
{
	volatile int *turn = arg;
	char *const none[] = { NULL };

	EXPECT_FAILS(sys_execve("no/such/program", none, none), ENOENT);
	post(CHILD_RUNS);
	await(CHILD_MAY_GO);
	*turn = 1;
	return 0;
}

TEST(not_until_failed_exec, .covers = "VFORK-024", .features = NEEDS(NEEDS_PROC),
     .summary = "an execve that fails in the child leaves the caller suspended", CASES(vfork_doors))
{
	const struct vfork_door *door = this_case();
	int *turn = shared(sizeof(*turn));

	pid_t caller = fork_helper();
	if (caller == 0) {
		long child = door->vfork(fail_to_execute, turn);
		EXPECT_EQ(*turn, 1);
		REQUIRE_GT(child, 0);
		EXPECT_EXITED((pid_t)child, 0);
		leave(0);
	}
	await(CHILD_RUNS);
	EXPECT_TRUE(await_blocked(caller, vfork_calls, turn, 0));
	post(CHILD_MAY_GO);
	EXPECT_EXITED(caller, 0);
}

/* ---- Who is suspended -------------------------------------------------------------------------- */

static int run_on(void *arg)
{
	volatile int *turn = arg;

	await(CHILD_RUNS);
	/* Only another thread can say so: the caller is suspended, and the child waits for it. */
	*turn = 3;
	post(CHILD_MAY_GO);
	return 0;
}

static int wait_for_thread(void *arg)
{
	volatile int *turn = arg;

	post(CHILD_RUNS);
	await(CHILD_MAY_GO);
	return *turn == 3 ? 0 : 1;
}

TEST(other_threads_run, .covers = "VFORK-014", .summary = "only the thread that called vfork is suspended",
     CASES(vfork_doors))
{
	const struct vfork_door *door = this_case();
	int *turn = shared(sizeof(*turn));

	pid_t tid = start_thread(run_on, turn);
	long child = door->vfork(wait_for_thread, turn);
	REQUIRE_GT(child, 0);
	EXPECT_EXITED((pid_t)child, 0);
	EXPECT_EQ(*turn, 3);
	await_thread_gone(tid);
}

struct link {
	const struct vfork_door *door;
	int depth, *ended; /* how many have ended */
};

static int descend(void *arg)
{
	const struct link *here = arg;

	if (here->depth) {
		struct link next = { here->door, here->depth - 1, here->ended };
		long child = here->door->vfork(descend, &next);
		/* Each goes on after the one below it, and no sooner. */
		EXPECT_EQ(*here->ended, here->depth);
		if (child <= 0)
			return 1;
		EXPECT_EXITED((pid_t)child, 0);
	}
	++*here->ended;
	return 0;
}

#define DEPTH 5

TEST(chain, .covers = "VFORK-001 VFORK-012", .summary = "in a chain of vforks the innermost goes on first",
     CASES(vfork_doors))
{
	int *ended = shared(sizeof(*ended));

	pid_t first = fork_helper();
	if (first == 0)
		leave(descend(&(struct link){ this_case(), DEPTH, ended }));
	EXPECT_EXITED(first, 0);
	EXPECT_EQ(*ended, DEPTH + 1);
}
