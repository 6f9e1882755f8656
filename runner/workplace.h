/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/* The place of the tests' directories. */
#ifndef RUNNER_WORKPLACE_H
#define RUNNER_WORKPLACE_H

#include "pen.h"

/* Makes a fresh directory and puts its path into base; the caller removes it. Returns false where there can be none. */
bool workplace_make(char *base, size_t size, const struct pen *pen);

#endif
