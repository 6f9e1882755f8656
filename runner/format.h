/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * The formats of a report: a table of operations, each format in a file of its own, format_*.c. A new one is a file and a row
 * in formats.c. The program has those that somebody reads while it runs: a person, a console, a harness of tests. What
 * can be made of a report afterwards is for forkcheck-report.
 */
#ifndef RUNNER_FORMAT_H
#define RUNNER_FORMAT_H

#include "output.h"
#include "suite.h"

struct report;
struct result;
struct format;

#define GROUPS 4 /* in each other: round, folder, file, test */

/* Whom a report is told, and how far that has got. */
struct teller {
	const struct format *format;
	struct output out;
	bool color;
	/* For nested formats: the groups that are open, outermost first, from 1 on. */
	struct open_group {
		char name[ID_SIZE];
		unsigned number;  /* of the next child's result */
		bool failed, ran; /* some child failed; some child was not skipped */
	} group[GROUPS + 1];
	unsigned depth;
	unsigned number; /* of the last result, for flat formats */
	int shown;	 /* columns of the progress line that stands there */
};

struct format {
	const char *name;  /* for --format; NULL: it has none */
	bool for_programs; /* counts that programs look for are told */
	/* NULL: there is nothing to say. */
	void (*open)(struct teller *teller);
	void (*note)(struct teller *teller, const char *line);
	void (*round)(struct teller *teller, const struct report *report, unsigned round);
	void (*running)(struct teller *teller, const struct report *report, const struct item *item);
	void (*result)(struct teller *teller, const struct report *report, const struct result *result);
	void (*round_end)(struct teller *teller);
};

extern const struct format format_ktap, format_flat, format_tap, format_lava, format_terminal, format_gtest;

/* The format of this name, or NULL; and all names, for a message. */
const struct format *format_named(const char *name);
const char *format_names(void);

/* ---- What formats have in common: formats.c ----------------------------------------------------- */

/* A note, put together. */
void teller_note(struct teller *teller, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* A note as a comment of KTAP and TAP. */
void comment(struct teller *teller, const char *line);

/* What is said of a result that is not a pass, as notes. */
void tell_details(struct teller *teller, const struct result *result);

/* What follows the name: a directive of KTAP and its text, or "". */
void directive(const struct result *result, char *text, size_t size);

/* Nothing that surprises. */
bool is_ok(const struct result *result);

/* It failed, as it was expected to. */
bool is_known_failure(const struct result *result);

/* Is this a terminal that takes escape sequences, for somebody who wants them: TERM, NO_COLOR. */
bool escapes_are_welcome(int fd);

#endif
