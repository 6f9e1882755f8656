// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/utsname.h>

#include "applies.h"
#include "clear.h"
#include "clock.h"
#include "die.h"
#include "details.h"
#include "kernel_log.h"
#include "ladder.h"
#include "lost.h"
#include "names.h"
#include "notes.h"
#include "past.h"
#include "reporting.h"
#include "run.h"
#include "select.h"
#include "slot.h"
#include "sweep.h"
#include "times.h"
#include "workplace.h"

/* How long a cell that was told to end may take before it is killed itself; how long that may then take. */
#define GRACE_SECONDS 3.0
#define KILL_SECONDS 10.0
/* How long a cell may take to clear away what its test left, once the body has returned. */
#define CLEAR_SECONDS 10.0
/* SIGKILL is repeated: what it hits may have forked, or been held, meanwhile. */
#define KILL_AGAIN_SECONDS 0.3
/*
 * The users of the cells: some for each run, chosen by its process id and the namespace of that, so that runs beside
 * each other, and what else the machine has running as nobody, are not mixed up with it. A user whose processes can't be
 * killed is not used again.
 */
#define ORDINARY_UIDS 20000
#define USERS_OF_RUN (JOBS_MAX + LOST_TESTS)
#define RUNS_APART (32768 / USERS_OF_RUN)
/* Enough for any test, few enough that one which forks without end leaves the machine usable. */
#define TASKS_ALLOWED 512
/* In place of the seconds of a result: it has none yet, and its test is to run with no other beside it. */
#define ALONE -1.0

static struct {
	const struct options *options;
	const struct pen *pen;
	struct suite suite;
	struct expectations expectations;
	struct past past;
	struct privileges have;
	uid_t first_uid;  /* of the cells */
	const char *rung; /* missing, or NULL */
	enum cell_start start;
	bool strays;   /* cells can't be subreapers: orphans of their tests are not below them */
	char base[48]; /* of the working directories; "" : none */
	struct slot *slots;
	unsigned numbers; /* that slots have had */
	struct lost lost;
	pid_t *spared;		   /* room for others_running() */
	struct pollfd *polled;	   /* and for wait_for_something() */
	const struct item **order; /* of this round */
	size_t count;
	uint32_t seed;
	struct again again;
	struct result *results; /* one for each of order */
	size_t started, emitted;
	struct report report;
	FILE *times; /* where they are saved, or NULL */
	int times_err;
	int wake[2];	     /* signals arrive here */
	const char *stopped; /* why, or NULL */
	int stopped_by;	     /* the signal, or 0 */
} run_state;

#define R run_state

/* ---- Signals ----------------------------------------------------------------------------------- */

struct arrival {
	int sig;
	pid_t pid; /* who sent it; 0: nobody in this PID namespace */
	uid_t uid;
};

static void on_signal(int sig, siginfo_t *info, void *context)
{
	const struct arrival arrival = { sig, info->si_code <= 0 ? info->si_pid : 0, info->si_uid };
	int saved = errno;

	(void)context;
	(void)!write(R.wake[1], &arrival, sizeof(arrival));
	errno = saved;
}

static void catch_signals(void)
{
	/* execve(2) resets caught signals to their default; ignored ones would stay ignored. */
	static const int signals[] = { SIGCHLD, SIGINT, SIGTERM, SIGHUP, SIGPIPE };
	const struct sigaction action = { .sa_sigaction = on_signal, .sa_flags = SA_RESTART | SA_SIGINFO };

	if (pipe2(R.wake, O_CLOEXEC | O_NONBLOCK))
		die("no pipe: %s", strerror(errno));
	for (size_t i = 0; i < ARRAY_SIZE(signals); i++)
		sigaction(signals[i], &action, NULL);
}

/* Sent by a test: below the runner, or of a cell's user. In the pen nobody else can be seen. */
static bool from_inside(const struct arrival *arrival)
{
	struct process list[256];

	if (arrival->pid <= 0)
		return false;
	if (sys_getpid() == 1 || (R.have.root && arrival->uid - R.first_uid < USERS_OF_RUN))
		return true;
	for (size_t n = descendants(sys_getpid(), list, ARRAY_SIZE(list)); n-- > 0;)
		if (list[n].pid == arrival->pid)
			return true;
	return false;
}

static void read_signals(void)
{
	struct arrival arrival;

	while (read(R.wake[0], &arrival, sizeof(arrival)) == sizeof(arrival)) {
		const int sig = arrival.sig;
		if (sig != SIGINT && sig != SIGTERM && sig != SIGHUP)
			continue;
		const char *name = sig == SIGINT ? "SIGINT (^C)" : sig == SIGTERM ? "SIGTERM" : "SIGHUP";
		if (from_inside(&arrival)) {
			report_note(&R.report, "a test has sent %s to the runner, which goes on", name);
			continue;
		}
		R.stopped_by = sig;
		R.stopped = name;
	}
}

/* ---- Results ----------------------------------------------------------------------------------- */

static void conclude(size_t index, enum verdict verdict, char *details, double seconds)
{
	struct result *result = &R.results[index];

	result->item = R.order[index];
	result->verdict = verdict;
	result->expectation = expectation_for(&R.expectations, result->item);
	result->surprise = surprise(result->expectation, verdict);
	result->details = details;
	result->seconds = seconds;
	result->complete = true;
}

/* Reports, in order, what is complete. */
static void emit(void)
{
	const char *name;

	for (; R.emitted < R.count && R.results[R.emitted].complete; R.emitted++) {
		struct result *result = &R.results[R.emitted];
		report_result(&R.report, result);
		free(result->details);
		result->details = NULL;
	}
	if (report_error(&R.report, &name) && !R.stopped)
		R.stopped = "the report cannot be written";
}

/* What an earlier part of this run has reported already: it is counted, and not told again. */
static void recall(void)
{
	report_mute(&R.report, true);
	for (size_t i = 0; i < R.count; i++) {
		const struct past_item *before = &R.past.of[R.order[i] - R.suite.items];
		if (before->state == PAST_ENDED)
			conclude(i, before->verdict, NULL, 0);
	}
	emit();
	report_mute(&R.report, false);
	report_note(&R.report, NOTE_RESUMED "the machine is another one, with %zu results so far", R.emitted);
}

/* Tests that killed the machine get their verdict now; suspects are marked to run alone. */
static void accuse(void)
{
	for (size_t i = 0; i < R.count; i++) {
		const struct past_item *before = &R.past.of[R.order[i] - R.suite.items];
		const struct outcome outcome = { .console = before->console ? before->console : "" };
		if (before->state == PAST_SUSPECT)
			R.results[i].seconds = ALONE;
		if (before->state != PAST_FATAL)
			continue;
		snprintf(R.results[i].why, sizeof(R.results[i].why), "%s", before->why);
		conclude(i, before->verdict, details_text(R.order[i], &outcome, before->verdict, &R.again), 0);
	}
	emit();
}

static unsigned active(void)
{
	unsigned n = 0;

	for (unsigned i = 0; i < R.options->jobs; i++)
		n += R.slots[i].cell != 0;
	return n;
}

/* In the place of a slot that has processes which can't be killed: they may still write to its memory. */
static void renew(struct slot *slot)
{
	slot_free(slot);
	slot_init(slot, R.numbers++, R.base[0] ? R.base : NULL);
	if (!lost_test(&R.lost) && !R.stopped)
		R.stopped = "too many tests have left processes that can't be killed";
}

/* What is below the runner, but not of a dead cell: the other cells, and what is lost already. */
static size_t others_running(void)
{
	size_t n = 0;

	for (unsigned i = 0; i < R.options->jobs; i++)
		if (R.slots[i].cell)
			R.spared[n++] = R.slots[i].cell;
	for (size_t i = 0; i < R.lost.count; i++)
		R.spared[n++] = R.lost.process[i].pid;
	return n;
}

/* Slow machines take longer for this, too. */
static double patience(double seconds)
{
	return seconds * R.options->timeout_scale;
}

/* Ends what a dead cell left to the runner. Its test is told of what does not end. Returns whether all did. */
static bool take_strays(struct slot *slot)
{
	const double until = monotonic() + patience(KILL_SECONDS);
	const size_t spared = others_running();
	struct process list[16];
	size_t n;

	for (;;) {
		if (slot->what.uid_is_ours)
			kill_user(slot->what.uid);
		kill_descendants(sys_getpid(), R.spared, spared);
		n = others_below(sys_getpid(), R.spared, spared, list, ARRAY_SIZE(list));
		if (!n || monotonic() > until)
			break;
		for (size_t i = 0; i < n; i++)
			release_held(list[i].pid);
		sys_sched_yield();
	}
	for (size_t i = 0; i < n; i++)
		lost_add(&R.lost, list[i].pid, slot->what.item);
	describe_processes(list, n, true, slot->outcome.unkilled, sizeof(slot->outcome.unkilled));
	return !n;
}

/*
 * A cell that was killed or stopped beside others may have been hit by another's test: by kill(-1) where all have the same
 * user, or by one that is root. Its test gets another chance, alone.
 */
static bool again_alone(struct slot *slot)
{
	struct result *result = &R.results[slot->index];

	if (!(slot->outcome.lost || slot->outcome.meddled) || R.options->jobs == 1 || result->seconds != 0)
		return false;
	report_note(&R.report, "once more, alone: %s: its cell was %s", slot->what.item->id,
		    slot->outcome.lost ? status_text(slot->outcome.cell_status) : "stopped");
	result->seconds = ALONE;
	return true;
}

static void judge(struct slot *slot)
{
	struct result *result = &R.results[slot->index];
	kernel_log_complaints(slot->outcome.kernel, sizeof(slot->outcome.kernel));
	enum verdict verdict = outcome_verdict(&slot->outcome, result->why, sizeof(result->why));
	char *details = details_text(slot->what.item, &slot->outcome, verdict, &R.again);

	conclude(slot->index, verdict, details, slot->outcome.seconds);
}

static void finish(struct slot *slot, int status)
{
	bool clean = true;

	slot_finish(slot, status, monotonic());
	if (slot->outcome.lost || slot->outcome.timed_out || slot->outcome.kinds[RECORD_UNKILLED])
		clean = take_strays(slot);
	else if (R.strays && slot->what.uid_is_ours)
		kill_user(slot->what.uid);
	if (clean)
		slot_clear(slot, status != 0, patience(CLEAR_SECONDS));
	if (!again_alone(slot))
		judge(slot);
	if (!clean)
		renew(slot);
}

/* Its cell, or what is below, does not end. */
static void give_up(struct slot *slot)
{
	struct process list[16];
	size_t n = others_below(slot->cell, NULL, 0, list, ARRAY_SIZE(list));

	lost_add(&R.lost, slot->cell, slot->what.item);
	for (size_t i = 0; i < n; i++)
		lost_add(&R.lost, list[i].pid, slot->what.item);
	slot_give_up(slot, monotonic());
	judge(slot);
	renew(slot);
}

/* ---- The loop ---------------------------------------------------------------------------------- */

static void start(struct slot *slot, size_t index)
{
	const struct item *item = R.order[index];
	unsigned ms = item->test->timeout_ms ? item->test->timeout_ms : TIMEOUT_DEFAULT_MS;

	slot->index = index;
	slot->what = (struct cell){
		.item = item,
		.uid = R.first_uid + slot->number,
		.uid_is_ours = R.have.root,
		.penned = R.pen->closed,
		.fence = TASKS_ALLOWED + (R.have.root ? 0 : R.pen->tasks),
		.seed = R.seed,
		.assumed = R.options->assumed,
	};
	if (!R.have.root)
		slot->what.uid = getuid();
	slot->begun = monotonic();
	slot->limit = ms / 1000.0 * R.options->timeout_scale;
	slot->deadline = slot->begun + slot->limit;
	slot->clearing = patience(CLEAR_SECONDS);
	report_running(&R.report, item);
	if (!slot_start(slot, R.start)) {
		snprintf(R.results[index].why, sizeof(R.results[index].why), "no process for its cell: %s",
			 strerror(errno));
		conclude(index, VERDICT_BROKEN, NULL, 0);
	}
}

/* Settles what needs no cell. Returns whether it is settled. */
static bool settle(size_t index)
{
	struct result *result = &R.results[index];

	if (result->complete)
		return true;
	if (inapplicable(R.order[index], &R.have, R.pen, result->why, sizeof(result->why))) {
		conclude(index, VERDICT_SKIP, NULL, 0);
		return true;
	}
	if (R.rung) {
		snprintf(result->why, sizeof(result->why), "this system lacks what every test rests on: %s", R.rung);
		conclude(index, VERDICT_BROKEN, NULL, 0);
		return true;
	}
	return false;
}

static struct slot *free_slot(void)
{
	for (unsigned i = 0; i < R.options->jobs; i++)
		if (!R.slots[i].cell)
			return &R.slots[i];
	return NULL;
}

static bool needs_solitude(size_t index)
{
	return R.order[index]->test->alone || R.results[index].seconds == ALONE;
}

static bool solitary_runs(void)
{
	for (unsigned i = 0; i < R.options->jobs; i++)
		if (R.slots[i].cell && needs_solitude(R.slots[i].index))
			return true;
	return false;
}

/* The next item to start: one that is to be tried again, or a new one. */
static size_t next_item(void)
{
	for (size_t i = R.emitted; i < R.started; i++) {
		bool runs = false;
		for (unsigned s = 0; s < R.options->jobs; s++)
			runs |= R.slots[s].cell && R.slots[s].index == i;
		if (!R.results[i].complete && !runs)
			return i;
	}
	return R.started;
}

static void start_more(void)
{
	struct slot *slot;

	while (!R.stopped && (slot = free_slot()) && !solitary_runs()) {
		size_t index = next_item();
		if (index >= R.count)
			return;
		if (needs_solitude(index) && active())
			return;
		if (index == R.started)
			R.started++;
		if (!settle(index))
			start(slot, index);
		emit();
	}
}

static void wait_for_something(void)
{
	struct pollfd *fds = R.polled;
	nfds_t n = 0;
	double now = monotonic(), until = now + 1;

	fds[n++] = (struct pollfd){ .fd = R.wake[0], .events = POLLIN };
	for (unsigned i = 0; i < R.options->jobs; i++) {
		const struct slot *slot = &R.slots[i];
		if (!slot->cell)
			continue;
		fds[n++] = (struct pollfd){ .fd = slot->records, .events = POLLIN };
		fds[n++] = (struct pollfd){ .fd = slot->output, .events = POLLIN };
		if (slot->deadline < until)
			until = slot->deadline;
	}
	int ms = until <= now ? 0 : (int)((until - now) * 1000) + 1;
	poll(fds, n, ms);
}

/* Time is up for the slot: the next step to its end. */
static void hasten(struct slot *slot, double now)
{
	switch (slot->stage) {
	case SLOT_RUNS:
		slot_expire(slot, now);
		slot->deadline = now + patience(GRACE_SECONDS);
		return;
	case SLOT_TOLD:
		slot->patience = now + patience(KILL_SECONDS);
		break;
	case SLOT_KILLED:
		if (now < slot->patience)
			break;
		give_up(slot);
		return;
	}
	slot_kill(slot);
	slot->deadline = now + KILL_AGAIN_SECONDS;
}

static void check_deadlines(void)
{
	double now = monotonic();

	for (unsigned i = 0; i < R.options->jobs; i++)
		if (R.slots[i].cell && slot_due(&R.slots[i], now))
			hasten(&R.slots[i], now);
}

static void reap_cells(void)
{
	int status;
	pid_t pid;

	while ((pid = (pid_t)raw_wait4(-1, &status, WNOHANG | __WALL, NULL)) > 0) {
		lost_remove(&R.lost, pid);
		for (unsigned i = 0; i < R.options->jobs; i++)
			if (R.slots[i].cell == pid)
				finish(&R.slots[i], status);
	}
}

/* Kills a cell and what is below, and reaps it. Returns whether that was possible. */
static bool end_now(struct slot *slot)
{
	const double until = monotonic() + patience(KILL_SECONDS);

	do {
		slot_kill(slot);
		sys_sched_yield();
		if (raw_wait4(slot->cell, NULL, WNOHANG | __WALL, NULL) != 0)
			return true;
	} while (monotonic() < until);
	return false;
}

/* Told to stop: ends the cells at once; their tests have no verdict. */
static void abandon(void)
{
	for (unsigned i = 0; i < R.options->jobs; i++) {
		struct slot *slot = &R.slots[i];
		if (!slot->cell)
			continue;
		if (!end_now(slot))
			lost_add(&R.lost, slot->cell, slot->what.item);
		slot_finish(slot, 0, monotonic());
		if (take_strays(slot))
			slot_clear(slot, true, patience(CLEAR_SECONDS));
	}
}

static void run_round(unsigned number)
{
	R.started = R.emitted = 0;
	memset(R.results, 0, R.count * sizeof(*R.results));
	if (R.options->shuffle)
		shuffle_items(R.order, R.count, R.seed + number);
	report_round(&R.report, number, R.order, R.count);
	if (R.past.of) {
		recall();
		accuse();
	}
	while (R.emitted < R.count && !R.stopped) {
		start_more();
		if (active())
			wait_for_something();
		read_signals();
		for (unsigned i = 0; i < R.options->jobs; i++)
			if (R.slots[i].cell)
				slot_drain(&R.slots[i]);
		reap_cells();
		check_deadlines();
		emit();
	}
	if (R.stopped)
		abandon();
	/* What is complete, but behind a test that is not, is told as well. */
	for (size_t i = R.emitted; i < R.count; i++) {
		if (R.results[i].complete)
			report_result(&R.report, &R.results[i]);
		free(R.results[i].details);
	}
	report_round_end(&R.report);
	if (R.times && !R.times_err)
		R.times_err = times_save(R.times, R.results, R.count);
}

/* ---- Before and after -------------------------------------------------------------------------- */

static void header(struct report *report)
{
	struct utsname uts = { 0 };
	const char *config = kernel_config_source();

	uname(&uts);
	report_note(report, NOTE_HEADER, VERSION, uts.sysname, uts.release, uts.machine);
	if (R.options->assumed.major)
		report_note(report, NOTE_ASSUMED "%u.%u", R.options->assumed.major, R.options->assumed.minor);
	report_note(report, NOTE_USER "%s%s; configuration: %s", R.have.root ? "root" : "ordinary",
		    R.have.initial_userns ? "" : ", in a user namespace", config ? config : "unknown");
	if (R.pen->open_because)
		report_note(report, "no pen: %s", R.pen->open_because);
	if (R.start == CELL_FORKED)
		report_note(report, "cells are forked only: execve leaves the implementation under test");
	if (R.rung)
		report_note(report, "broken ground: %s does not work", R.rung);
	if (!R.base[0])
		report_note(report, "no directory to write to");
	report_note(report, NOTE_SEED "%u, %u at once", R.seed, R.options->jobs);
}

void run_prepare(const struct options *options)
{
	const struct privileges have = privileges_now();
	const struct circumstances here = { .arch = ARCH_NAME,
					    .release = release_now(),
					    .privileged = have.root && have.initial_userns };

	R.options = options;
	R.first_uid = ORDINARY_UIDS + USERS_OF_RUN * ((uid_t)(sys_getpid() + namespace_of_self("pid")) % RUNS_APART);
	report_set_up(&R.report, options);
	suite_load(&R.suite);
	expectations_load(&R.expectations, options->expect, options->expect_count, &R.suite, &here);
	if (options->resume)
		past_load(&R.past, options->resume, &R.suite);
	R.seed = options->resume ? R.past.seed : options->seed;
	R.again = (struct again){ .command = options->again, .seed = R.seed };
	R.order = calloc(R.suite.count + 1, sizeof(*R.order));
	R.results = calloc(R.suite.count + 1, sizeof(*R.results));
	R.slots = calloc(options->jobs, sizeof(*R.slots));
	R.spared = calloc(options->jobs + LOST_PROCESSES, sizeof(*R.spared));
	R.polled = calloc(2 * options->jobs + 1, sizeof(*R.polled));
	if (!R.order || !R.results || !R.slots || !R.spared || !R.polled)
		die("out of memory");
	R.count = select_items(&R.suite, options->words, options->word_count, R.order);
	R.count = shard_items(options, R.order, R.count);
	if (options->gtest.on) {
		R.count = gtest_select(&options->gtest, R.order, R.count);
		gtest_open(&options->gtest);
	}
	/* Last, as it may be the file that was read. */
	if (options->save_times && !(R.times = fopen(options->save_times, "we")))
		die("%s: %s", options->save_times, strerror(errno));
}

/* PRoot, which traces all processes, comes to answer with errors out of nowhere when many have shared memory so. */
static enum cell_start way_to_start(void)
{
	if (!exec_stays())
		return CELL_FORKED;
	return proc_field("/proc/self/status", "TracerPid:", 10) > 0 ? CELL_EXECUTED : CELL_SPAWNED;
}

static void set_up(void)
{
	const struct options *options = R.options;

	umask(022); /* not before the caller's files are open */
	R.strays = prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
	R.have = privileges_now();
	R.rung = missing_rung();
	while (R.have.root && !R.pen->closed && users_in_use(R.first_uid, USERS_OF_RUN))
		R.first_uid = ORDINARY_UIDS +
			      (R.first_uid - ORDINARY_UIDS + USERS_OF_RUN) % (USERS_OF_RUN * RUNS_APART);
	R.start = way_to_start();
	if (!workplace_make(R.base, sizeof(R.base), R.pen))
		R.base[0] = 0;
	for (unsigned i = 0; i < options->jobs; i++)
		slot_init(&R.slots[i], R.numbers++, R.base[0] ? R.base : NULL);
	/* So that "a directory to write to" means the same here as in the cells. */
	(void)!chdir(R.base[0] ? R.base : "/");
}

static void clear_away(void)
{
	for (unsigned i = 0; i < R.options->jobs; i++)
		slot_free(&R.slots[i]);
	(void)!chdir("/");
	if (R.base[0]) {
		empty_directory(R.base);
		rmdir(R.base);
	}
	expectations_free(&R.expectations);
	report_free(&R.report);
	past_free(&R.past, &R.suite);
	suite_free(&R.suite);
	free(R.order);
	free(R.results);
	free(R.slots);
	free(R.spared);
	free(R.polled);
}

static void tell_line(void *report, const char *line)
{
	report_note(report, "%s", line);
}

static int exit_status(void)
{
	bool stale = false;
	const char *name;
	const int err = report_error(&R.report, &name);

	for (size_t i = 0; i < R.expectations.count; i++)
		stale |= R.expectations.entry[i].stale;
	if (err)
		fprintf(stderr, "forkcheck: %s: %s\n", name, strerror(err));
	if (R.times_err)
		fprintf(stderr, "forkcheck: %s: %s\n", R.options->save_times, strerror(R.times_err));
	if (err || R.times_err)
		return EXIT_USAGE;
	/* As a shell has it, whatever was found until then. */
	if (R.stopped_by)
		return 128 + R.stopped_by;
	if (R.report.surprises[NEW_FAILURE] || R.report.surprises[CHANGED_FAILURE] || R.past.unexplained)
		return EXIT_DEVIATION;
	if (R.stopped)
		return EXIT_USAGE;
	if (R.report.surprises[UNEXPECTED_PASS] || stale)
		return EXIT_SURPRISE;
	unsigned all = 0;
	for (unsigned v = 0; v < VERDICTS; v++)
		all += R.report.verdicts[v];
	return all && all == R.report.verdicts[VERDICT_SKIP] ? EXIT_SKIPPED : EXIT_EXPECTED;
}

int run(const struct pen *pen)
{
	const struct options *options = R.options;
	double begun = monotonic();

	R.pen = pen;
	set_up();
	catch_signals();
	if (options->kernel_log && !kernel_log_open())
		die("--kernel-log: /dev/kmsg: %s", strerror(errno));
	report_open(&R.report, options->rounds, header);
	for (unsigned round = 1; (!options->rounds || round <= options->rounds) && !R.stopped; round++) {
		run_round(round);
		if (options->until_fail && exit_status() != EXIT_EXPECTED && exit_status() != EXIT_SKIPPED)
			break;
	}
	if (R.past.unexplained)
		report_note(&R.report, "deaths of the machine that no single test accounts for: %u",
			    R.past.unexplained);
	lost_tell(&R.lost, tell_line, &R.report);
	report_close(&R.report, &R.expectations, R.stopped, monotonic() - begun);
	int status = exit_status();
	clear_away();
	return options->gtest.on ? gtest_status(status) : status;
}
