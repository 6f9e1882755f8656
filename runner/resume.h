/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/* A run that goes on after its machine has died: see past.h. */
#ifndef RUNNER_RESUME_H
#define RUNNER_RESUME_H

#include "run.h"

/* What an earlier part of this run has reported already: it is counted, and not told again. */
void resume_recall(struct run *run);

/* Tests that killed the machine get their verdict now; suspects are marked to run alone. */
void resume_accuse(struct run *run);

#endif
