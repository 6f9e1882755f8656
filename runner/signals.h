/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/* Signals to the runner, which wake its loop. */
#ifndef RUNNER_SIGNALS_H
#define RUNNER_SIGNALS_H

#include "run.h"

/* From now on a signal makes run->wake[0] readable. */
void signals_catch(struct run *run);

/* Takes what has arrived: the run is told to stop, unless a test has sent it. */
void signals_read(struct run *run);

#endif
