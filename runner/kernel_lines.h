/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/* Which tests reach a line of the kernel. The build embeds kernel-coverage/lines, which `make kernel-coverage` writes. */
#ifndef RUNNER_KERNEL_LINES_H
#define RUNNER_KERNEL_LINES_H

#include <stdbool.h>

#include "known.h"

/*
 * The release, a line; the groups of tests, a line; then of each file a line "= FILE" and of its lines with code
 *
 *	FIRST-LAST FUNCTION GROUPS     those that reach them, by number from 0: 3-5,9
 *	FIRST-LAST FUNCTION - WHY      nobody does
 */
extern const struct known_file kernel_lines;

/* Whether the word names a line of a source, as kernel/fork.c:2300 does. */
bool is_kernel_line(const char *word);

/* Prints who reaches that line. Ends the program where the file is not among those that were counted. */
void explain_kernel_line(const char *word);

#endif
