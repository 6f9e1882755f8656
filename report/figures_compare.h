/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/* Comparing two runs of forkcheck bench: which figures got faster or slower. */
#ifndef REPORT_FIGURES_COMPARE_H
#define REPORT_FIGURES_COMPARE_H

#include <stdio.h>

/*
 * Each figure of both files: faster or slower only where the two intervals have nothing in common, else the same.
 * EXIT_DEVIATION: something is slower; EXIT_SURPRISE: nothing is, but something is faster.
 */
int figures_compare(FILE *to, const char *old_path, const char *new_path);

#endif
