// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* vfork within vfork: each caller waits for its own child, and for nothing else. */
#include "forkcheck.h"
#include "suspended.h"

#include <string.h>

#define DEPTH 5

/* All in shared memory. */
struct chain {
	struct story story;
	const struct vfork_door *door;
	struct link {
		struct chain *chain;
		int depth; /* of the child: DEPTH is the innermost */
		volatile pid_t caller;
	} links[DEPTH + 1];
	volatile int returns;	   /* of vfork, all together */
	volatile int order[DEPTH]; /* whose, by depth */
};

static int innermost(struct chain *chain)
{
	child_waits(&chain->story);
	EXPECT_EQ(chain->returns, 0);
	chain->story.turn = 1;
	return DEPTH;
}

/* Runs in the child of the link's depth. */
static int descend(void *arg)
{
	struct link *link = arg;
	struct chain *chain = link->chain;
	int depth = link->depth;

	if (depth == DEPTH)
		return innermost(chain);
	link->caller = sys_getpid();
	long child = chain->door->vfork(descend, link + 1);
	chain->order[__atomic_fetch_add(&chain->returns, 1, __ATOMIC_SEQ_CST) % DEPTH] = depth;
	EXPECT_EQ(chain->story.turn, 1);
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, depth + 1);
	return depth;
}

TEST(innermost_first, .covers = "VFORK-031", .features = FEATURES(NEEDS_PROC), THROUGH(vfork_doors),
     .summary = "in a chain of vforks all callers are suspended, and go on strictly from the innermost outwards")
{
	struct chain *chain = shared(sizeof(*chain));

	chain->door = this_door();
	for (int i = 0; i <= DEPTH; i++) {
		chain->links[i].chain = chain;
		chain->links[i].depth = i;
	}
	pid_t outermost = fork_helper();
	if (outermost == 0)
		leave(descend(&chain->links[0]));
	EXPECT_TRUE(await_unless_dead(CHILD_RUNS, outermost));
	for (int i = 0; i < DEPTH; i++)
		if (chain->links[i].caller)
			EXPECT_TRUE(await_blocked(chain->links[i].caller, vfork_calls, &chain->returns, 0), i);
	post(CHILD_MAY_GO);
	EXPECT_EXITED(outermost, 0);
	EXPECT_EQ(chain->returns, DEPTH);
	for (int i = 0; i < DEPTH; i++)
		EXPECT_EQ(chain->order[i], DEPTH - 1 - i, i);
}

/* ---- One in the middle dies --------------------------------------------------------------------- */

struct middle {
	struct story inner; /* the child of the middle one, and its suspension */
	volatile pid_t pid;
	const struct vfork_door *door, *inner_door;
	volatile int outer_turn;
};

static volatile int from_inner;

static int stay(void *arg)
{
	struct middle *middle = arg;

	child_waits(&middle->inner);
	EXPECT_EQ(middle->outer_turn, 2);
	from_inner = 8;
	post(OTHER_EVENTS);
	return 4;
}

static int call_again(void *arg)
{
	struct middle *middle = arg;

	middle->pid = sys_getpid();
	long child = middle->inner_door->vfork(stay, middle);
	middle->inner.turn = 2;
	SETUP_RAW(child);
	return 0;
}

TEST(middle_killed, .covers = "VFORK-003 VFORK-026", .features = FEATURES(NEEDS_PROC), THROUGH(vfork_doors),
     .summary =
	     "killing a suspended child of vfork releases its caller, and the grandchild still shares the caller's memory")
{
	struct middle *middle = shared(sizeof(*middle));
	int status = 0;

	middle->door = this_door();
	/* The innermost goes on beside the outermost: not on the stack that the C library's vfork leaves to both. */
	middle->inner_door = middle->door == &vfork_doors[0] ? &vfork_doors[1] : middle->door;
	pid_t outer = fork_helper();
	if (outer == 0) {
		long child = middle->door->vfork(call_again, middle);
		EXPECT_EQ(middle->outer_turn, 1);
		middle->outer_turn = 2;
		REQUIRE_GT(child, 0);
		REQUIRE_EQ(checked_wait((pid_t)child, &status, 0), child);
		REQUIRE_TRUE(WIFSIGNALED(status));
		post(CHILD_MAY_GO);
		await(OTHER_EVENTS);
		EXPECT_EQ(from_inner, 8);
		leave(0);
	}
	REQUIRE_TRUE(await_unless_dead(CHILD_RUNS, outer));
	REQUIRE_TRUE(await_blocked(middle->pid, vfork_calls, &middle->inner.turn, 0));
	REQUIRE_TRUE(await_blocked(outer, vfork_calls, &middle->outer_turn, 0));
	bool adopted = adopt_orphans();
	middle->outer_turn = 1;
	checked_kill(middle->pid, SIGKILL);
	EXPECT_EXITED(outer, 0);
	post(CHILD_MAY_GO); /* if outer has not */
	EXPECT_ORPHAN_EXITED(adopted, middle->inner.child, 4);
	EXPECT_EQ(middle->inner.turn, 0);
}
