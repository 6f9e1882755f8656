/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/* The cells that run at this time: how they begin, are hurried, end, and are given up. */
#ifndef RUNNER_CELLS_H
#define RUNNER_CELLS_H

#include "run.h"

unsigned cells_active(struct run *run);
/* A slot without a cell, or NULL. */
struct slot *cells_free_slot(struct run *run);

/* Starts the cell of order[index]; where that can't be done the item is concluded as BROKEN. */
void cells_start(struct run *run, struct slot *slot, size_t index);

/* Takes the ends of cells, and concludes their items. */
void cells_reap(struct run *run);

/* Takes the next step to the end of each cell whose time is up: it is told, killed, given up. */
void cells_hurry(struct run *run);

/* The run is told to stop: ends all cells at once; their tests have no verdict. */
void cells_abandon(struct run *run);

#endif
