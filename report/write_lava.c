// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/*
 * LAVA's signals, one for each test: a job prints them on its console, or a script feeds them to lava-test-case.
 *
 * A known failure is a pass there, as it is in KTAP ("ok ... # XFAIL"): what fails is what a person has to look at.
 */
#include <stdlib.h>
#include <string.h>

#include "writers.h"

static const char *lava_result(const struct result *result)
{
	if (result->verdict == SKIP)
		return "skip";
	/* It says nothing about the implementation. */
	if (result->verdict == BROKEN && result->standing == UNEXPECTED)
		return "unknown";
	return result->standing == EXPECTED ? "pass" : "fail";
}

static void signal(FILE *out, const char *id, const char *result)
{
	fprintf(out, "<LAVA_SIGNAL_TESTCASE TEST_CASE_ID=%s RESULT=%s>\n", id, result);
}

void write_lava(FILE *out, const struct run *run, const struct naming *naming)
{
	fprintf(out, "<LAVA_SIGNAL_TESTSET START %s>\n", naming->suite);
	for (size_t i = 0; i < run->count; i++) {
		char *id = slug(run->results[i].id);
		signal(out, id, lava_result(&run->results[i]));
		free(id);
	}
	signal(out, "report-complete", run->damaged ? "fail" : "pass");
	fputs("<LAVA_SIGNAL_TESTSET STOP>\n", out);
}
