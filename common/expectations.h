/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * Expectations: what is known in advance about a target, in files.
 *
 *	GLOB VERDICT[|VERDICT...] [if CONDITION[,CONDITION...]] : REASON
 *
 * '#' begins a comment line. The first line that fits a test counts, of the first file that has one. Conditions:
 * arch=NAME, release<X.Y, release>=X.Y, privileged, unprivileged; with a leading '!' they are turned round.
 */
#ifndef COMMON_EXPECTATIONS_H
#define COMMON_EXPECTATIONS_H

#include <stddef.h>

#include "release.h"
#include "verdict.h"

struct expectation {
	char *glob;
	char *verdict_text; /* "FAIL|TIMEOUT" */
	unsigned verdicts;  /* bits 1 << enum verdict */
	char *conditions;   /* as they stand there, or "" */
	char *reason;
	const char *path;
	unsigned line;
	bool applies; /* its conditions hold */
	bool stale;   /* it fits no test; for the caller to say */
};

struct expectations {
	struct expectation *entry;
	size_t count;
	/* The files as they are, for a caller that rewrites one. */
	struct expectation_file {
		char *path;
		char **lines; /* without newlines */
		size_t count;
	} * *file;
	size_t file_count;
	unsigned errors; /* told so far */
};

/* The machine that conditions are compared with. */
struct circumstances {
	const char *arch;
	struct release release;
	bool privileged; /* root, in the initial user namespace */
};

enum {
	EXPECT_IDS_ONLY = 1,   /* a glob on anything but ids is an error: covers and tags are not known */
	EXPECT_MAY_BE_NEW = 2, /* a file that does not exist is an empty one */
};

/**
 * expectations_add() - read one more
 * @word: the name of a target of the project, whose files are built in, or else the path of a file
 * @here: NULL: not known, so that a line with conditions is an error
 * @flags: of EXPECT_*
 *
 * Complains of each wrong line, naming it and what is allowed, and counts it in errors.
 */
void expectations_add(struct expectations *expectations, const char *word, const struct circumstances *here,
		      unsigned flags);

/* All have been added: exits with EXIT_USAGE where there was an error. */
void expectations_done(const struct expectations *expectations);
void expectations_free(struct expectations *expectations);

/* The first entry that applies and whose glob fits, or NULL. */
const struct expectation *expectations_find(const struct expectations *expectations,
					    bool (*fits)(const char *glob, const void *what), const void *what);

#endif
