// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* The parent-death signal: not inherited; when it comes, from whom, and what clears it. */
#include "inherit.h"

#include <sys/fsuid.h>
#include <sys/prctl.h>

static void set_signal(void)
{
	SETUP_RAW(sys_prctl(PR_SET_PDEATHSIG, SIGUSR1, 0, 0, 0));
}

static long long get_signal(void)
{
	int sig = -1;

	SETUP_RAW(sys_prctl(PR_GET_PDEATHSIG, (unsigned long)&sig, 0, 0, 0));
	return sig;
}

static const struct attribute to_reset[] = {
	{ { "signal", .covers = "FORK-029" },
	  OF_THREAD,
	  RESET,
	  .set = set_signal,
	  .get = get_signal,
	  .exec = { KEPT, "INH-PRCTL-11" } },
};

TEST(reset, .summary = "the child has no parent-death signal, whatever its parent has", ATTRIBUTES(to_reset))
{
	test_inheritance();
}

TEST(kept_by_exec, .covers = "INH-PRCTL-11", .features = FEATURES(NEEDS_ORDINARY_USER),
     .summary = "the parent-death signal outlives execve")
{
	struct image_report report;

	report_after(set_signal, &report);
	EXPECT_EQ(report.death_signal, SIGUSR1);
}

/* ---- Who clears it ----------------------------------------------------------------------------- */

/* No users or groups that a test begins with. */
static const unsigned others[] = { 1, 2 };

static int change_effective_uid(unsigned id)
{
	return setresuid((uid_t)-1, id, (uid_t)-1);
}

static int change_effective_gid(unsigned id)
{
	return setresgid((gid_t)-1, id, (gid_t)-1);
}

static int change_filesystem_uid(unsigned id)
{
	setfsuid(id);
	return setfsuid(id) == (int)id ? 0 : -1;
}

static int change_filesystem_gid(unsigned id)
{
	setfsgid(id);
	return setfsgid(id) == (int)id ? 0 : -1;
}

static int change_saved_ids(unsigned id)
{
	return setresgid((gid_t)-1, (gid_t)-1, id) || setresuid((uid_t)-1, (uid_t)-1, id) ? -1 : 0;
}

static const struct change {
	const char *name;
	int (*change)(unsigned id);
	int left;
} changes[] = {
	{ "effective_uid", change_effective_uid, 0 },	{ "effective_gid", change_effective_gid, 0 },
	{ "filesystem_uid", change_filesystem_uid, 0 }, { "filesystem_gid", change_filesystem_gid, 0 },
	{ "saved_ids", change_saved_ids, SIGUSR1 },
};

TEST(cleared, .covers = "INH-PRCTL-10",
     .summary =
	     "each new effective or filesystem user or group ID clears the parent-death signal, a saved one does not",
     .caps = CAP(SETUID) | CAP(SETGID), .features = FEATURES(NEEDS_TWO_IDS), CASES(changes))
{
	const struct change *change = this_case();

	for (size_t i = 0; i < ARRAY_SIZE(others); i++) {
		set_signal();
		EXPECT_EQ(get_signal(), SIGUSR1, i);
		SETUP(change->change(others[i]));
		EXPECT_EQ(get_signal(), change->left, i);
	}
}

/* ---- When it comes ----------------------------------------------------------------------------- */

enum { CHILD_IS_READY, PARENT_IS_GONE, CHILD_HAS_SEEN, SUBREAPER_IS_GONE };

static void block_signal(void)
{
	SETUP_RAW(sys_sigprocmask(SIG_BLOCK, &(sigset64){ SIGBIT(SIGUSR1) }, NULL));
}

static long long signal_pending(void)
{
	sigset64 pending = 0;

	SETUP_RAW(sys_sigpending(&pending));
	return !!(pending & SIGBIT(SIGUSR1));
}

/* Takes the pending signal: who sent it, or -EAGAIN where there is none. */
static long long take_signal(void)
{
	const sigset64 set = SIGBIT(SIGUSR1);
	const long no_time[4] = { 0 };
	siginfo_t info = { 0 };

	long sig = SYSCALL4(SYS_rt_sigtimedwait, &set, &info, no_time, sizeof(set));
	return sig < 0 ? sig : info.si_pid;
}

static int fork_and_end(void *arg)
{
	pid_t child = fork_helper();

	if (child == 0) {
		set_signal();
		post(CHILD_IS_READY);
		await(PARENT_IS_GONE);
		EXPECT_EQ(signal_pending(), 1);
		leave(0);
	}
	*(pid_t *)arg = child;
	await(CHILD_IS_READY);
	return 0;
}

TEST(by_thread, .covers = "INH-PRCTL-06",
     .summary = "the end of the thread that made the child sends the parent-death signal, though its process goes on")
{
	pid_t child = 0;

	block_signal();
	pid_t thread = start_thread(fork_and_end, &child);
	await(CHILD_IS_READY);
	await_thread_gone(thread);
	post(PARENT_IS_GONE);
	EXPECT_EXITED(child, 0);
}

static int end_later(void *unused)
{
	(void)unused;
	post(PARENT_IS_GONE);
	return 0;
}

TEST(not_by_other_thread, .covers = "INH-PRCTL-06",
     .summary = "the end of another thread of the parent's process sends no parent-death signal")
{
	block_signal();
	pid_t child = fork_helper();
	if (child == 0) {
		set_signal();
		post(CHILD_IS_READY);
		await(PARENT_IS_GONE);
		EXPECT_EQ(signal_pending(), 0);
		leave(0);
	}
	await(CHILD_IS_READY);
	pid_t thread = start_thread(end_later, NULL);
	await_thread_gone(thread);
	EXPECT_EXITED(child, 0);
}

/* A process that makes a child and ends once that is ready. The child runs orphan(), and its PID goes to *child. */
static pid_t start_parent(void (*orphan)(pid_t parent), pid_t *child)
{
	pid_t parent = fork_helper();

	if (parent == 0) {
		pid_t me = sys_getpid(), made = fork_helper();
		if (made == 0) {
			orphan(me);
			leave(0);
		}
		*child = made;
		await(CHILD_IS_READY);
		leave(0);
	}
	return parent;
}

static void expect_one_signal(pid_t parent)
{
	set_signal();
	post(CHILD_IS_READY);
	await(PARENT_IS_GONE);
	EXPECT_EQ(take_signal(), parent);
	EXPECT_EQ(take_signal(), -EAGAIN);
}

static void set_too_late(pid_t parent)
{
	(void)parent;
	post(CHILD_IS_READY);
	await(PARENT_IS_GONE);
	set_signal();
	EXPECT_EQ(take_signal(), -EAGAIN);
}

static const struct orphan {
	struct case_head head;
	void (*orphan)(pid_t parent);
} orphans[] = {
	{ { "set_before", .covers = "INH-PRCTL-07" }, expect_one_signal },
	{ { "set_after", .covers = "INH-PRCTL-09" }, set_too_late },
};

TEST(from_parent, .summary = "the parent-death signal says who has died; it comes once, and not if it was set too late",
     CASES_NEEDING(orphans))
{
	const struct orphan *orphan = this_case();
	pid_t *child = shared(sizeof(*child));

	block_signal();
	SETUP_RAW(sys_prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0));
	pid_t parent = start_parent(orphan->orphan, child);
	EXPECT_EXITED(parent, 0);
	post(PARENT_IS_GONE);
	EXPECT_EXITED(*child, 0);
}

static void expect_two_signals(pid_t parent)
{
	set_signal();
	post(CHILD_IS_READY);
	await(PARENT_IS_GONE);
	EXPECT_EQ(take_signal(), parent);
	pid_t subreaper = sys_getppid();
	post(CHILD_HAS_SEEN);
	await(SUBREAPER_IS_GONE);
	EXPECT_EQ(take_signal(), subreaper);
}

TEST(from_subreaper, .covers = "INH-PRCTL-08",
     .summary = "the parent-death signal comes again at the end of the subreaper that the child was given to")
{
	pid_t *child = shared(sizeof(*child));

	block_signal();
	SETUP_RAW(sys_prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0));
	pid_t subreaper = fork_helper();
	if (subreaper == 0) {
		SETUP_RAW(sys_prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0));
		pid_t parent = start_parent(expect_two_signals, child);
		EXPECT_EXITED(parent, 0);
		post(PARENT_IS_GONE);
		await(CHILD_HAS_SEEN);
		leave(0);
	}
	EXPECT_EXITED(subreaper, 0);
	post(SUBREAPER_IS_GONE);
	EXPECT_EXITED(*child, 0);
}
