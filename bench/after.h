/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/* What a creation costs afterwards, as operations to be timed: first writes and the end. */
#ifndef BENCH_AFTER_H
#define BENCH_AFTER_H

#include "figure.h"

/* arg: the distance between two writes. */
operation write_in_child;   /* the child writes to what both have */
operation write_when_alone; /* the caller writes when the child has gone */
operation write_to_new;	    /* the caller writes to memory that nobody has written to yet */

/* From the word to end until the child is reaped; arg: whether the child has written to all memory before. */
operation end_by_exit;
/* The same by SIGKILL. */
operation end_by_kill;

#endif
