/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * A cell: the process tree in which one test runs.
 *
 *	runner -> mother (executed once) -> cell -> the test's process -> whatever it makes
 *
 * The cell's own process leads a session, is the subreaper of all below it, keeps the runner's privileges,
 * ends everything below it when the test is over or the runner goes away, and reports.
 */
#ifndef RUNNER_ISOLATE_H
#define RUNNER_ISOLATE_H

#include <poll.h>

#include "cell.h"

/* What a cell is told. The bytes cross processes and execve unchanged. */
struct cell {
	uint32_t place, n; /* of the test among those of this program, and which case of it */
	uint64_t caps;	   /* of both kinds */
	uint32_t slot;	   /* for which it runs */
	uint64_t serial;   /* no other cell's */
	/* The descriptors that it takes, by their numbers in the process that makes it. page -1: no such memory. */
	int32_t records, output, lifeline, page;
	uid_t uid;	     /* of a test without privileges */
	bool uid_is_ours;    /* nobody but this cell has it: all its processes may be killed */
	bool penned;	     /* mounts made here are seen nowhere outside the run */
	bool shares_nothing; /* it has System V objects and the like of its own; set by the cell itself */
	bool told;	     /* the lifeline has what was for an earlier cell */
	bool executed;	     /* afresh, and not a copy of the process that makes it */
	unsigned fence;	     /* RLIMIT_NPROC */
	uint32_t seed;
	struct release assumed;
	struct confinement confinement;
	uint64_t secret;  /* by which the runner knows that a status is from the cell, and not from its test */
	char workdir[64]; /* "" : none */
};

/* The number by which a cell finds the test. */
uint32_t cell_place(const struct test *test);
const struct test *cell_test(const struct cell *cell);

/* No signal is blocked, caught or ignored any more. */
void signals_default(void);

/* What is the same for all cells: once, in the process that makes them by fork. */
void cell_prepare(void);

/*
 * After cell_prepare(): sleeps until a child has changed its state or there is something to read (NULL: nothing is); a second at
 * most, since signals of children may be what does not work. Returns what poll does: more than 0 if there is something to read, 0
 * after a second of nothing.
 */
int cell_wait(struct pollfd *told);

/* In a process of its own, where descriptors and record_page are in place, and cell_prepare() was called. */
_Noreturn void cell_run(struct cell *cell);

#endif
