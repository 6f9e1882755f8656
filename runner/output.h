/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/* Where the report goes: whole lines, each written at once. */
#ifndef RUNNER_OUTPUT_H
#define RUNNER_OUTPUT_H

#include <stdbool.h>

struct output {
	int fd;
	const char *name; /* for messages */
	bool muted;	  /* write nothing */
	int err;	  /* errno of the first write that failed; later ones are not tried */
};

/* Writes formatted text, which ends with a newline, with one write(2) where the system takes it so. */
void output_line(struct output *output, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
