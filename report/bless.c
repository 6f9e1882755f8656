// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/*
 * forkcheck-report bless: rewrites an expectation file so that a run is as expected. What further files know is not
 * written into it.
 *
 * Comments and lines that say what was seen stay as they are; so do those that fit nothing in the run, or whose
 * conditions do not hold for it. A line of which part is no longer true becomes one for each test, or group of tests, of
 * which it is. What is new is added at the end. Whatever a person has to find a reason for is marked TODO.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "subcommands.h"
#include "known.h"
#include "whole_file.h"
#include "writers.h"

#define REASON_BYTES 240 /* forkcheck keeps 255 */

struct blessing {
	const struct run *run;
	struct expectations expectations;
	struct result **results; /* by id */
	/* Of each of them: the entry that counts, or NULL. */
	const struct expectation **entry;
	FILE *out;
	size_t added, removed, changed;
};

static bool as_said(const struct expectation *entry, const struct result *result)
{
	return entry && result->verdict != VERDICT_SKIP && entry->verdicts & 1u << result->verdict;
}

/* ---- Names ------------------------------------------------------------------------------------- */

/*
 * A name comes from the machine that ran the tests. In an expectation it must not mean anything but itself: no glob, no
 * selector, no further word.
 */
static bool is_plain(const char *id)
{
	return *id && !id[strspn(id, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-+=,/@%")];
}

static void check_names(const struct run *run)
{
	for (size_t i = 0; i < run->count; i++)
		if (is_bad(&run->results[i]) && !is_plain(run->results[i].id))
			die("%s:%u: '%s' is no name for a line of expectations: letters, digits and ._-+=,/@%% are",
			    run->path, run->results[i].line, run->results[i].id);
}

/* ---- Lines for tests --------------------------------------------------------------------------- */

/* The tests that get a line alike: under this entry, with this verdict; or what the entry says is still true of. */
struct kind {
	const struct expectation *entry;
	enum verdict verdict; /* VERDICTS: as the entry says, or skipped, of which nothing is known */
};

static bool is_of_kind(const struct blessing *b, size_t i, const struct kind *kind)
{
	const struct result *result = b->results[i];

	if (b->entry[i] != kind->entry)
		return false;
	if (kind->verdict == VERDICTS)
		return as_said(kind->entry, result) || result->verdict == VERDICT_SKIP;
	return result->verdict == kind->verdict && !as_said(kind->entry, result);
}

/* The length of the name of a test's group with the dot behind, 0: it is in none. */
static size_t group_of(const char *id)
{
	const char *dot = strrchr(id, '.');

	return dot ? (size_t)(dot - id) + 1 : 0;
}

/* Is everything that ran in the group around results[i] of this kind, and more than one? */
static bool is_whole_group(const struct blessing *b, size_t i, const struct kind *kind)
{
	const size_t length = group_of(b->results[i]->id);
	const char *id = b->results[i]->id;
	size_t members = 0;

	while (length && i && !strncmp(b->results[i - 1]->id, id, length))
		i--;
	for (; length && i < b->run->count && !strncmp(b->results[i]->id, id, length); i++) {
		if (b->results[i]->verdict != VERDICT_SKIP && !is_of_kind(b, i, kind))
			return false;
		members++;
	}
	return members > 1;
}

static void write_line(struct blessing *b, const char *glob, const char *verdict, const char *conditions,
		       const char *reason)
{
	fprintf(b->out, "%-36s %s%s%s : %s\n", glob, verdict, *conditions ? " if " : "", conditions, reason);
}

/* Behind a number: what the runner adds to large ones. */
static size_t hexadecimal(const char *text)
{
	const size_t digits = begins_with(text, " (0x") ? strspn(text + 4, "0123456789abcdef") : 0;

	return digits && text[4 + digits] == ')' ? digits + 5 : 0;
}

#define ADDRESS_DIGITS 10 /* of a decimal number that is one, at least */

/*
 * The result without what is another one in each run: a process's number, an address. What was wanted is one of these where it
 * is the value of a variable; then what came is no more than another.
 */
static char *steady_line(const struct result *result)
{
	const struct details *details = result->details;
	const char *which = details && details->want ? strstr(details->want, ", which is ") : NULL;
	struct details steady = details ? *details : (struct details){ 0 };
	struct result copied = *result;
	char *want = NULL, *line;

	copied.details = details ? &steady : NULL;
	if (which)
		steady.want = want = copy_part(details->want, (size_t)(which - details->want));
	if (details && details->got) {
		const size_t digits = strspn(details->got, "0123456789");
		const char *behind = details->got + digits;
		const bool number = digits && !behind[hexadecimal(behind)];
		if (number && digits >= ADDRESS_DIGITS)
			steady.got = "an address";
		else if (number && which && strcmp(details->got, "0") != 0)
			steady.got = "another";
	}
	line = one_line(&copied);
	free(want);
	return line;
}

static char *reason_for(const struct kind *kind, const struct result *result)
{
	char *seen = steady_line(result), *reason;

	if (kind->verdict == VERDICTS)
		reason = copy(kind->entry->reason);
	else if (kind->entry)
		reason = format("TODO: was %s, %s", kind->entry->verdict_text, kind->entry->reason);
	else
		reason = format("TODO: %s", *seen ? seen : "why?");
	shorten(reason, REASON_BYTES);
	free(seen);
	return reason;
}

/* A line for each test of a kind, or for a group of them. Returns how many. */
static size_t write_kind(struct blessing *b, const struct kind *kind)
{
	const char *verdict = kind->verdict == VERDICTS ? kind->entry->verdict_text : verdict_names[kind->verdict];
	const char *group = "";
	size_t length = 0, n = 0;
	bool whole = false;

	for (size_t i = 0; i < b->run->count; i++) {
		const char *id = b->results[i]->id;
		if (!is_of_kind(b, i, kind))
			continue;
		const bool same_group = length == group_of(id) && !strncmp(group, id, length);
		if (same_group && whole)
			continue;
		if (!same_group || !n) {
			length = group_of(id);
			group = id;
			whole = b->run->harm == HARMLESS && is_whole_group(b, i, kind);
		}
		char *glob = whole ? format("%.*s*", (int)length, id) : copy(id);
		char *reason = reason_for(kind, b->results[i]);
		write_line(b, glob, verdict, kind->entry ? kind->entry->conditions : "", reason);
		free(glob);
		free(reason);
		n++;
	}
	return n;
}

/* ---- The file ---------------------------------------------------------------------------------- */

/* Does the run contradict the entry? */
static bool is_outdated(const struct blessing *b, const struct expectation *entry)
{
	for (size_t i = 0; i < b->run->count; i++)
		if (b->entry[i] == entry && b->results[i]->verdict != VERDICT_SKIP && !as_said(entry, b->results[i]))
			return true;
	return false;
}

static void rewrite_entry(struct blessing *b, const struct expectation *entry)
{
	size_t ran = 0, n = 0;

	for (size_t i = 0; i < b->run->count; i++)
		ran += b->entry[i] == entry && as_said(entry, b->results[i]);
	if (ran)
		n += write_kind(b, &(struct kind){ entry, VERDICTS });
	for (enum verdict v = VERDICT_FAIL; v < VERDICTS; v++)
		if (v != VERDICT_SKIP)
			n += write_kind(b, &(struct kind){ entry, v });
	if (n)
		b->changed++;
	else
		b->removed++;
}

static void write_file(struct blessing *b)
{
	const struct expectation_file *file = b->expectations.file[0];
	const struct expectation *entry = b->expectations.entry, *end = entry + b->expectations.count;

	if (!file->count)
		fputs("# SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note\n", b->out);
	for (size_t i = 0; i < file->count; i++) {
		const bool is_entry = entry < end && entry->path == file->path && entry->line == i + 1;
		if (is_entry && is_outdated(b, entry))
			rewrite_entry(b, entry);
		else
			fprintf(b->out, "%s\n", file->lines[i]);
		entry += is_entry;
	}
	for (enum verdict v = VERDICT_FAIL; v < VERDICTS; v++)
		if (v != VERDICT_SKIP)
			b->added += write_kind(b, &(struct kind){ NULL, v });
}

/* What a further file says, and is not so, cannot be mended here: the test gets a line of its own before it. */
static const struct expectation *entry_for(const struct blessing *b, const struct result *result)
{
	const struct expectation *entry = expectation_for(&b->expectations, result->id);

	if (entry && entry->path != b->expectations.file[0]->path && !as_said(entry, result))
		return NULL;
	return entry;
}

static void bless(struct blessing *b, char *const *words, int count)
{
	b->results = run_sorted(b->run);
	b->entry = calloc(b->run->count + 1, sizeof(*b->entry));
	if (!b->entry)
		die("out of memory");
	for (int i = 0; i < count; i++)
		run_expectations(&b->expectations, words[i], b->run, i ? 0 : EXPECT_MAY_BE_NEW);
	expectations_done(&b->expectations);
	for (size_t i = 0; i < b->run->count; i++)
		b->entry[i] = entry_for(b, b->results[i]);
	write_file(b);
	free(b->results);
	free(b->entry);
	expectations_free(&b->expectations);
}

int command_bless(int argc, char **argv)
{
	static const struct option options[] = { { "output", required_argument, NULL, 'o' }, { 0 } };
	struct blessing blessing = { 0 };
	struct output output;
	struct run run;
	const char *path = NULL;
	int option;

	while ((option = getopt_long(argc, argv, "o:", options, NULL)) != -1) {
		if (option != 'o')
			die("'forkcheck-report --help' shows what is allowed");
		path = optarg;
	}
	char *const *words = argv + optind;
	const int files = argc - optind - 1;
	if (files < 1)
		die("bless: an expectation file, further ones if need be, and a run are wanted");
	if (known_names(words[0]) && !path)
		die("bless: '%s' is built in; write ./%s for a file of that name, or -o FILE", words[0], words[0]);
	run_load(&run, words[files]);
	run_tell_problems(&run);
	if (run.harm == UNCLEAR)
		die("bless: %s is not clear; nothing is written", run.path);
	check_names(&run);
	output_open(&output, path ? path : words[0]);
	blessing.run = &run;
	blessing.out = output.to;
	bless(&blessing, words, files);
	output_close(&output);
	fprintf(stderr, "%zu lines added, %zu changed, %zu removed%s\n", blessing.added, blessing.changed,
		blessing.removed, blessing.added || blessing.changed ? "; write the reasons where it says TODO" : "");
	run_free(&run);
	return EXIT_EXPECTED;
}
