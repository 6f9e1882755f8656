// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
#include <errno.h>
#include <fnmatch.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "die.h"
#include "gtest.h"
#include "gtest_file.h"
#include "options.h"

static struct {
	const struct gtest *gtest;
	FILE *file; /* NULL: none */
	const char *path;
	bool unwritten; /* something went wrong with it */
	/* A round. */
	const struct item *const *order;
	const struct item *begun; /* its first line is printed */
	struct gtest_case *cases;
	size_t count, done;
	size_t suite; /* where the current one begins */
} G;

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
		options->color = !strcmp(value, "yes") || !strcmp(value, "true") || !strcmp(value, "1");
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

int gtest_options(struct options *options, int argc, char **argv)
{
	int kept = 0;

	for (int i = 0; i < argc; i++) {
		if (strncmp(argv[i], prefix, strlen(prefix))) {
			argv[kept++] = argv[i];
			continue;
		}
		if (!options->gtest.on) {
			options->gtest.on = true;
			/* One at a time: the last line names the test that a dead kernel was at. */
			options->jobs = 1;
			options->format = FORMAT_GTEST;
			options->format_given = true;
			read_environment(&options->gtest);
		}
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

/* ---- The file ---------------------------------------------------------------------------------- */

void gtest_open(const struct gtest *gtest)
{
	static char path[PATH_MAX];
	size_t length = gtest->path ? strlen(gtest->path) : 0;

	G.gtest = gtest;
	if (gtest->shard_status) {
		FILE *touched = fopen(gtest->shard_status, "we");
		if (!touched)
			die("%s: %s", gtest->shard_status, strerror(errno));
		fclose(touched);
	}
	if (!length)
		return;
	bool folder = gtest->path[length - 1] == '/';
	snprintf(path, sizeof(path), "%s%s", gtest->path,
		 !folder		    ? ""
		 : gtest->form == GTEST_XML ? "forkcheck.xml"
					    : "forkcheck.json");
	if (folder)
		mkdir(gtest->path, 0777);
	G.path = path;
	G.file = fopen(path, "we");
	if (!G.file)
		die("%s: %s", path, strerror(errno));
}

/* Anew after each round. */
static void write_file_anew(void)
{
	if (!G.file)
		return;
	rewind(G.file);
	if (G.gtest->form == GTEST_XML)
		gtest_write_xml(G.file, G.cases, G.done);
	else
		gtest_write_json(G.file, G.cases, G.done);
	long end = ftell(G.file);
	if (fflush(G.file) || ferror(G.file) || end < 0) {
		fprintf(stderr, "forkcheck: %s: %s\n", G.path, strerror(errno));
		G.unwritten = true;
	}
	/* What is no plain file has no end to be set. */
	(void)!ftruncate(fileno(G.file), end);
}

static void forget_cases(void)
{
	for (size_t i = 0; i < G.done; i++)
		free(G.cases[i].message);
	free(G.cases);
	G.cases = NULL;
	G.done = G.suite = 0;
}

int gtest_list(const struct gtest *gtest, const struct item *const *items, size_t count)
{
	gtest_open(gtest);
	G.cases = calloc(count + 1, sizeof(*G.cases));
	if (!G.cases)
		die("out of memory");
	for (G.done = 0; G.done < count; G.done++)
		G.cases[G.done].item = items[G.done];
	for (size_t i = 0, n; i < count; i += n) {
		n = gtest_suite_size(G.cases + i, count - i);
		printf("%s.%s.\n", items[i]->folder, items[i]->file);
		for (size_t k = i; k < i + n; k++)
			printf("  %s\n", gtest_name(items[k]));
	}
	write_file_anew();
	forget_cases();
	if (fflush(stdout) || ferror(stdout))
		die("standard output: %s", strerror(errno));
	return gtest_status(EXIT_EXPECTED);
}

int gtest_status(int status)
{
	if (G.file)
		fclose(G.file);
	if (G.unwritten)
		return EXIT_USAGE;
	switch (status) {
	case EXIT_SURPRISE:
		return EXIT_DEVIATION;
	case EXIT_SKIPPED:
		return EXIT_EXPECTED;
	default:
		return status;
	}
}

/* ---- The report -------------------------------------------------------------------------------- */

#define GREEN 32
#define RED 31

static const char *plural(size_t n)
{
	return n == 1 ? "" : "s";
}

/* "[  FAILED  ] ", in colour where that is wanted. */
static const char *tag(const struct report *report, const char *text, int color)
{
	static char line[40];

	snprintf(line, sizeof(line), report->color ? "\033[0;%2$dm[%1$s]\033[m " : "[%1$s] ", text, color);
	return line;
}

static bool same_suite(const struct item *a, const struct item *b)
{
	return !strcmp(a->folder, b->folder) && !strcmp(a->file, b->file);
}

static unsigned suites(const struct item *const *order, size_t count)
{
	unsigned n = 0;

	for (size_t i = 0; i < count; i++)
		n += i == 0 || !same_suite(order[i - 1], order[i]);
	return n;
}

void gtest_round(struct report *report, const struct item *const *order, size_t count)
{
	unsigned n = suites(order, count);

	forget_cases();
	G.order = order;
	G.count = count;
	G.begun = NULL;
	G.cases = calloc(count + 1, sizeof(*G.cases));
	if (!G.cases)
		die("out of memory");
	if (!G.gtest->brief)
		output_line(report->out, "%sRunning %zu test%s from %u test suite%s.\n",
			    tag(report, "==========", GREEN), count, plural(count), n, plural(n));
}

static void begin(struct report *report, const struct item *item)
{
	size_t tests = 0;

	G.begun = item;
	if (G.gtest->brief)
		return;
	if (!G.done || !same_suite(G.order[G.done - 1], item)) {
		while (G.done + tests < G.count && same_suite(G.order[G.done + tests], item))
			tests++;
		output_line(report->out, "%s%zu test%s from %s.%s\n", tag(report, "----------", GREEN), tests,
			    plural(tests), item->folder, item->file);
	}
	output_line(report->out, "%s%s\n", tag(report, " RUN      ", GREEN), item->id);
}

void gtest_running(struct report *report, const struct item *item)
{
	/* Others are told when it is their turn. */
	if (G.done < G.count && G.order[G.done] == item)
		begin(report, item);
}

static enum gtest_state state_of(const struct result *result)
{
	if (result->surprise != AS_EXPECTED)
		return GTEST_FAILED;
	return result->verdict == VERDICT_PASS ? GTEST_PASSED : GTEST_SKIPPED;
}

/* Where the test is, and what is to be said. */
static char *message_of(const struct result *result, enum gtest_state state)
{
	const struct expectation *expected = result->expectation;
	const struct test *test = result->item->test;
	char *text = NULL;
	size_t size;

	if (state == GTEST_PASSED)
		return NULL;
	FILE *out = open_memstream(&text, &size);
	if (!out)
		die("out of memory");
	fprintf(out, "%s:%d: %s\n%s%s%s", test->file, test->line, state == GTEST_FAILED ? "Failure" : "Skipped",
		verdict_names[result->verdict], *result->why ? ", " : "", result->why);
	if (expected && result->verdict != VERDICT_SKIP)
		fprintf(out, "\nexpected %s: %s", expected->verdict_text, expected->reason);
	if (result->details)
		fprintf(out, "\n%.*s", (int)(strlen(result->details) - 1), result->details);
	if (fclose(out))
		die("out of memory");
	return text;
}

static struct timespec ago(double seconds)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	long long ns = now.tv_sec * 1000000000LL + now.tv_nsec - (long long)(seconds * 1e9);
	return (struct timespec){ .tv_sec = ns / 1000000000, .tv_nsec = ns % 1000000000 };
}

static void end_suite(struct report *report)
{
	double seconds = 0;
	size_t n = G.done - G.suite;
	const struct item *item = G.order[G.suite];

	for (size_t i = G.suite; i < G.done; i++)
		seconds += G.cases[i].seconds;
	G.suite = G.done;
	if (!G.gtest->brief)
		output_line(report->out, "%s%zu test%s from %s.%s (%.0f ms total)\n\n",
			    tag(report, "----------", GREEN), n, plural(n), item->folder, item->file, seconds * 1000);
}

static void show_message(struct report *report, const char *text)
{
	while (text && *text) {
		size_t length = strcspn(text, "\n");
		output_line(report->out, "%.*s\n", (int)length, text);
		text += length + (text[length] == '\n');
	}
}

void gtest_result(struct report *report, const struct result *result)
{
	static const char *const tags[] = { "       OK ", "  SKIPPED ", "  FAILED  " };
	const enum gtest_state state = state_of(result);
	struct gtest_case *c = &G.cases[G.done];

	if (G.begun != result->item)
		begin(report, result->item);
	*c = (struct gtest_case){ .item = result->item, .ran = true, .state = state, .seconds = result->seconds };
	c->begun = ago(result->seconds);
	c->message = message_of(result, state);
	if (state == GTEST_FAILED || !G.gtest->brief) {
		show_message(report, c->message);
		output_line(report->out, "%s%s (%.0f ms)\n",
			    tag(report, tags[state], state == GTEST_FAILED ? RED : GREEN), result->item->id,
			    result->seconds * 1000);
	}
	G.done++;
	if (G.done == G.count || !same_suite(G.order[G.done], result->item))
		end_suite(report);
}

/* The count of a state, and the ids. */
static void list_state(struct report *report, enum gtest_state state, const char *text, int color)
{
	size_t n = 0;

	for (size_t i = 0; i < G.done; i++)
		n += G.cases[i].state == state;
	if (n)
		output_line(report->out, "%s%zu test%s, listed below:\n", tag(report, text, color), n, plural(n));
	for (size_t i = 0; i < G.done; i++)
		if (G.cases[i].state == state)
			output_line(report->out, "%s%s\n", tag(report, text, color), G.cases[i].item->id);
	if (n && state == GTEST_FAILED)
		output_line(report->out, "\n%2zu FAILED TEST%s\n", n, n == 1 ? "" : "S");
}

void gtest_round_end(struct report *report)
{
	unsigned n = suites(G.order, G.done);
	double seconds = 0;
	size_t passed = 0;

	for (size_t i = 0; i < G.done; i++) {
		seconds += G.cases[i].seconds;
		passed += G.cases[i].state == GTEST_PASSED;
	}
	output_line(report->out, "%s%zu test%s from %u test suite%s ran. (%.0f ms total)\n",
		    tag(report, "==========", GREEN), G.done, plural(G.done), n, plural(n), seconds * 1000);
	output_line(report->out, "%s%zu test%s.\n", tag(report, "  PASSED  ", GREEN), passed, plural(passed));
	list_state(report, GTEST_SKIPPED, "  SKIPPED ", GREEN);
	list_state(report, GTEST_FAILED, "  FAILED  ", RED);
	write_file_anew();
}
