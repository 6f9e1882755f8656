/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/* A run: every chosen test in its cell, and a report. */
#ifndef RUNNER_RUN_H
#define RUNNER_RUN_H

#include "options.h"
#include "pen.h"

/*
 * Opens and reads all that the command line names, and chooses the tests. Before the pen is entered, in which
 * other files may be seen. Exits with EXIT_USAGE where something is wrong.
 */
void run_prepare(const struct options *options);

/* Does what `forkcheck run` does, inside the pen. Returns the exit status. */
int run(const struct pen *pen);

#endif
