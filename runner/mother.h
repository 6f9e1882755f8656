/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * The mother: a process that was executed once, has run no test, and forks cells.
 *
 * A copy of it is as good as an execution, and costs a third: it has not loaded the tests' catalogue, and holds nothing but
 * the cells' ends of all slots' descriptors. What it is told comes by one pipe, what it tells goes by another. It is
 * the parent of the cells and reaps them; should it die they become the runner's.
 */
#ifndef RUNNER_MOTHER_H
#define RUNNER_MOTHER_H

#include "isolate.h"

/* What she tells of a cell. */
struct news {
	uint64_t serial; /* of the cell; 0: she is ready */
	uint32_t slot;
	int32_t pid;	/* 0: there was none, and status is an errno */
	int32_t status; /* of one that has ended, as wait has it */
};

/* By their numbers. */
struct mother_ends {
	int requests; /* to be read from: a struct cell for each that she is to make */
	int begun;    /* to be written to: news of each that was made ... */
	int ended;    /* ... and of each that has ended, or could not be made; before all that she is ready */
};

/* Makes cells until no more can be asked for. The descriptors of a struct cell are open. */
_Noreturn void mother_run(const struct mother_ends *ends);

/* main()'s part for {.., "--mother", REQUESTS, BEGUN, ENDED}. */
_Noreturn void mother_main(int argc, char **argv);

#endif
