// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* forkcheck-report summary: for a person at a terminal. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "subcommands.h"
#include "whole_file.h"
#include "writers.h"

#define NAMES_SHOWN 3

static void print_header(FILE *out, const struct run *run)
{
	fprintf(out, "%s: ", run->path);
	if (!run->version) {
		fprintf(out, "%zu results\n", run->count);
		return;
	}
	fprintf(out, "forkcheck %s, %s %s on %s", run->version, run->system, run->release, run->arch);
	if (run->assumed)
		fprintf(out, ", taken for %s", run->assumed);
	fprintf(out, ", user %s, seed %s\n", run->user ? run->user : "?", run->seed ? run->seed : "?");
}

static void print_counts(FILE *out, const struct run *run)
{
	static const char *const words[] = {
		"passed", "failed", "skipped", "broken", "timed out", "crashed", "leaked"
	};
	size_t verdicts[VERDICTS] = { 0 }, known = 0, unexpected = 0, surprising = 0;

	for (size_t i = 0; i < run->count; i++) {
		const struct result *result = &run->results[i];
		verdicts[result->verdict]++;
		known += is_bad(result) && result->standing == EXPECTED;
		unexpected += is_bad(result) && result->standing == UNEXPECTED;
		surprising += result->standing == XPASS;
	}
	for (enum verdict v = VERDICT_PASS; v < VERDICTS; v++)
		if (verdicts[v] || v <= VERDICT_SKIP)
			fprintf(out, "%s%zu %s", v ? ", " : "  ", verdicts[v], words[v]);
	if (run->have_wall)
		fprintf(out, " in %.1f s", run->wall);
	fprintf(out, "\n  %zu failures are known, %zu are unexpected; %zu unexpected passes\n", known, unexpected,
		surprising);
}

/* ---- Results of one kind ----------------------------------------------------------------------- */

/* Those of which the same is to be said stand together: verdict and message, in the same area. */
struct row {
	const struct result *result;
	char *message;
	size_t area; /* length of the id's beginning */
};

static size_t area_of(const char *id)
{
	const char *dot = strchr(id, '.'), *next = dot ? strchr(dot + 1, '.') : NULL;

	return next ? (size_t)(next - id) : dot ? (size_t)(dot - id) : 0;
}

static int by_area_and_message(const void *a, const void *b)
{
	const struct row *x = a, *y = b;
	int order = strncmp(x->result->id, y->result->id, x->area > y->area ? x->area : y->area);

	if (!order)
		order = x->result->verdict - y->result->verdict;
	if (!order)
		order = strcmp(x->message, y->message);
	return order ? order : (x->result->line > y->result->line) - (x->result->line < y->result->line);
}

static bool same_area(const struct row *a, const struct row *b)
{
	return a->area == b->area && !strncmp(a->result->id, b->result->id, a->area);
}

static bool same_message(const struct row *a, const struct row *b)
{
	return same_area(a, b) && a->result->verdict == b->result->verdict && !strcmp(a->message, b->message);
}

static void print_row(FILE *out, const struct row *rows, size_t count, bool all)
{
	fprintf(out, "    %-8s ", verdict_names[rows->result->verdict]);
	for (size_t i = 0; i < count; i++) {
		if (i == NAMES_SHOWN && !all && count > NAMES_SHOWN + 1) {
			fprintf(out, " and %zu more", count - i);
			break;
		}
		const size_t skip = rows[i].area ? rows[i].area + 1 : 0;
		fprintf(out, "%s%s", i ? ", " : "", rows[i].result->id + skip);
	}
	fputc('\n', out);
	if (*rows->message)
		fprintf(out, "             %s\n", rows->message);
}

/* Prints the results that `wanted` is true of, under a heading. */
static void print_kind(FILE *out, const struct run *run, const char *heading, bool (*wanted)(const struct result *),
		       bool all)
{
	struct row *rows = calloc(run->count + 1, sizeof(*rows));
	size_t count = 0;

	if (!rows)
		die("out of memory");
	for (size_t i = 0; i < run->count; i++) {
		const struct result *result = &run->results[i];
		if (wanted(result))
			rows[count++] = (struct row){ result, one_line(result), area_of(result->id) };
	}
	qsort(rows, count, sizeof(*rows), by_area_and_message);
	if (count)
		fprintf(out, "\n%s (%zu)\n", heading, count);
	for (size_t i = 0, n; i < count; i += n) {
		if (rows[i].area && (!i || !same_area(&rows[i - 1], &rows[i])))
			fprintf(out, "  %.*s\n", (int)rows[i].area, rows[i].result->id);
		for (n = 1; i + n < count && same_message(&rows[i], &rows[i + n]);)
			n++;
		print_row(out, rows + i, n, all);
	}
	for (size_t i = 0; i < count; i++)
		free(rows[i].message);
	free(rows);
}

static bool is_unexpected(const struct result *result)
{
	return is_bad(result) && result->standing == UNEXPECTED;
}

static bool is_known(const struct result *result)
{
	return is_bad(result) && result->standing == EXPECTED;
}

static bool is_xpass(const struct result *result)
{
	return result->standing == XPASS;
}

/* ---- Skips ------------------------------------------------------------------------------------- */

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* How many are skipped for which reason. */
static void print_skips(FILE *out, const struct run *run)
{
	const char **reasons = calloc(run->count + 1, sizeof(*reasons));
	size_t count = 0;

	if (!reasons)
		die("out of memory");
	for (size_t i = 0; i < run->count; i++)
		if (run->results[i].verdict == VERDICT_SKIP)
			reasons[count++] = result_why(&run->results[i]);
	qsort(reasons, count, sizeof(*reasons), by_text);
	if (count)
		fprintf(out, "\nskipped (%zu)\n", count);
	for (size_t i = 0, n; i < count; i += n) {
		for (n = 1; i + n < count && !strcmp(reasons[i], reasons[i + n]);)
			n++;
		fprintf(out, "  %5zu  %s\n", n, *reasons[i] ? reasons[i] : "(no reason is given)");
	}
	free(reasons);
}

static void print_problems(FILE *out, const struct run *run)
{
	if (run->problem_count)
		fprintf(out, "\n%s\n", run->harm ? "the report is not complete, or not clear" : "notes on the report");
	for (size_t i = 0; i < run->problem_count; i++) {
		const struct problem *problem = &run->problems[i];
		if (problem->line)
			fprintf(out, "  line %u: %s\n", problem->line, problem->text);
		else
			fprintf(out, "  %s\n", problem->text);
	}
}

static int summarize(FILE *out, const char *path, bool all)
{
	struct run run;
	int status = EXIT_EXPECTED;

	run_load(&run, path);
	print_header(out, &run);
	print_counts(out, &run);
	print_kind(out, &run, "unexpected failures", is_unexpected, all);
	print_kind(out, &run, "unexpected passes", is_xpass, all);
	print_kind(out, &run, "known failures", is_known, all);
	print_skips(out, &run);
	if (run.stale.length)
		fprintf(out, "\nstale expectations\n%s", run.stale.at);
	print_problems(out, &run);
	if (run.stale.length)
		status = EXIT_SURPRISE;
	for (size_t i = 0; i < run.count; i++)
		if (is_xpass(&run.results[i]))
			status = EXIT_SURPRISE;
	for (size_t i = 0; i < run.count; i++)
		if (is_unexpected(&run.results[i]))
			status = EXIT_DEVIATION;
	if (run.harm)
		status = EXIT_DEVIATION;
	run_free(&run);
	return status;
}

int command_summary(int argc, char **argv)
{
	static const struct option options[] = {
		{ "all", no_argument, NULL, 'a' },
		{ "output", required_argument, NULL, 'o' },
		{ 0 },
	};
	struct output output;
	const char *path = NULL;
	bool all = false;
	int option, status = EXIT_EXPECTED;

	while ((option = getopt_long(argc, argv, "o:", options, NULL)) != -1) {
		if (option == 'a')
			all = true;
		else if (option == 'o')
			path = optarg;
		else
			die("'forkcheck-report --help' shows what is allowed");
	}
	output_open(&output, path);
	for (int i = optind; i < argc || i == optind; i++) {
		if (i > optind)
			fputs("\n\n", output.to);
		const int one = summarize(output.to, i < argc ? argv[i] : "-", all);
		/* Failures weigh most. */
		if (one == EXIT_DEVIATION || status == EXIT_EXPECTED)
			status = one;
	}
	output_close(&output);
	return status;
}
