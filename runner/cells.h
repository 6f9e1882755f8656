/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/* The running cells: how they start, are told to end, end, and are given up. */
#ifndef RUNNER_CELLS_H
#define RUNNER_CELLS_H

#include "run.h"

unsigned cells_active(struct run *run);
/* A slot without a cell, or NULL. */
struct slot *cells_free_slot(struct run *run);

/* Starts the cell of order[index]; if that fails the item is concluded as BROKEN. */
void cells_start(struct run *run, struct slot *slot, size_t index);

/* Collects cells that have ended, and concludes their items. */
void cells_reap(struct run *run);

/* Takes the next step with each cell whose time is up: tells it to end, kills it, gives it up. */
void cells_hurry(struct run *run);

/* Ends all cells at once when the run is told to stop; their tests get no verdict. */
void cells_abandon(struct run *run);

#endif
