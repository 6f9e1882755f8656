/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/* The state of a run, which its parts pass on: every chosen test in its cell, and a report. */
#ifndef RUNNER_RUN_H
#define RUNNER_RUN_H

#include <stdio.h>

#include "nursery.h"
#include "details.h"
#include "lost.h"
#include "options.h"
#include "past.h"
#include "pen.h"
#include "reporting.h"
#include "slot.h"

/* One for each slot that there may be, and one in the place of each that is given up. */
#define USERS_OF_RUN (JOBS_MAX + LOST_TESTS)

struct run {
	const struct options *options;
	const struct pen *pen;
	struct suite suite;
	struct expectations expectations;
	struct past past;
	struct privileges have;
	uid_t first_uid;  /* of the cells */
	const char *rung; /* missing, or NULL */
	struct nursery nursery;
	bool strays;   /* cells can't be subreapers: orphans of their tests are not below them */
	char base[48]; /* of the working directories; "" : none */
	struct slot *slots;
	unsigned numbers; /* that slots have had */
	struct lost lost;
	pid_t *spared;		   /* room for others_running() */
	struct pollfd *polled;	   /* and for wait_for_something() */
	const struct item **order; /* of the rounds at hand, one after the other */
	size_t chosen;		   /* items of a round */
	size_t count;		   /* of them all */
	unsigned at_once;	   /* so many rounds may be at hand */
	unsigned round;		   /* the first of them, from 1 */
	uint32_t seed;
	struct again again;
	struct result *results; /* one for each of order */
	size_t started, emitted;
	struct report report;
	FILE *times; /* where they are saved, or NULL */
	int times_err;
	int wake[2];	     /* signals arrive here */
	const char *stopped; /* why, or NULL */
	int stopped_by;	     /* the signal, or 0 */
};

/*
 * Does what `forkcheck run` does. Opens and reads all that the command line names before the pen is entered, in which other
 * files may be seen; exits with EXIT_USAGE where something is wrong with it. Returns the exit status.
 */
int command_run(const struct options *options);

#endif
