/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/* forkcheck bench: a run, and what is told of it. */
#ifndef BENCH_BENCH_H
#define BENCH_BENCH_H

#include <stdio.h>

#include "claims.h"
#include "environment.h"
#include "figure.h"

/* A finished run. */
struct run_result {
	const struct figure *figures; /* in the groups' order */
	size_t count;
	const struct environment *environment;
	double confidence, width, budget; /* as asked for */
	double seconds;			  /* that it took */
	bool interrupted;
};

/* The ways to write one down. */
typedef void writer(FILE *file, const struct run_result *run);
writer write_table, write_ktap, write_jsonl, write_csv;

/* The figure of this id; NULL where there is none that was measured. */
const struct figure *figure_find(const struct run_result *run, const char *id);

/* The subcommand, with its own arguments; the exit status. */
int command_bench(int argc, char **argv);

#endif
