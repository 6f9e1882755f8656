/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/* What the report of an earlier part of this run tells, after the machine died. */
#ifndef RUNNER_PAST_H
#define RUNNER_PAST_H

#include "outcome.h"

/*
 * The lines that a part of a run with --announce wrote, and those that the program watching the machine added, with
 * any indentation:
 *
 *	# seed NUMBER, ...
 *	# begins: ID
 *	# ends: ID VERDICT		its result is in the report
 *	# died: CRASH|TIMEOUT REASON	the machine is gone; what began and did not end was running
 *	# console: TEXT			what its console said last
 *
 * All other lines are the report itself. One test that was running alone when the machine died has brought it down. Of
 * several any may have done so: they are suspects, to be run again, each alone.
 */
enum past_state { PAST_NOTHING, PAST_BEGUN, PAST_SUSPECT, PAST_FATAL, PAST_ENDED };

struct past_item {
	enum past_state state;
	enum verdict verdict; /* where PAST_FATAL or PAST_ENDED */
	char why[120];	      /* where PAST_FATAL */
	char *console;	      /* where PAST_FATAL: lines, or NULL */
};

struct past {
	struct past_item *of; /* for each item of the suite; NULL: there is no past */
	uint32_t seed;
	unsigned unexplained; /* deaths of the machine that no single test accounts for */
};

/* Reads the file. Exits with EXIT_USAGE where it is no such report, or of another suite. */
void past_load(struct past *past, const char *path, const struct suite *suite);

void past_free(struct past *past, const struct suite *suite);

#endif
