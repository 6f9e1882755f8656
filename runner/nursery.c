// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nursery.h"
#include "clock.h"
#include "entry.h"
#include "run.h"
#include "sweep.h"
#include "watcher.h"

/* How long a mother may take to be there. */
#define READY_SECONDS 5.0
/* How often it is seen whether something has stopped her. */
#define LOOK_SECONDS 1.0
/* So many may be lost; then cells are the runner's own children. */
#define MOTHERS_MOST 4
/* News that a pipe holds in any case. */
#define UNREAD_MOST 128

/* ---- A mother ------------------------------------------------------------------------------------ */

static void stay_open(int fd)
{
	if (fd >= 0)
		fcntl(fd, F_SETFD, 0);
}

/* In the new process: what it needs stays open, and it becomes the mother. */
static _Noreturn void become_mother(struct run *run, const struct mother_ends *ends)
{
	char number[3][12];
	char *const argv[] = { "forkcheck", "--mother", number[0], number[1], number[2], NULL };

	if (!run->nursery.exec_stays) {
		signals_default();
		close_between(FD_RUNNER, FD_MOST);
		watcher_forget();
		suite_free(&run->suite);
		mother_run(ends);
	}
	for (unsigned i = 0; i < run->options->jobs; i++) {
		const struct cell *cell = &run->slots[i].what;
		stay_open(cell->records);
		stay_open(cell->output);
		stay_open(cell->lifeline);
		stay_open(cell->page);
	}
	stay_open(ends->requests);
	stay_open(ends->begun);
	stay_open(ends->ended);
	snprintf(number[0], sizeof(number[0]), "%d", ends->requests);
	snprintf(number[1], sizeof(number[1]), "%d", ends->begun);
	snprintf(number[2], sizeof(number[2]), "%d", ends->ended);
	self_execute(argv);
	_exit(127);
}

static bool read_news(int fd, struct news *news)
{
	return fd >= 0 && read(fd, news, sizeof(*news)) == (ssize_t)sizeof(*news);
}

/* Whether she says that she is ready. */
static bool answers(const struct run *run)
{
	const double until = monotonic() + READY_SECONDS * run->options->timeout_scale;
	struct pollfd ended = { .fd = run->nursery.ended, .events = POLLIN };
	struct news news;

	while (monotonic() < until)
		if (poll(&ended, 1, 100) > 0)
			return read_news(run->nursery.ended, &news) && news.serial == 0;
	return false;
}

static void close_end(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static void forget_mother(struct nursery *nursery)
{
	nursery->mother = 0;
	close_end(&nursery->requests);
	close_end(&nursery->begun);
	close_end(&nursery->ended);
}

static void kill_mother(const struct nursery *nursery)
{
	if (nursery->mother)
		raw_kill(nursery->mother, SIGKILL);
}

static void end_mother(struct nursery *nursery)
{
	kill_mother(nursery);
	if (nursery->mother && raw_wait4(nursery->mother, NULL, WNOHANG, NULL) == 0) {
		release_held(nursery->mother);
		checked_wait(nursery->mother, NULL, 0);
	}
	forget_mother(nursery);
}

static bool start_mother(struct run *run)
{
	struct nursery *nursery = &run->nursery;
	int requests[2], begun[2], ended[2];

	if (pipe2(requests, O_CLOEXEC))
		return false;
	nursery->requests = fd_of_runner(requests[1]);
	if (pipe2(begun, O_CLOEXEC)) {
		close(requests[0]);
		return false;
	}
	nursery->begun = fd_of_runner(begun[0]);
	if (pipe2(ended, O_CLOEXEC)) {
		close(requests[0]), close(begun[1]);
		return false;
	}
	nursery->ended = fd_of_runner(ended[0]);
	fcntl(nursery->begun, F_SETFL, O_NONBLOCK);
	fcntl(nursery->ended, F_SETFL, O_NONBLOCK);
	pid_t pid = fork();
	if (pid == 0)
		become_mother(run, &(struct mother_ends){ requests[0], begun[1], ended[1] });
	close(requests[0]);
	close(begun[1]);
	close(ended[1]);
	nursery->mother = pid > 0 ? pid : 0;
	nursery->mothers++;
	return pid > 0 && answers(run);
}

/* ---- Generations --------------------------------------------------------------------------------- */

static void close_slots(struct run *run)
{
	for (unsigned i = 0; i < run->options->jobs; i++)
		slot_close(&run->slots[i]);
}

static bool open_slots(struct run *run)
{
	for (unsigned i = 0; i < run->options->jobs; i++)
		if (!slot_open(&run->slots[i]))
			return false;
	return true;
}

/* Orphans of a mother that dies come to the runner where that is a subreaper: else there is none. */
static bool may_have_mother(const struct run *run)
{
	return !run->strays && !run->rung && run->nursery.mothers < MOTHERS_MOST;
}

static void generation(struct run *run)
{
	struct nursery *nursery = &run->nursery;

	nursery->stale = false;
	nursery->unread = 0;
	if (!may_have_mother(run))
		return;
	if (!open_slots(run) || !start_mother(run)) {
		end_mother(nursery);
		nursery->mothers = MOTHERS_MOST;
		close_slots(run);
		return;
	}
	for (unsigned i = 0; i < run->options->jobs; i++)
		slot_leave(&run->slots[i]);
}

void nursery_begin(struct run *run)
{
	run->nursery.requests = run->nursery.begun = run->nursery.ended = -1;
	generation(run);
}

static bool any_busy(const struct run *run)
{
	for (unsigned i = 0; i < run->options->jobs; i++)
		if (run->slots[i].busy)
			return true;
	return false;
}

bool nursery_possible(struct run *run)
{
	if (!run->nursery.stale)
		return true;
	if (any_busy(run))
		return false;
	end_mother(&run->nursery);
	close_slots(run);
	generation(run);
	return true;
}

void nursery_renew(struct run *run)
{
	run->nursery.stale = true;
}

bool nursery_kill_mother(struct run *run)
{
	nursery_renew(run);
	if (!run->nursery.mother)
		return false;
	release_held(run->nursery.mother);
	kill_mother(&run->nursery);
	return true;
}

/* A test may have done it: nothing would tell of the end of cells. */
void nursery_look(struct run *run, double now)
{
	struct nursery *nursery = &run->nursery;
	struct process mother;

	if (!nursery->mother || now < nursery->looked + LOOK_SECONDS)
		return;
	nursery->looked = now;
	if (any_busy(run) && process_now(nursery->mother, &mother) && strchr("Tt", mother.state))
		nursery_kill_mother(run);
}

void nursery_end_mother(struct run *run)
{
	end_mother(&run->nursery);
	nursery_renew(run);
}

void nursery_end(struct run *run)
{
	end_mother(&run->nursery);
	close_slots(run);
}

/* ---- A cell -------------------------------------------------------------------------------------- */

static _Noreturn void become_cell(struct slot *slot)
{
	close_between(FD_RUNNER, FD_MOST);
	signals_default();
	slot->outcome.secret = 0;
	if (!slot->what.executed)
		cell_prepare();
	cell_begin(&slot->what);
}

static bool start_by_fork(struct run *run, struct slot *slot)
{
	slot_close(slot);
	if (!slot_open(slot))
		return false;
	slot->what.executed = run->nursery.exec_stays;
	pid_t pid = fork();
	if (pid == 0)
		become_cell(slot);
	slot_leave(slot);
	if (pid > 0)
		slot->cell = pid;
	return pid > 0;
}

bool nursery_start(struct run *run, size_t index)
{
	struct nursery *nursery = &run->nursery;
	struct slot *slot = &run->slots[index];

	slot->what.slot = (uint32_t)index;
	slot->what.serial = ++nursery->serial;
	if (!nursery->mother)
		return start_by_fork(run, slot);
	slot->what.executed = slot->item->test->executed && nursery->exec_stays;
	if (++nursery->unread == UNREAD_MOST)
		nursery_learn(run);
	/* Where she has just died it comes to nothing: see nursery_reaped(). */
	(void)!write(nursery->requests, &slot->what, sizeof(slot->what));
	return true;
}

static struct slot *slot_of(struct run *run, const struct news *news)
{
	struct slot *slot = news->slot < run->options->jobs ? &run->slots[news->slot] : NULL;

	return slot && slot->busy && slot->what.serial == news->serial ? slot : NULL;
}

void nursery_learn(struct run *run)
{
	struct news news;

	while (read_news(run->nursery.begun, &news)) {
		struct slot *slot = slot_of(run, &news);
		if (slot)
			slot->cell = news.pid;
	}
	run->nursery.unread = 0;
}

bool nursery_next_end(struct run *run, struct news *news)
{
	while (read_news(run->nursery.ended, news))
		if (slot_of(run, news))
			return true;
	return false;
}

bool nursery_reaped(struct run *run, pid_t pid)
{
	if (pid != run->nursery.mother)
		return false;
	run->nursery.mother = 0;
	nursery_renew(run);
	return true;
}
