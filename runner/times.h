/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/* How long each test took in earlier runs, and a division of the tests into parts of equal length. */
#ifndef RUNNER_TIMES_H
#define RUNNER_TIMES_H

#include "options.h"

/**
 * shard_items() - keep those of options->shard, where options->shards ask for parts
 *
 * Without options->times by a hash of the id. With it so that the shards take about the same time: the longest test goes
 * first, each to the shard that has the least so far. The same file and the same selection give the same plan on every
 * machine. A test that the file does not know is taken to be an average one. Exits with EXIT_USAGE where the file
 * cannot be read.
 */
size_t shard_items(const struct options *options, const struct item **chosen, size_t count);

/*
 * Writes the times of what was run, in lines of an id and seconds, as they are read. What was skipped took none. Returns
 * 0 or an errno.
 */
int times_save(FILE *file, const struct result *results, size_t count);

#endif
