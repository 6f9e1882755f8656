/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/* What the parts of the page of all targets share. */
#ifndef REPORT_PAGE_H
#define REPORT_PAGE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include <jansson.h>

/* What a cell says, from good to bad. A page and a section say the worst of their statements. */
enum state {
	NO_TEST,
	ABSENT,
	OK,
	NEEDS,
	NOT_RUN,
	BROKEN,
	DIFFERS,
	HANG,
	CRASH,
	NEW = 16, /* with it: not among the known deviations, or ok and among them */
};

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

/* Zeroed memory, or the end of the program. */
void *allocate(size_t n, size_t size);

/* Tests that cover no statement, or that the catalogue has not got, become statements of their own in the data. */
void adopt_strays(json_t *data);

/* Fills in the rows, in the order of the table; the caller frees them and their states. */
void make_rows(struct matrix *m);

/* A member of an object, "" where it is missing. */
const char *text_of(const json_t *object, const char *key);

/* What there is to say of a case on a target, or NULL. */
const json_t *detail_of(const json_t *target, size_t number);

/* What a case says on a target, by the target's verdicts and details. */
unsigned case_state(const struct matrix *m, const json_t *target, size_t number);

/* Of two states the worse one. */
unsigned worst(unsigned a, unsigned b);

/* A state as a letter: a capital where it is NEW. */
char letter_of(unsigned state);

/* The test that a case belongs to. */
const json_t *test_of(const struct matrix *m, size_t number);

/* How rows belong together, and in which order. */
int compare_pages(const struct row *a, const struct row *b);
int compare_sections(const struct row *a, const struct row *b);

/* Text as HTML. */
void put_string(FILE *out, const char *text);

/* The table, complete and readable by itself. */
void put_table(const struct matrix *m);

/* What a script shows on demand, as JSON. No text of the table a second time. */
void put_details(const struct matrix *m);

#endif
