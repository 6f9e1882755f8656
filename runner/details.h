/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/* What the report says about a test that did not pass: which check, in which process, which rule, how to run it again. */
#ifndef RUNNER_DETAILS_H
#define RUNNER_DETAILS_H

#include "outcome.h"

/* How to run a test again, with the same random choices. */
struct again {
	const char *command; /* what is put before "run ID"; NULL: nobody could */
	uint32_t seed;
};

/* Puts the lines that explain an outcome into a fresh string; NULL: there is nothing to explain. */
char *details_text(const struct item *item, const struct outcome *outcome, enum verdict verdict,
		   const struct again *again);

#endif
