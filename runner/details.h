/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/* What is said of a test that did not pass: which check, in which process, which rule, how to see it again. */
#ifndef RUNNER_DETAILS_H
#define RUNNER_DETAILS_H

#include "outcome.h"

/* Puts the lines that explain an outcome into a fresh string; NULL: there is nothing to explain. */
char *details_text(const struct item *item, const struct outcome *outcome, enum verdict verdict);

#endif
