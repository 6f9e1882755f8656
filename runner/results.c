// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
#include <stdlib.h>

#include "results.h"

void result_conclude(struct run *run, size_t index, enum verdict verdict, char *details, double seconds)
{
	struct result *result = &run->results[index];

	result->item = run->order[index];
	result->verdict = verdict;
	result->expectation = expectation_for(&run->expectations, result->item);
	result->surprise = surprise(result->expectation, verdict);
	result->details = details;
	result->seconds = seconds;
	result->complete = true;
}

/* Reports one. The first of a round is told after that round's beginning. */
static void tell(struct run *run, size_t index)
{
	struct result *result = &run->results[index];

	if (index && index % run->chosen == 0) {
		report_round_end(&run->report);
		report_round(&run->report, run->round + (unsigned)(index / run->chosen), run->order + index,
			     run->chosen);
	}
	if (result->complete)
		report_result(&run->report, result);
	free(result->details);
	result->details = NULL;
}

void results_emit(struct run *run)
{
	const char *name;

	for (; run->emitted < run->count && run->results[run->emitted].complete; run->emitted++)
		tell(run, run->emitted);
	if (report_error(&run->report, &name) && !run->stopped)
		run->stopped = "the report cannot be written";
}

void results_end(struct run *run)
{
	size_t last = run->count;

	while (last > run->emitted && !run->results[last - 1].complete)
		last--;
	for (; run->emitted < last; run->emitted++)
		tell(run, run->emitted);
	report_round_end(&run->report);
}
