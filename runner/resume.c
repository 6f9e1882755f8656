// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
#include <stdio.h>

#include "details.h"
#include "notes.h"
#include "results.h"
#include "resume.h"

void resume_recall(struct run *run)
{
	report_mute(&run->report, true);
	for (size_t i = 0; i < run->count; i++) {
		const struct past_item *before = &run->past.of[run->order[i] - run->suite.items];
		if (before->state == PAST_ENDED)
			result_conclude(run, i, before->verdict, NULL, 0);
	}
	results_emit(run);
	report_mute(&run->report, false);
	report_note(&run->report, NOTE_RESUMED "the machine is another one, with %zu results so far", run->emitted);
}

void resume_accuse(struct run *run)
{
	for (size_t i = 0; i < run->count; i++) {
		const struct past_item *before = &run->past.of[run->order[i] - run->suite.items];
		const struct outcome outcome = { .console = before->console ? before->console : "" };
		if (before->state == PAST_SUSPECT)
			run->results[i].seconds = ALONE;
		if (before->state != PAST_FATAL)
			continue;
		snprintf(run->results[i].why, sizeof(run->results[i].why), "%s", before->why);
		result_conclude(run, i, before->verdict,
				details_text(run->order[i], &outcome, before->verdict, &run->again), 0);
	}
	results_emit(run);
}
