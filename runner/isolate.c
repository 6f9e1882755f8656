// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "body.h"
#include "clear.h"
#include "clock.h"
#include "isolate.h"
#include "shared.h"
#include "sweep.h"

/* How long what is left of a test may take to die of SIGKILL before the cell leaves it to the runner. */
#define SWEEP_SECONDS 3.0
/* After this it is seen to that nothing holds it. */
#define HELD_SECONDS 0.2

/* What is the same for all cells that a process makes. */
static struct privileges have;

uint32_t cell_place(const struct test *test)
{
	const struct test *const *t = __start_forkcheck_tests;

	while (*t != test)
		t++;
	return (uint32_t)(t - __start_forkcheck_tests);
}

const struct test *cell_test(const struct cell *cell)
{
	return __start_forkcheck_tests[cell->place];
}

/* ---- Signals ----------------------------------------------------------------------------------- */

/* The C library would keep its hands off two of them. */
static void default_action(int sig)
{
	const unsigned long by_default[8] = { 0 };

	SYSCALL4(SYS_rt_sigaction, sig, by_default, NULL, sizeof(sigset64));
}

static void unblock_all(void)
{
	const sigset64 none = 0;

	sys_sigprocmask(SIG_SETMASK, &none, NULL);
}

void signals_default(void)
{
	unblock_all();
	for (int sig = 1; sig <= 64; sig++)
		default_action(sig);
}

static void on_child(int sig)
{
	(void)sig; /* only to end ppoll() */
}

/* Blocked but in cell_wait(). */
static void await_children(void)
{
	const struct sigaction action = { .sa_handler = on_child };
	sigset_t blocked;

	sigemptyset(&blocked);
	sigaddset(&blocked, SIGCHLD);
	sigprocmask(SIG_BLOCK, &blocked, NULL);
	sigaction(SIGCHLD, &action, NULL);
}

int cell_wait(struct pollfd *told)
{
	const struct timespec second = { .tv_sec = 1 };
	sigset_t open;

	sigemptyset(&open);
	return ppoll(told, told ? 1 : 0, &second, &open);
}

/* ---- The test's process ------------------------------------------------------------------------ */

/* What it does to mounts and to names ends with it. Where that can't be had, clear_after() has more to do. */
static void keep_to_itself(const struct cell *cell)
{
	if (cell->penned && cell->caps & CAP(SYS_ADMIN))
		sys_unshare(CLONE_NEWNS | CLONE_NEWUTS);
}

static _Noreturn void run_test(struct cell *cell)
{
	cell->secret = 0;
	sys_close(FD_LIFELINE);
	default_action(SIGCHLD);
	default_action(SIGPIPE);
	unblock_all();
	setpgid(0, 0);
	keep_to_itself(cell);
	body_run(cell_test(cell), cell->n, cell->caps, cell->seed, &have);
}

/* ---- The cell's own process -------------------------------------------------------------------- */

void cell_prepare(void)
{
	const struct sigaction ignore = { .sa_handler = SIG_IGN };
	struct rlimit no_core = { 0 };

	await_children();
	/* Where the runner has died a record goes nowhere, and there is still to be cleared up. */
	sigaction(SIGPIPE, &ignore, NULL);
	prctl(PR_SET_NAME, "forkcheck"); /* not "exe", after /proc/self/exe */
	umask(022);
	getrlimit(RLIMIT_CORE, &no_core);
	no_core.rlim_cur = 0; /* a test that wants a core file raises it again */
	setrlimit(RLIMIT_CORE, &no_core);
	have = privileges_now();
	record_root_namespace = namespace_of_self("pid");
	filter_around();
}

/*
 * What root leaves has no owner by which it could be told from what another test of root does, nor has what an ordinary user leaves
 * whose tests are all the same user's. So such a test has objects, queues and directories of its own, where that can be had. They end
 * with the cell, however that ends.
 */
static bool share_nothing(const struct cell *cell)
{
	const bool owner_tells = cell->uid_is_ours && !cell_test(cell)->as_root;

	if (owner_tells || sys_unshare(CLONE_NEWIPC))
		return false;
	/* Out of the pen mounts might be seen outside. */
	if (cell->penned && !sys_unshare(CLONE_NEWNS))
		shared_renew();
	return true;
}

/* Returns whether the test has its directory, or none was to be had. */
static bool surroundings(const struct cell *cell)
{
	const struct rlimit fence = { cell->fence, cell->fence };

	setsid();
	prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
	/* A test that forks without end must not take the machine with it. */
	setrlimit(RLIMIT_NPROC, &fence);
	return !chdir(*cell->workdir ? cell->workdir : "/");
}

/* Reaps what is dead. Returns false when there is no child any more. */
static bool reap(pid_t test, bool *ended, int *status)
{
	int one = 0;
	long pid;

	while ((pid = raw_wait4(-1, &one, WNOHANG | __WALL, NULL)) > 0) {
		if (pid == test) {
			*ended = true;
			*status = one;
		}
	}
	return pid == 0;
}

/* Waits until the test's process ends or the runner says that the cell is to end. Returns whether it ended. */
static bool watch(pid_t test, int *status)
{
	struct pollfd lifeline = { .fd = FD_LIFELINE, .events = POLLIN };
	bool ended = false;

	while (!ended && cell_wait(&lifeline) <= 0)
		reap(test, &ended, status);
	return ended;
}

/* Tells of each that is below the cell; without /proc nothing is known but that something is there. */
static void report_below(enum record_kind kind)
{
	struct process list[16];
	size_t n = descendants(sys_getpid(), list, ARRAY_SIZE(list));

	for (size_t i = 0; i < n; i++) {
		if (list[i].dying && kind == RECORD_SURVIVOR)
			continue;
		struct record r = { .kind = kind, .site = SITE_NONE, .got = list[i].pid };
		snprintf(r.text, sizeof(r.text), "pid %d (%s)", list[i].pid, list[i].name);
		record_send(&r);
	}
	if (!n)
		record_text(kind, SITE_NONE, "a process");
}

/* Without /proc nothing tells who is dying already: it is who is gone within a second after the one before. */
static bool any_stays(void)
{
	bool ended, stays = false;
	int status;

	while (!stays && reap(-1, &ended, &status))
		stays = cell_wait(NULL) == 0;
	return stays;
}

/* Something still lives that is not dying already. */
static bool any_alive(void)
{
	struct process list[64];
	size_t n = descendants(sys_getpid(), list, ARRAY_SIZE(list));
	bool alive = false;

	if (!n)
		return any_stays();
	for (size_t i = 0; i < n; i++)
		alive |= !list[i].dying;
	return alive;
}

/* Ends all that is left below the cell, as far as it can be ended. */
static void sweep(const struct cell *cell, bool complain)
{
	const double begun = monotonic();
	bool ended, told = !complain;
	int status;

	while (reap(-1, &ended, &status)) {
		/* The second look: one that nobody has to reap may have gone after the first. */
		if (!told && any_alive() && reap(-1, &ended, &status)) {
			report_below(RECORD_SURVIVOR);
			told = true;
		}
		if (cell->uid_is_ours)
			kill_user(cell->uid);
		kill_descendants(sys_getpid(), NULL, 0);
		if (monotonic() > begun + HELD_SECONDS)
			release_held(sys_getpid());
		if (monotonic() > begun + SWEEP_SECONDS) {
			report_below(RECORD_UNKILLED);
			return;
		}
		sys_sched_yield();
	}
}

/* ---- The whole ---------------------------------------------------------------------------------- */

_Noreturn void cell_run(struct cell *cell)
{
	int status = 0;

	if (cell->assumed.major)
		release_assume(cell->assumed);
	confinement_set(cell->confinement);
	ordinary_id_set(cell->uid);
	cell->shares_nothing = share_nothing(cell);
	if (!surroundings(cell)) {
		record_text(RECORD_BROKEN, SITE_NONE, "the directory for this test is gone");
		_exit(0);
	}
	pid_t test = fork();
	if (test == 0)
		run_test(cell);
	if (test < 0) {
		record_text(RECORD_BROKEN, SITE_NONE, "the cell cannot fork");
		_exit(0);
	}
	record_root = test;
	bool ended = watch(test, &status);
	sweep(cell, ended);
	clear_after(cell);
	if (ended) {
		struct record r = {
			.kind = RECORD_STATUS, .site = SITE_NONE, .got = status, .want = (int64_t)cell->secret
		};
		record_send(&r);
	}
	_exit(0);
}
