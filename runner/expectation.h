/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * Expectations: what is known in advance about a target, in a file.
 *
 *	GLOB VERDICT[|VERDICT...] [if CONDITION[,CONDITION...]] : REASON
 *
 * '#' begins a comment line. The first line that fits a test counts. Conditions: arch=NAME, release<X.Y,
 * release>=X.Y, privileged, unprivileged; with a leading '!' they are turned round.
 */
#ifndef RUNNER_EXPECTATION_H
#define RUNNER_EXPECTATION_H

#include "outcome.h"

struct expectation {
	char glob[ID_SIZE];
	unsigned verdicts; /* bit mask of 1 << enum verdict */
	char verdict_text[64];
	char conditions[256]; /* as they stand there, or empty */
	char reason[256];
	bool applies; /* its conditions hold here */
	bool stale;   /* it fits no test of the suite */
	int line;
};

struct expectations {
	const char *path;
	struct expectation *entry;
	size_t count;
};

/* What is known of the project's targets: targets/NAME.expect at build time, in gzip's format, see targets/embed. */
struct known_file {
	const char *name;
	const unsigned char *packed;
	size_t packed_size, size;
};
extern const struct known_file known_files[];
extern const size_t known_file_count;

/* What conditions speak of. */
struct circumstances {
	const char *arch;
	struct release release;
	bool privileged;
};

/**
 * expectations_load() - read a file
 *
 * Exits with EXIT_USAGE, naming the line and what is allowed, where it is not as described above. Marks the
 * stale entries.
 */
void expectations_load(struct expectations *expectations, const char *path, const struct suite *suite,
		       const struct circumstances *here);

/* The same of a file that was built in. */
void expectations_load_known(struct expectations *expectations, const struct known_file *known,
			     const struct suite *suite, const struct circumstances *here);

/* The entry that counts for an item, or NULL. */
const struct expectation *expectation_for(const struct expectations *expectations, const struct item *item);

/* How a verdict stands to what was expected. */
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
