// SPDX-License-Identifier: GPL-2.0-only
/* The page of all targets: a table that can be read as it is, and beside it what a script shows on demand. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "matrix.h"

extern const char matrix_template[];

/* What a cell says, from good to bad: a cell says the worst of its tests, a section the worst of its statements. */
enum state {
	NOTHING,
	OK,
	ABSENT,
	NEEDS,
	NOT_RUN,
	BROKEN,
	DIFFERS,
	HANG,
	CRASH,
	NEW = 16, /* with it: not among the known deviations; worse than the same without */
};

static const char *const words[] = { "", "ok", "absent", "needs", "not run", "broken", "differs", "hang", "crash" };
static const char letters[] = "-oanrbdhc";

/* A statement with what it says on each target. */
struct row {
	const json_t *statement;
	const char *id;
	const char *source; /* page, section and further ones; here the first counts */
	size_t page;	    /* lengths in source: of the page ... */
	size_t section;	    /* ... and of page and section */
	size_t number;	    /* in the data's order */
	uint8_t *states;
};

struct matrix {
	FILE *out;
	const char *sources; /* directory of the tests' files, or NULL */
	json_t *data;
	const json_t *statements, *tests, *cases, *targets;
	size_t target_count;
	struct row *rows; /* in the order of the table */
	size_t row_count;
};

static void *allocate(size_t n, size_t size)
{
	void *memory = calloc(n ? n : 1, size);

	if (!memory) {
		perror("forkcheck-report");
		exit(2);
	}
	return memory;
}

static const char *text_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "";
}

/* ---- States ------------------------------------------------------------------------------------ */

/* Reasons of a skip that no privilege and no other machine of the same kind would take away. */
static bool is_absence(const char *why)
{
	static const char *const signs[] = { " holds since Linux ", " held until Linux ", ": since Linux ", "needs Linux ",
					     ", this is ",	    "CONFIG_",		  "configuration", "not known to lack" };

	for (size_t i = 0; i < sizeof(signs) / sizeof(*signs); i++)
		if (strstr(why, signs[i]))
			return true;
	return false;
}

static const json_t *detail_of(const json_t *target, size_t number)
{
	char key[24];

	snprintf(key, sizeof(key), "%zu", number);
	return json_object_get(json_object_get(target, "details"), key);
}

static const char *reason_of(const json_t *data, const json_t *detail)
{
	const json_t *why = json_object_get(detail, "why");
	const char *text = NULL;

	if (json_is_integer(why))
		text = json_string_value(json_array_get(json_object_get(data, "reasons"), json_integer_value(why)));
	return text ? text : "";
}

static unsigned state_of(const json_t *data, const json_t *target, size_t number)
{
	const char *verdicts = text_of(target, "verdicts");
	const json_t *detail = detail_of(target, number);
	unsigned new = json_is_true(json_object_get(detail, "x")) ? 0 : NEW;

	switch (number < strlen(verdicts) ? verdicts[number] : '-') {
	case 'p':
		return OK;
	case 's':
		return is_absence(reason_of(data, detail)) ? ABSENT : NEEDS;
	case 'f':
	case 'l':
		return DIFFERS | new;
	case 'b':
		return BROKEN | new;
	case 't':
		return HANG | new;
	case 'c':
		return CRASH | new;
	default:
		return NOT_RUN;
	}
}

static unsigned worst(unsigned a, unsigned b)
{
	const unsigned x = a & ~NEW, y = b & ~NEW;

	return x == y ? a | b : x > y ? a : b;
}

static char letter_of(unsigned state)
{
	char letter = letters[state & ~NEW];

	return state & NEW ? letter - 'a' + 'A' : letter;
}

/* ---- Rows -------------------------------------------------------------------------------------- */

/*
 * A test that covers no statement, or that a target reports and the catalogue has not got, gets a row of its own:
 * as a statement with the test's id. The blanks of its page are of the kind that does not end a word.
 */
static void adopt_strays(json_t *data)
{
	json_t *statements = json_object_get(data, "statements"), *tests = json_object_get(data, "tests"), *one;
	size_t i;

	json_array_foreach(json_object_get(data, "cases"), i, one) {
		const json_int_t index = json_integer_value(json_array_get(one, 1));
		json_t *test = index < 0 ? NULL : json_array_get(tests, index);
		if (json_array_size(json_object_get(test, "covers")))
			continue;
		json_t *adopted = test ? json_copy(test) : json_object();
		json_object_set_new(adopted, "covers", json_pack("[I]", (json_int_t)json_array_size(statements)));
		json_array_append_new(statements, json_pack("{s:O,s:s,s:s,s:s}", "id", json_array_get(one, 0), "source",
							    "Tests\u00a0without\u00a0a\u00a0statement", "testable",
							    "yes", "text", text_of(adopted, "summary")));
		json_array_set_new(one, 1, json_integer((json_int_t)json_array_size(tests)));
		json_array_append_new(tests, adopted);
	}
}

/* Manual pages, then standards, then the kernel's files. */
static int kind(const struct row *row)
{
	return memchr(row->source, '(', row->page) ? 0 : memchr(row->source, '/', row->page) ? 2 : 1;
}

static int compare_beginnings(const char *a, size_t a_length, const char *b, size_t b_length)
{
	int order = strncasecmp(a, b, a_length < b_length ? a_length : b_length);

	return order ? order : (a_length > b_length) - (a_length < b_length);
}

static int compare_pages(const struct row *a, const struct row *b)
{
	int order = kind(a) - kind(b);

	return order ? order : compare_beginnings(a->source, a->page, b->source, b->page);
}

static int compare_sections(const struct row *a, const struct row *b)
{
	int order = compare_pages(a, b);

	return order ? order : compare_beginnings(a->source, a->section, b->source, b->section);
}

static int compare_rows(const void *left, const void *right)
{
	const struct row *a = left, *b = right;
	int order = compare_sections(a, b);

	return order ? order : strverscmp(a->id, b->id);
}

static const json_t *test_of(const struct matrix *m, size_t number)
{
	const json_t *index = json_array_get(json_array_get(m->cases, number), 1);

	return json_array_get(m->tests, json_integer_value(index));
}

static void add_case(struct matrix *m, size_t number)
{
	const json_t *covers = json_object_get(test_of(m, number), "covers");

	for (size_t t = 0; t < m->target_count; t++) {
		const unsigned state = state_of(m->data, json_array_get(m->targets, t), number);
		for (size_t i = 0; i < json_array_size(covers); i++) {
			const size_t statement = (size_t)json_integer_value(json_array_get(covers, i));
			if (statement < m->row_count)
				m->rows[statement].states[t] = worst(m->rows[statement].states[t], state);
		}
	}
}

static void make_rows(struct matrix *m)
{
	m->row_count = json_array_size(m->statements);
	m->rows = allocate(m->row_count, sizeof(*m->rows));
	for (size_t i = 0; i < m->row_count; i++) {
		const json_t *statement = json_array_get(m->statements, i);
		const char *source = text_of(statement, "source");
		m->rows[i] = (struct row){ statement, text_of(statement, "id"), source, strcspn(source, " ;"),
					   strcspn(source, ";"), i, allocate(m->target_count, 1) };
	}
	for (size_t i = 0; i < json_array_size(m->cases); i++)
		add_case(m, i);
	qsort(m->rows, m->row_count, sizeof(*m->rows), compare_rows);
}

/* ---- The table --------------------------------------------------------------------------------- */

static void put_text(FILE *out, const char *text, size_t length)
{
	for (const char *c = text; c < text + length && *c; c++)
		switch (*c) {
		case '&':
			fputs("&amp;", out);
			break;
		case '<':
			fputs("&lt;", out);
			break;
		case '>':
			fputs("&gt;", out);
			break;
		case '"':
			fputs("&quot;", out);
			break;
		default:
			fputc((unsigned char)*c < ' ' ? ' ' : *c, out);
		}
}

static void put_string(FILE *out, const char *text)
{
	put_text(out, text, strlen(text));
}

static void put_part(const struct matrix *m, const json_t *target, const char *class, const char *first, const char *second)
{
	const char *a = text_of(target, first), *b = text_of(target, second);

	if (!*a && !*b)
		return;
	fprintf(m->out, "<span class=%s>", class);
	put_string(m->out, a);
	fputs(*a && *b ? ", " : "", m->out);
	put_string(m->out, b);
	fputs("</span>", m->out);
}

static void put_head(const struct matrix *m)
{
	fprintf(m->out, "<table><colgroup><col><col span=%zu></colgroup>\n<thead><tr><th scope=col>Statement", m->target_count);
	for (size_t t = 0; t < m->target_count; t++) {
		const json_t *target = json_array_get(m->targets, t);
		fputs("\n<th scope=col><div class=target>", m->out);
		put_part(m, target, "name", "name", "");
		put_part(m, target, "kernel", "kernel", "arch");
		put_part(m, target, "run", "user", "date");
		if (json_is_false(json_object_get(target, "complete")))
			fputs("<span class=cut>ended early</span>", m->out);
		fputs("</div>", m->out);
	}
	fputs("\n</thead>\n", m->out);
}

static void put_states(const struct matrix *m, const uint8_t *states)
{
	for (size_t t = 0; t < m->target_count; t++) {
		const char *const mark = states[t] & NEW ? "*" : "";
		if (states[t] == OK)
			fputs("<td>ok", m->out);
		else if (states[t] == NOTHING)
			fputs("<td class=x>", m->out);
		else
			fprintf(m->out, "<td class=%c>%s%s", letter_of(states[t]), words[states[t] & ~NEW], mark);
	}
	fputc('\n', m->out);
}

/* The worst of the rows from the first on that belong together by what they are compared by. */
static void put_worst(const struct matrix *m, size_t first, int (*compare)(const struct row *, const struct row *))
{
	uint8_t *states = allocate(m->target_count, 1);

	for (size_t i = first; i < m->row_count && !compare(&m->rows[first], &m->rows[i]); i++)
		for (size_t t = 0; t < m->target_count; t++)
			states[t] = worst(states[t], m->rows[i].states[t]);
	put_states(m, states);
	free(states);
}

static void put_page(const struct matrix *m, size_t first)
{
	const struct row *row = &m->rows[first];

	fputs("<tbody data-page=\"", m->out);
	put_text(m->out, row->source, row->page);
	fputs("\"><tr class=page><th scope=rowgroup>", m->out);
	put_text(m->out, row->source, row->page);
	put_worst(m, first, compare_pages);
}

static void put_section(const struct matrix *m, size_t first)
{
	const struct row *row = &m->rows[first];

	if (row->section <= row->page + 1)
		return;
	fputs("<tr class=section><th scope=rowgroup>", m->out);
	put_text(m->out, row->source + row->page + 1, row->section - row->page - 1);
	put_worst(m, first, compare_sections);
}

/* Since when, where, by what authority: as far as it is not the common case. */
static void put_limits(FILE *out, const json_t *statement)
{
	static const struct {
		const char *key, *format, *common;
	} limits[] = {
		{ "since", "since %s", "-" },
		{ "until", "until %s", "-" },
		{ "arch", "%s", "any" },
		{ "level", "%s", "documented" },
	};
	const char *between = "<small>";

	for (size_t i = 0; i < sizeof(limits) / sizeof(*limits); i++) {
		const char *text = text_of(statement, limits[i].key);
		char phrase[200];
		if (!*text || !strcmp(text, limits[i].common))
			continue;
		snprintf(phrase, sizeof(phrase), limits[i].format, text);
		fputs(between, out);
		put_string(out, phrase);
		between = ", ";
	}
	if (*between == ',')
		fputs("</small>", out);
}

static void put_statement(const struct matrix *m, const struct row *row)
{
	const char *testable = text_of(row->statement, "testable");
	bool tested = false;

	fputs("<tr id=\"", m->out);
	put_string(m->out, row->id);
	fputs("\"><th scope=row><b>", m->out);
	put_string(m->out, row->id);
	fputs("</b>", m->out);
	put_string(m->out, text_of(row->statement, "text"));
	put_limits(m->out, row->statement);
	for (size_t t = 0; t < m->target_count; t++)
		tested |= row->states[t] != NOTHING;
	if (tested) {
		put_states(m, row->states);
		return;
	}
	fprintf(m->out, "<td class=x colspan=%zu>no test", m->target_count);
	if (strcmp(testable, "yes")) {
		fputs("; testable: ", m->out);
		put_string(m->out, testable);
	}
	fputc('\n', m->out);
}

static void put_table(const struct matrix *m)
{
	put_head(m);
	for (size_t i = 0; i < m->row_count; i++) {
		if (!i || compare_pages(&m->rows[i - 1], &m->rows[i]))
			put_page(m, i);
		if (!i || compare_sections(&m->rows[i - 1], &m->rows[i]))
			put_section(m, i);
		put_statement(m, &m->rows[i]);
	}
	fputs("</table>", m->out);
}

/* ---- Details: what a script shows on demand; no text of the table a second time ------------------- */

/* The number of a value in a list in which each stands once. */
static json_int_t intern(json_t *list, json_t *seen, json_t *value)
{
	char *key = json_dumps(value, JSON_COMPACT | JSON_SORT_KEYS | JSON_ENCODE_ANY);
	const json_t *known = json_object_get(seen, key);
	json_int_t number = known ? json_integer_value(known) : (json_int_t)json_array_size(list);

	if (!known) {
		json_object_set_new(seen, key, json_integer(number));
		json_array_append(list, value);
	}
	free(key);
	return number;
}

/* "folder.file.name" of "folder.file.name.case". */
static size_t test_length(const char *id)
{
	const char *at = id;

	for (int dots = 0; *at && (*at != '.' || ++dots < 3); at++)
		;
	return (size_t)(at - id);
}

/* A test's statements by their place in the table. */
static json_t *places_of(const json_t *test, const size_t *place, size_t count)
{
	const json_t *covers = json_object_get(test, "covers");
	json_t *places = json_array();

	for (size_t i = 0; i < json_array_size(covers); i++) {
		const size_t statement = (size_t)json_integer_value(json_array_get(covers, i));
		if (statement < count)
			json_array_append_new(places, json_integer((json_int_t)place[statement]));
	}
	return places;
}

/* Whether a test of this name, "folder.file.name", is in this file by its name alone. */
static bool is_usual_file(const char *file, const char *name)
{
	char usual[4096];

	snprintf(usual, sizeof(usual), "tests/%s", name);
	char *dot = strrchr(usual, '.');
	if (dot)
		strcpy(dot, ".c");
	for (char *c = usual; dot && c < dot; c++)
		if (*c == '.')
			*c = '/';
	return !strcmp(file, usual);
}

static json_t *make_test(const struct matrix *m, const json_t *test, const char *id, const size_t *place)
{
	json_t *made = json_pack("{s:s%,s:i,s:s,s:o,s:[]}", "name", id, test_length(id), "line",
				 (int)json_integer_value(json_object_get(test, "line")), "summary",
				 text_of(test, "summary"), "covers", places_of(test, place, m->row_count), "cases");

	if (!is_usual_file(text_of(test, "file"), text_of(made, "name")))
		json_object_set_new(made, "file", json_string(text_of(test, "file")));
	return made;
}

/* The tests, each with the cases that follow each other and share all that is said of it. */
static json_t *make_tests(const struct matrix *m)
{
	json_t *tests = json_array(), *current = NULL;
	size_t *place = allocate(m->row_count, sizeof(*place));
	const json_t *last = NULL;

	for (size_t i = 0; i < m->row_count; i++)
		place[m->rows[i].number] = i;
	for (size_t i = 0; i < json_array_size(m->cases); i++) {
		const json_t *test = test_of(m, i);
		const char *id = json_string_value(json_array_get(json_array_get(m->cases, i), 0));
		const size_t length = test_length(id);
		const char *name = text_of(current, "name");
		if (!current || test != last || strlen(name) != length || strncmp(name, id, length)) {
			current = make_test(m, test, id, place);
			json_array_append_new(tests, current);
		}
		json_array_append_new(json_object_get(current, "cases"), json_string(id + length + (id[length] == '.')));
		last = test;
	}
	free(place);
	return tests;
}

/* One letter for each case. */
static json_t *make_results(const struct matrix *m, const json_t *target)
{
	const size_t count = json_array_size(m->cases);
	char *letters_of_cases = allocate(count + 1, 1);

	for (size_t i = 0; i < count; i++)
		letters_of_cases[i] = letter_of(state_of(m->data, target, i));
	json_t *results = json_string(letters_of_cases);
	free(letters_of_cases);
	return results;
}

/* Lists in which each value stands once, and what is known of them. */
struct pool {
	const char *sources; /* directory, or NULL */
	json_t *files;	     /* that hold tests: no others are read */
	json_t *details, *seen_details, *sites, *seen_sites;
};

#define AROUND 2

/* The line of a test that "file:line" names, and those around it; none where the file is not the catalogue's. */
static json_t *read_excerpt(const struct pool *pool, const char *at)
{
	const char *colon = strrchr(at, ':');
	const long line = colon ? strtol(colon + 1, NULL, 10) : 0;
	json_t *lines = json_array();
	char path[4096], *text = NULL;
	size_t room = 0;

	if (!pool->sources || line <= AROUND || !json_object_getn(pool->files, at, (size_t)(colon - at)))
		return lines;
	snprintf(path, sizeof(path), "%s/%.*s", pool->sources, (int)(colon - at), at);
	FILE *file = fopen(path, "re");
	if (!file)
		return lines;
	for (long i = 1; i <= line + AROUND && getline(&text, &room, file) > 0; i++)
		if (i >= line - AROUND)
			json_array_append_new(lines, json_stringn(text, strcspn(text, "\n")));
	free(text);
	fclose(file);
	return lines;
}

/* A detail as the page has it: the place of the expectation by its number; the usual command it makes itself. */
static json_t *make_detail(const struct pool *pool, const json_t *detail)
{
	json_t *made = json_copy((json_t *)detail), *site = json_object();
	const char *at = text_of(detail, "at");

	json_object_del(made, "command");
	json_object_del(made, "at");
	json_object_del(made, "expr");
	if (*at) {
		json_object_set_new(site, "at", json_string(at));
		json_object_set_new(site, "expr", json_string(text_of(detail, "expr")));
		const json_int_t number = intern(pool->sites, pool->seen_sites, site);
		json_t *kept = json_array_get(pool->sites, (size_t)number);
		if (kept == site)
			json_object_set_new(site, "lines", read_excerpt(pool, at));
		json_object_set_new(made, "site", json_integer(number));
	}
	json_decref(site);
	return made;
}

/* A target as the page has it: letters, and instead of each detail its number. */
static json_t *make_target(const struct matrix *m, const json_t *target, const struct pool *pool)
{
	json_t *made = json_copy((json_t *)target), *numbers = json_object(), *detail;
	const char *key;

	json_object_foreach(json_object_get(target, "details"), key, detail) {
		json_t *short_detail = make_detail(pool, detail);
		json_object_set_new(numbers, key,
				    json_integer(intern(pool->details, pool->seen_details, short_detail)));
		json_decref(short_detail);
	}
	json_object_set_new(made, "details", numbers);
	json_object_set_new(made, "results", make_results(m, target));
	json_object_del(made, "verdicts");
	return made;
}

/* The sources of statements that have several: the table shows the first. */
static json_t *make_sources(const struct matrix *m)
{
	json_t *sources = json_object();

	for (size_t i = 0; i < m->row_count; i++)
		if (m->rows[i].source[m->rows[i].section])
			json_object_set_new(sources, m->rows[i].id, json_string(m->rows[i].source));
	return sources;
}

/* The files that hold tests, as keys. */
static json_t *make_files(const struct matrix *m)
{
	json_t *files = json_object();

	for (size_t i = 0; i < json_array_size(m->tests); i++)
		json_object_set_new(files, text_of(json_array_get(m->tests, i), "file"), json_true());
	return files;
}

static json_t *make_details(const struct matrix *m)
{
	struct pool pool = { m->sources,    make_files(m), json_array(), json_object(),
			     json_array(), json_object() };
	json_t *targets = json_array();

	for (size_t t = 0; t < m->target_count; t++)
		json_array_append_new(targets, make_target(m, json_array_get(m->targets, t), &pool));
	json_decref(pool.files);
	json_decref(pool.seen_details);
	json_decref(pool.seen_sites);
	return json_pack("{s:o,s:o,s:o,s:O,s:o,s:o}", "more_sources", make_sources(m), "tests", make_tests(m), "targets",
			 targets, "reasons", json_object_get(m->data, "reasons"), "details", pool.details, "sites",
			 pool.sites);
}

/* JSON inside of a script element: nothing in it may look like an end of that, or like a comment. */
static int put_json(const char *text, size_t length, void *out)
{
	for (const char *c = text; c < text + length; c++)
		if (strchr("<>&", *c))
			fprintf(out, "\\u%04x", (unsigned)*c);
		else
			fputc(*c, out);
	return 0;
}

static void put_details(const struct matrix *m)
{
	json_t *details = make_details(m);

	json_dump_callback(details, put_json, m->out, JSON_COMPACT | JSON_ENSURE_ASCII);
	json_decref(details);
}

/* ---- The page ---------------------------------------------------------------------------------- */

static void put_made(const struct matrix *m)
{
	fprintf(m->out, "%zu targets, made ", m->target_count);
	put_string(m->out, text_of(m->data, "generated"));
	fputs(" by forkcheck ", m->out);
	put_string(m->out, text_of(m->data, "version"));
}

static void put_template(const struct matrix *m)
{
	static const struct {
		const char *mark;
		void (*put)(const struct matrix *);
	} part[] = { { "<!--@MADE@-->", put_made }, { "<!--@TABLE@-->", put_table }, { "<!--@DATA@-->", put_details } };
	const char *at = matrix_template;

	for (size_t i = 0; i < sizeof(part) / sizeof(*part); i++) {
		const char *mark = strstr(at, part[i].mark);
		fwrite(at, 1, (size_t)(mark - at), m->out);
		part[i].put(m);
		at = mark + strlen(part[i].mark);
	}
	fputs(at, m->out);
}

bool matrix_write(FILE *out, const json_t *data, const char *sources)
{
	struct matrix m = { .out = out, .sources = sources, .data = json_deep_copy(data) };

	adopt_strays(m.data);
	m.statements = json_object_get(m.data, "statements");
	m.tests = json_object_get(m.data, "tests");
	m.cases = json_object_get(m.data, "cases");
	m.targets = json_object_get(m.data, "targets");
	m.target_count = json_array_size(m.targets);
	make_rows(&m);
	put_template(&m);
	for (size_t i = 0; i < m.row_count; i++)
		free(m.rows[i].states);
	free(m.rows);
	json_decref(m.data);
	return !fflush(out) && !ferror(out);
}
