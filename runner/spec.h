/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/* The statements of spec/, built into the program (see spec/embed-statements). */
#ifndef RUNNER_SPEC_H
#define RUNNER_SPEC_H

#include <stdbool.h>
#include <stddef.h>

struct statement {
	const char *id;
	const char *source;   /* page and section */
	const char *level;    /* documented, posix or linux */
	const char *since;    /* kernel release, or "-" */
	const char *until;    /* the first release in which it no longer holds, or "-" */
	const char *class;    /* what it is about: fork, cow, wait ... */
	const char *testable; /* yes, hard: why, no: why */
	const char *text;
};

extern const struct statement statements[]; /* sorted by id */
extern const size_t statement_count;

/* The statement with this id, or NULL. */
const struct statement *statement_find(const char *id);

/**
 * next_word() - walk over blank separated words such as the statement ids of a test
 * @words: the list; moved on
 * @buf: gets the word
 * Returns false at the end.
 */
bool next_word(const char **words, char *buf, size_t size);

#endif
