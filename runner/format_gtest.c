// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* What a program of GoogleTest's prints, and its file of results. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "die.h"
#include "gtest_file.h"
#include "options.h"
#include "reporting.h"

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
static const char *tag(const struct teller *teller, const char *text, int color)
{
	static char line[40];

	snprintf(line, sizeof(line), teller->color ? "\033[0;%2$dm[%1$s]\033[m " : "[%1$s] ", text, color);
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

static void begin_round(struct teller *teller, const struct report *report, unsigned round)
{
	const struct item *const *order = report->order;
	const size_t count = report->count;
	const unsigned n = suites(order, count);

	(void)round;
	forget_cases();
	G.order = order;
	G.count = count;
	G.begun = NULL;
	G.cases = calloc(count + 1, sizeof(*G.cases));
	if (!G.cases)
		die("out of memory");
	if (!G.gtest->brief)
		output_line(&teller->out, "%sRunning %zu test%s from %u test suite%s.\n",
			    tag(teller, "==========", GREEN), count, plural(count), n, plural(n));
}

static void begin(struct teller *teller, const struct item *item)
{
	size_t tests = 0;

	G.begun = item;
	if (G.gtest->brief)
		return;
	if (!G.done || !same_suite(G.order[G.done - 1], item)) {
		while (G.done + tests < G.count && same_suite(G.order[G.done + tests], item))
			tests++;
		output_line(&teller->out, "%s%zu test%s from %s.%s\n", tag(teller, "----------", GREEN), tests,
			    plural(tests), item->folder, item->file);
	}
	output_line(&teller->out, "%s%s\n", tag(teller, " RUN      ", GREEN), item->id);
}

static void running(struct teller *teller, const struct report *report, const struct item *item)
{
	(void)report;
	/* Others are told when it is their turn. */
	if (G.done < G.count && G.order[G.done] == item)
		begin(teller, item);
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

static void end_suite(struct teller *teller)
{
	double seconds = 0;
	size_t n = G.done - G.suite;
	const struct item *item = G.order[G.suite];

	for (size_t i = G.suite; i < G.done; i++)
		seconds += G.cases[i].seconds;
	G.suite = G.done;
	if (!G.gtest->brief)
		output_line(&teller->out, "%s%zu test%s from %s.%s (%.0f ms total)\n\n",
			    tag(teller, "----------", GREEN), n, plural(n), item->folder, item->file, seconds * 1000);
}

static void show_message(struct teller *teller, const char *text)
{
	while (text && *text) {
		size_t length = strcspn(text, "\n");
		output_line(&teller->out, "%.*s\n", (int)length, text);
		text += length + (text[length] == '\n');
	}
}

static void show(struct teller *teller, const struct report *report, const struct result *result)
{
	static const char *const tags[] = { "       OK ", "  SKIPPED ", "  FAILED  " };
	const enum gtest_state state = state_of(result);
	struct gtest_case *c = &G.cases[G.done];

	(void)report;
	if (G.begun != result->item)
		begin(teller, result->item);
	*c = (struct gtest_case){ .item = result->item, .ran = true, .state = state, .seconds = result->seconds };
	c->begun = ago(result->seconds);
	c->message = message_of(result, state);
	if (state == GTEST_FAILED || !G.gtest->brief) {
		show_message(teller, c->message);
		output_line(&teller->out, "%s%s (%.0f ms)\n",
			    tag(teller, tags[state], state == GTEST_FAILED ? RED : GREEN), result->item->id,
			    result->seconds * 1000);
	}
	G.done++;
	if (G.done == G.count || !same_suite(G.order[G.done], result->item))
		end_suite(teller);
}

/* The count of a state, and the ids. */
static void list_state(struct teller *teller, enum gtest_state state, const char *text, int color)
{
	size_t n = 0;

	for (size_t i = 0; i < G.done; i++)
		n += G.cases[i].state == state;
	if (n)
		output_line(&teller->out, "%s%zu test%s, listed below:\n", tag(teller, text, color), n, plural(n));
	for (size_t i = 0; i < G.done; i++)
		if (G.cases[i].state == state)
			output_line(&teller->out, "%s%s\n", tag(teller, text, color), G.cases[i].item->id);
	if (n && state == GTEST_FAILED)
		output_line(&teller->out, "\n%2zu FAILED TEST%s\n", n, n == 1 ? "" : "S");
}

static void end_round(struct teller *teller)
{
	unsigned n = suites(G.order, G.done);
	double seconds = 0;
	size_t passed = 0;

	for (size_t i = 0; i < G.done; i++) {
		seconds += G.cases[i].seconds;
		passed += G.cases[i].state == GTEST_PASSED;
	}
	output_line(&teller->out, "%s%zu test%s from %u test suite%s ran. (%.0f ms total)\n",
		    tag(teller, "==========", GREEN), G.done, plural(G.done), n, plural(n), seconds * 1000);
	output_line(&teller->out, "%s%zu test%s.\n", tag(teller, "  PASSED  ", GREEN), passed, plural(passed));
	list_state(teller, GTEST_SKIPPED, "  SKIPPED ", GREEN);
	list_state(teller, GTEST_FAILED, "  FAILED  ", RED);
	write_file_anew();
}

const struct format format_gtest = {
	.for_programs = true,
	.note = comment,
	.round = begin_round,
	.running = running,
	.result = show,
	.round_end = end_round,
};
