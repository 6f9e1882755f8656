/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/* The ids of tests: names of groups and of the test, with dots between. */
#ifndef COMMON_ID_H
#define COMMON_ID_H

#include <stdbool.h>
#include <stddef.h>

/* Does a glob fit an id, or the name of a group that it is in? */
bool glob_fits(const char *glob, const char *id);

/**
 * id_slug() - an id as most systems allow it: letters, digits, '-', '_', and dots between them
 *
 * All else becomes '_', once for a sequence. What has no room in buf is cut off.
 */
void id_slug(char *buf, size_t size, const char *id);

#endif
