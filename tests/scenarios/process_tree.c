// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* Trees of processes: a build whose jobs are limited by tokens in a pipe, and a tree that is restored elsewhere. */
#include "forkcheck.h"

#include <string.h>

/* ---- A build ------------------------------------------------------------------------------------- */

enum { WIDTH = 3, DEPTH = 3, LEAVES = 27, TOKENS = 2 };

/* The job that dies when it is tried first. */
#define UNLUCKY 13

static struct build {
	int done[LEAVES];
	int tries[LEAVES];
	int running, most; /* jobs at work at a time */
	int nodes;	   /* processes in all */
} * build;

/* A token of the pipe is the right to have one job more; the first job of each process needs none. */
static int tokens[2];

static bool take_token(void)
{
	char token;

	return sys_read(tokens[0], &token, 1) == 1;
}

static void give_token(void)
{
	EXPECT_EQ(sys_write(tokens[1], "+", 1), 1);
}

static _Noreturn void work(int leaf)
{
	int running = __atomic_add_fetch(&build->running, 1, __ATOMIC_SEQ_CST);
	int most = __atomic_load_n(&build->most, __ATOMIC_SEQ_CST);

	while (running > most &&
	       !__atomic_compare_exchange_n(&build->most, &most, running, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST))
		;
	/* So that jobs overlap. */
	for (int i = 0; i < 4; i++)
		sys_sched_yield();
	bool dies = __atomic_fetch_add(&build->tries[leaf], 1, __ATOMIC_SEQ_CST) == 0 && leaf == UNLUCKY;
	if (!dies)
		__atomic_add_fetch(&build->done[leaf], 1, __ATOMIC_SEQ_CST);
	__atomic_sub_fetch(&build->running, 1, __ATOMIC_SEQ_CST);
	if (dies)
		checked_kill(sys_getpid(), SIGKILL);
	leave(1);
}

static const struct way {
	struct case_head head;
	const struct fork_door *door;
} ways[] = {
	{ { .name = "fork" }, &fork_doors[0] },
	{ { "clone3", .features = FEATURES(NEEDS_CLONE3) }, &fork_doors[3] },
};

static int make(int depth, int first);

/* What a job is: a part of the tree, or at its end a piece of work. Its status is how many pieces that were. */
static pid_t start_job(int depth, int first)
{
	const struct way *way = this_case();
	pid_t parent = sys_getpid();

	long child = way->door->fork();
	if (child == 0) {
		EXPECT_EQ(sys_getppid(), parent);
		__atomic_add_fetch(&build->nodes, 1, __ATOMIC_SEQ_CST);
		if (depth == 0)
			work(first);
		leave(make(depth - 1, first));
	}
	REQUIRE_GT(child, 0);
	return (pid_t)child;
}

/* The jobs of one process. */
struct jobs {
	pid_t pids[WIDTH];
	bool has_token[WIDTH];
	int running, made; /* made: how many leaves */
};

/* Waits for any of them. One that was killed is made again. */
static void reap_job(struct jobs *jobs, int depth, int first)
{
	int status = 0, n = 0, leaves = 1;
	long pid = wait_for(-1, &status, 0, NULL);

	while (n < WIDTH && jobs->pids[n] != pid)
		n++;
	REQUIRE_LT(n, WIDTH);
	for (int i = 0; i < depth; i++)
		leaves *= WIDTH;
	if (WIFSIGNALED(status)) {
		EXPECT_EQ(WTERMSIG(status), SIGKILL);
		EXPECT_EQ(first + n * leaves, UNLUCKY);
		jobs->pids[n] = start_job(depth, first + n * leaves);
		return;
	}
	EXPECT_EQ(status, W_EXITCODE(leaves, 0));
	jobs->pids[n] = 0;
	jobs->made += leaves;
	jobs->running--;
	if (jobs->has_token[n])
		give_token();
}

/* Makes a part of the tree: starts jobs as far as there are tokens, and returns how many leaves they made. */
static int make(int depth, int first)
{
	struct jobs jobs = { 0 };
	int started = 0, leaves = 1;

	for (int i = 0; i < depth; i++)
		leaves *= WIDTH;
	while (started < WIDTH || jobs.running) {
		bool token = started < WIDTH && jobs.running && take_token();
		if (started < WIDTH && (token || !jobs.running)) {
			jobs.has_token[started] = token;
			jobs.pids[started] = start_job(depth, first + started * leaves);
			started++;
			jobs.running++;
		} else {
			reap_job(&jobs, depth, first);
		}
	}
	EXPECT_NO_CHILD();
	return jobs.made;
}

TEST(jobs_by_token, .covers = "FORK-001 FORK-002 FORK-013 WAIT-08 POSIX-019",
     .summary =
	     "a build by a tree of processes, which take their right to run from a pipe, makes each thing once, never "
	     "more at a time than allowed, and loses no token and no child",
     CASES_NEEDING(ways))
{
	int left = 0;

	build = shared(sizeof(*build));
	SETUP(pipe2(tokens, O_NONBLOCK | O_CLOEXEC));
	for (int i = 0; i < TOKENS; i++)
		give_token();
	int made = make(DEPTH - 1, 0);
	EXPECT_EQ(made, LEAVES);
	for (int i = 0; i < LEAVES; i++) {
		EXPECT_EQ(build->done[i], 1, i);
		EXPECT_EQ(build->tries[i], i == UNLUCKY ? 2 : 1, i);
	}
	EXPECT_EQ(build->nodes, LEAVES + WIDTH * WIDTH + WIDTH + 1); /* one was made twice */
	EXPECT_LE(build->most, TOKENS + 1);
	while (take_token())
		left++;
	EXPECT_EQ(left, TOKENS);
	EXPECT_NO_CHILD();
}

/* ---- A tree that is restored --------------------------------------------------------------------- */

/* A process of the tree, which comes after its parent. */
static const struct process {
	int parent; /* its place in the tree; -1: the first process of the namespace */
	enum { MEMBER, OWN_GROUP, OWN_SESSION } leads;
	bool is_zombie;
} tree[] = {
	{ -1, OWN_SESSION, false }, { 0, MEMBER, false }, { 0, OWN_GROUP, false },
	{ 1, OWN_SESSION, false },  { 2, MEMBER, true },  { 3, MEMBER, false },
};

enum { SIZE = ARRAY_SIZE(tree) };

/* What a checkpoint knows of a process. */
struct state {
	pid_t pid, parent, group, session;
	int memory; /* stands for all that it has in its memory */
};

static struct states {
	struct state was[SIZE], is[SIZE];
} * states;

/* Events: each process is there, of the tree as it was and of the restored one; all may end. */
enum { WAS_THERE, IS_THERE = WAS_THERE + SIZE, MAY_END = IS_THERE + SIZE };

static int memory;

static void take_state(struct state *state)
{
	*state = (struct state){ .pid = sys_getpid(),
				 .parent = sys_getppid(),
				 .group = sys_getpgid(0),
				 .session = (pid_t)SYSCALL1(SYS_getsid, 0),
				 .memory = memory };
}

static long restored_child(uint64_t flags, pid_t pid)
{
	struct clone3_args args = {
		.flags = flags, .exit_signal = SIGCHLD, .set_tid = (uintptr_t)&pid, .set_tid_size = 1
	};

	long child = sys_clone3(&args, sizeof(args));
	return child;
}

/* No process shall be waited for that will never be. */
static void give_up(unsigned there)
{
	for (unsigned i = 0; i < SIZE; i++)
		post(there + i);
}

static _Noreturn void live(int place, bool restore);

/* Children are made in another order when they are restored, which without set_tid would give them other numbers. */
static void make_children(int place, bool restore, pid_t *children)
{
	for (int n = 0; n < SIZE; n++) {
		int i = restore ? SIZE - 1 - n : n;
		if (tree[i].parent != place)
			continue;
		long child = restore ? restored_child(0, states->was[i].pid) : sys_fork();
		if (child == 0)
			live(i, restore);
		EXPECT_GT(child, 0, n);
		if (child <= 0)
			give_up(restore ? IS_THERE : WAS_THERE);
		children[i] = (pid_t)child;
	}
}

static _Noreturn void live(int place, bool restore)
{
	unsigned there = restore ? IS_THERE : WAS_THERE;
	pid_t children[SIZE] = { 0 };

	if (tree[place].leads == OWN_SESSION)
		EXPECT_EQ(sys_setsid(), sys_getpid());
	else if (tree[place].leads == OWN_GROUP)
		EXPECT_OK(sys_setpgid(0, 0));
	memory = restore ? states->was[place].memory : 10 * memory + place + 1;
	make_children(place, restore, children);
	for (int i = 0; i < SIZE; i++)
		if (children[i] > 0 && tree[i].is_zombie)
			await_zombie(children[i]);
	take_state(restore ? &states->is[place] : &states->was[place]);
	post(there + (unsigned)place);
	if (!tree[place].is_zombie)
		await(MAY_END);
	for (int i = 0; i < SIZE; i++)
		if (children[i] > 0)
			EXPECT_EXITED(children[i], 20 + i, i);
	EXPECT_NO_CHILD();
	leave(20 + place);
}

static void await_tree(unsigned there, pid_t init)
{
	for (unsigned i = 0; i < SIZE; i++)
		await_unless_dead(there + i, init);
}

static const struct restorer {
	struct case_head head;
	uint64_t caps; /* what the restorer has inside */
} restorers[] = {
	{ { "administrator", .covers = "SETTID-02" }, CAP(SYS_ADMIN) },
	{ { "checkpoint_restore", .covers = "SETTID-02 SETTID-07", .caps = CAP(CHECKPOINT_RESTORE) },
	  CAP(CHECKPOINT_RESTORE) },
};

TEST(restored, .covers = "PIDNS-02 SETTID-03", .caps = CAP(SYS_ADMIN),
     .features = FEATURES(NEEDS_CLONE3, NEEDS_PID_NS, NEEDS_PROC),
     .summary =
	     "a tree of processes can be made again in another PID namespace, while it still runs, with the same numbers "
	     "of processes, parents, groups and sessions, and a zombie",
     CASES_NEEDING(restorers))
{
	const struct restorer *row = this_case();

	states = shared(sizeof(*states));
	long was = CLONE_HERE(VIA_CLONE, .flags = CLONE_NEWPID, .exit_signal = SIGCHLD);
	if (was == 0)
		live(0, false);
	REQUIRE_GT(was, 0);
	await_tree(WAS_THERE, (pid_t)was);
	long is = restored_child(CLONE_NEWPID, states->was[0].pid);
	if (is == 0) {
		set_capabilities(row->caps);
		live(0, true);
	}
	REQUIRE_GT(is, 0);
	await_tree(IS_THERE, (pid_t)is);
	for (int i = 0; i < SIZE; i++) {
		const struct state *one = &states->was[i], *other = &states->is[i];
		EXPECT_GT(one->pid, 0, i);
		EXPECT_EQ(other->pid, one->pid, i);
		EXPECT_EQ(other->parent, one->parent, i);
		EXPECT_EQ(other->group, one->group, i);
		EXPECT_EQ(other->session, one->session, i);
		EXPECT_EQ(other->memory, one->memory, i);
	}
	post(MAY_END);
	EXPECT_EXITED(was, 20);
	EXPECT_EXITED(is, 20);
	EXPECT_NO_CHILD();
}
