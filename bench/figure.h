/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/* What is measured: groups of series, against an amount. */
#ifndef BENCH_FIGURE_H
#define BENCH_FIGURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "stats.h"

#define ARRAY_LENGTH(array) (sizeof(array) / sizeof((array)[0]))

/* A process that creates: what it has, prepared before its first creation. */
struct caller {
	unsigned long amount; /* of what the group is about */
	char *memory;
	size_t bytes;
	uint64_t *shared; /* one word, shared with its children */
	int processor;	  /* where it is pinned, counted among the usable ones */
};

/* One creation, from before the call to after its end: the time in nanoseconds, or -errno. */
typedef double operation(struct caller *caller, unsigned long arg);

struct series {
	const char *name;
	operation *operation;
	unsigned long arg;
	bool executes; /* a program */
};

/* Makes the caller what the group is about; 0 or -errno. Its process ends after the round, and all with it. */
typedef long preparation(struct caller *caller);

struct group {
	const char *name;
	const char *title;
	const char *axis; /* what the amounts are; NULL: there is one only, 0 */
	const char *each; /* the time is for one of the amount, which is called so; NULL: for the whole */
	const unsigned long *amounts;
	size_t amount_count;
	const struct series *series;
	size_t series_count;
	preparation *prepare;
	/* Of what amount there can be here, at most; 0: of any. */
	unsigned long (*limit)(unsigned long memory);
	bool per_processor; /* the amounts are 1, 2, 4 ... and the number of usable processors */
};

extern const struct group groups[];
extern const size_t group_count;

#define MAX_SERIES 16  /* of a group */
#define MAX_ROUNDS 200 /* of a figure */

/* What was measured. */
struct figure {
	const struct group *group;
	const struct series *series;
	unsigned long amount;
	char id[64];
	bool chosen;

	double values[MAX_ROUNDS]; /* nanoseconds, a median of each round, in the order of time */
	size_t rounds;
	struct interval interval;
	double fastest, slowest;
	unsigned long calls, outliers; /* outliers: calls that took more than twice the median of their round */
	bool precise;		       /* the interval is as narrow as wanted */
	char missing[96];	       /* why there is no value */
};

#endif
