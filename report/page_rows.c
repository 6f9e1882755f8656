// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* The rows of the page: what their cells say, and their order. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "page.h"
#include "skip.h"

void *allocate(size_t n, size_t size)
{
	void *memory = calloc(n ? n : 1, size);

	if (!memory) {
		perror("forkcheck-report");
		exit(2);
	}
	return memory;
}

const char *text_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "";
}

/* ---- States ------------------------------------------------------------------------------------ */

const json_t *detail_of(const json_t *target, size_t number)
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

unsigned case_state(const struct matrix *m, const json_t *target, size_t number)
{
	const json_t *verdicts = json_object_get(target, "verdicts");
	const json_t *detail = detail_of(target, number);
	unsigned new = json_is_true(json_object_get(detail, "x")) ? 0 : NEW;

	switch (number < json_string_length(verdicts) ? json_string_value(verdicts)[number] : '-') {
	case 'p':
		return json_is_false(json_object_get(detail, "x")) ? OK | NEW : OK;
	case 's':
		return skip_is_absence(skip_read(reason_of(m->data, detail)).class) ? ABSENT : NEEDS;
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

unsigned worst(unsigned a, unsigned b)
{
	const unsigned x = a & ~NEW, y = b & ~NEW;

	return x == y ? a | b : x > y ? a : b;
}

char letter_of(unsigned state)
{
	static const char letters[] = "xaonrbdhc"; /* in the order of the states */
	char letter = letters[state & ~NEW];

	return state & NEW ? letter - 'a' + 'A' : letter;
}

/* ---- Rows -------------------------------------------------------------------------------------- */

/*
 * A test that covers no statement, or that a target reports and the catalogue has not got, gets a row of its own:
 * as a statement with the test's id. The blanks of its page are of the kind that does not end a word.
 */
void adopt_strays(json_t *data)
{
	json_t *statements = json_object_get(data, "statements"), *tests = json_object_get(data, "tests");
	json_t *cases = json_object_get(data, "cases");

	for (size_t i = 0; i < json_array_size(cases); i++) {
		json_t *one = json_array_get(cases, i);
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

int compare_pages(const struct row *a, const struct row *b)
{
	int order = kind(a) - kind(b);

	return order ? order : compare_beginnings(a->source, a->page, b->source, b->page);
}

int compare_sections(const struct row *a, const struct row *b)
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

const json_t *test_of(const struct matrix *m, size_t number)
{
	const json_t *index = json_array_get(json_array_get(m->cases, number), 1);

	return json_array_get(m->tests, json_integer_value(index));
}

/* Of two cases of a statement. One that was skipped says nothing where another one was not. */
static unsigned both(unsigned a, unsigned b)
{
	const unsigned x = a & ~NEW, y = b & ~NEW;

	return x == OK && y <= NEEDS && y != OK ? a : y == OK && x <= NEEDS && x != OK ? b : worst(a, b);
}

static void add_case(struct matrix *m, size_t number)
{
	const json_t *covers = json_object_get(test_of(m, number), "covers");

	for (size_t t = 0; t < m->target_count; t++) {
		const unsigned state = case_state(m, json_array_get(m->targets, t), number);
		for (size_t i = 0; i < json_array_size(covers); i++) {
			const size_t statement = (size_t)json_integer_value(json_array_get(covers, i));
			if (statement < m->row_count)
				m->rows[statement].states[t] = both(m->rows[statement].states[t], state);
		}
	}
}

void make_rows(struct matrix *m)
{
	m->row_count = json_array_size(m->statements);
	m->rows = allocate(m->row_count, sizeof(*m->rows));
	for (size_t i = 0; i < m->row_count; i++) {
		const json_t *statement = json_array_get(m->statements, i);
		const char *source = text_of(statement, "source");
		m->rows[i] = (struct row){ .statement = statement,
					   .id = text_of(statement, "id"),
					   .source = source,
					   .page = strcspn(source, " ;"),
					   .section = strcspn(source, ";"),
					   .number = i,
					   .states = allocate(m->target_count, 1) };
	}
	for (size_t i = 0; i < json_array_size(m->cases); i++)
		add_case(m, i);
	qsort(m->rows, m->row_count, sizeof(*m->rows), compare_rows);
}
