// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* What a creating call returns, signals at the end, and stores. */
#include <linux/futex.h>
#include <sys/resource.h>

#include "../sabotage.h"

/* ---- Results ----------------------------------------------------------------------------------------- */

static void next_pid(struct call *call)
{
	call->result++;
}

/* Although there are as many as allowed. */
static void leave_a_child(struct call *call)
{
	uint64_t limit[2], none[2];

	(void)call;
	REAL(SYS_prlimit64, 0, RLIMIT_NPROC, NULL, limit);
	none[0] = none[1] = limit[1];
	REAL(SYS_prlimit64, 0, RLIMIT_NPROC, none, NULL);
	if (REAL(SYS_clone, SIGCHLD) == 0)
		REAL(SYS_exit_group, 0);
	REAL(SYS_prlimit64, 0, RLIMIT_NPROC, limit, NULL);
}

static void leave_a_descriptor(struct call *call)
{
	(void)call;
	REAL(SYS_pidfd_open, REAL(SYS_getpid), 0);
}

static int stay(void *unused)
{
	(void)unused;
	while (REAL(SYS_ppoll, 0, 0, 0, 0, 0) < 0)
		;
	return 0;
}

/* Somebody has what the child should have shared or copied: nobody's child, who is not seen otherwise. */
static void keep_what_was_taken(struct call *call)
{
	static char stack[4096] __attribute__((aligned(16)));
	const uint64_t shared = call->asked.flags & THREAD_FLAGS;
	struct clone_call keeper = { .nr = SYS_clone, .fn = stay };

	keeper.arg[ARCH_CLONE_STACK_FIRST ? 1 : 0] = (long)(shared | CLONE_PARENT);
	keeper.arg[ARCH_CLONE_STACK_FIRST ? 0 : 1] = (long)(stack + sizeof(stack));
	real_clone_call(&keeper);
}

#define KEPT(name_, statement, flag)                                                                                  \
	{                                                                                                             \
		.name = "failure.keeps_" name_, .breaks = statement, .nr = { CREATING }, .mask = flag, .value = flag, \
		.error = ANY_ERROR, .after = keep_what_was_taken                                                      \
	}

#define LEFT_CHILD(name_, statement)                                                                   \
	{                                                                                              \
		.name = "failure." name_, .breaks = statement, .nr = { CREATING }, .error = ANY_ERROR, \
		.after = leave_a_child                                                                 \
	}

static const struct fault results[] = {
	{ .name = "result.next_pid",
	  .breaks = "FORK-002",
	  .nr = { CREATING },
	  .without = CLONE_THREAD,
	  .after = next_pid },
	{ .name = "result.next_tid",
	  .breaks = "CLONE-THREAD-02",
	  .nr = { CREATING },
	  .mask = CLONE_THREAD,
	  .value = CLONE_THREAD,
	  .after = next_pid },
	{ .name = "result.child_after_EAGAIN",
	  .breaks = "FORK-004",
	  .nr = { CREATING },
	  .error = EAGAIN,
	  .after = leave_a_child },
	{ .name = "result.child_after_EINVAL",
	  .breaks = "CLONE-WRAP-13",
	  .nr = { CREATING },
	  .error = EINVAL,
	  .after = leave_a_child },
	{ .name = "result.child_after_EFAULT",
	  .breaks = "CLONE-PIDFD-09",
	  .nr = { CREATING },
	  .error = EFAULT,
	  .after = leave_a_child },
	{ .name = "result.descriptor_after_EFAULT",
	  .breaks = "CLONE-PIDFD-09",
	  .nr = { CREATING },
	  .error = EFAULT,
	  .after = leave_a_descriptor },
	{ .name = "failure.child",
	  .breaks = "CLONE-FAIL-01",
	  .nr = { CREATING },
	  .error = ANY_ERROR,
	  .after = leave_a_child },
	{ .name = "failure.descriptor",
	  .breaks = "CLONE-FAIL-02",
	  .nr = { CREATING },
	  .error = ANY_ERROR,
	  .after = leave_a_descriptor },
	LEFT_CHILD("counted_for_group", "CLONE-FAIL-08"),
	LEFT_CHILD("counted_for_user", "CLONE-FAIL-09"),
	LEFT_CHILD("keeps_numbers", "CLONE-FAIL-27"),
	KEPT("committed_memory", "CLONE-FAIL-28", 0),
	KEPT("descriptors", "CLONE-FAIL-21", CLONE_FILES),
	KEPT("directories", "CLONE-FAIL-22", CLONE_FS),
	KEPT("memory", "CLONE-FAIL-23", CLONE_VM),
	KEPT("handlers", "CLONE-FAIL-24", CLONE_SIGHAND),
	KEPT("undo_list", "CLONE-FAIL-25", CLONE_SYSVSEM),
	KEPT("thread", "CLONE-FAIL-26", CLONE_THREAD),
	{ .name = "failure.keeps_copies",
	  .breaks = "CLONE-FAIL-21",
	  .nr = { CREATING },
	  .mask = CLONE_FILES | CLONE_VM,
	  .error = ANY_ERROR,
	  .after = keep_what_was_taken },
};
FAULTS(results);

/* ---- Exit signal ------------------------------------------------------------------------------------- */

static void other_signal(struct call *call)
{
	call->how.exit_signal = fault->word;
}

static bool signals_otherwise(const struct call *call)
{
	return call->asked.exit_signal != SIGCHLD;
}

static bool signals_by_child(const struct call *call)
{
	return call->asked.exit_signal == SIGCHLD;
}

static bool signals_at_all(const struct call *call)
{
	return call->asked.exit_signal != 0;
}

#define EXIT_SIGNAL(name_, statement, signal, when_)                                                          \
	{                                                                                                     \
		.name = "exit_signal." name_, .breaks = statement, .nr = { CREATING },                        \
		.without = CLONE_THREAD | CLONE_PARENT, .when = when_, .before = other_signal, .word = signal \
	}
static const struct fault exit_signals[] = {
	EXIT_SIGNAL("always_chld", "CLONE-SIG-01", SIGCHLD, signals_otherwise),
	EXIT_SIGNAL("none", "CLONE-SIG-01", 0, signals_at_all),
	EXIT_SIGNAL("usr1", "FORK-031", SIGUSR1, signals_by_child),
};
FAULTS(exit_signals);

/* ---- TID words --------------------------------------------------------------------------------------- */

static void parent_word_off_by_one(struct call *call)
{
	*(pid_t *)call->asked.parent_tid += 1;
}

static void parent_word_in_child(const struct call *call)
{
	*(pid_t *)call->asked.parent_tid = (pid_t)REAL(SYS_gettid);
}

/* The child does not see the word until the caller is back. */
static void parent_word_late(const struct call *call)
{
	*(pid_t *)call->asked.parent_tid = 0;
}

static void child_word_off_by_one(const struct call *call)
{
	*(pid_t *)call->asked.child_tid += 1;
}

static void child_word_missing(const struct call *call)
{
	*(pid_t *)call->asked.child_tid = 0;
}

static void child_word_in_parent(struct call *call)
{
	*(pid_t *)call->asked.child_tid = (pid_t)call->result;
}

static void not_cleared(struct call *call)
{
	call->how.flags &= ~(uint64_t)CLONE_CHILD_CLEARTID;
}

static void clear_without_wake(const struct call *call)
{
	*(volatile pid_t *)call->asked.child_tid = 0;
}

static void clear_and_wake_all(const struct call *call)
{
	*(volatile pid_t *)call->asked.child_tid = 0;
	REAL(SYS_futex, call->asked.child_tid, FUTEX_WAKE, INT32_MAX, 0);
}

/*
 * A word that can be written to: tests give addresses that can't be, on purpose. The kernel tries it by an operation that
 * leaves the word as it is, whoever else may write to it, and wakes nobody.
 */
static bool writable(uint64_t address)
{
	static int word;

	return REAL(SYS_futex, &word, FUTEX_WAKE_OP, 0, 0, address, FUTEX_OP(FUTEX_OP_OR, 0, FUTEX_OP_CMP_LT, 0x800)) >=
	       0;
}

static bool parent_word_writable(const struct call *call)
{
	return writable(call->asked.parent_tid);
}

static bool child_word_writable(const struct call *call)
{
	return writable(call->asked.child_tid);
}

#define OF_WORD(name_, statement, flag, vm, when_, ...)                                                     \
	{                                                                                                   \
		.name = "words." name_, .breaks = statement, .nr = { CREATING }, .mask = (flag) | CLONE_VM, \
		.value = (flag) | (vm), .when = when_, __VA_ARGS__                                          \
	}
#define PARENTS_WORD(name, statement, vm, ...) \
	OF_WORD(name, statement, CLONE_PARENT_SETTID, vm, parent_word_writable, __VA_ARGS__)
#define CHILDS_WORD(name, statement, flag, vm, ...) OF_WORD(name, statement, flag, vm, child_word_writable, __VA_ARGS__)

static const struct fault words[] = {
	PARENTS_WORD("parent_off_by_one", "CLONE-PSETTID-01", 0, .after = parent_word_off_by_one),
	PARENTS_WORD("parent_in_child", "CLONE-PSETTID-04", 0, .child = parent_word_in_child),
	PARENTS_WORD("parent_late", "CLONE-PSETTID-05", CLONE_VM, .child = parent_word_late),
	CHILDS_WORD("child_off_by_one", "CLONE-SETCTID-01", CLONE_CHILD_SETTID, 0, .child = child_word_off_by_one),
	CHILDS_WORD("child_missing", "CLONE-SETCTID-02", CLONE_CHILD_SETTID, CLONE_VM, .child = child_word_missing),
	CHILDS_WORD("child_in_parent", "CLONE-SETCTID-03", CLONE_CHILD_SETTID, 0, .after = child_word_in_parent),
	CHILDS_WORD("cleared_without_wake", "CLONE-CLRTID-02", CLONE_CHILD_CLEARTID, CLONE_VM, .before = not_cleared,
		    .child_end = clear_without_wake),
	CHILDS_WORD("wakes_all", "SETTIDADDR-06", CLONE_CHILD_CLEARTID, CLONE_VM, .before = not_cleared,
		    .child_end = clear_and_wake_all),
};
FAULTS(words);

/* ---- Process descriptors ------------------------------------------------------------------------------ */

static void without_close_on_exec(struct call *call)
{
	REAL(SYS_fcntl, *(int *)call->asked.pidfd, F_SETFD, 0);
}

static void of_the_caller(struct call *call)
{
	long own = REAL(SYS_pidfd_open, REAL(SYS_getpid), 0);

	REAL(SYS_dup3, own, *(int *)call->asked.pidfd, O_CLOEXEC);
	REAL(SYS_close, own);
}

static void higher_number(struct call *call)
{
	int *word = (int *)call->asked.pidfd;
	long other = REAL(SYS_fcntl, *word, F_DUPFD_CLOEXEC, *word + 7);

	REAL(SYS_close, *word);
	*word = (int)other;
}

static void in_the_child_too(const struct call *call)
{
	(void)call;
	REAL(SYS_pidfd_open, REAL(SYS_getpid), 0);
}

#define OF_PIDFD(name_, statement, ...)                                                                             \
	{                                                                                                           \
		.name = "pidfd." name_, .breaks = statement, .nr = { CREATING }, .mask = CLONE_PIDFD | CLONE_FILES, \
		.value = CLONE_PIDFD, __VA_ARGS__                                                                   \
	}
static const struct fault pidfds[] = {
	OF_PIDFD("without_close_on_exec", "CLONE-PIDFD-02", .after = without_close_on_exec),
	OF_PIDFD("of_the_caller", "CLONE-PIDFD-01", .after = of_the_caller),
	OF_PIDFD("higher_number", "CLONE-PIDFD-12", .after = higher_number),
	OF_PIDFD("in_the_child_too", "CLONE-PIDFD-08", .child = in_the_child_too),
};
FAULTS(pidfds);

/* ---- set_tid and the structure of clone3 ---------------------------------------------------------------- */

static bool sets_tid(const struct call *call)
{
	return call->asked.set_tid_size != 0;
}

static bool sets_tids(const struct call *call)
{
	return call->asked.set_tid_size > 1;
}

static void no_tid(struct call *call)
{
	call->how.set_tid = call->how.set_tid_size = 0;
}

static void first_tid_only(struct call *call)
{
	call->how.set_tid_size = 1;
}

static bool has_large_structure(const struct call *call)
{
	return call->arg[1] > (long)sizeof(struct clone3_args);
}

static void read_no_further(struct call *call)
{
	call->arg[1] = sizeof(struct clone3_args);
}

static const struct fault structure[] = {
	{ .name = "set_tid.ignored", .breaks = "SETTID-02", .nr = { SYS_clone3 }, .when = sets_tid, .before = no_tid },
	{ .name = "set_tid.first_only",
	  .breaks = "SETTID-04",
	  .nr = { SYS_clone3 },
	  .when = sets_tids,
	  .before = first_tid_only },
	{ .name = "clone3.tail_not_read",
	  .breaks = "CLONE3-08",
	  .nr = { SYS_clone3 },
	  .when = has_large_structure,
	  .before = read_no_further },
};
FAULTS(structure);
