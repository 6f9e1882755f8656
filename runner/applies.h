/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/* Whether a test can say anything here. */
#ifndef RUNNER_APPLIES_H
#define RUNNER_APPLIES_H

#include "pen.h"
#include "suite.h"

/**
 * inapplicable() - the reason to skip a test, if there is one
 * @have: what the runner may give to tests
 * @pen: what is around the run
 * @why: gets one line
 *
 * In this order: another architecture; a statement that it covers does not hold for this release; a
 * privilege that is missing; what unpenned() says; a feature that is proven to be absent.
 */
bool inapplicable(const struct item *item, const struct privileges *have, const struct pen *pen, char *why,
		  size_t size);

/* Whether a test may hit others than its own processes, and no pen is around it: then nobody may run it. */
bool unpenned(const struct item *item, const struct pen *pen, char *why, size_t size);

#endif
