/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/* Continuing a run after its machine has died: see past.h. */
#ifndef RUNNER_RESUME_H
#define RUNNER_RESUME_H

#include "run.h"

/* Counts what an earlier part of this run has reported, without reporting it again. */
void resume_recall(struct run *run);

/* Tests that killed the machine get their verdict now; suspects are marked to run alone. */
void resume_accuse(struct run *run);

#endif
