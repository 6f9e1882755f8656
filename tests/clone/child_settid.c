// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* CLONE_CHILD_SETTID: the child's TID in its own memory. */
#include "forkcheck.h"
#include "unwritable.h"

#define UNSET (-7)

static pid_t word = UNSET; /* private memory */

TEST(stored, .covers = "CLONE-SETCTID-01 CLONE-SETCTID-02 CLONE-SETCTID-03",
     .summary = "before the child runs its TID is stored at child_tid, in its memory and not the caller's",
     THROUGH(clone_doors))
{
	const struct clone_door *door = this_door();

	long child = CLONE_HERE(door->via, .flags = CLONE_CHILD_SETTID, .exit_signal = SIGCHLD, .child_tid = &word);
	pid_t stored = *(volatile pid_t *)&word;
	if (child == 0) {
		EXPECT_EQ(stored, sys_gettid());
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	EXPECT_EQ(*(volatile pid_t *)&word, UNSET);
}

static int expect_own_tid(void *arg)
{
	EXPECT_EQ(*(volatile pid_t *)arg, sys_gettid());
	return 0;
}

TEST(stored_shared, .covers = "CLONE-SETCTID-01 CLONE-SETCTID-02",
     .summary = "with CLONE_VM it is stored before the child runs, and stays when the child has ended",
     THROUGH(clone_doors))
{
	const struct clone_door *door = this_door();

	long child = CLONE_CALL(door->via, new_stack(), expect_own_tid, &word, .flags = CLONE_VM | CLONE_CHILD_SETTID,
				.exit_signal = SIGCHLD, .child_tid = &word);
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	EXPECT_EQ(*(volatile pid_t *)&word, child);
}

TEST(without, .covers = "CLONE-SETCTID-05",
     .summary = "without CLONE_CHILD_SETTID the word at child_tid is not touched", THROUGH(clone_doors))
{
	const struct clone_door *door = this_door();

	long child = CLONE_HERE(door->via, .flags = 0, .exit_signal = SIGCHLD, .child_tid = &word);
	pid_t stored = *(volatile pid_t *)&word;
	if (child == 0) {
		EXPECT_EQ(stored, UNSET);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
}

TEST(childs_namespace, .covers = "CLONE-SETCTID-06", .caps = CAP(SYS_ADMIN), .features = FEATURES(NEEDS_PID_NS),
     .summary = "in a child in a new PID namespace the word is 1, its TID there", THROUGH(clone_doors))
{
	const struct clone_door *door = this_door();

	long child = CLONE_HERE(door->via, .flags = CLONE_CHILD_SETTID | CLONE_NEWPID, .exit_signal = SIGCHLD,
				.child_tid = &word);
	pid_t stored = *(volatile pid_t *)&word;
	if (child == 0) {
		EXPECT_EQ(stored, 1);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
}

TEST(both_words, .covers = "CLONE-SETCTID-07",
     .summary = "with CLONE_PARENT_SETTID as well each word is stored where it belongs", THROUGH(clone_doors))
{
	const struct clone_door *door = this_door();
	pid_t *words = shared(2 * sizeof(*words));

	words[0] = words[1] = UNSET;
	long child = CLONE_HERE(door->via, .flags = CLONE_PARENT_SETTID | CLONE_CHILD_SETTID, .exit_signal = SIGCHLD,
				.parent_tid = &words[0], .child_tid = &words[1]);
	if (child == 0)
		leave(0);
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	EXPECT_EQ(words[0], child);
	EXPECT_EQ(words[1], child);
}

TEST(bad_address, .covers = "CLONE-SETCTID-04",
     .summary = "a bad address neither makes the call fail nor harms the child", CASES(unwritables),
     THROUGH(clone_doors))
{
	const struct unwritable *bad = this_case();
	const struct clone_door *door = this_door();
	pid_t *at = unwritable_word(bad);

	long child = CLONE_HERE(door->via, .flags = CLONE_CHILD_SETTID, .exit_signal = SIGCHLD, .child_tid = at);
	if (child == 0)
		leave(7);
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 7);
}
