/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/* A finding as a C program that needs nothing of forkcheck: what one attaches to a report. */
#ifndef EXPLORE_C_FILE_H
#define EXPLORE_C_FILE_H

#include <stdio.h>

#include "player.h"

/* Whether all that the program does can be written so. */
bool c_file_possible(const struct program *program, const struct difference *difference);

void c_file_write(FILE *file, const struct program *program, const struct difference *difference);

#endif
