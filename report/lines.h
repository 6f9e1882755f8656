/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * The lines of a log without what a console added: CR, escape sequences, time stamps in front of every line, and
 * kernel messages, even those that cut a line in two.
 */
#ifndef REPORT_LINES_H
#define REPORT_LINES_H

#include <stdio.h>

#include "tool.h"

#define LINE_MAX_BYTES 65536 /* of a longer one the rest is dropped */

struct lines {
	FILE *in;
	unsigned number; /* of the line in the file, from 1 */
	/* Tells of what cannot be undone. */
	void (*complain)(void *context, unsigned line, const char *what);
	void *context;

	/* What stands in front of every line, as it stood in front of the version line. */
	enum { PREFIX_NONE, PREFIX_STAMP, PREFIX_COLUMNS } prefix;
	size_t columns;
	bool begun;   /* a version line was there */
	bool endless; /* the file ends inside of the last line */

	struct text raw, cut;
	unsigned cut_number;
	bool have_next; /* raw was read, but not given out */
};

/* The next line, or NULL at the end. It stays until the next call. *number: where it begins. */
const char *lines_next(struct lines *lines, unsigned *number);
void lines_free(struct lines *lines);

/* The rest of a version line behind its "version ", or NULL: `text` begins with no version. */
const char *version_line(const char *text);

#endif
