/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/* Which item runs when. */
#ifndef RUNNER_SCHEDULE_H
#define RUNNER_SCHEDULE_H

#include "run.h"

/* Makes room for the rounds that are run at once: where one has fewer items than there are slots, several. */
void schedule_prepare(struct run *run);

/* Runs the next of them. Returns whether there were any. */
bool schedule_rounds(struct run *run);

#endif
