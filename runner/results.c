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

void results_emit(struct run *run)
{
	const char *name;

	for (; run->emitted < run->count && run->results[run->emitted].complete; run->emitted++) {
		struct result *result = &run->results[run->emitted];
		report_result(&run->report, result);
		free(result->details);
		result->details = NULL;
	}
	if (report_error(&run->report, &name) && !run->stopped)
		run->stopped = "the report cannot be written";
}
