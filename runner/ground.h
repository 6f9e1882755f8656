/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/* What stands before the first cell and after the last one: users, directories, slots, and whether anything works at all. */
#ifndef RUNNER_GROUND_H
#define RUNNER_GROUND_H

#include "run.h"

/* Inside the pen, before anything is reported. */
void ground_prepare(struct run *run);

/* Removes directories, closes and frees what the ground was made of. */
void ground_clear(struct run *run);

#endif
