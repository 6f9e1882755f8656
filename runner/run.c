// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include "clock.h"
#include "die.h"
#include "ground.h"
#include "kernel_log.h"
#include "notes.h"
#include "run.h"
#include "schedule.h"
#include "select.h"
#include "signals.h"
#include "sweep.h"
#include "times.h"
#include "watcher.h"

static void prepare(struct run *run, const struct options *options)
{
	const struct privileges have = privileges_now();
	const struct circumstances here = { .arch = ARCH_NAME,
					    .release = release_now(),
					    .privileged = have.root && have.initial_userns };

	run->options = options;
	report_set_up(&run->report, options);
	suite_load(&run->suite);
	expectations_load(&run->expectations, options->expect, options->expect_count, &run->suite, &here);
	if (options->resume)
		past_load(&run->past, options->resume, &run->suite);
	run->seed = options->resume ? run->past.seed : options->seed;
	run->again = (struct again){ .command = options->again, .seed = run->seed };
	run->order = calloc(run->suite.count + 1, sizeof(*run->order));
	run->slots = calloc(options->jobs, sizeof(*run->slots));
	run->spared = calloc(options->jobs + 2 + LOST_PROCESSES, sizeof(*run->spared));
	run->polled = calloc(2 * options->jobs + 2, sizeof(*run->polled));
	if (!run->order || !run->slots || !run->spared || !run->polled)
		die("out of memory");
	run->chosen = select_items(&run->suite, options->words, options->word_count, run->order);
	run->chosen = shard_items(options, run->order, run->chosen);
	if (options->gtest.on) {
		run->chosen = gtest_select(&options->gtest, run->order, run->chosen);
		gtest_open(&options->gtest);
	}
	schedule_prepare(run);
	/* Last, as it may be the file that was read. */
	if (options->save_times && !(run->times = fopen(options->save_times, "we")))
		die("%s: %s", options->save_times, strerror(errno));
}

static void tell_circumstances(struct run *run)
{
	struct report *report = &run->report;
	struct utsname uts = { 0 };
	const char *config = kernel_config_source();

	uname(&uts);
	report_note(report, NOTE_HEADER, VERSION, uts.sysname, uts.release, uts.machine);
	if (run->options->assumed.major)
		report_note(report, NOTE_ASSUMED "%u.%u", run->options->assumed.major, run->options->assumed.minor);
	report_note(report, NOTE_USER "%s%s; configuration: %s", run->have.root ? "root" : "ordinary",
		    run->have.initial_userns ? "" : ", in a user namespace", config ? config : "unknown");
	if (run->pen->open_because)
		report_note(report, "no pen: %s", run->pen->open_because);
	if (!run->nursery.exec_stays)
		report_note(report, "cells are forked only: execve leaves the implementation under test");
	if (run->rung)
		report_note(report, "broken ground: %s does not work", run->rung);
	if (!run->base[0])
		report_note(report, "no directory to write to");
	report_note(report, NOTE_SEED "%u, %u at once", run->seed, run->options->jobs);
}

static void tell_line(void *report, const char *line)
{
	report_note(report, "%s", line);
}

static int exit_status(struct run *run)
{
	bool stale = false;
	const char *name;
	const int err = report_error(&run->report, &name);

	for (size_t i = 0; i < run->expectations.count; i++)
		stale |= run->expectations.entry[i].stale;
	if (err)
		fprintf(stderr, "forkcheck: %s: %s\n", name, strerror(err));
	if (run->times_err)
		fprintf(stderr, "forkcheck: %s: %s\n", run->options->save_times, strerror(run->times_err));
	if (err || run->times_err)
		return EXIT_USAGE;
	/* As a shell has it, whatever was found until then. */
	if (run->stopped_by)
		return 128 + run->stopped_by;
	if (run->report.surprises[NEW_FAILURE] || run->report.surprises[CHANGED_FAILURE] || run->past.unexplained)
		return EXIT_DEVIATION;
	if (run->stopped)
		return EXIT_USAGE;
	if (run->report.surprises[UNEXPECTED_PASS] || stale)
		return EXIT_SURPRISE;
	unsigned all = 0;
	for (unsigned v = 0; v < VERDICTS; v++)
		all += run->report.verdicts[v];
	return all && all == run->report.verdicts[VERDICT_SKIP] ? EXIT_SKIPPED : EXIT_EXPECTED;
}

static int inside(void *context, const struct pen *pen)
{
	struct run *run = context;
	const struct options *options = run->options;
	double begun = monotonic();

	run->pen = pen;
	ground_prepare(run);
	signals_catch(run);
	if (options->kernel_log && !kernel_log_open())
		die("--kernel-log: /dev/kmsg: %s", strerror(errno));
	report_open(&run->report, options->rounds);
	tell_circumstances(run);
	while (!run->stopped && schedule_rounds(run))
		if (options->until_fail && exit_status(run) != EXIT_EXPECTED && exit_status(run) != EXIT_SKIPPED)
			break;
	if (run->past.unexplained)
		report_note(&run->report, "deaths of the machine that no single test accounts for: %u",
			    run->past.unexplained);
	lost_tell(&run->lost, tell_line, &run->report);
	report_close(&run->report, &run->expectations, run->stopped, monotonic() - begun);
	int status = exit_status(run);
	ground_clear(run);
	return options->gtest.on ? gtest_status(status) : status;
}

int command_run(const struct options *options)
{
	struct pen none = { .open_because = "--no-pen" };
	static struct run run;

	prepare(&run, options);
	watcher_begin();
	if (!options->pen)
		none.tasks = user_tasks();
	int status = options->pen ? pen_run(inside, &run) : inside(&run, &none);
	watcher_end();
	return status;
}
