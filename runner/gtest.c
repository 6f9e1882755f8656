// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
#include <fnmatch.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "die.h"
#include "options.h"

/* ---- Options ----------------------------------------------------------------------------------- */

static const char prefix[] = "--gtest_";

/* What has no meaning here: there are no disabled tests, no exceptions, no assertions that abort. */
static const char *const ignored[] = {
	"also_run_disabled_tests",
	"break_on_failure",
	"catch_exceptions",
	"death_test_style",
	"death_test_use_fork",
	"print_time",
	"print_utf8",
	"stack_trace_depth",
	"throw_on_failure",
	"recreate_environments_when_repeating",
};

static long number(const char *name, const char *text, long low, long high)
{
	char *end;
	long value = strtol(text, &end, 10);

	if (*end || end == text || value < low || value > high)
		die("%s '%s': a number from %ld to %ld is wanted", name, text, low, high);
	return value;
}

static bool truth(const char *value)
{
	return !value || !strchr("0fF", *value);
}

static void parse_output(struct gtest *gtest, const char *text)
{
	size_t form = strcspn(text, ":");

	if (form == 3 && !strncmp(text, "xml", form))
		gtest->form = GTEST_XML;
	else if (form == 4 && !strncmp(text, "json", form))
		gtest->form = GTEST_JSON;
	else
		die("--gtest_output '%s': xml:PATH or json:PATH is wanted", text);
	gtest->path = text[form] && text[form + 1] ? text + form + 1
		      : gtest->form == GTEST_XML   ? "test_detail.xml"
						   : "test_detail.json";
}

static void parse_color(struct options *options, const char *value)
{
	if (value && strcmp(value, "auto"))
		options->color = !strcmp(value, "yes") || !strcmp(value, "true") || !strcmp(value, "1") ? COLOR_ALWAYS
													: COLOR_NEVER;
}

static void parse_repeat(struct options *options, const char *value)
{
	long rounds = number("--gtest_repeat", value, -1, 1000000);

	options->rounds = rounds < 0 ? 0 : (unsigned)rounds;
	if (!rounds)
		die("--gtest_repeat '0': nothing would be run");
}

/* name=value, or a name alone. */
static void parse_flag(struct options *options, const char *flag)
{
	struct gtest *gtest = &options->gtest;
	const char *equals = strchr(flag, '='), *value = equals ? equals + 1 : NULL;
	char name[64];

	snprintf(name, sizeof(name), "%.*s", (int)strcspn(flag, "="), flag);
	if (!strcmp(name, "list_tests"))
		gtest->list = truth(value);
	else if (!strcmp(name, "brief"))
		gtest->brief = truth(value);
	else if (!strcmp(name, "shuffle"))
		options->shuffle = truth(value);
	else if (!strcmp(name, "color"))
		parse_color(options, value);
	else if (value && !strcmp(name, "filter"))
		gtest->filter = value;
	else if (value && !strcmp(name, "output"))
		parse_output(gtest, value);
	else if (value && !strcmp(name, "repeat"))
		parse_repeat(options, value);
	else if (value && !strcmp(name, "random_seed"))
		options->seed = (uint32_t)number("--gtest_random_seed", value, 0, 99999);
	else {
		for (size_t i = 0; i < ARRAY_SIZE(ignored); i++)
			if (!strcmp(name, ignored[i]))
				return;
		die("%s%s: of GoogleTest's options list_tests, filter=, output=, repeat=, shuffle, random_seed=, brief and"
		    " color= are known here",
		    prefix, flag);
	}
}

/* What runners hand over in the environment. */
static void read_environment(struct gtest *gtest)
{
	const char *shards = getenv("GTEST_TOTAL_SHARDS"), *index = getenv("GTEST_SHARD_INDEX");
	const char *output = getenv("GTEST_OUTPUT"), *bazel = getenv("XML_OUTPUT_FILE");

	gtest->filter = getenv("GTEST_FILTER");
	if (!gtest->filter)
		gtest->filter = getenv("TESTBRIDGE_TEST_ONLY");
	if (output && *output) {
		parse_output(gtest, output);
	} else if (bazel && *bazel) {
		gtest->form = GTEST_XML;
		gtest->path = bazel;
	}
	if (!shards && !index)
		return;
	if (!shards || !index)
		die("GTEST_TOTAL_SHARDS and GTEST_SHARD_INDEX go together");
	gtest->shards = (unsigned)number("GTEST_TOTAL_SHARDS", shards, 1, INT_MAX);
	gtest->shard = (unsigned)number("GTEST_SHARD_INDEX", index, 0, (long)gtest->shards - 1);
	gtest->shard_status = getenv("GTEST_SHARD_STATUS_FILE");
}

/* Bazel hands over nothing else. */
static bool is_called_by_bazel(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		if (!strncmp(argv[i], "--format", strlen("--format")))
			return false;
	return getenv("XML_OUTPUT_FILE") || getenv("TESTBRIDGE_TEST_ONLY");
}

static void turn_on(struct options *options)
{
	if (options->gtest.on)
		return;
	options->gtest.on = true;
	/* One at a time: the last line names the test that a dead kernel was at. */
	options->jobs = 1;
	options->format = &format_gtest;
	read_environment(&options->gtest);
}

int gtest_options(struct options *options, int argc, char **argv)
{
	int kept = 0;

	if (options->command == COMMAND_RUN && is_called_by_bazel(argc, argv))
		turn_on(options);
	for (int i = 0; i < argc; i++) {
		if (strncmp(argv[i], prefix, strlen(prefix))) {
			argv[kept++] = argv[i];
			continue;
		}
		turn_on(options);
		parse_flag(options, argv[i] + strlen(prefix));
	}
	argv[kept] = NULL;
	return kept;
}

/* ---- Selection --------------------------------------------------------------------------------- */

/* Does one of the patterns between `from` and `to`, which are separated by colons, fit the id? */
static bool any_fits(const char *from, const char *to, const char *id)
{
	char pattern[2 * ID_SIZE];

	while (from <= to) {
		size_t length = strcspn(from, ":");
		if (from + length > to)
			length = (size_t)(to - from);
		snprintf(pattern, sizeof(pattern), "%.*s", (int)length, from);
		if (!fnmatch(pattern, id, FNM_NOESCAPE))
			return true;
		from += length + 1;
	}
	return false;
}

/* POSITIVE[-NEGATIVE]; no positive pattern before a '-' is as good as '*'. */
static bool passes_filter(const char *filter, const char *id)
{
	const char *dash = strchr(filter, '-');
	const char *end = filter + strlen(filter);

	if (!dash)
		return any_fits(filter, end, id);
	return (dash == filter || any_fits(filter, dash, id)) && !any_fits(dash + 1, end, id);
}

size_t gtest_select(const struct gtest *gtest, const struct item **chosen, size_t count)
{
	size_t n = 0, passed = 0;

	for (size_t i = 0; i < count; i++) {
		if (gtest->filter && !passes_filter(gtest->filter, chosen[i]->id))
			continue;
		if (!gtest->shards || passed++ % gtest->shards == gtest->shard)
			chosen[n++] = chosen[i];
	}
	return n;
}
