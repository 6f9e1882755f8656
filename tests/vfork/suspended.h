/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * Three processes: the caller of vfork, its child, and the test's own process, which watches both. The watcher
 * is the one that lets the child go on, so the child lives for as long as there is something to be seen.
 */
#ifndef TESTS_SUSPENDED_H
#define TESTS_SUSPENDED_H

#include "forkcheck.h"

#include <sys/prctl.h>

enum { CHILD_RUNS, CHILD_MAY_GO, OTHER_EVENTS };

/* In shared memory. */
struct story {
	volatile int turn; /* 0, then 1 by the child's last act, then 2 by the caller when it goes on */
	volatile pid_t child, other;
	const void *row;
	int channel; /* the end of a pipe to write to */
};

/* What a child does when it begins: says that it is there, and waits. */
static inline void child_waits(struct story *story)
{
	story->child = sys_getpid();
	post(CHILD_RUNS);
	await(CHILD_MAY_GO);
}

/* Whether the caller is seen asleep in the call that made the child, while the child lives and has released nothing. */
static inline bool seen_suspended(pid_t caller, const struct story *story)
{
	return await_unless_dead(CHILD_RUNS, caller) && await_blocked(caller, vfork_calls, &story->turn, 0);
}

/*
 * A child that its parent leaves behind becomes one of the test's process, which can then reap it. Returns
 * whether that is so; it is no matter of vfork.
 */
static inline bool adopt_orphans(void)
{
	return sys_prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0;
}

/* Waits for the end of such a child; if somebody else reaps it, there is no status to see. */
#define EXPECT_ORPHAN_EXITED(adopted, pid, code)      \
	do {                                          \
		if (adopted)                          \
			EXPECT_EXITED((pid), (code)); \
		else                                  \
			await_end((pid));             \
	} while (0)

static inline void await_end(pid_t pid)
{
	char state;

	while ((state = thread_state(pid, 0)) && state != 'Z' && state != 'X')
		sys_sched_yield();
}

#endif
