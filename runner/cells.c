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
/* SIGKILL is repeated: what it hits may have forked, or been held, meanwhile. */
#define KILL_AGAIN_SECONDS 0.3
/* Enough for any test, few enough that one which forks without end leaves the machine usable. */
#define TASKS_ALLOWED 512

unsigned cells_active(struct run *run)
{
	unsigned n = 0;

	for (unsigned i = 0; i < run->options->jobs; i++)
		n += run->slots[i].cell != 0;
	return n;
}

struct slot *cells_free_slot(struct run *run)
{
	for (unsigned i = 0; i < run->options->jobs; i++)
		if (!run->slots[i].cell)
			return &run->slots[i];
	return NULL;
}

/* ---- Beginning ---------------------------------------------------------------------------------- */

/* Slow machines take longer for this, too. */
static double patience(struct run *run, double seconds)
{
	return seconds * run->options->timeout_scale;
}

void cells_start(struct run *run, struct slot *slot, size_t index)
{
	const struct item *item = run->order[index];
	unsigned ms = item->test->timeout_ms ? item->test->timeout_ms : TIMEOUT_DEFAULT_MS;

	slot->index = index;
	slot->what = (struct cell){
		.item = item,
		.uid = run->first_uid + slot->number,
		.uid_is_ours = run->have.root,
		.penned = run->pen->closed,
		.fence = TASKS_ALLOWED + (run->have.root ? 0 : run->pen->tasks),
		.seed = run->seed,
		.assumed = run->options->assumed,
	};
	if (!run->have.root)
		slot->what.uid = getuid();
	slot->begun = monotonic();
	slot->limit = ms / 1000.0 * run->options->timeout_scale;
	slot->deadline = slot->begun + slot->limit;
	slot->clearing = patience(run, CLEAR_SECONDS);
	report_running(&run->report, item);
	if (!slot_start(slot, run->start)) {
		snprintf(run->results[index].why, sizeof(run->results[index].why), "no process for its cell: %s",
			 strerror(errno));
		result_conclude(run, index, VERDICT_BROKEN, NULL, 0);
	}
}

/* ---- What does not end ---------------------------------------------------------------------------- */

/* In the place of a slot that has processes which can't be killed: they may still write to its memory. */
static void renew(struct run *run, struct slot *slot)
{
	slot_free(slot);
	slot_init(slot, run->numbers++, run->base[0] ? run->base : NULL);
	if (!lost_test(&run->lost) && !run->stopped)
		run->stopped = "too many tests have left processes that can't be killed";
}

/* What is below the runner, but not of a dead cell: the other cells, and what is lost already. */
static size_t others_running(struct run *run)
{
	size_t n = 0;

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
		lost_add(&run->lost, list[i].pid, slot->what.item);
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
	report_note(&run->report, "once more, alone: %s: its cell was %s", slot->what.item->id,
		    slot->outcome.lost ? status_text(slot->outcome.cell_status) : "stopped");
	result->seconds = ALONE;
	return true;
}

static void judge(struct run *run, struct slot *slot)
{
	struct result *result = &run->results[slot->index];
	kernel_log_complaints(slot->outcome.kernel, sizeof(slot->outcome.kernel));
	enum verdict verdict = outcome_verdict(&slot->outcome, result->why, sizeof(result->why));
	char *details = details_text(slot->what.item, &slot->outcome, verdict, &run->again);

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

void cells_reap(struct run *run)
{
	int status;
	pid_t pid;

	while ((pid = (pid_t)raw_wait4(-1, &status, WNOHANG | __WALL, NULL)) > 0) {
		lost_remove(&run->lost, pid);
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

	lost_add(&run->lost, slot->cell, slot->what.item);
	for (size_t i = 0; i < n; i++)
		lost_add(&run->lost, list[i].pid, slot->what.item);
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
		slot_expire(slot, now);
		slot->deadline = now + patience(run, GRACE_SECONDS);
		return;
	case SLOT_TOLD:
		slot->patience = now + patience(run, KILL_SECONDS);
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

void cells_hurry(struct run *run)
{
	double now = monotonic();

	for (unsigned i = 0; i < run->options->jobs; i++)
		if (run->slots[i].cell && slot_due(&run->slots[i], now))
			hasten(run, &run->slots[i], now);
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
	for (unsigned i = 0; i < run->options->jobs; i++) {
		struct slot *slot = &run->slots[i];
		if (!slot->cell)
			continue;
		if (!end_now(run, slot))
			lost_add(&run->lost, slot->cell, slot->what.item);
		slot_finish(slot, 0, monotonic());
		if (take_strays(run, slot))
			slot_clear(slot, true, patience(run, CLEAR_SECONDS));
	}
}
