/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/* The expectation for a test, and how its verdict compares with it. */
#ifndef RUNNER_EXPECTATION_H
#define RUNNER_EXPECTATION_H

#include "expectations.h"
#include "suite.h"

/* As the names of --expect: knows nothing; what is known of Linux's own releases. */
#define EXPECT_NONE "none"
#define EXPECT_LINUX "linux"

/**
 * expectations_load() - read what --expect names
 * @words: targets or files. Without any: what is known of Linux's own releases.
 *
 * Exits with EXIT_USAGE, naming each wrong line. Marks the stale entries of what was asked for.
 */
void expectations_load(struct expectations *expectations, const char *const *words, size_t count,
		       const struct suite *suite, const struct circumstances *here);

/* The entry that counts for an item, or NULL. */
const struct expectation *expectation_for(const struct expectations *expectations, const struct item *item);

/* How a verdict compares with the expectation. */
enum surprise {
	AS_EXPECTED,
	NEW_FAILURE,	 /* a pass was expected */
	UNEXPECTED_PASS, /* the deviation is gone */
	CHANGED_FAILURE, /* another deviation than the expected one */
	SURPRISES
};

/* entry may be NULL: then a pass, or a skip, is expected. A skip never surprises. */
enum surprise surprise(const struct expectation *entry, enum verdict verdict);

#endif
