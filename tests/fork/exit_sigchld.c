// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* SIGCHLD: when it is sent, and what it says of the child. */
#include "forkcheck.h"

#include <sys/time.h>

static const sigset64 chld = SIGBIT(SIGCHLD);

static const struct ending {
	const char *name;
	int sig, code, status;
} endings[] = {
	{ "exited", 0, CLD_EXITED, 9 },
	{ "killed", SIGTERM, CLD_KILLED, SIGTERM },
};

TEST(at_end, .covers = "EXIT-03 EXIT-13",
     .summary = "a child that ends sends SIGCHLD, which says who it was and how it ended", CASES(endings))
{
	const struct ending *row = this_case();
	siginfo_t info = { 0 };

	SETUP(sys_sigprocmask(SIG_BLOCK, &chld, NULL));
	pid_t child = start_child(0, 9);
	EXPECT_EQ(sys_sigpoll(chld, &info), -EAGAIN);
	if (row->sig)
		SETUP(checked_kill(child, row->sig));
	else
		post(0);
	await_zombie(child);
	EXPECT_EQ(sys_sigpoll(chld, &info), SIGCHLD);
	EXPECT_EQ(info.si_signo, SIGCHLD);
	EXPECT_EQ(info.si_code, row->code);
	EXPECT_EQ(info.si_pid, child);
	EXPECT_EQ(info.si_uid, getuid());
	EXPECT_EQ(info.si_status, row->status);
	EXPECT_EQ(sys_sigpoll(chld, &info), -EAGAIN);
	EXPECT_EQ(checked_wait(child, NULL, 0), child);
	EXPECT_EQ(sys_sigpoll(chld, &info), -EAGAIN);
}

/* ---- Stop and continue ------------------------------------------------------------------------- */

enum { STOP, CONTINUE, END, STAGES };
enum { CHILD_MAY_GO, WAITING };

static struct seen {
	volatile int stage;	 /* of the parent: how many waits have returned */
	int signals[STAGES + 1]; /* so many by the end of that wait */
	siginfo_t last[STAGES + 1];
	pid_t child;
} * seen;
static volatile int signals;

static void on_child(int sig, siginfo_t *info, void *context)
{
	(void)sig;
	(void)context;
	if (signals < STAGES)
		seen->last[signals] = *info;
	signals++;
}

static const struct notice {
	const char *name;
	int flags;
	bool told;
} notices[] = {
	{ "told", 0, true },
	{ "nocldstop", SA_NOCLDSTOP, false },
};

/* A parent that waits for three changes of its child, and notes how many signals it had by then. */
static void wait_thrice(const struct notice *row)
{
	static const int options[STAGES] = { WSTOPPED, WCONTINUED, WEXITED };
	struct sigaction action = { .sa_sigaction = on_child, .sa_flags = SA_SIGINFO | SA_RESTART | row->flags };

	SETUP(sigaction(SIGCHLD, &action, NULL));
	seen->child = start_child(CHILD_MAY_GO, 0);
	for (unsigned i = 0; i < STAGES; i++) {
		post(WAITING + i);
		EXPECT_EQ(waitid_for(P_PID, seen->child, NULL, options[i], NULL), 0, i);
		seen->signals[i] = signals;
		seen->stage++;
	}
	leave(0);
}

TEST(stop_and_continue, .covers = "EXIT-12 EXIT-13", .features = FEATURES(NEEDS_PROC),
     .summary = "a child also sends SIGCHLD when it stops and when it continues, unless SA_NOCLDSTOP says otherwise",
     CASES(notices))
{
	const struct notice *row = this_case();

	seen = shared(sizeof(*seen));
	pid_t parent = fork_helper();
	if (parent == 0)
		wait_thrice(row);
	for (int i = 0; i < STAGES; i++) {
		/* Who sleeps in the wait is woken after it was sent the signal, if any. */
		await(WAITING + (unsigned)i);
		EXPECT_TRUE(await_blocked(parent, wait_calls, &seen->stage, i), i);
		if (i == END)
			post(CHILD_MAY_GO);
		else
			SETUP(checked_kill(seen->child, i == STOP ? SIGSTOP : SIGCONT));
	}
	EXPECT_EXITED(parent, 0);
	EXPECT_EQ(seen->signals[STOP], row->told);
	EXPECT_EQ(seen->signals[CONTINUE], 2 * row->told);
	EXPECT_EQ(seen->signals[END], 2 * row->told + 1);
	EXPECT_EQ(seen->last[2 * row->told].si_code, CLD_EXITED);
	if (!row->told)
		return;
	EXPECT_EQ(seen->last[STOP].si_code, CLD_STOPPED);
	EXPECT_EQ(seen->last[STOP].si_status, SIGSTOP);
	EXPECT_EQ(seen->last[CONTINUE].si_code, CLD_CONTINUED);
	EXPECT_EQ(seen->last[CONTINUE].si_status, SIGCONT);
	for (int i = 0; i < STAGES; i++) {
		EXPECT_EQ(seen->last[i].si_pid, seen->child, i);
		EXPECT_EQ(seen->last[i].si_uid, getuid(), i);
	}
}

/* ---- CPU time ---------------------------------------------------------------------------------- */

static volatile bool burnt;

static void on_timer(int sig)
{
	(void)sig;
	burnt = true;
}

TEST(cpu_time, .covers = "EXIT-14", .tags = "slow",
     .summary = "si_utime and si_stime of SIGCHLD tell the CPU time that the child used, in clock ticks")
{
	const struct sigaction action = { .sa_handler = on_timer };
	const long tick_us = 1000000 / sysconf(_SC_CLK_TCK);
	/* By the clock that these fields are taken from, two ticks in all: one of them shows at least one. */
	const struct itimerval two_ticks = { .it_value = { .tv_usec = 2 * tick_us } };
	siginfo_t info = { 0 };

	SETUP(sys_sigprocmask(SIG_BLOCK, &chld, NULL));
	pid_t child = fork_helper();
	if (child == 0) {
		SETUP(sigaction(SIGPROF, &action, NULL));
		SETUP(setitimer(ITIMER_PROF, &two_ticks, NULL));
		while (!burnt) {
		}
		leave(0);
	}
	EXPECT_EXITED(child, 0);
	EXPECT_EQ(sys_sigpoll(chld, &info), SIGCHLD);
	EXPECT_GE(info.si_utime + info.si_stime, 1);
	EXPECT_LT(info.si_utime + info.si_stime, 1000); /* ticks, not nanoseconds */
}
