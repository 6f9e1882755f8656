// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "id.h"
#include "parsed.h"

struct result *run_add(struct run *run, unsigned line)
{
	run->results = grow(run->results, run->count, &run->room, sizeof(*run->results));
	run->results[run->count] = (struct result){ .line = line };
	return &run->results[run->count++];
}

struct details *result_details(struct result *result)
{
	if (!result->details) {
		result->details = calloc(1, sizeof(*result->details));
		if (!result->details)
			die("out of memory");
	}
	return result->details;
}

/* What comes by the thousand is told by its first ones. */
#define PROBLEMS_KEPT 100

void run_problem(struct run *run, unsigned line, enum harm harm, const char *form, ...)
{
	char *text;
	va_list args;

	if (harm > run->harm)
		run->harm = harm;
	if (run->problem_count > PROBLEMS_KEPT)
		return;
	va_start(args, form);
	if (vasprintf(&text, form, args) < 0)
		die("out of memory");
	va_end(args);
	/* A piece of a line may end inside of a character. */
	make_clean(text, strlen(text));
	if (run->problem_count == PROBLEMS_KEPT) {
		free(text);
		text = copy("more of this kind is not told");
	}
	run->problems = grow(run->problems, run->problem_count, &run->problem_room, sizeof(*run->problems));
	run->problems[run->problem_count++] = (struct problem){ .line = line, .harm = harm, .text = text };
}

void details_free(struct details *details)
{
	if (!details)
		return;
	free(details->why);
	free(details->at);
	free(details->expr);
	free(details->want);
	free(details->got);
	free(details->error);
	free(details->role);
	free(details->pid);
	free(details->skip_class);
	free(details->skip_thing);
	free(details->rules);
	free(details->command);
	free(details->text);
	free(details);
}

static void result_free(struct result *result)
{
	free(result->id);
	details_free(result->details);
}

static int by_id(const void *a, const void *b)
{
	const struct result *x = *(struct result *const *)a, *y = *(struct result *const *)b;
	const int order = strcmp(x->id, y->id);

	return order ? order : (x->line > y->line) - (x->line < y->line);
}

struct result **run_sorted(const struct run *run)
{
	struct result **sorted = calloc(run->count + 1, sizeof(*sorted));

	if (!sorted)
		die("out of memory");
	for (size_t i = 0; i < run->count; i++)
		sorted[i] = &run->results[i];
	qsort(sorted, run->count, sizeof(*sorted), by_id);
	return sorted;
}

static int by_id_of(const void *id, const void *result)
{
	return strcmp(id, (*(struct result *const *)result)->id);
}

const struct result *run_find(struct result *const *sorted, size_t count, const char *id)
{
	struct result *const *found = bsearch(id, sorted, count, sizeof(*sorted), by_id_of);

	return found ? *found : NULL;
}

/* What says more: a failure before a pass, an unexpected one before a known one. */
static int weight(const struct result *result)
{
	return is_bad(result) ? 2 + (result->standing == UNEXPECTED) : result->verdict == VERDICT_PASS;
}

/* Two results of one test: the better one goes. */
static void merge(struct run *run, struct result *first, struct result *other)
{
	if (first->verdict != other->verdict)
		run_problem(run, other->line, run->rounds ? HARMLESS : UNCLEAR, "%s is %s, and %s in line %u",
			    first->id, verdict_names[other->verdict], verdict_names[first->verdict], first->line);
	else if (!run->rounds)
		run_problem(run, other->line, UNCLEAR, "a second result of %s, the first is in line %u", first->id,
			    first->line);
	if (weight(other) > weight(first)) {
		const struct result worse = *other;
		*other = *first;
		*first = worse;
	}
	result_free(other);
	other->id = NULL;
}

void run_finish(struct run *run)
{
	struct result **sorted = run_sorted(run);
	size_t kept = 0;

	for (size_t i = 0, j; i < run->count; i = j)
		for (j = i + 1; j < run->count && !strcmp(sorted[i]->id, sorted[j]->id); j++)
			merge(run, sorted[i], sorted[j]);
	free(sorted);
	for (size_t i = 0; i < run->count; i++)
		if (run->results[i].id)
			run->results[kept++] = run->results[i];
	run->count = kept;
	if (run->stopped)
		run_problem(run, 0, INCOMPLETE, "the run was stopped early: %s", run->stopped);
	else if (run->version && !run->ended)
		run_problem(run, 0, INCOMPLETE, "the run did not come to its end%s%s",
			    run->begun ? "; the last test that began is " : "", run->begun ? run->begun : "");
}

void run_free(struct run *run)
{
	for (size_t i = 0; i < run->count; i++)
		result_free(&run->results[i]);
	for (size_t i = 0; i < run->problem_count; i++)
		free(run->problems[i].text);
	free(run->results);
	free(run->problems);
	free(run->version);
	free(run->system);
	free(run->release);
	free(run->assumed);
	free(run->arch);
	free(run->user);
	free(run->seed);
	free(run->stopped);
	free(run->begun);
	text_free(&run->stale);
}

bool run_circumstances(const struct run *run, struct circumstances *here)
{
	*here = (struct circumstances){ .arch = run->arch };
	here->privileged = run->user && !strcmp(run->user, "root");
	return run->release && release_parse(run->assumed ? run->assumed : run->release, &here->release);
}

void run_expectations(struct expectations *expectations, const char *word, const struct run *run, unsigned flags)
{
	struct circumstances here;
	const bool known = run && run_circumstances(run, &here);

	expectations_add(expectations, word, known ? &here : NULL, flags | EXPECT_IDS_ONLY);
}

static bool fits_id(const char *glob, const void *id)
{
	return glob_fits(glob, id);
}

const struct expectation *expectation_for(const struct expectations *expectations, const char *id)
{
	return expectations_find(expectations, fits_id, id);
}

void run_tell_problems(const struct run *run)
{
	for (size_t i = 0; i < run->problem_count; i++) {
		const struct problem *problem = &run->problems[i];
		fprintf(stderr, "%s:", run->path);
		if (problem->line)
			fprintf(stderr, "%u:", problem->line);
		fprintf(stderr, " %s\n", problem->text);
	}
}
