/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/* A file that is written whole or not at all. */
#ifndef REPORT_WHOLE_FILE_H
#define REPORT_WHOLE_FILE_H

#include <stdio.h>

struct output {
	FILE *to;
	const char *path;
	char *target; /* the file itself, where the path is a link to it */
	char *beside; /* a new file, until it takes the place of the old one; NULL: written directly */
};

/* NULL or "-": the standard output. Exits with EXIT_USAGE where that cannot be. */
void output_open(struct output *output, const char *path);

/* All is written. Exits with EXIT_USAGE where it could not be; an old file then is as it was. */
void output_close(struct output *output);

#endif
