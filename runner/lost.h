/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/* Processes that SIGKILL does not end: the run goes on without their slots, and tells of them at its end. */
#ifndef RUNNER_LOST_H
#define RUNNER_LOST_H

#include "outcome.h"
#include "sweep.h"

/* So many tests may leave such processes behind; more, and something is so wrong that going on makes no sense. */
#define LOST_TESTS 8
#define LOST_PROCESSES (LOST_TESTS * 16)

struct lost {
	struct lost_process {
		pid_t pid;
		const struct item *item; /* whose */
	} process[LOST_PROCESSES];
	size_t count;
	unsigned tests;
};

/* Notes a process of a test; one that is known already is not noted again. */
void lost_add(struct lost *lost, pid_t pid, const struct item *item);

/* A test that has such processes is over. Returns whether there may be more of the kind. */
bool lost_test(struct lost *lost);

/* The process was reaped after all. */
void lost_remove(struct lost *lost, pid_t pid);

/* Says of each that still lives what it does, by a line for tell(). */
void lost_tell(const struct lost *lost, void (*tell)(void *context, const char *line), void *context);

#endif
