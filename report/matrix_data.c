// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "matrix_data.h"
#include "write_json.h"

/* Texts, or other things, by their number. A JSON object finds the number of what is there already. */
struct table {
	json_t *list, *numbers;
};

static struct table table(void)
{
	return (struct table){ json_array(), json_object() };
}

static json_t *have(json_t *value)
{
	if (!value)
		die("out of memory");
	return value;
}

/* The number of `key`, which stands for `value`; takes the value over. */
static json_int_t number_of(struct table *table, const char *key, json_t *value)
{
	const json_t *known = json_object_get(table->numbers, key);

	if (known) {
		json_decref(value);
		return json_integer_value(known);
	}
	const json_int_t number = (json_int_t)json_array_size(table->list);
	json_array_append_new(table->list, have(value));
	json_set(table->numbers, key, json_integer(number));
	return number;
}

/* ---- The catalogue ----------------------------------------------------------------------------- */

static json_t *load_catalogue(const char *path)
{
	json_error_t error;
	json_t *catalogue = json_load_file(path, 0, &error);

	if (!catalogue)
		die("%s:%d: %s; what 'forkcheck list --json' prints is wanted", path, error.line, error.text);
	if (!json_is_array(json_object_get(catalogue, "statements")) ||
	    !json_is_array(json_object_get(catalogue, "tests")))
		die("%s: this is no catalogue; what 'forkcheck list --json' prints is wanted", path);
	return catalogue;
}

/* The numbers of the statements that a test covers. */
static json_t *covers(const json_t *test, const json_t *statement_numbers)
{
	json_t *numbers = json_array(), *id;
	size_t i;

	json_array_foreach(json_object_get(test, "covers"), i, id)
	{
		json_t *number = json_object_get(statement_numbers, json_string_value(id) ? json_string_value(id) : "");
		if (number)
			json_array_append(numbers, number);
	}
	return numbers;
}

/* Cases of one test share its description. */
static json_int_t describe_test(struct table *tests, const json_t *test, const json_t *statement_numbers)
{
	json_t *description = have(json_deep_copy(test)), *numbers = covers(test, statement_numbers);

	json_object_del(description, "id");
	json_set(description, "covers", numbers);
	if (!json_array_size(json_object_get(description, "needs")))
		json_object_del(description, "needs");
	char *key = json_dumps(description, JSON_COMPACT | JSON_SORT_KEYS);
	if (!key)
		die("out of memory");
	const json_int_t number = number_of(tests, key, description);
	free(key);
	return number;
}

static void take_catalogue(json_t *data, struct table *cases, const char *path)
{
	json_t *catalogue = load_catalogue(path), *statements = json_object_get(catalogue, "statements");
	json_t *statement_numbers = json_object(), *one;
	struct table tests = table();
	size_t i;

	json_array_foreach(statements, i, one)
	{
		const char *id = json_string_value(json_object_get(one, "id"));
		if (!id)
			die("%s: statement %zu has no id", path, i);
		json_set(statement_numbers, id, json_integer((json_int_t)i));
	}
	json_array_foreach(json_object_get(catalogue, "tests"), i, one)
	{
		const char *id = json_string_value(json_object_get(one, "id"));
		if (!id)
			die("%s: test %zu has no id", path, i);
		number_of(cases, id, json_pack("[sI]", id, describe_test(&tests, one, statement_numbers)));
	}
	json_object_set(data, "version", json_object_get(catalogue, "version"));
	json_object_set(data, "statements", statements);
	json_set(data, "tests", tests.list);
	json_decref(tests.numbers);
	json_decref(statement_numbers);
	json_decref(catalogue);
}

/* ---- Targets ----------------------------------------------------------------------------------- */

static json_t *detail(const struct result *result, struct table *reasons)
{
	json_t *detail = json_object();
	const struct details *d = result->details;

	if (is_bad(result) && result->standing == EXPECTED)
		json_set(detail, "x", json_true());
	else if (result->standing == XPASS)
		json_set(detail, "x", json_false());
	if (d && d->why)
		json_set(detail, "why", json_integer(number_of(reasons, d->why, json_string(d->why))));
	if (d && is_bad(result)) {
		json_set_text(detail, "at", d->at);
		json_set_text(detail, "expr", d->expr);
		json_set_text(detail, "want", d->want);
		json_set_text(detail, "got", d->got);
	}
	return detail;
}

static void set_results(json_t *object, const struct run *run, const struct table *cases, struct table *reasons)
{
	static const char letters[VERDICTS] = { 'p', 'f', 's', 'b', 't', 'c', 'l' };
	const size_t count = json_array_size(cases->list);
	json_t *details = json_object();
	struct text verdicts = { 0 };

	for (size_t i = 0; i < count; i++)
		text_add(&verdicts, "-", 1);
	for (size_t i = 0; i < run->count; i++) {
		const struct result *result = &run->results[i];
		const json_int_t number = json_integer_value(json_object_get(cases->numbers, result->id));
		json_t *said = detail(result, reasons);
		char key[24];
		verdicts.at[number] = letters[result->verdict];
		snprintf(key, sizeof(key), "%lld", (long long)number);
		if (json_object_size(said))
			json_object_set(details, key, said);
		json_decref(said);
	}
	json_set_text(object, "verdicts", count ? verdicts.at : "");
	if (json_object_size(details))
		json_object_set(object, "details", details);
	json_decref(details);
	text_free(&verdicts);
}

static json_t *describe_target(const struct target *target, const struct table *cases, struct table *reasons)
{
	const struct run *run = &target->run;
	json_t *object = json_object();
	char date[16];

	strftime(date, sizeof(date), "%Y-%m-%d", gmtime(&run->date));
	json_set_text(object, "name", target->name);
	json_set_text(object, "kernel", run->release);
	json_set_text(object, "arch", run->arch);
	json_set_text(object, "user", run->user);
	json_set_text(object, "date", date);
	if (run->seed)
		json_set(object, "seed", json_integer(strtoll(run->seed, NULL, 10)));
	if (run->have_wall)
		json_set(object, "wall", json_real(run->wall));
	json_set(object, "complete", json_boolean(run->harm == HARMLESS));
	if (run->problem_count) {
		json_t *problems = json_array();
		for (size_t i = 0; i < run->problem_count; i++)
			json_array_append_new(problems, json_sprintf("%s:%u: %s", run->path, run->problems[i].line,
								     run->problems[i].text));
		json_set(object, "problems", problems);
	}
	set_results(object, run, cases, reasons);
	return object;
}

json_t *matrix_data(const char *catalogue, const struct target *targets, size_t count)
{
	json_t *data = have(json_object()), *list = json_array();
	struct table cases = table(), reasons = table();
	const time_t now = time(NULL);
	char date[16];

	strftime(date, sizeof(date), "%Y-%m-%d", gmtime(&now));
	json_set_text(data, "generated", date);
	take_catalogue(data, &cases, catalogue);
	/* What the catalogue has not got: another suite's tests, or those of another version. */
	for (size_t t = 0; t < count; t++)
		for (size_t i = 0; i < targets[t].run.count; i++) {
			const char *id = targets[t].run.results[i].id;
			number_of(&cases, id, json_pack("[si]", id, -1));
		}
	for (size_t t = 0; t < count; t++)
		json_array_append_new(list, describe_target(&targets[t], &cases, &reasons));
	json_set(data, "cases", cases.list);
	json_set(data, "reasons", reasons.list);
	json_set(data, "targets", list);
	json_decref(cases.numbers);
	json_decref(reasons.numbers);
	return data;
}
