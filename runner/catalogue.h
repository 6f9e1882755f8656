/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/* forkcheck list --json: statements and tests as one JSON document, for forkcheck-report and other programs. */
#ifndef RUNNER_CATALOGUE_H
#define RUNNER_CATALOGUE_H

#include "suite.h"

/* Prints all statements, and these tests. */
void catalogue_print(const struct item *const *items, size_t count);

#endif
