// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* The page of all targets: what is around its table and its details. */
#include <stdlib.h>
#include <string.h>

#include "matrix.h"
#include "page.h"

extern const char matrix_template[];

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

bool matrix_write(FILE *out, json_t *data, const char *sources)
{
	struct matrix m = { .out = out, .sources = sources, .data = data };

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
	return !fflush(out) && !ferror(out);
}
