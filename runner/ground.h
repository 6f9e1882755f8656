/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/* What a run needs before the first cell and gives back after the last one: users, directories, slots; and the check that anything works at all. */
#ifndef RUNNER_GROUND_H
#define RUNNER_GROUND_H

#include "run.h"

/* Inside the pen, before anything is reported. */
void ground_prepare(struct run *run);

/* Removes the directories, closes descriptors and frees memory of the ground. */
void ground_clear(struct run *run);

#endif
