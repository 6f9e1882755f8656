/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/* forkcheck as the first process of a kernel. */
#ifndef RUNNER_INIT_H
#define RUNNER_INIT_H

#include <stdbool.h>

/**
 * init_begin() - prepare the machine for tests if this is the first process of a kernel
 *
 * Mounts /proc, /sys, /dev, /tmp, cgroups, each where it can; opens the console where the kernel could not.
 * Returns whether it is: the first process, before any /proc was mounted.
 */
bool init_begin(void);

/* Prints the closing line "### forkcheck exit STATUS" and powers the machine off. */
void init_end(int status);

/**
 * init_arguments() - undo the quotes of a kernel command line
 *
 * A kernel cuts its command line at blanks and removes double quotes only. This joins words that single quotes hold
 * together. Returns the new argc.
 */
int init_arguments(int argc, char **argv);

#endif
