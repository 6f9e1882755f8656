/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/* Emptying directories of which tests may have made anything. */
#ifndef RUNNER_DIRECTORY_H
#define RUNNER_DIRECTORY_H

#include <stdbool.h>

/* Removes the contents of a directory as far as possible: at any depth, mounted, without permissions, immutable. */
void empty_directory(const char *path);

/* Whether nothing is in the current directory. */
bool is_directory_empty(void);

#endif
