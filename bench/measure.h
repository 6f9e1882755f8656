/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/* One round of some figures: a fresh caller, and the median of a handful of calls for each. */
#ifndef BENCH_MEASURE_H
#define BENCH_MEASURE_H

#include "figure.h"

/* What the clock itself does. */
struct clock_facts {
	double overhead; /* of reading it twice, which is part of each time and is subtracted */
	double step;	 /* the least difference that two readings showed */
};

struct clock_facts clock_measure(void);

/*
 * Measures figures[0 .. count), all of one group and amount, which are not missing; the caller is pinned to this
 * processor, -1: to none. Adds one value to each, or says what is missing.
 */
void measure_round(struct figure *const *figures, size_t count, int processor);

#endif
