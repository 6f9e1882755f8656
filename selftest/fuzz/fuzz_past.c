// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* What the runner reads: an earlier part of a run, or how long tests took. The first byte chooses. */
#include <stdio.h>
#include <stdlib.h>

#include "../../runner/past.h"
#include "../../runner/times.h"
#include "fuzz.h"

static struct suite suite;

static void read_past(const char *path)
{
	static struct past past;

	/* Of the one before, which may have been refused in the middle. */
	past_free(&past, &suite);
	past = (struct past){ 0 };
	past_load(&past, path, &suite);
	for (size_t i = 0; i < suite.count; i++)
		fuzz_require(past.of[i].state <= PAST_ENDED && past.of[i].verdict < VERDICTS, "a state is one");
}

/* All shards together are the whole suite. */
static void read_times_of_tests(const char *path)
{
	const struct item **chosen = calloc(suite.count, sizeof(*chosen));
	struct options options = { .shards = 3, .times = path };
	size_t together = 0;

	for (options.shard = 1; chosen && options.shard <= options.shards; options.shard++) {
		for (size_t i = 0; i < suite.count; i++)
			chosen[i] = &suite.items[i];
		together += shard_items(&options, chosen, suite.count);
	}
	free(chosen);
	fuzz_require(together == suite.count, "each test is in one shard");
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	if (!suite.count)
		suite_load(&suite);
	if (size)
		fuzz_guarded(*bytes & 1 ? read_past : read_times_of_tests, fuzz_file(bytes + 1, size - 1));
	return 0;
}
