// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "applies.h"
#include "cells.h"
#include "clock.h"
#include "die.h"
#include "results.h"
#include "resume.h"
#include "schedule.h"
#include "select.h"
#include "signals.h"
#include "times.h"

/* Most tests are over by then: the runner hears of their end alone. */
#define QUICK_SECONDS 0.02

/* Settles what needs no cell. Returns whether it is settled. */
static bool settle(struct run *run, size_t index)
{
	struct result *result = &run->results[index];

	if (result->complete)
		return true;
	if (inapplicable(run->order[index], &run->have, run->pen, result->why, sizeof(result->why))) {
		result_conclude(run, index, VERDICT_SKIP, NULL, 0);
		return true;
	}
	if (run->rung) {
		snprintf(result->why, sizeof(result->why), "this system lacks what every test rests on: %s", run->rung);
		result_conclude(run, index, VERDICT_BROKEN, NULL, 0);
		return true;
	}
	return false;
}

static bool needs_solitude(struct run *run, size_t index)
{
	return run->order[index]->test->alone || run->results[index].seconds == ALONE;
}

static bool solitary_runs(struct run *run)
{
	for (unsigned i = 0; i < run->options->jobs; i++)
		if (run->slots[i].busy && needs_solitude(run, run->slots[i].index))
			return true;
	return false;
}

/* The next item to start: one that is to be tried again, or a new one. */
static size_t next_item(struct run *run)
{
	for (size_t i = run->emitted; i < run->started; i++) {
		bool runs = false;
		for (unsigned s = 0; s < run->options->jobs; s++)
			runs |= run->slots[s].busy && run->slots[s].index == i;
		if (!run->results[i].complete && !runs)
			return i;
	}
	return run->started;
}

static void start_more(struct run *run)
{
	struct slot *slot;

	while (!run->stopped && (slot = cells_free_slot(run)) && !solitary_runs(run) && nursery_possible(run)) {
		size_t index = next_item(run);
		if (index >= run->count)
			return;
		if (needs_solitude(run, index) && cells_active(run))
			return;
		if (index == run->started)
			run->started++;
		if (!settle(run, index))
			cells_start(run, slot, index);
		results_emit(run);
	}
}

static nfds_t poll_cells(struct run *run, struct pollfd *fds, double now, double *until)
{
	nfds_t n = 0;

	for (unsigned i = 0; i < run->options->jobs; i++) {
		const struct slot *slot = &run->slots[i];
		if (!slot->busy)
			continue;
		if (slot->deadline < *until)
			*until = slot->deadline;
		if (now < slot->begun + QUICK_SECONDS) {
			if (slot->begun + QUICK_SECONDS < *until)
				*until = slot->begun + QUICK_SECONDS;
			continue;
		}
		fds[n++] = (struct pollfd){ .fd = slot->records, .events = POLLIN };
		fds[n++] = (struct pollfd){ .fd = slot->output, .events = POLLIN };
	}
	return n;
}

static void wait_for_something(struct run *run)
{
	struct pollfd *fds = run->polled;
	double now = monotonic(), until = now + 1;

	fds[0] = (struct pollfd){ .fd = run->wake[0], .events = POLLIN };
	fds[1] = (struct pollfd){ .fd = run->nursery.ended, .events = POLLIN };
	nfds_t n = 2 + poll_cells(run, fds + 2, now, &until);
	int ms = until <= now ? 0 : (int)((until - now) * 1000) + 1;
	poll(fds, n, ms);
}

/* What takes longer is listened to meanwhile: what it tells may shorten its time, and a pipe holds only so much. */
static void listen_to_cells(struct run *run)
{
	double now = monotonic();

	for (unsigned i = 0; i < run->options->jobs; i++)
		if (run->slots[i].busy && now >= run->slots[i].begun + QUICK_SECONDS)
			slot_drain(&run->slots[i]);
}

void schedule_prepare(struct run *run)
{
	const unsigned wanted = run->options->rounds, jobs = run->options->jobs;

	run->at_once = 1;
	if (run->chosen && run->chosen < jobs)
		run->at_once += (unsigned)((2 * jobs - 1) / run->chosen);
	if (wanted && run->at_once > wanted)
		run->at_once = wanted;
	const size_t room = run->at_once * run->chosen + 1;
	run->order = realloc(run->order, room * sizeof(*run->order));
	run->results = calloc(room, sizeof(*run->results));
	if (!run->order || !run->results)
		die("out of memory");
	run->round = 1;
}

/* The orders of so many rounds, each from the one before. */
static void put_in_order(struct run *run, unsigned rounds)
{
	const size_t size = run->chosen * sizeof(*run->order);

	for (unsigned i = 0; i < rounds; i++) {
		const struct item **order = run->order + i * run->chosen;
		if (i)
			memcpy(order, order - run->chosen, size);
		if (run->options->shuffle)
			shuffle_items(order, run->chosen, run->seed + run->round + i);
	}
}

/* How many rounds come next. */
static unsigned next_rounds(const struct run *run)
{
	const unsigned wanted = run->options->rounds, done = run->round - 1;

	return wanted && wanted - done < run->at_once ? wanted - done : run->at_once;
}

static void run_all(struct run *run)
{
	while (run->emitted < run->count && !run->stopped) {
		start_more(run);
		if (cells_active(run))
			wait_for_something(run);
		signals_read(run);
		listen_to_cells(run);
		cells_reap(run);
		cells_hurry(run);
		results_emit(run);
	}
	if (run->stopped)
		cells_abandon(run);
}

bool schedule_rounds(struct run *run)
{
	const unsigned rounds = next_rounds(run);

	if (!rounds)
		return false;
	run->count = rounds * run->chosen;
	run->started = run->emitted = 0;
	memset(run->results, 0, run->count * sizeof(*run->results));
	put_in_order(run, rounds);
	report_round(&run->report, run->round, run->order, run->chosen);
	if (run->past.of) {
		resume_recall(run);
		resume_accuse(run);
	}
	run_all(run);
	results_end(run);
	if (run->times && !run->times_err)
		run->times_err = times_save(run->times, run->results, run->count);
	/* The next ones' orders follow from the last one's. */
	memmove(run->order, run->order + run->count - run->chosen, run->chosen * sizeof(*run->order));
	run->round += rounds;
	return true;
}
