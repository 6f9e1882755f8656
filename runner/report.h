/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/* The report of a run: KTAP, nested or flat, TAP, GoogleTest's, or for a person at a terminal. */
#ifndef RUNNER_REPORT_H
#define RUNNER_REPORT_H

#include "expectation.h"
#include "output.h"

enum format { FORMAT_KTAP, FORMAT_FLAT, FORMAT_TAP, FORMAT_LAVA, FORMAT_TERMINAL, FORMAT_GTEST };

/* One verdict, with all that is to be said of it. */
struct result {
	const struct item *item;
	enum verdict verdict;
	enum surprise surprise;
	const struct expectation *expectation; /* NULL: none */
	char why[160];			       /* one line, may be empty */
	char *details;			       /* lines, or NULL */
	double seconds;
	bool complete;
};

#define REPORT_DEPTH 5

struct report {
	struct output *out;
	enum format format;
	bool color;
	bool announce; /* say which test begins and ends: for a console that may stop with the kernel, see past.h */

	/* The groups that are open, outermost first: round, folder, file, test. */
	struct {
		char name[ID_SIZE];
		unsigned number;  /* of the next child's result */
		bool failed, ran; /* some child failed; some child was not skipped */
	} group[REPORT_DEPTH];
	unsigned depth;
	unsigned tap_number;

	unsigned verdicts[VERDICTS], surprises[SURPRISES];
	unsigned expected_failures;
	bool progress_shown;
};

/* The version line, and the header lines that header() says. Before anything else. */
void report_open(struct report *report, unsigned rounds, void (*header)(struct report *));

/* A line for people: a KTAP diagnostic. */
void report_note(struct report *report, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* A round (from 1) of the items in this order begins; ends. */
void report_round(struct report *report, unsigned round, const struct item *const *order, size_t count);
void report_round_end(struct report *report);

/* A test begins; how many of how many are done. */
void report_running(struct report *report, const struct item *item, size_t done, size_t count);

/* The next result, in the order given to report_round(). */
void report_result(struct report *report, const struct result *result, const struct item *const *order, size_t count);

/* Counts and what is to be done about them. `stopped`: why not everything was run, or NULL. */
void report_close(struct report *report, const struct expectations *expectations, const char *stopped, double seconds);

/* Puts the lines that explain an outcome into a fresh string. */
char *details_text(const struct item *item, const struct outcome *outcome, enum verdict verdict);

#endif
