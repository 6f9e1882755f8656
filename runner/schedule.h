/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/* Which item runs when. */
#ifndef RUNNER_SCHEDULE_H
#define RUNNER_SCHEDULE_H

#include "run.h"

/* Runs all items once. Rounds count from 1. */
void schedule_round(struct run *run, unsigned number);

#endif
