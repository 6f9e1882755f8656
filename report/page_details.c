// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* The data beside the table of the page of all targets: what is shown when one asks for a cell. */
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "page.h"

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

enum { TEST_NAME, TEST_LINE, TEST_SUMMARY, TEST_STATEMENTS, TEST_CASES, TEST_FILE };

/* Whether a test of this name, "folder.file.name", is in this file by its name alone. */
static bool is_usual_file(const char *file, const char *name)
{
	const char *dot = strrchr(name, '.');
	const size_t length = dot ? (size_t)(dot - name) : 0;

	if (!dot || strncmp(file, "tests/", strlen("tests/")))
		return false;
	file += strlen("tests/");
	for (size_t i = 0; i < length; i++)
		if (file[i] != (name[i] == '.' ? '/' : name[i]))
			return false;
	return !strcmp(file + length, ".c");
}

/* [name, line, summary, statements, names of cases], and the file where it is another than the name says. */
static json_t *make_test(const struct matrix *m, const json_t *test, const char *id, const size_t *place)
{
	json_t *made = json_pack("[s%,i,s,o,[]]", id, test_length(id),
				 (int)json_integer_value(json_object_get(test, "line")), text_of(test, "summary"),
				 places_of(test, place, m->row_count));

	if (!is_usual_file(text_of(test, "file"), json_string_value(json_array_get(made, TEST_NAME))))
		json_array_append_new(made, json_string(text_of(test, "file")));
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
		const char *name = json_string_value(json_array_get(current, TEST_NAME));
		if (!current || test != last || strlen(name) != length || strncmp(name, id, length)) {
			current = make_test(m, test, id, place);
			json_array_append_new(tests, current);
		}
		json_array_append_new(json_array_get(current, TEST_CASES),
				      json_string(id + length + (id[length] == '.')));
		last = test;
	}
	free(place);
	return tests;
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
	json_t *made = detail ? json_copy((json_t *)detail) : json_object(), *site = json_object();
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

#define PROBLEMS 10 /* of a damaged report, as many as one reads */

/* The letters of all cases, and the numbers of the details of those that are not just ok or not run. */
static void make_results(const struct matrix *m, const json_t *target, const struct pool *pool, json_t *made)
{
	const size_t count = json_array_size(m->cases);
	char *letters = allocate(count + 1, 1);
	json_t *numbers = json_array();

	for (size_t i = 0; i < count; i++) {
		const unsigned state = case_state(m, target, i);
		letters[i] = letter_of(state);
		if (state == OK || state == NOT_RUN)
			continue;
		json_t *detail = make_detail(pool, detail_of(target, i));
		json_array_append_new(numbers, json_integer(intern(pool->details, pool->seen_details, detail)));
		json_decref(detail);
	}
	json_object_set_new(made, "results", json_string(letters));
	json_object_set_new(made, "details", numbers);
	free(letters);
}

/* A target as the page has it. */
static json_t *make_target(const struct matrix *m, const json_t *target, const struct pool *pool)
{
	json_t *made = json_copy((json_t *)target);
	json_t *problems = json_deep_copy(json_object_get(target, "problems"));

	json_object_del(made, "verdicts");
	make_results(m, target, pool, made);
	while (json_array_size(problems) > PROBLEMS)
		json_array_remove(problems, PROBLEMS);
	if (problems)
		json_object_set_new(made, "problems", problems);
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
	struct pool pool = { m->sources, make_files(m), json_array(), json_object(), json_array(), json_object() };
	json_t *targets = json_array(), *reasons = json_object_get(m->data, "reasons");

	for (size_t t = 0; t < m->target_count; t++)
		json_array_append_new(targets, make_target(m, json_array_get(m->targets, t), &pool));
	json_decref(pool.files);
	json_decref(pool.seen_details);
	json_decref(pool.seen_sites);
	return json_pack("{s:o,s:o,s:o,s:o,s:o,s:o}", "more_sources", make_sources(m), "tests", make_tests(m),
			 "targets", targets, "reasons", reasons ? json_incref(reasons) : json_array(), "details",
			 pool.details, "sites", pool.sites);
}

/* gzip of the text; the caller frees it. */
static uint8_t *compress_text(const char *text, size_t *length)
{
	z_stream stream = { .next_in = (Bytef *)text, .avail_in = (uInt)strlen(text) };

	if (deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, MAX_WBITS + 16, 9, Z_DEFAULT_STRATEGY) != Z_OK) {
		fputs("forkcheck-report: no memory to compress the page's data\n", stderr);
		exit(2);
	}
	const size_t room = deflateBound(&stream, strlen(text));
	uint8_t *packed = allocate(room, 1);
	stream.next_out = packed;
	stream.avail_out = (uInt)room;
	deflate(&stream, Z_FINISH);
	*length = stream.total_out;
	deflateEnd(&stream);
	return packed;
}

static void put_base64(FILE *out, const uint8_t *bytes, size_t length)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

	for (size_t i = 0; i < length; i += 3) {
		const size_t left = length - i;
		const unsigned group = (unsigned)bytes[i] << 16 | (left > 1 ? (unsigned)bytes[i + 1] << 8 : 0) |
				       (left > 2 ? bytes[i + 2] : 0);
		for (size_t digit = 0; digit < 4; digit++)
			fputc(digit <= left ? digits[group >> (18 - 6 * digit) & 63] : '=', out);
	}
}

/* Compressed, as it would be more than the table; so nothing in it can look like the end of its script element either. */
void put_details(const struct matrix *m)
{
	json_t *details = make_details(m);
	char *text = json_dumps(details, JSON_COMPACT | JSON_ENSURE_ASCII);
	size_t length;
	uint8_t *packed = compress_text(text, &length);

	put_base64(m->out, packed, length);
	free(packed);
	free(text);
	json_decref(details);
}
