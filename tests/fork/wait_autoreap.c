// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* Children of parents that don't want to know: SIGCHLD ignored, or SA_NOCLDWAIT. */
#include "forkcheck.h"

enum { FIRST_MAY_GO, SECOND_MAY_GO, CHILDREN_MADE };

static void on_child(int sig)
{
	(void)sig;
}

static const struct disposition {
	struct case_head head;
	void (*handler)(int);
	int flags;
} careless[] = {
	{ { .name = "ignored", .covers = "WAIT-31 FORK-064" }, SIG_IGN, 0 },
	{ { .name = "default_nocldwait", .covers = "WAIT-32" }, SIG_DFL, SA_NOCLDWAIT },
	{ { .name = "handler_nocldwait", .covers = "WAIT-32" }, on_child, SA_NOCLDWAIT | SA_RESTART },
};
static const struct disposition careful[] = {
	{ { .name = "default", .covers = "WAIT-33" }, SIG_DFL, 0 },
	{ { .name = "handler", .covers = "WAIT-55" }, on_child, SA_RESTART },
	{ { .name = "nocldstop", .covers = "WAIT-55" }, SIG_DFL, SA_NOCLDSTOP },
};

static void dispose(const struct disposition *row)
{
	const struct sigaction action = { .sa_handler = row->handler, .sa_flags = row->flags };

	SETUP(sigaction(SIGCHLD, &action, NULL));
}

struct waiter {
	int back; /* the wait has returned */
	long got;
	pid_t first, second;
};

static pid_t start_waiter(struct waiter *waiter, const struct disposition *row)
{
	pid_t pid = fork_helper();

	if (pid == 0) {
		dispose(row);
		waiter->first = start_child(FIRST_MAY_GO, 0);
		waiter->second = start_child(SECOND_MAY_GO, 0);
		post(CHILDREN_MADE);
		long got = wait_for(-1, NULL, 0, NULL);
		waiter->got = got;
		__atomic_store_n(&waiter->back, 1, __ATOMIC_SEQ_CST);
		while (wait_for(-1, NULL, 0, NULL) > 0) {
		}
		leave(0);
	}
	await(CHILDREN_MADE);
	return pid;
}

TEST(wait_for_all, .features = FEATURES(NEEDS_PROC),
     .summary = "a wait blocks until the last child has ended, and then fails with ECHILD", CASES_NEEDING(careless))
{
	const struct disposition *row = this_case();
	struct waiter *waiter = shared(sizeof(*waiter));
	pid_t pid = start_waiter(waiter, row);

	EXPECT_TRUE(await_blocked(pid, wait_calls, &waiter->back, 0));
	post(FIRST_MAY_GO);
	/* Nobody but the kernel can make it vanish, unless the wait reports it. */
	while (checked_kill(waiter->first, 0) == 0 && !__atomic_load_n(&waiter->back, __ATOMIC_SEQ_CST))
		sys_sched_yield();
	EXPECT_TRUE(await_blocked(pid, wait_calls, &waiter->back, 0));
	post(SECOND_MAY_GO);
	EXPECT_EXITED(pid, 0);
	EXPECT_EQ(waiter->got, -ECHILD);
}

TEST(vanishes, .covers = "WAIT-49",
     .summary = "the child is gone without a wait; SIGCHLD is sent, unless it is ignored", CASES_NEEDING(careless))
{
	const struct disposition *row = this_case();
	const sigset64 chld = SIGBIT(SIGCHLD);
	siginfo_t info = { 0 };

	dispose(row);
	SETUP(sys_sigprocmask(SIG_BLOCK, &chld, NULL));
	pid_t child = start_child(FIRST_MAY_GO, 3);
	post(FIRST_MAY_GO);
	/* A wait that returns means that the child has ended: with its PID, if it became a zombie. */
	long got = wait_for(child, NULL, 0, NULL);
	EXPECT_FAILS(got, ECHILD);
	EXPECT_TRUE(await_vanished(child));
	EXPECT_EQ(sys_sigpoll(chld, &info), row->handler == SIG_IGN ? -EAGAIN : SIGCHLD);
	if (row->handler == SIG_IGN)
		return;
	EXPECT_EQ(info.si_pid, child);
	EXPECT_EQ(info.si_code, CLD_EXITED);
	EXPECT_EQ(info.si_status, 3);
}

TEST(zombie, .summary = "without either a dead child stays, even if the default action of SIGCHLD is to ignore it",
     .features = FEATURES(NEEDS_PROC), CASES_NEEDING(careful))
{
	dispose(this_case());
	pid_t child = start_child(FIRST_MAY_GO, 3);
	post(FIRST_MAY_GO);
	long got = waitid_for(P_PID, child, NULL, WEXITED | WNOWAIT, NULL);
	EXPECT_EQ(got, 0);
	EXPECT_EQ(thread_state(child, 0), 'Z');
	EXPECT_EXITED(child, 3);
}

TEST(other_signals, .covers = "WAIT-50",
     .summary = "children whose exit signal is not SIGCHLD become zombies all the same", CASES_NEEDING(careless))
{
	dispose(this_case());
	long child = CLONE_HERE(VIA_CLONE, .exit_signal = 0);
	if (child == 0)
		leave(3);
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 3);
}

TEST(too_late, .covers = "WAIT-51", .summary = "a zombie stays when SIGCHLD is ignored only after its death",
     CASES_NEEDING(careless))
{
	pid_t child = start_child(FIRST_MAY_GO, 3);

	post(FIRST_MAY_GO);
	await_zombie(child);
	dispose(this_case());
	EXPECT_EXITED(child, 3);
}
