/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/* The command line. */
#ifndef RUNNER_OPTIONS_H
#define RUNNER_OPTIONS_H

#include "format.h"
#include "gtest.h"

/* Each has its memory, its pipes and, where the runner is root, its user. */
#define JOBS_MAX 64

enum command { COMMAND_RUN, COMMAND_LIST, COMMAND_EXPLAIN, COMMAND_ENV, COMMAND_DEBUG };

#define EXPECT_MOST 16

enum color { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER };

struct options {
	enum command command;
	char **words; /* selectors, or what to explain or debug */
	int word_count;

	unsigned jobs;	 /* cells at once, at most JOBS_MAX */
	unsigned rounds; /* 0: without end */
	bool until_fail;
	bool shuffle;
	uint32_t seed;
	unsigned shard, shards; /* shards 0: all */
	const char *times;	/* of earlier runs; NULL: shards by hash */
	const char *save_times; /* NULL: don't */
	double timeout_scale;
	struct release assumed;		 /* major 0: ask the kernel */
	const char *kernel_config;	 /* NULL: look for one */
	const char *expect[EXPECT_MOST]; /* targets or files */
	size_t expect_count;		 /* 0: what is known of Linux itself */
	const struct format *format;	 /* NULL: as the output is */
	const char *output;		 /* NULL: standard output */
	enum color color;
	bool announce;
	bool kernel_log;    /* what the kernel complains of is a failure */
	const char *again;  /* how the report says to run this program again; NULL: it doesn't */
	const char *resume; /* NULL: nothing went before */
	bool pen;

	struct gtest gtest;

	bool list_covers; /* list: ids with the statements they cover */
	bool list_features;
	bool list_json;	  /* list: everything, for programs */
	bool strace, gdb; /* debug */
};

/* Fills options; exits with EXIT_USAGE on a wrong command line, with 0 after --help or --version. */
void options_parse(struct options *options, int argc, char **argv);

#endif
