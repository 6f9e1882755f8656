/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * The command line of a GoogleTest program, for runners that know only that: options, list, output, exit status. A
 * suite is folder.file, and suite.test is forkcheck's own id.
 */
#ifndef RUNNER_GTEST_H
#define RUNNER_GTEST_H

#include "suite.h"

struct gtest {
	bool on; /* an option of GoogleTest was given */
	bool list;
	const char *filter;	  /* NULL: all */
	bool brief;		  /* only what failed */
	unsigned shard, shards;	  /* from 0; shards 0: all */
	const char *shard_status; /* a file to touch, or NULL */
	enum gtest_file { GTEST_NONE, GTEST_XML, GTEST_JSON } form;
	const char *path; /* of that file */
};

struct options;

/* Takes GoogleTest's options out of argv, and what its variables say. Returns the new argc. */
int gtest_options(struct options *options, int argc, char **argv);

/* Keeps what the filter and the shard choose. */
size_t gtest_select(const struct gtest *gtest, const struct item **chosen, size_t count);

/* Opens the file for the results. Exits with EXIT_USAGE where that fails. */
void gtest_open(const struct gtest *gtest);

/* Lists the items. Returns the exit status. */
int gtest_list(const struct gtest *gtest, const struct item *const *items, size_t count);

/* Closes the file. Returns what a GoogleTest program returns in place of `status`. */
int gtest_status(int status);

#endif
