/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/* The formats that a run can be converted to, each in a file of its own. */
#ifndef REPORT_WRITERS_H
#define REPORT_WRITERS_H

#include <stdio.h>

#include "parsed.h"

/* What the formats need besides the run. */
struct naming {
	const char *suite;    /* "forkcheck": JUnit's testsuite, the beginning of KCIDB's path */
	const char *origin;   /* KCIDB: who sends */
	const char *build_id; /* KCIDB: which build was tested */
};

void write_junit(FILE *out, const struct run *run, const struct naming *naming);
void write_jsonl(FILE *out, const struct run *run, const struct naming *naming);
void write_kcidb(FILE *out, const struct run *run, const struct naming *naming);
void write_lava(FILE *out, const struct run *run, const struct naming *naming);

/* Expectations as lists of other runners. */
void write_gvisor(FILE *out, const struct expectations *expectations);
void write_asterinas(FILE *out, const struct expectations *expectations);
void write_starnix(FILE *out, const struct expectations *expectations);

/* What id_slug() makes of an id. The caller frees it. */
char *slug(const char *id);

/* One line about a result: reason, place, expression, what was wanted and what came. The caller frees it. */
char *one_line(const struct result *result);

/* Cuts a text to so many bytes at most, not inside of a character, and without blanks at the end. */
void shorten(char *text, size_t length);

#endif
