// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cells.h"
#include "clock.h"
#include "details.h"
#include "kernel_log.h"
#include "names.h"
#include "results.h"
#include "watcher.h"

/* How long a cell that was told to end may take before it is killed itself; how long that may then take. */
#define GRACE_SECONDS 3.0
#define KILL_SECONDS 10.0
/* How long a cell may take to clear away what its test left, once the body has returned. */
#define CLEAR_SECONDS 10.0
/* How long the mother may take to make a cell. */
#define BIRTH_SECONDS 5.0
/* SIGKILL is repeated: what it hits may have forked, or been held, meanwhile. */
#define KILL_AGAIN_SECONDS 0.3
/* Enough for any test, few enough that one which forks without end leaves the machine usable. */
#define TASKS_ALLOWED 512

unsigned cells_active(struct run *run)
{
	unsigned n = 0;

	for (unsigned i = 0; i < run->options->jobs; i++)
		n += run->slots[i].busy;
	return n;
}

struct slot *cells_free_slot(struct run *run)
{
	for (unsigned i = 0; i < run->options->jobs; i++)
		if (!run->slots[i].busy)
			return &run->slots[i];
	return NULL;
}

/* ---- Beginning ---------------------------------------------------------------------------------- */

/* Slow machines take longer for this, too. */
static double patience(struct run *run, double seconds)
{
	return seconds * run->options->timeout_scale;
}

static void not_born(struct run *run, struct slot *slot, int err)
{
	struct result *result = &run->results[slot->index];

	snprintf(result->why, sizeof(result->why), "no process for its cell: %s", strerror(err));
	slot->busy = false;
	slot_clear(slot, false, patience(run, CLEAR_SECONDS));
	result_conclude(run, slot->index, VERDICT_BROKEN, NULL, 0);
}

void cells_start(struct run *run, struct slot *slot, size_t index)
{
	const struct item *item = run->order[index];
	unsigned ms = item->test->timeout_ms ? item->test->timeout_ms : TIMEOUT_DEFAULT_MS;

	slot->index = index;
	slot->item = item;
	slot->what.place = cell_place(item->test);
	slot->what.n = (uint32_t)item->n;
	slot->what.caps = item->caps | item->init_caps;
	slot->what.uid = run->have.root ? run->first_uid + slot->number : getuid();
	slot->what.uid_is_ours = run->have.root;
	slot->what.penned = run->pen->closed;
	slot->what.fence = TASKS_ALLOWED + (run->have.root ? 0 : run->pen->tasks);
	slot->what.seed = run->seed;
	slot->what.assumed = run->options->assumed;
	slot->what.confinement = confinement_known();
	slot->limit = ms / 1000.0 * run->options->timeout_scale;
	slot->clearing = patience(run, CLEAR_SECONDS);
	report_running(&run->report, item);
	slot_begin(slot, monotonic());
	slot->deadline = slot->begun + slot->limit;
	if (!nursery_start(run, (size_t)(slot - run->slots)))
		not_born(run, slot, errno);
}

/* ---- What does not end ---------------------------------------------------------------------------- */

/* In the place of a slot that has processes which can't be killed: they may still write to its memory. */
static void renew(struct run *run, struct slot *slot)
{
	slot_close(slot);
	slot_init(slot, run->numbers++, run->base[0] ? run->base : NULL);
	nursery_renew(run);
	if (!lost_test(&run->lost) && !run->stopped)
		run->stopped = "too many tests have left processes that can't be killed";
}

/* What is below the runner, but not of a dead cell: the mother and the other cells, and what is lost already. */
static size_t others_running(struct run *run)
{
	size_t n = 0;

	nursery_learn(run);
	if (run->nursery.mother)
		run->spared[n++] = run->nursery.mother;
	for (unsigned i = 0; i < run->options->jobs; i++)
		if (run->slots[i].cell)
			run->spared[n++] = run->slots[i].cell;
	for (size_t i = 0; i < run->lost.count; i++)
		run->spared[n++] = run->lost.process[i].pid;
	if (watcher_below())
		run->spared[n++] = watcher_below();
	return n;
}

/* Ends what a dead cell left to the runner. Its test is told of what does not end. Returns whether all did. */
static bool take_strays(struct run *run, struct slot *slot)
{
	const double until = monotonic() + patience(run, KILL_SECONDS);
	const size_t spared = others_running(run);
	struct process list[16];
	size_t n;

	for (;;) {
		if (slot->what.uid_is_ours)
			kill_user(slot->what.uid);
		kill_descendants(sys_getpid(), run->spared, spared);
		n = others_below(sys_getpid(), run->spared, spared, list, ARRAY_SIZE(list));
		if (!n || monotonic() > until)
			break;
		for (size_t i = 0; i < n; i++)
			release_held(list[i].pid);
		sys_sched_yield();
	}
	for (size_t i = 0; i < n; i++)
		lost_add(&run->lost, list[i].pid, slot->item);
	describe_processes(list, n, true, slot->outcome.unkilled, sizeof(slot->outcome.unkilled));
	return !n;
}

/* ---- The end -------------------------------------------------------------------------------------- */

/*
 * A cell that was killed or stopped beside others may have been hit by another's test: by kill(-1) where all have the same
 * user, or by one that is root. Its test gets another chance, alone.
 */
static bool again_alone(struct run *run, struct slot *slot)
{
	struct result *result = &run->results[slot->index];

	if (!(slot->outcome.lost || slot->outcome.meddled) || run->options->jobs == 1 || result->seconds != 0)
		return false;
	report_note(&run->report, "once more, alone: %s: its cell was %s", slot->item->id,
		    slot->outcome.lost ? status_text(slot->outcome.cell_status) : "stopped");
	result->seconds = ALONE;
	return true;
}

static void judge(struct run *run, struct slot *slot)
{
	struct result *result = &run->results[slot->index];
	kernel_log_complaints(slot->outcome.kernel, sizeof(slot->outcome.kernel));
	enum verdict verdict = outcome_verdict(&slot->outcome, result->why, sizeof(result->why));
	char *details = details_text(slot->item, &slot->outcome, verdict, &run->again);

	result_conclude(run, slot->index, verdict, details, slot->outcome.seconds);
}

static void finish(struct run *run, struct slot *slot, int status)
{
	bool clean = true;

	slot_finish(slot, status, monotonic());
	if (slot->outcome.lost || slot->outcome.timed_out || slot->outcome.kinds[RECORD_UNKILLED])
		clean = take_strays(run, slot);
	else if (run->strays && slot->what.uid_is_ours)
		kill_user(slot->what.uid);
	if (clean)
		slot_clear(slot, status != 0, patience(run, CLEAR_SECONDS));
	if (!again_alone(run, slot))
		judge(run, slot);
	if (!clean)
		renew(run, slot);
}

/* Should there be a process after all, it ends by itself when the slot's descriptors are closed here. */
static void bear_again(struct run *run, struct slot *slot)
{
	slot->busy = false;
	slot->spoilt++;
	nursery_renew(run);
}

/*
 * The mother is dead: her cells are the runner's children now. A test whose cell she has not told of
 * starts anew. Others she may have reaped before she could tell.
 */
static void adopt(struct run *run)
{
	nursery_learn(run);
	for (unsigned i = 0; i < run->options->jobs; i++) {
		struct slot *slot = &run->slots[i];
		if (!slot->busy)
			continue;
		if (!slot->cell)
			bear_again(run, slot);
		else if (raw_kill(slot->cell, 0) == -ESRCH)
			finish(run, slot, slot->outcome.have_status ? 0 : SIGKILL);
	}
}

static void read_news(struct run *run)
{
	struct news news;

	while (nursery_next_end(run, &news)) {
		struct slot *slot = &run->slots[news.slot];
		if (news.pid)
			finish(run, slot, news.status);
		else
			not_born(run, slot, news.status);
	}
}

void cells_reap(struct run *run)
{
	int status;
	pid_t pid;

	read_news(run);
	while ((pid = (pid_t)raw_wait4(-1, &status, WNOHANG | __WALL, NULL)) > 0) {
		lost_remove(&run->lost, pid);
		if (nursery_reaped(run, pid)) {
			read_news(run);
			adopt(run);
		}
		for (unsigned i = 0; i < run->options->jobs; i++)
			if (run->slots[i].cell == pid)
				finish(run, &run->slots[i], status);
	}
}

/* Its cell, or what is below, does not end. */
static void give_up(struct run *run, struct slot *slot)
{
	struct process list[16];
	size_t n = others_below(slot->cell, NULL, 0, list, ARRAY_SIZE(list));

	lost_add(&run->lost, slot->cell, slot->item);
	for (size_t i = 0; i < n; i++)
		lost_add(&run->lost, list[i].pid, slot->item);
	slot_give_up(slot, monotonic());
	judge(run, slot);
	renew(run, slot);
}

/* ---- Time is up ------------------------------------------------------------------------------------- */

/* Time is up for the slot: the next step to its end. */
static void hasten(struct run *run, struct slot *slot, double now)
{
	switch (slot->stage) {
	case SLOT_RUNS:
		/* It has ended, and nobody tells of it. */
		if (slot->outcome.have_status && nursery_kill_mother(run))
			return;
		slot_expire(slot, now);
		slot->deadline = now + patience(run, GRACE_SECONDS);
		return;
	case SLOT_TOLD:
		slot->patience = now + patience(run, KILL_SECONDS);
		/* Something may keep the mother from telling of its end. */
		nursery_kill_mother(run);
		break;
	case SLOT_KILLED:
		if (now < slot->patience)
			break;
		give_up(run, slot);
		return;
	}
	slot_kill(slot);
	slot->deadline = now + KILL_AGAIN_SECONDS;
}

/* Whether the process of its cell is known; the mother may have told of it meanwhile. */
static bool is_known(struct run *run, struct slot *slot)
{
	if (!slot->cell)
		nursery_learn(run);
	return slot->cell;
}

void cells_hurry(struct run *run)
{
	double now = monotonic();

	for (unsigned i = 0; i < run->options->jobs; i++) {
		struct slot *slot = &run->slots[i];
		if (!slot->busy)
			continue;
		if (slot_due(slot, now) && is_known(run, slot))
			hasten(run, slot, now);
		else if (!slot->cell && now > slot->begun + patience(run, BIRTH_SECONDS) && !is_known(run, slot))
			nursery_kill_mother(run);
	}
	nursery_look(run, now);
}

/* Kills a cell and what is below, and reaps it. Returns whether that was possible. */
static bool end_now(struct run *run, struct slot *slot)
{
	const double until = monotonic() + patience(run, KILL_SECONDS);

	do {
		slot_kill(slot);
		sys_sched_yield();
		if (raw_wait4(slot->cell, NULL, WNOHANG | __WALL, NULL) != 0)
			return true;
	} while (monotonic() < until);
	return false;
}

void cells_abandon(struct run *run)
{
	nursery_learn(run);
	nursery_end_mother(run);
	for (unsigned i = 0; i < run->options->jobs; i++) {
		struct slot *slot = &run->slots[i];
		if (!slot->busy)
			continue;
		if (slot->cell && !end_now(run, slot))
			lost_add(&run->lost, slot->cell, slot->item);
		slot_finish(slot, 0, monotonic());
		if (take_strays(run, slot))
			slot_clear(slot, true, patience(run, CLEAR_SECONDS));
	}
}
