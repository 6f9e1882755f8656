/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/* The data of the page of all targets; matrix-data.md describes it. */
#ifndef REPORT_MATRIX_DATA_H
#define REPORT_MATRIX_DATA_H

#include <jansson.h>

#include "parsed.h"

struct target {
	char *name;
	struct run run;
};

/**
 * matrix_data() - statements, tests and what became of them on each target, as one document
 * @catalogue: a file with what `forkcheck list --json` printed
 *
 * Exits with EXIT_USAGE where the catalogue is none.
 */
json_t *matrix_data(const char *catalogue, const struct target *targets, size_t count);

#endif
