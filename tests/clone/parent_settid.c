// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* CLONE_PARENT_SETTID: the child's TID in the caller's memory. */
#include "forkcheck.h"
#include "unwritable.h"

#define UNSET (-7)

static pid_t word = UNSET; /* private memory */

TEST(stored, .covers = "CLONE-PSETTID-01 CLONE-PSETTID-02",
     .summary = "when clone returns, the word at parent_tid is the child's TID", THROUGH(clone_doors))
{
	const struct clone_door *door = this_door();

	long child = CLONE_HERE(door->via, .flags = CLONE_PARENT_SETTID, .exit_signal = SIGCHLD, .parent_tid = &word);
	pid_t stored = *(volatile pid_t *)&word;
	if (child == 0)
		leave(0);
	REQUIRE_GT(child, 0);
	EXPECT_EQ(stored, child);
	EXPECT_EXITED(child, 0);
	EXPECT_EQ(word, child); /* and stays */
}

TEST(childs_copy, .covers = "CLONE-PSETTID-04",
     .summary = "without CLONE_VM the word is not stored in the child's memory", THROUGH(clone_doors))
{
	const struct clone_door *door = this_door();

	long child = CLONE_HERE(door->via, .flags = CLONE_PARENT_SETTID, .exit_signal = SIGCHLD, .parent_tid = &word);
	if (child == 0) {
		EXPECT_EQ(*(volatile pid_t *)&word, UNSET);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
}

static int expect_own_tid(void *arg)
{
	EXPECT_EQ(*(volatile pid_t *)arg, sys_gettid());
	return 0;
}

TEST(before_child_runs, .covers = "CLONE-PSETTID-05", .summary = "with CLONE_VM the child finds the word stored",
     THROUGH(clone_doors))
{
	const struct clone_door *door = this_door();

	long child = CLONE_CALL(door->via, new_stack(), expect_own_tid, &word, .flags = CLONE_VM | CLONE_PARENT_SETTID,
				.exit_signal = SIGCHLD, .parent_tid = &word);
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	EXPECT_EQ(word, child);
}

TEST(without, .covers = "CLONE-PSETTID-06",
     .summary = "without CLONE_PARENT_SETTID the word at parent_tid is not touched", THROUGH(clone_doors))
{
	const struct clone_door *door = this_door();

	long child = CLONE_HERE(door->via, .flags = 0, .exit_signal = SIGCHLD, .parent_tid = &word);
	if (child == 0)
		leave(0);
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	EXPECT_EQ(word, UNSET);
}

TEST(callers_namespace, .covers = "CLONE-PSETTID-07", .caps = CAP(SYS_ADMIN), .features = FEATURES(NEEDS_PID_NS),
     .summary = "of a child in a new PID namespace the word is the TID in the caller's", THROUGH(clone_doors))
{
	const struct clone_door *door = this_door();

	long child = CLONE_HERE(door->via, .flags = CLONE_PARENT_SETTID | CLONE_NEWPID, .exit_signal = SIGCHLD,
				.parent_tid = &word);
	if (child == 0) {
		EXPECT_EQ(sys_gettid(), 1);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EQ(word, child);
	EXPECT_EXITED(child, 0);
}

TEST(bad_address, .covers = "CLONE-PSETTID-03",
     .summary = "an address that can't be written does not make the call fail", CASES(unwritables),
     THROUGH(clone_doors))
{
	const struct unwritable *bad = this_case();
	const struct clone_door *door = this_door();
	pid_t *at = unwritable_word(bad);

	long child = CLONE_HERE(door->via, .flags = CLONE_PARENT_SETTID, .exit_signal = SIGCHLD, .parent_tid = at);
	if (child == 0)
		leave(7);
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 7);
	if (bad->protection == PROT_READ)
		EXPECT_EQ(*at, 0);
}
