// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* Signals about the moment of the fork: none makes it fail, none is lost, none gets to the child. */
#include "forkcheck.h"

#include <sys/time.h>

#define ROUNDS 40
/* Without an end to them the caller may get to nothing but its handler, nor, where signals begin it anew, to a fork. */
#define SIGNALS_A_ROUND 100

/* What the handlers know. A child's copy is its own, so a signal that it gets by mistake counts there only. */
static struct {
	pid_t target, thread;
	int signal;
	volatile int handled, sent, allowed, stop;
} storm;

static void handle_queued(int sig, siginfo_t *info, void *context)
{
	(void)sig;
	(void)context;
	EXPECT_EQ(sys_getpid(), storm.target);
	EXPECT_EQ(info->si_value.sival_int, storm.handled + 1);
	storm.handled++;
}

/* A thread: queues numbered signals to the one that forks, not far ahead of what that has handled. */
static int bombard(void *arg)
{
	(void)arg;
	while (!storm.stop) {
		siginfo_t info = { .si_signo = storm.signal, .si_code = SI_QUEUE };
		info.si_value.sival_int = storm.sent + 1;
		if (storm.sent - storm.handled >= 8 || storm.sent == storm.allowed) {
			sys_sched_yield();
			continue;
		}
		SETUP_RAW(SYSCALL4(SYS_rt_tgsigqueueinfo, storm.target, storm.thread, storm.signal, &info));
		storm.sent++;
	}
	return 0;
}

TEST(queued_signals, .covers = "FORK-065 FORK-018",
     .summary = "while another thread queues signals to the caller each fork succeeds, the caller gets all of them in "
		"order, and the child none",
     THROUGH(fork_doors))
{
	const struct fork_door *door = this_door();
	const struct sigaction action = { .sa_sigaction = handle_queued, .sa_flags = SA_SIGINFO | SA_RESTART };

	storm.target = sys_getpid();
	storm.thread = sys_gettid();
	storm.signal = SIGRTMIN;
	SETUP(sigaction(storm.signal, &action, NULL));
	const sigset64 set = SIGBIT(storm.signal);
	pid_t sender = start_thread(bombard, NULL);
	for (int i = 0; i < ROUNDS; i++) {
		/* In every other round they are blocked, so that the caller has some pending at the fork. */
		SETUP(sys_sigprocmask(i % 2 ? SIG_BLOCK : SIG_UNBLOCK, &set, NULL));
		storm.allowed = storm.sent + SIGNALS_A_ROUND;
		while (i % 2 && storm.sent == storm.handled)
			sys_sched_yield();
		long child = door->fork();
		if (child == 0) {
			sigset64 pending = set;
			EXPECT_OK(sys_sigpending(&pending), i);
			EXPECT_EQ(pending, 0, i);
			SETUP(sys_sigprocmask(SIG_UNBLOCK, &set, NULL)); /* the handler complains if there is one */
			leave(0);
		}
		REQUIRE_GT(child, 0, i);
		EXPECT_EXITED(child, 0, i);
	}
	storm.stop = 1;
	await_thread_gone(sender);
	SETUP(sys_sigprocmask(SIG_UNBLOCK, &set, NULL));
	EXPECT_EQ(storm.handled, storm.sent);
	EXPECT_GT(storm.handled, 0);
}

static void handle_timer(int sig)
{
	(void)sig;
	EXPECT_EQ(sys_getpid(), storm.target);
	storm.handled++;
}

#define MICROSECONDS 200

TEST(interval_timer, .covers = "FORK-065 FORK-023",
     .summary = "a timer that expires around the fork neither makes it fail nor is lost nor expires in the child",
     THROUGH(fork_doors))
{
	const struct fork_door *door = this_door();
	const struct sigaction action = { .sa_handler = handle_timer }; /* nothing is to be restarted by a flag */

	storm.target = sys_getpid();
	SETUP(sigaction(SIGALRM, &action, NULL));
	for (int i = 0; i < ROUNDS; i++) {
		/* Once each time: a fork that takes longer than the interval could otherwise never end. */
		const struct itimerval timer = { .it_value.tv_usec = 1 + test_random() % MICROSECONDS };
		SETUP(setitimer(ITIMER_REAL, &timer, NULL));
		long child = door->fork();
		if (child == 0)
			leave(storm.handled <= i + 1 ? 0 : 1);
		REQUIRE_GT(child, 0, i);
		EXPECT_EXITED(child, 0, i);
		while (storm.handled == i)
			sys_sched_yield();
		REQUIRE_EQ(storm.handled, i + 1, i);
	}
}

/* ---- Fork in a handler --------------------------------------------------------------------------- */

static const struct fork_door *handlers_door;
static volatile long forked = -1;

static void fork_here(int sig)
{
	(void)sig;
	forked = handlers_door->fork();
}

TEST(in_handler, .covers = "FORK-071",
     .summary =
	     "a child made in a signal handler returns from it with the mask of before, and continues like its parent",
     THROUGH(fork_doors))
{
	const struct sigaction action = { .sa_handler = fork_here };
	volatile double number = 1.0 / (1 + test_random());
	sigset64 mask = 0;

	handlers_door = this_door();
	SETUP(sigaction(SIGUSR1, &action, NULL));
	/* Through memory: a register of i386 holds more digits. */
	volatile double before = number * 3;
	SETUP(checked_tgkill(sys_getpid(), sys_gettid(), SIGUSR1));
	volatile double after = number * 3;
	EXPECT_TRUE(before == after);
	SETUP(sys_sigprocmask(SIG_BLOCK, NULL, &mask));
	EXPECT_EQ(mask, 0);
	if (forked == 0) {
		/* The copy of the handler's frame is used up as well: the next signal is handled as the first was. */
		forked = -1;
		SETUP(checked_tgkill(sys_getpid(), sys_gettid(), SIGUSR1));
		if (forked == 0)
			leave(5);
		REQUIRE_GT(forked, 0);
		EXPECT_EXITED(forked, 5);
		leave(6);
	}
	REQUIRE_GT(forked, 0);
	EXPECT_EXITED(forked, 6);
}
