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
#include "die.h"
#include "isolate.h"
#include "shared.h"
#include "sweep.h"

/* How long what is left of a test may take to die of SIGKILL before the cell leaves it to the runner. */
#define SWEEP_SECONDS 3.0
/* After this it is seen to that nothing holds it. */
#define HELD_SECONDS 0.2

/* The same in each execution of this program. */
static size_t place_of(const struct test *test)
{
	const struct test *const *t = __start_forkcheck_tests;

	while (*t != test)
		t++;
	return (size_t)(t - __start_forkcheck_tests);
}

void cell_command(const struct cell *cell, struct cell_command *command)
{
	unsigned n = 0;

	snprintf(command->text[n++], ID_SIZE, "forkcheck");
	snprintf(command->text[n++], ID_SIZE, "--cell");
	snprintf(command->text[n++], ID_SIZE, "%s", cell->item->id);
	snprintf(command->text[n++], ID_SIZE, "%zu", place_of(cell->item->test));
	snprintf(command->text[n++], ID_SIZE, "%zu", cell->item->n);
	snprintf(command->text[n++], ID_SIZE, "%u", cell->uid);
	snprintf(command->text[n++], ID_SIZE, "%d", cell->uid_is_ours);
	snprintf(command->text[n++], ID_SIZE, "%d", cell->penned);
	snprintf(command->text[n++], ID_SIZE, "%u", cell->fence);
	snprintf(command->text[n++], ID_SIZE, "%u", cell->seed);
	snprintf(command->text[n++], ID_SIZE, "%u.%u", cell->assumed.major, cell->assumed.minor);
	snprintf(command->text[n++], ID_SIZE, "%llu", (unsigned long long)cell->secret);
	snprintf(command->text[n++], ID_SIZE, "%lx", confinement_known().types);
	snprintf(command->text[n++], ID_SIZE, "%d", confinement_known().chrooted);
	snprintf(command->text[n++], ID_SIZE, "%s", cell->workdir);
	for (unsigned i = 0; i < n; i++)
		command->argv[i] = command->text[i];
	command->argv[n] = NULL;
}

/* By its place, as looking for the id would touch every test's memory, in each cell. */
static struct item cell_item(const char *id, size_t place, size_t n)
{
	const struct test *const *t = __start_forkcheck_tests + place;
	struct item item = { 0 };

	if (place < (size_t)(__stop_forkcheck_tests - __start_forkcheck_tests) && n < case_total(*t))
		item_init(&item, *t, n);
	if (strcmp(item.id, id))
		die("--cell: no test %s", id);
	return item;
}

_Noreturn void cell_main(int argc, char **argv)
{
	struct item item;
	struct cell cell = { .item = &item };

	if (argc != 15)
		die("--cell is for the runner itself");
	item = cell_item(argv[2], strtoul(argv[3], NULL, 10), strtoul(argv[4], NULL, 10));
	cell.uid = (uid_t)atol(argv[5]);
	cell.uid_is_ours = atoi(argv[6]);
	cell.penned = atoi(argv[7]);
	cell.fence = (unsigned)strtoul(argv[8], NULL, 10);
	cell.seed = (uint32_t)strtoul(argv[9], NULL, 10);
	release_parse(argv[10], &cell.assumed);
	cell.secret = strtoull(argv[11], NULL, 10);
	memset(argv[11], 0, strlen(argv[11])); /* it can be read in /proc */
	confinement_set((struct confinement){ strtoul(argv[12], NULL, 16), atoi(argv[13]) });
	cell.workdir = argv[14];
	cell_run(&cell);
}

/* ---- The test's process ------------------------------------------------------------------------ */

/* What it does to mounts and to names ends with it. Where that can't be had, clear_after() has more to do. */
static void keep_to_itself(const struct cell *cell)
{
	if (cell->penned && (cell->item->caps | cell->item->init_caps) & CAP(SYS_ADMIN))
		sys_unshare(CLONE_NEWNS | CLONE_NEWUTS);
}

static _Noreturn void run_test(struct cell *cell, const struct privileges *have)
{
	cell->secret = 0;
	sys_close(FD_LIFELINE);
	setpgid(0, 0);
	keep_to_itself(cell);
	body_run(cell->item, cell->seed, have);
}

/* ---- The cell's own process -------------------------------------------------------------------- */

static void on_child(int sig)
{
	(void)sig; /* only to end poll() */
}

void signals_default(void)
{
	const unsigned long by_default[8] = { 0 };
	const sigset64 none = 0;

	sys_sigprocmask(SIG_SETMASK, &none, NULL);
	/* The C library would keep its hands off two of them. */
	for (int sig = 1; sig <= 64; sig++)
		SYSCALL4(SYS_rt_sigaction, sig, by_default, NULL, sizeof(sigset64));
}

/*
 * What root leaves has no owner by which it could be told from what another test of root does. So such a test has objects, queues and
 * directories of its own, where that can be had. They end with the cell, however that ends.
 */
static bool share_nothing(const struct cell *cell)
{
	if (!cell->item->test->as_root || sys_unshare(CLONE_NEWIPC))
		return false;
	/* Out of the pen mounts might be seen outside. */
	if (cell->penned && !sys_unshare(CLONE_NEWNS))
		shared_renew();
	return true;
}

/* Returns whether the test has its directory, or none was to be had. */
static bool surroundings(const struct cell *cell)
{
	struct rlimit no_core = { 0 };
	struct rlimit fence = { cell->fence, cell->fence };

	setsid();
	prctl(PR_SET_NAME, "forkcheck"); /* not "exe", after /proc/self/exe */
	prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
	umask(022);
	getrlimit(RLIMIT_CORE, &no_core);
	no_core.rlim_cur = 0; /* a test that wants a core file raises it again */
	setrlimit(RLIMIT_CORE, &no_core);
	/* A test that forks without end must not take the machine with it. */
	setrlimit(RLIMIT_NPROC, &fence);
	if (!*cell->workdir)
		return !chdir("/");
	return !chdir(cell->workdir);
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

/* Waits until the test's process ends or the runner closes its end of the lifeline. Returns whether it ended. */
static bool watch(pid_t test, int *status)
{
	struct pollfd lifeline = { .fd = FD_LIFELINE, .events = POLLIN };
	bool ended = false;
	sigset_t blocked, open;

	sigemptyset(&blocked);
	sigaddset(&blocked, SIGCHLD);
	sigprocmask(SIG_BLOCK, &blocked, &open);
	while (reap(test, &ended, status), !ended) {
		const struct timespec second = { .tv_sec = 1 };
		if (ppoll(&lifeline, 1, &second, &open) > 0)
			break;
	}
	sigprocmask(SIG_SETMASK, &open, NULL);
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
	const struct timespec second = { .tv_sec = 1 };
	bool ended, stays = false;
	sigset_t blocked, open;
	int status;

	sigemptyset(&blocked);
	sigaddset(&blocked, SIGCHLD);
	sigprocmask(SIG_BLOCK, &blocked, &open);
	while (!stays && reap(-1, &ended, &status))
		stays = ppoll(NULL, 0, &second, &open) == 0;
	sigprocmask(SIG_SETMASK, &open, NULL);
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
	const struct sigaction action = { .sa_handler = on_child }, ignore = { .sa_handler = SIG_IGN };
	int status = 0;

	record_page = mmap(NULL, sizeof(*record_page), PROT_READ | PROT_WRITE, MAP_SHARED, FD_PAGE, 0);
	if (record_page == MAP_FAILED)
		record_page = NULL;
	sys_close(FD_PAGE);
	if (cell->assumed.major)
		release_assume(cell->assumed);
	ordinary_id_set(cell->uid);
	cell->shares_nothing = share_nothing(cell);
	if (!surroundings(cell)) {
		record_text(RECORD_BROKEN, SITE_NONE, "the directory for this test is gone");
		_exit(0);
	}
	const struct privileges have = privileges_now();

	pid_t test = fork();
	if (test == 0)
		run_test(cell, &have);
	if (test < 0) {
		record_text(RECORD_BROKEN, SITE_NONE, "the cell cannot fork");
		_exit(0);
	}
	record_root = test;
	sigaction(SIGCHLD, &action, NULL);
	/* Where the runner has died a record goes nowhere, and there is still to be cleared up. */
	sigaction(SIGPIPE, &ignore, NULL);
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
