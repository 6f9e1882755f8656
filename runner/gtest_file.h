/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/* GoogleTest's files of results and of tests, as XML and as JSON. */
#ifndef RUNNER_GTEST_FILE_H
#define RUNNER_GTEST_FILE_H

#include <stdio.h>
#include <time.h>

#include "suite.h"

enum gtest_state { GTEST_PASSED, GTEST_SKIPPED, GTEST_FAILED };

struct gtest_case {
	const struct item *item;
	bool ran; /* false: it is only listed */
	enum gtest_state state;
	double seconds;
	struct timespec begun;
	char *message; /* unless passed */
};

/* Suites are contiguous in `cases`. */
void gtest_write_xml(FILE *file, const struct gtest_case *cases, size_t count);
void gtest_write_json(FILE *file, const struct gtest_case *cases, size_t count);

/* How many of these are in the first one's suite. */
size_t gtest_suite_size(const struct gtest_case *cases, size_t count);

/* The name of a test in its suite, folder.file. */
const char *gtest_name(const struct item *item);

#endif
