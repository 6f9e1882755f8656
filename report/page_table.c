// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* The table of the page of all targets, readable as it is: a part for each page, a row for each statement. */
#include <stdlib.h>
#include <string.h>

#include "page.h"

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

void put_string(FILE *out, const char *text)
{
	put_text(out, text, strlen(text));
}

static void put_part(const struct matrix *m, const json_t *target, const char *class, const char *first,
		     const char *second)
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
	fprintf(m->out, "<table><colgroup><col><col span=%zu></colgroup>\n<thead><tr><th scope=col>Statement",
		m->target_count);
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

/* In the order of the states. */
static const char *const words[] = {
	"no test", "absent", "ok", "needs", "not run", "broken", "differs", "hang", "crash"
};

/* The cells of a row; one across all of them where there is no test. */
static void put_states(const struct matrix *m, const uint8_t *states, const char *why_not)
{
	unsigned all = 0;

	for (size_t t = 0; t < m->target_count; t++)
		all |= states[t];
	if (!all) {
		fprintf(m->out, "<td class=x colspan=%zu>%s", m->target_count, words[NO_TEST]);
		put_string(m->out, why_not);
	}
	for (size_t t = 0; all && t < m->target_count; t++) {
		const char *const mark = states[t] & NEW ? "*" : "";
		if (states[t] == OK)
			fputs("<td>ok", m->out);
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
	put_states(m, states, "");
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
	fputs("<tr id=\"", m->out);
	put_string(m->out, row->id);
	fputs("\"><th scope=row><b>", m->out);
	put_string(m->out, row->id);
	fputs("</b>", m->out);
	put_string(m->out, text_of(row->statement, "text"));
	put_limits(m->out, row->statement);
	/* "hard: why" or "no: why" */
	const char *why = strchr(text_of(row->statement, "testable"), ':');
	put_states(m, row->states, why ? why : "");
}

void put_table(const struct matrix *m)
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
