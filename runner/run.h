/* SPDX-License-Identifier: GPL-2.0-only */
/* A run: every chosen test in its cell, and a report. */
#ifndef RUNNER_RUN_H
#define RUNNER_RUN_H

#include "options.h"
#include "pen.h"

/* Does what `forkcheck run` does, inside the pen. Returns the exit status. */
int run(const struct options *options, const struct pen *pen);

#endif
