// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* CLONE_CHILD_CLEARTID and set_tid_address(2): the word that is cleared, and the futex woken, at a child's end. */
#include "forkcheck.h"
#include "unwritable.h"

#include <linux/futex.h>
#include <limits.h>
#include <sys/prctl.h>

#define UNSET 7

enum { LOOKED };

static volatile int word = UNSET, other = UNSET; /* private memory */

static int never_exit(void *arg)
{
	(void)arg;
	await(LOOKED); /* never posted where the child is to be killed */
	return 0;
}

/* ---- Where memory is shared --------------------------------------------------------------------- */

TEST(cleared, .covers = "CLONE-CLRTID-01",
     .summary = "with CLONE_VM the word at child_tid is 0 once the child has ended, and not before",
     THROUGH(clone_doors))
{
	const struct clone_door *door = this_door();

	long child = CLONE_CALL(door->via, new_stack(), never_exit, NULL, .flags = CLONE_VM | CLONE_CHILD_CLEARTID,
				.exit_signal = SIGCHLD, .child_tid = (pid_t *)&word);
	REQUIRE_GT(child, 0);
	EXPECT_EQ(word, UNSET);
	post(LOOKED);
	EXPECT_EXITED(child, 0);
	EXPECT_EQ(word, 0);
}

TEST(without, .covers = "CLONE-CLRTID-08", .summary = "without CLONE_CHILD_CLEARTID the word is not touched",
     THROUGH(clone_doors))
{
	const struct clone_door *door = this_door();

	long child = CLONE_CALL(door->via, new_stack(), return_zero, NULL, .flags = CLONE_VM, .exit_signal = SIGCHLD,
				.child_tid = (pid_t *)&word);
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	EXPECT_EQ(word, UNSET);
}

/* ---- The wake-up -------------------------------------------------------------------------------- */

static long futex_wake(volatile int *at, int count)
{
	return SYSCALL3(SYS_futex, at, FUTEX_WAKE, count);
}

static volatile int woken, late; /* waiters that were woken, by whomever; that found the word changed already */

/* Runs in a process that shares memory. */
static int wait_for_word(void *arg)
{
	long result;

	(void)arg;
	do
		result = SYSCALL4(SYS_futex, &word, FUTEX_WAIT, UNSET, NULL);
	while (result == -EINTR);
	__atomic_fetch_add(result == -EAGAIN ? &late : &woken, 1, __ATOMIC_SEQ_CST);
	return 0;
}

static void start_waiters(struct stack **stacks, pid_t *waiters, int count)
{
	word = UNSET;
	woken = late = 0;
	for (int i = 0; i < count; i++) {
		long waiter = CLONE_CALL(VIA_CLONE, stacks[i], wait_for_word, NULL, .flags = CLONE_VM,
					 .exit_signal = SIGCHLD);
		waiters[i] = (pid_t)SETUP(waiter);
		await_state(waiters[i], 0, "SZ");
	}
}

/*
 * After the child's end the kernel has woken whom it would: the rest is woken here. Being asleep is not yet waiting
 * for the word: where one came late nothing is known. Returns false then, and all is to be done once more.
 */
static bool one_was_woken(const pid_t *waiters, int count)
{
	EXPECT_EQ(word, 0);
	word = 0;
	long left = futex_wake(&word, INT_MAX);
	for (int i = 0; i < count; i++)
		EXPECT_EXITED(waiters[i], 0, i);
	if (late)
		return false;
	EXPECT_EQ(woken - left, 1);
	return true;
}

static const struct ending {
	struct case_head head;
	bool killed;
	int waiters;
} endings[] = {
	{ { "exit", .covers = "CLONE-CLRTID-02" }, false, 1 },
	{ { "two", .covers = "CLONE-CLRTID-02 SETTIDADDR-06" }, false, 2 },
	{ { "killed", .covers = "CLONE-CLRTID-05" }, true, 1 },
	{ { "killed_two", .covers = "CLONE-CLRTID-05 SETTIDADDR-06" }, true, 2 },
};

TEST(wakes, .features = FEATURES(NEEDS_PROC),
     .summary = "the child's end, by exit or by SIGKILL, wakes one waiter of the word, and only one",
     CASES_NEEDING(endings), THROUGH(clone_doors))
{
	const struct ending *ending = this_case();
	const struct clone_door *door = this_door();
	struct stack *stacks[] = { new_stack(), new_stack(), new_stack() };
	pid_t waiters[2];

	/* The first child's end and later ones. */
	for (int ends = 0; ends < 3; ends += one_was_woken(waiters, ending->waiters)) {
		start_waiters(stacks, waiters, ending->waiters);
		long child = CLONE_CALL(door->via, stacks[2], never_exit, NULL,
					.flags = CLONE_VM | CLONE_CHILD_CLEARTID, .exit_signal = SIGCHLD,
					.child_tid = (pid_t *)&word);
		REQUIRE_GT(child, 0, ends);
		if (ending->killed) {
			checked_kill((pid_t)child, SIGKILL);
			EXPECT_KILLED(child, SIGKILL, ends);
		} else {
			post(LOOKED);
			EXPECT_EXITED(child, 0, ends);
		}
	}
}

static int execute_pause(void *arg)
{
	SETUP_RAW(execute_self(IMAGE_PAUSE, *(int *)arg));
	return 1;
}

TEST(executes, .covers = "CLONE-CLRTID-06", .features = FEATURES(NEEDS_PROC),
     .summary = "a child with CLONE_VM that executes a program leaves the word cleared and its waiter woken",
     THROUGH(clone_doors))
{
	const struct clone_door *door = this_door();
	struct stack *stacks[] = { new_stack(), new_stack() };
	pid_t waiter;
	bool known;

	do {
		int channel[2];
		char byte;

		SETUP(pipe(channel));
		start_waiters(stacks, &waiter, 1);
		long child = CLONE_CALL(door->via, stacks[1], execute_pause, &channel[1],
					.flags = CLONE_VM | CLONE_CHILD_CLEARTID, .exit_signal = SIGCHLD,
					.child_tid = (pid_t *)&word);
		REQUIRE_GT(child, 0);
		SETUP(sys_close(channel[1]));
		EXPECT_EQ(sys_read(channel[0], &byte, 1), 1); /* from the new program, which goes on */
		known = one_was_woken(&waiter, 1);
		checked_kill((pid_t)child, SIGKILL);
		EXPECT_KILLED(child, SIGKILL);
		SETUP(sys_close(channel[0]));
	} while (!known);
}

/* ---- Where it is not ---------------------------------------------------------------------------- */

TEST(private_copy, .covers = "CLONE-CLRTID-04",
     .summary = "without CLONE_VM the word in the caller's memory is not touched", THROUGH(clone_doors))
{
	const struct clone_door *door = this_door();

	long child = CLONE_HERE(door->via, .flags = CLONE_CHILD_CLEARTID, .exit_signal = SIGCHLD,
				.child_tid = (pid_t *)&word);
	if (child == 0) {
		EXPECT_EQ(word, UNSET);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	EXPECT_EQ(word, UNSET);
}

TEST(sole_owner, .covers = "SETTIDADDR-04",
     .summary = "without CLONE_VM the word keeps its value even where it lies in a shared mapping",
     THROUGH(clone_doors))
{
	const struct clone_door *door = this_door();
	pid_t *mapped = shared(sizeof(*mapped));

	*mapped = UNSET;
	long child = CLONE_HERE(door->via, .flags = CLONE_CHILD_CLEARTID, .exit_signal = SIGCHLD, .child_tid = mapped);
	if (child == 0)
		leave(0);
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	EXPECT_EQ(*mapped, UNSET);
}

TEST(bad_address, .covers = "CLONE-CLRTID-07",
     .summary = "a bad address changes neither the call's result nor the child's exit status", CASES(unwritables),
     THROUGH(clone_doors))
{
	const struct unwritable *bad = this_case();
	const struct clone_door *door = this_door();
	pid_t *at = unwritable_word(bad);

	long child = CLONE_CALL(door->via, new_stack(), return_zero, NULL, .flags = CLONE_VM | CLONE_CHILD_CLEARTID,
				.exit_signal = SIGCHLD, .child_tid = at);
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
}

/* ---- set_tid_address ---------------------------------------------------------------------------- */

static int set_other(void *arg)
{
	long result = sys_set_tid_address((int *)arg);

	EXPECT_EQ(result, sys_gettid());
	return 0;
}

TEST(replaced, .covers = "CLONE-CLRTID-03 SETTIDADDR-01",
     .summary = "set_tid_address replaces the address: only the new word is cleared", THROUGH(clone_doors))
{
	const struct clone_door *door = this_door();

	long child = CLONE_CALL(door->via, new_stack(), set_other, (void *)&other,
				.flags = CLONE_VM | CLONE_CHILD_CLEARTID, .exit_signal = SIGCHLD,
				.child_tid = (pid_t *)&word);
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	EXPECT_EQ(other, 0);
	EXPECT_EQ(word, UNSET);
}

TEST(taken_back, .covers = "CLONE-CLRTID-03 SETTIDADDR-02",
     .summary = "set_tid_address(NULL) succeeds, and then no word is cleared", THROUGH(clone_doors))
{
	const struct clone_door *door = this_door();

	long child = CLONE_CALL(door->via, new_stack(), set_other, NULL, .flags = CLONE_VM | CLONE_CHILD_CLEARTID,
				.exit_signal = SIGCHLD, .child_tid = (pid_t *)&word);
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	EXPECT_EQ(word, UNSET);
}

TEST(set_late, .covers = "SETTIDADDR-01 SETTIDADDR-02",
     .summary = "set_tid_address returns the TID and succeeds whatever the address; the word counts without the flag",
     THROUGH(clone_doors))
{
	const struct clone_door *door = this_door();
	static int *const addresses[] = { NULL, (int *)8, (int *)-1 };

	for (size_t i = 0; i < ARRAY_SIZE(addresses); i++)
		EXPECT_EQ(sys_set_tid_address(addresses[i]), sys_gettid(), i);
	long child = CLONE_CALL(door->via, new_stack(), set_other, (void *)&other, .flags = CLONE_VM,
				.exit_signal = SIGCHLD);
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	EXPECT_EQ(other, 0);
}

static int thread_sets(void *arg)
{
	long result = sys_set_tid_address((int *)arg);

	EXPECT_EQ(result, sys_gettid());
	EXPECT_NE(result, sys_getpid());
	return 0;
}

TEST(by_thread, .covers = "SETTIDADDR-01", .summary = "set_tid_address returns the TID, not the PID")
{
	pid_t thread = start_thread(thread_sets, (void *)&other);

	await_thread_gone(thread);
	EXPECT_EQ(other, 0);
}

/* The kernel writes a pointer of its own size; what is beyond stays 0. */
static uint64_t tid_address(void)
{
	uint64_t address = 0;

	EXPECT_OK(sys_prctl(PR_GET_TID_ADDRESS, (unsigned long)&address, 0, 0, 0));
	return address;
}

TEST(queried, .covers = "SETTIDADDR-05", .features = FEATURES(NEEDS_CHECKPOINT_RESTORE),
     .summary = "PR_GET_TID_ADDRESS tells the address, from set_tid_address or from the flag", THROUGH(clone_doors))
{
	const struct clone_door *door = this_door();

	sys_set_tid_address((int *)&other);
	EXPECT_EQ(tid_address(), (uintptr_t)&other);
	long child = CLONE_HERE(door->via, .flags = CLONE_CHILD_CLEARTID, .exit_signal = SIGCHLD,
				.child_tid = (pid_t *)&word);
	if (child == 0) {
		EXPECT_EQ(tid_address(), (uintptr_t)&word);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	EXPECT_EQ(tid_address(), (uintptr_t)&other);
}

TEST(not_inherited, .covers = "SETTIDADDR-03", .features = FEATURES(NEEDS_CHECKPOINT_RESTORE),
     .summary = "a child made without CLONE_CHILD_CLEARTID has no such address", THROUGH(clone_doors))
{
	const struct clone_door *door = this_door();

	sys_set_tid_address((int *)&other);
	long child = CLONE_HERE(door->via, .flags = 0, .exit_signal = SIGCHLD);
	if (child == 0) {
		EXPECT_EQ(tid_address(), 0);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
}
