// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* KCIDB's tests objects, for version 5.3 of its schema. */
#include <string.h>
#include <stdlib.h>

#include "write_json.h"
#include "writers.h"

#define EXCERPT_BYTES 16000 /* the schema allows 16384 characters */

/*
 * There is no word for a known failure: it is a FAIL, and misc tells. BROKEN is "the test failed, not what it
 * tests". A process that outlived its test, or a hang, is a failure of what is tested.
 */
static const char *const statuses[VERDICTS] = { "PASS", "FAIL", "SKIP", "ERROR", "FAIL", "FAIL", "FAIL" };

static json_t *excerpt(const char *text)
{
	char *part = copy(text);

	shorten(part, EXCERPT_BYTES);
	json_t *string = json_string(part);
	free(part);
	return string;
}

static json_t *misc(const struct result *result)
{
	const struct details *details = result->details;
	json_t *misc = json_object();

	json_set_text(misc, "verdict", verdict_names[result->verdict]);
	if (is_bad(result) && result->standing == EXPECTED)
		json_set_text(misc, "known", result_why(result));
	if (result->standing == XPASS)
		json_set_text(misc, "unexpected_pass", result_why(result));
	if (details) {
		json_set_text(misc, "at", details->at);
		json_set_text(misc, "rules", details->rules);
		json_set_text(misc, "command", details->command);
	}
	return misc;
}

static json_t *test(const struct run *run, const struct result *result, const struct naming *naming)
{
	json_t *test = json_object(), *environment = json_object();
	char *path = slug(result->id), *comment = one_line(result), date[32];

	strftime(date, sizeof(date), "%Y-%m-%dT%H:%M:%SZ", gmtime(&run->date));
	/* Unique by the line; two names may have the same path. */
	json_set(test, "id",
		 json_sprintf("%s:%s.%lld.%u", naming->origin, naming->build_id, (long long)run->date, result->line));
	json_set_text(test, "origin", naming->origin);
	json_set(test, "build_id", json_sprintf("%s:%s", naming->origin, naming->build_id));
	json_set(test, "path", json_sprintf("%s.%s", naming->suite, path));
	json_set_text(test, "status", statuses[result->verdict]);
	json_set_text(test, "start_time", date);
	if (*comment)
		json_set_text(test, "comment", comment);
	if (result->details && result->details->text)
		json_set(test, "log_excerpt", excerpt(result->details->text));
	if (run->release)
		json_set(environment, "comment",
			 json_sprintf("%s %s on %s, %s", run->system, run->release, run->arch,
				      run->user ? run->user : "?"));
	json_set(test, "environment", environment);
	json_set(test, "misc", misc(result));
	free(path);
	free(comment);
	return test;
}

/* Tests that have no result cannot be named; that there are such can. */
static json_t *missing(const struct run *run, const struct naming *naming)
{
	const struct result nothing = { .id = (char *)"report.complete",
					.verdict = VERDICT_BROKEN,
					.standing = UNEXPECTED };
	json_t *object = test(run, &nothing, naming);
	struct text text = { 0 };

	json_set_text(object, "status", "MISS");
	for (size_t i = 0; i < run->problem_count; i++)
		text_add_line(&text, run->problems[i].text);
	json_set(object, "log_excerpt", excerpt(text.at));
	text_free(&text);
	return object;
}

void write_kcidb(FILE *out, const struct run *run, const struct naming *naming)
{
	/* Object by object, so that a large run needs no second copy of itself. */
	fputs("{\"version\": {\"major\": 5, \"minor\": 3}, \"tests\": [", out);
	for (size_t i = 0; i <= run->count; i++) {
		if (i == run->count && run->harm == HARMLESS)
			break;
		json_t *object = i < run->count ? test(run, &run->results[i], naming) : missing(run, naming);
		fputs(i ? ",\n" : "\n", out);
		json_dumpf(object, out, JSON_COMPACT);
		json_decref(object);
	}
	fputs("\n]}\n", out);
}
