// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
#include <stdlib.h>
#include <string.h>

#include "lava.h"
#include "writers.h"

static void put(FILE *out, const char *id, const char *result)
{
	const size_t size = strlen(id) + LAVA_LINE;
	char *line = memory(size);

	lava_signal(line, size, id, result);
	fprintf(out, "%s\n", line);
	free(line);
}

void write_lava(FILE *out, const struct run *run, const struct naming *naming)
{
	fprintf(out, "<LAVA_SIGNAL_TESTSET START %s>\n", naming->suite);
	for (size_t i = 0; i < run->count; i++)
		put(out, run->results[i].id,
		    lava_result(run->results[i].verdict, run->results[i].standing == EXPECTED));
	put(out, "report-complete", run->harm ? "fail" : "pass");
	fputs("<LAVA_SIGNAL_TESTSET STOP>\n", out);
}
