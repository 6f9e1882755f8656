/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/* Reading the figures that 'forkcheck bench --format jsonl' writes. */
#ifndef REPORT_FIGURES_H
#define REPORT_FIGURES_H

#include <stdbool.h>
#include <stddef.h>

struct figure {
	char *id, *group, *series;
	char *axis;		  /* what the amount is of; NULL: there is none */
	char *each;		  /* what the time is for one of; NULL: for the whole */
	double amount;		  /* 0 where there is no axis */
	double median, low, high; /* nanoseconds */
	double confidence;	  /* 0: not measured */
};

struct figures {
	char *system; /* as the run tells it; never NULL */
	double confidence;
	struct figure *at;
	size_t count, room;
};

/* Does the file begin as one of these? Not for the standard input. */
bool figures_are_in(const char *path);

/* Exits with EXIT_USAGE where the file can't be read or isn't one. "-": the standard input. */
void figures_load(struct figures *figures, const char *path);
void figures_free(struct figures *figures);

/* NULL where there is none that was measured. */
const struct figure *figures_find(const struct figures *figures, const char *id);

#endif
