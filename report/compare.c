// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* forkcheck-report compare: a run against an earlier one, or against an expectation file. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "subcommands.h"
#include "figures.h"
#include "figures_compare.h"
#include "id.h"
#include "known.h"
#include "whole_file.h"
#include "writers.h"

/* In the order in which they are shown. */
enum change { NEW_FAILURE, CHANGED_FAILURE, UNEXPECTED_PASS, NOW_SKIPPED, STALE, LACKING, AS_EXPECTED, CHANGES };

/* Lacking: of a report that is not complete nobody knows what would be there. */
static const char *const headings[CHANGES] = { "new failures", "changed failures", "unexpected passes", "skipped now",
					       "stale",	       "not told",	   "as expected" };

struct comparison {
	FILE *out;
	size_t counts[CHANGES];
	struct text lines[CHANGES];
};

static void note(struct comparison *comparison, enum change change, const char *id, const char *was, const char *is,
		 const char *why)
{
	char *line = format("  %-52s %s -> %s%s%s", id, was, is, *why ? ": " : "", why);

	comparison->counts[change]++;
	if (change != AS_EXPECTED && change != LACKING)
		text_add_line(&comparison->lines[change], line);
	free(line);
}

/* What to think of a verdict where another one was, or none (VERDICTS). */
static enum change judge(const struct result *now, enum verdict before)
{
	const bool was_bad = before != VERDICT_PASS && before != VERDICT_SKIP && before != VERDICTS;

	if (now->verdict == VERDICT_SKIP)
		return before == VERDICT_SKIP || before == VERDICTS ? AS_EXPECTED : NOW_SKIPPED;
	if (now->verdict == VERDICT_PASS)
		return was_bad ? UNEXPECTED_PASS : AS_EXPECTED;
	if (now->verdict == before)
		return AS_EXPECTED;
	/* Somebody wrote it into an expectation file. */
	if (now->standing == EXPECTED)
		return AS_EXPECTED;
	return was_bad ? CHANGED_FAILURE : NEW_FAILURE;
}

/* What to think of a test that is not in the new run. */
static enum change gone(const struct run *new)
{
	return new->harm == HARMLESS ? STALE : LACKING;
}

static void compare_runs(struct comparison *comparison, const struct run *old, const struct run *new)
{
	struct result **before = run_sorted(old), **after = run_sorted(new);

	for (size_t i = 0; i < new->count; i++) {
		const struct result *now = &new->results[i], *was = run_find(before, old->count, now->id);
		char *why = one_line(now);
		note(comparison, judge(now, was ? was->verdict : VERDICTS), now->id,
		     was ? verdict_names[was->verdict] : "(not there)", verdict_names[now->verdict], why);
		free(why);
	}
	for (size_t i = 0; i < old->count; i++)
		if (!run_find(after, new->count, old->results[i].id))
			note(comparison, gone(new), old->results[i].id, verdict_names[old->results[i].verdict],
			     "(not there)", "");
	free(before);
	free(after);
}

static bool fits_any(const struct run *run, const char *glob)
{
	for (size_t i = 0; i < run->count; i++)
		if (glob_fits(glob, run->results[i].id))
			return true;
	return false;
}

static void compare_with_expectations(struct comparison *comparison, char *const *words, int count,
				      const struct run *new)
{
	struct expectations expectations = { 0 };

	for (int i = 0; i < count; i++)
		run_expectations(&expectations, words[i], new, 0);
	expectations_done(&expectations);
	for (size_t i = 0; i < new->count; i++) {
		struct result now = new->results[i];
		const struct expectation *entry = expectation_for(&expectations, now.id);
		char *why = one_line(&now);
		/* The file counts here, not the one that the suite ran with; and a skip never surprises. */
		now.standing = is_bad(&now) ? UNEXPECTED : EXPECTED;
		enum change change = judge(&now, entry ? VERDICT_FAIL : VERDICT_PASS);
		if (now.verdict == VERDICT_SKIP || (entry && entry->verdicts & 1u << now.verdict))
			change = AS_EXPECTED;
		else if (entry && is_bad(&now))
			change = CHANGED_FAILURE;
		note(comparison, change, now.id, entry ? entry->verdict_text : "PASS", verdict_names[now.verdict], why);
		free(why);
	}
	for (size_t i = 0; i < expectations.count; i++)
		if (!fits_any(new, expectations.entry[i].glob))
			note(comparison, gone(new), expectations.entry[i].glob, expectations.entry[i].verdict_text,
			     "(not there)", "");
	expectations_free(&expectations);
}

static int print_comparison(const struct comparison *comparison, bool damaged)
{
	for (enum change c = 0; c < CHANGES; c++)
		if (comparison->lines[c].length)
			fprintf(comparison->out, "%s (%zu)\n%s\n", headings[c], comparison->counts[c],
				comparison->lines[c].at);
	for (enum change c = 0; c < CHANGES; c++)
		fprintf(comparison->out, "%zu %s%s", comparison->counts[c], headings[c], c + 1 < CHANGES ? ", " : "\n");
	if (comparison->counts[NEW_FAILURE] || comparison->counts[CHANGED_FAILURE] || damaged)
		return EXIT_DEVIATION;
	return comparison->counts[UNEXPECTED_PASS] || comparison->counts[STALE] ? EXIT_SURPRISE : EXIT_EXPECTED;
}

/* A file of that name, or what is built in for a target. */
static bool are_expectations(const char *path)
{
	const size_t length = strlen(path), suffix = strlen(".expect");

	return known_names(path) || (length > suffix && !strcmp(path + length - suffix, ".expect"));
}

int command_compare(int argc, char **argv)
{
	static const struct option options[] = { { "output", required_argument, NULL, 'o' }, { 0 } };
	struct comparison comparison = { 0 };
	struct run old = { 0 }, new;
	struct output output;
	const char *path = NULL;
	int option;

	while ((option = getopt_long(argc, argv, "o:", options, NULL)) != -1) {
		if (option != 'o')
			die("'forkcheck-report --help' shows what is allowed");
		path = optarg;
	}
	char *const *words = argv + optind;
	const int olds = argc - optind - 1;
	if (olds < 1)
		die("compare: an old report, or expectations, and a new report are wanted");
	for (int i = 0; olds > 1 && i < olds; i++)
		if (!are_expectations(words[i]))
			die("compare: '%s' is one old report too many; only of expectations (*.expect, or the name of a target) there may be several",
			    words[i]);
	if (figures_are_in(words[0])) {
		output_open(&output, path);
		const int status = figures_compare(output.to, words[0], words[1]);
		output_close(&output);
		return status;
	}
	run_load(&new, words[olds]);
	output_open(&output, path);
	comparison.out = output.to;
	if (are_expectations(words[0])) {
		compare_with_expectations(&comparison, words, olds, &new);
	} else {
		run_load(&old, words[0]);
		compare_runs(&comparison, &old, &new);
		run_tell_problems(&old);
	}
	run_tell_problems(&new);
	const int status = print_comparison(&comparison, old.harm || new.harm);
	output_close(&output);
	for (enum change c = 0; c < CHANGES; c++)
		text_free(&comparison.lines[c]);
	run_free(&old);
	run_free(&new);
	return status;
}
