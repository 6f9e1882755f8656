/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * Expectation files, as `forkcheck run --expect` takes them (see runner/expectation.h and targets/README.md), line by
 * line, so that they can be written again with what people put into them.
 */
#ifndef REPORT_EXPECT_H
#define REPORT_EXPECT_H

#include "parsed.h"

struct expectation {
	char *glob;
	char *verdict_text; /* "FAIL|TIMEOUT" */
	unsigned verdicts;  /* bits 1 << enum verdict */
	char *conditions;   /* "release<6.9,privileged", or NULL */
	char *reason;
	bool applies; /* its conditions hold for the run */
	unsigned line;
};

struct expectations {
	const char *path;
	char **lines; /* of the file, without newlines */
	size_t line_count, line_room;
	struct expectation *entries;
	size_t count, room;
};

/**
 * expectations_load() - read a file
 * @run: whose release, architecture and privileges the conditions speak of. NULL, or a run that does not tell: a
 *       line with conditions is an error.
 * @may_be_new: a file that does not exist is an empty one
 *
 * Exits with EXIT_USAGE, naming the line and what is allowed.
 */
void expectations_load(struct expectations *expectations, const char *path, const struct run *run, bool may_be_new);
void expectations_free(struct expectations *expectations);

/* The first entry that applies and fits, or NULL. */
const struct expectation *expectation_for(const struct expectations *expectations, const char *id);

#endif
