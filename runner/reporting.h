/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/* The report of a run: its counts, and to whom it is told. */
#ifndef RUNNER_REPORTING_H
#define RUNNER_REPORTING_H

#include "expectation.h"
#include "format.h"

struct options;

/* One verdict, with all that the report says about it. */
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

/* A test that did not end as expected, for the list at the end. */
struct unexpected {
	const struct item *item;
	enum verdict verdict;
	unsigned times; /* in how many rounds */
};

#define TELLERS 2

struct report {
	/* The first one writes the report; a second one shows the run at a terminal while the report goes into a file. */
	struct teller teller[TELLERS];
	unsigned tellers;
	bool announce; /* say which test begins and ends: for a console that may stop with the kernel, see past.h */
	unsigned rounds;

	/* The round. */
	const struct item *const *order;
	size_t count, done;

	unsigned verdicts[VERDICTS], surprises[SURPRISES];
	unsigned expected_failures, errors; /* errors: of the tests themselves, BROKEN and not expected */
	struct unexpected *unexpected;
	size_t unexpected_count;
};

/* Opens what options name, and decides about formats. Exits with EXIT_USAGE where a file cannot be opened. */
void report_set_up(struct report *report, const struct options *options);
void report_free(struct report *report);

/* From now on nothing is written, or it is again; all is counted. */
void report_mute(struct report *report, bool muted);

/* The errno of the first write that failed, or 0; *name: of what. */
int report_error(const struct report *report, const char **name);

/* The version line, before anything else. rounds 0: without end. */
void report_open(struct report *report, unsigned rounds);

/* A line for people. */
void report_note(struct report *report, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* A round (from 1) of the items in this order begins; ends. */
void report_round(struct report *report, unsigned round, const struct item *const *order, size_t count);
void report_round_end(struct report *report);

/* A test begins. */
void report_running(struct report *report, const struct item *item);

/* The next result, in the order given to report_round(). */
void report_result(struct report *report, const struct result *result);

/* Counts, and what was not as expected. `stopped`: why not everything was run, or NULL. */
void report_close(struct report *report, const struct expectations *expectations, const char *stopped, double seconds);

#endif
