/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * A cell: the process tree in which one test runs.
 *
 *	runner -> cell (this program, fresh) -> the test's process -> whatever it makes
 *
 * The cell's own process leads a session, is the subreaper of all below it, keeps the runner's privileges,
 * ends everything below it when the test is over or the runner goes away, and reports.
 */
#ifndef RUNNER_ISOLATE_H
#define RUNNER_ISOLATE_H

#include "suite.h"

struct cell {
	const struct item *item;
	uid_t uid;	     /* of a test without privileges */
	bool uid_is_ours;    /* nobody but this cell has it: all its processes may be killed */
	bool penned;	     /* mounts made here are seen nowhere outside the run */
	bool shares_nothing; /* it has System V objects and the like of its own */
	unsigned fence;	     /* RLIMIT_NPROC */
	uint32_t seed;
	struct release assumed;
	uint64_t secret;     /* by which the runner knows that a status is from the cell, and not from its test */
	const char *workdir; /* "" : none */
};

/* No signal is blocked, caught or ignored any more. The runner's part: a cell that is executed has it from there. */
void signals_default(void);

/* Arguments with which this program, executed afresh, is the cell. */
#define CELL_ARGS 15
struct cell_command {
	char text[CELL_ARGS][ID_SIZE];
	char *argv[CELL_ARGS + 1];
};
void cell_command(const struct cell *cell, struct cell_command *command);

/* main()'s part for such arguments. The descriptors FD_* are in place. Never returns. */
_Noreturn void cell_main(int argc, char **argv);

/* The same without a fresh program, where executing would leave the implementation under test. Signals are at their defaults. */
_Noreturn void cell_run(struct cell *cell);

#endif
