/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/* How a new process becomes a cell: it sorts its descriptors and, where asked, executes the program. */
#ifndef RUNNER_ENTRY_H
#define RUNNER_ENTRY_H

#include "isolate.h"

/* Closes these descriptors; without close_range(2) no higher ones than 1023. Callable from where memory is shared. */
void close_between(int first, int last);

/* Called in a new process, a copy of the one that makes cells: becomes the cell, by executing this program if the cell asks for that. */
_Noreturn void cell_begin(struct cell *cell);

/* main()'s part for the program that cell_begin() executes. */
_Noreturn void cell_main(void);

#endif
