/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/* The page of all targets, from the data that matrix-data.md describes. */
#ifndef REPORT_MATRIX_H
#define REPORT_MATRIX_H

#include <stdbool.h>
#include <stdio.h>

#include <jansson.h>

/**
 * matrix_write() - write the page
 * @data: statements, tests, cases and targets; changed, as it may be large
 * @sources: the directory that the tests' file names start from, for lines of them on the page; NULL: none
 *
 * Returns false, with errno, where something could not be written. Source files that are missing are left out.
 */
bool matrix_write(FILE *out, json_t *data, const char *sources);

#endif
