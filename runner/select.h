/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/* Which tests a run is for. */
#ifndef RUNNER_SELECT_H
#define RUNNER_SELECT_H

#include "suite.h"

/**
 * selector_matches() - does one selector fit one test?
 * @selector: a glob on the id, or the beginning of an id up to a dot; spec:GLOB for the statements it
 *            covers; tag:GLOB for its tags. No leading '!'.
 */
bool selector_matches(const char *selector, const struct item *item);

/**
 * select_items() - choose the items that the selectors name
 * @selectors: each selects what it matches, or with a leading '!' takes it away again; later ones win.
 *             Without any, or when the first one takes away, all are selected at first.
 * @chosen: gets pointers to the chosen items, in the suite's order; room for suite->count
 *
 * Returns their number. Exits with EXIT_USAGE where a selector matches no test, or all of them leave none.
 */
size_t select_items(const struct suite *suite, char *const *selectors, int count, const struct item **chosen);

/* Keeps those of shard `index` (from 1) of `shards`; by a hash of the id, so that new tests move no others. */
size_t select_shard(const struct item **chosen, size_t count, unsigned index, unsigned shards);

/**
 * shuffle_items() - put the chosen items into a random order, group by group
 *
 * Folders, files, tests and cases change places with their like, so that a nested report stays possible.
 */
void shuffle_items(const struct item **chosen, size_t count, uint32_t seed);

#endif
