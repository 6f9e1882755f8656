/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/* The results of the current rounds, reported in order. */
#ifndef RUNNER_RESULTS_H
#define RUNNER_RESULTS_H

#include "run.h"

/* In place of the seconds of a result: it has none yet, and its test is to run with no other beside it. */
#define ALONE -1.0

/* The result of order[index] is there. details: a string of its own, or NULL. */
void result_conclude(struct run *run, size_t index, enum verdict verdict, char *details, double seconds);

/* Reports, in order, what is complete. */
void results_emit(struct run *run);

/* The rounds at hand are over: what is complete, but behind a test that is not, is told as well. */
void results_end(struct run *run);

#endif
