// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* JSON Lines: the run, each result, the end. docs/forkcheck-results.schema.json describes a line. */
#include <stdlib.h>
#include <string.h>

#include "write_json.h"
#include "writers.h"

void json_set(json_t *object, const char *key, json_t *value)
{
	if (json_object_set_new(object, key, value))
		die("out of memory");
}

void json_set_text(json_t *object, const char *key, const char *text)
{
	if (text)
		json_set(object, key, json_string(text));
}

static void put(FILE *out, json_t *object)
{
	/* A failure to write is seen when the file is closed. */
	json_dumpf(object, out, JSON_COMPACT);
	fputc('\n', out);
	json_decref(object);
}

static json_t *object(const char *type)
{
	json_t *object = json_object();

	json_set_text(object, "type", type);
	return object;
}

static void put_run(FILE *out, const struct run *run, const struct naming *naming)
{
	json_t *line = object("run");

	json_set(line, "format", json_integer(1));
	json_set_text(line, "suite", naming->suite);
	json_set_text(line, "version", run->version);
	json_set_text(line, "system", run->system);
	json_set_text(line, "release", run->release);
	json_set_text(line, "assumed", run->assumed);
	json_set_text(line, "arch", run->arch);
	json_set_text(line, "user", run->user);
	json_set_text(line, "seed", run->seed);
	put(out, line);
}

/* "ID (SOURCE): TEXT" -> ID */
static json_t *rule_ids(const char *rules)
{
	json_t *ids = json_array();

	for (const char *line = rules; *line; line += strcspn(line, "\n"), line += *line == '\n')
		json_array_append_new(ids, json_stringn(line, strcspn(line, " \n")));
	return ids;
}

static void put_result(FILE *out, const struct result *result)
{
	static const char *const standings[] = { [UNEXPECTED] = "failure", [XPASS] = "pass" };
	const struct details *details = result->details;
	json_t *line = object("result");

	json_set_text(line, "id", result->id);
	json_set_text(line, "verdict", verdict_names[result->verdict]);
	if (is_bad(result) && result->standing == EXPECTED)
		json_set(line, "known", json_true());
	json_set_text(line, "unexpected", standings[result->standing]);
	if (details) {
		json_set_text(line, "reason", details->why);
		json_set_text(line, "at", details->at);
		json_set_text(line, "expression", details->expr);
		json_set_text(line, "want", details->want);
		json_set_text(line, "got", details->got);
		json_set_text(line, "errno", details->error);
		json_set_text(line, "role", details->role);
		if (details->pid)
			json_set(line, "pid", json_integer(atoll(details->pid)));
		json_set_text(line, "skip", details->skip_class);
		json_set_text(line, "thing", details->skip_thing);
		if (details->rules)
			json_set(line, "rules", rule_ids(details->rules));
		json_set_text(line, "command", details->command);
		json_set_text(line, "text", details->text);
	}
	json_set(line, "line", json_integer(result->line));
	put(out, line);
}

static void put_end(FILE *out, const struct run *run)
{
	json_t *line = object("end"), *counts = json_object(), *problems = json_array();
	size_t n[VERDICTS] = { 0 };

	for (size_t i = 0; i < run->count; i++)
		n[run->results[i].verdict]++;
	for (enum verdict v = VERDICT_PASS; v < VERDICTS; v++)
		json_set(counts, verdict_names[v], json_integer((json_int_t)n[v]));
	json_set(line, "counts", counts);
	if (run->have_wall)
		json_set(line, "seconds", json_real(run->wall));
	json_set(line, "complete", json_boolean(run->harm == HARMLESS));
	for (size_t i = 0; i < run->problem_count; i++) {
		json_t *problem = json_object();
		json_set(problem, "line", json_integer(run->problems[i].line));
		json_set(problem, "damage", json_boolean(run->problems[i].harm != HARMLESS));
		json_set_text(problem, "text", run->problems[i].text);
		json_array_append_new(problems, problem);
	}
	json_set(line, "problems", problems);
	put(out, line);
}

void write_jsonl(FILE *out, const struct run *run, const struct naming *naming)
{
	put_run(out, run, naming);
	for (size_t i = 0; i < run->count; i++)
		put_result(out, &run->results[i]);
	put_end(out, run);
}
