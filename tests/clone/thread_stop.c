// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* CLONE_THREAD: threads that wait for a signal, and signals that stop them all. */
#include "forkcheck.h"

#define THREADS 4

enum { READY /* and one for each further thread */, MAY_GO = READY + THREADS, NEXT };

/* ---- Waiting for a signal ------------------------------------------------------------------------- */

static volatile pid_t tids[THREADS];
static const int indices[THREADS] = { 0, 1, 2, 3 };
static volatile int taken;

static const long signal_waits[] = { SYS_rt_sigtimedwait, -1 };

static int wait_for_signals(void *index)
{
	const sigset64 set = SIGBIT(SIGUSR1) | SIGBIT(SIGUSR2);
	long got;

	tids[*(const int *)index] = sys_gettid();
	post(READY + *(const unsigned *)index);
	while ((got = SYSCALL4(SYS_rt_sigtimedwait, &set, NULL, NULL, sizeof(set))) != SIGUSR2) {
		if (got == SIGUSR1) {
			__atomic_add_fetch(&taken, 1, __ATOMIC_SEQ_CST);
		} else if (got != -EINTR) {
			EXPECT_EQ(got, SIGUSR1);
			return 1;
		}
	}
	return 0;
}

/* Whether all of the waiting threads sleep, and none has got the signal. */
static bool all_asleep(void)
{
	for (int i = 0; i < THREADS; i++)
		if (!await_blocked(tids[i], signal_waits, &taken, 0))
			return false;
	return true;
}

/*
 * Either one gets the signal, or all sleep on: then none was woken. Once would do for a kernel that tells the state and
 * the call exactly; others get some time.
 */
static bool one_is_woken(void)
{
	for (int seen = 0; !taken; seen += all_asleep())
		if (seen == 500)
			return false;
	return true;
}

TEST(one_waiter_gets_it, .covers = "CLONE-THREAD-22", .features = FEATURES(NEEDS_PROC, NEEDS_PROC_SYSCALL),
     .summary = "of several threads that wait for a signal, exactly one gets what is sent to the process")
{
	const sigset64 both = SIGBIT(SIGUSR1) | SIGBIT(SIGUSR2);
	sigset64 pending = 0;

	SETUP_RAW(sys_sigprocmask(SIG_BLOCK, &both, NULL));
	for (int i = 0; i < THREADS; i++)
		start_thread(wait_for_signals, (void *)&indices[i]);
	for (unsigned i = 0; i < THREADS; i++)
		await(READY + i);
	all_asleep(); /* where it can be seen, so that there are several to choose from */
	EXPECT_OK(checked_kill(sys_getpid(), SIGUSR1));
	EXPECT_TRUE(one_is_woken());
	for (int i = 0; i < THREADS; i++)
		EXPECT_OK(checked_tgkill(sys_getpid(), tids[i], SIGUSR2), i);
	for (int i = 0; i < THREADS; i++)
		await_thread_gone(tids[i]);
	EXPECT_EQ(taken, 1);
	EXPECT_OK(sys_sigpending(&pending));
	EXPECT_EQ(pending, 0U);
}

/* ---- Stops ---------------------------------------------------------------------------------------- */

static const struct stop_target {
	const char *name;
	int index; /* 0: the leader */
} stop_targets[] = {
	{ "leader", 0 },
	{ "thread", 1 },
};

#define MEMBERS 3

struct member {
	pid_t tid;
	const struct member *target;
};
static struct member *members;

/* Ends its process with 2 where it is not stopped, which need not happen the moment that the target stops. */
static int be_stopped(void *arg)
{
	struct member *self = arg;

	self->tid = sys_gettid();
	post(READY + (unsigned)(self - members));
	await(NEXT);
	while (self != self->target && !posted(MAY_GO) && thread_state(sys_getpid(), self->target->tid) != 'T')
		sys_sched_yield();
	for (int i = 0; i < 100; i++)
		sys_sched_yield();
	if (!posted(MAY_GO))
		leave(2);
	return 0;
}

TEST(stop_signal_stops_all, .covers = "CLONE-THREAD-15", .features = FEATURES(NEEDS_PROC, NEEDS_UNTRACED),
     .summary = "SIGSTOP to one thread stops all threads of the process, and SIGCONT to one lets all go on",
     CASES(stop_targets))
{
	const struct stop_target *row = this_case();
	int status = 0;

	members = shared(MEMBERS * sizeof(*members));
	for (int i = 0; i < MEMBERS; i++)
		members[i].target = &members[row->index];
	pid_t child = fork_helper();
	if (child == 0) {
		for (int i = 1; i < MEMBERS; i++)
			start_thread(be_stopped, &members[i]);
		be_stopped(&members[0]);
		for (int i = 1; i < MEMBERS; i++)
			await_thread_gone(members[i].tid);
		leave(0);
	}
	for (unsigned i = 0; i < MEMBERS; i++)
		await(READY + i);
	EXPECT_OK(checked_tgkill(child, members[row->index].tid, SIGSTOP));
	post(NEXT);
	EXPECT_EQ(checked_wait(child, &status, WUNTRACED), child);
	EXPECT_EQ(status, W_STOPCODE(SIGSTOP));
	if (!WIFSTOPPED(status))
		return;
	for (int i = 0; i < MEMBERS; i++)
		EXPECT_EQ(thread_state(child, members[i].tid), 'T', i);
	post(MAY_GO);
	EXPECT_OK(checked_tgkill(child, members[!row->index].tid, SIGCONT));
	EXPECT_EXITED(child, 0);
}
