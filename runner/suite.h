/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/* The tests of this program, each row of a table as one of its own. */
#ifndef RUNNER_SUITE_H
#define RUNNER_SUITE_H

#include "cell.h"

#define ID_SIZE 128

/* What gets one verdict: a test, or one case of it. */
struct item {
	const struct test *test;
	size_t n;	  /* which case */
	char id[ID_SIZE]; /* folder.file.name, and .case where there is one */
	char folder[32], file[64];
	char variant[64]; /* name of the case, or "" */
	/* What the test says and what its row adds. */
	char covers[512];
	bool features[FEATURE_COUNT];
	uint64_t caps, init_caps;
	const char *arch;
};

struct suite {
	struct item *items;
	size_t count;
	const struct item **by_id; /* sorted */
};

/* Loads the tests of this program, in the order of folders, files and lines. Exits with 2 on a double id. */
void suite_load(struct suite *suite);

/* Makes the item of case n of a test. Exits with 2 where its id would be too long, or no reader could tell it from its group. */
void item_init(struct item *item, const struct test *test, size_t n);

/* Frees what suite_load() has made. */
void suite_free(struct suite *suite);

/* The item with this id, or NULL. */
const struct item *suite_find(const struct suite *suite, const char *id);

#endif
