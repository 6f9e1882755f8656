/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/* Programs at random. The same seed gives the same program, as long as the model is the same. Pure. */
#ifndef EXPLORE_GENERATOR_H
#define EXPLORE_GENERATOR_H

#include "operation.h"

/*
 * What has been met: operations, each by an actor that was born in one of some ways, after a step of an actor to whom it stands in
 * some relation.
 */
#define WAYS 10
#define RELATIONS 6
#define MOST_OPERATIONS 64
#define PAIRS (MOST_OPERATIONS * WAYS * RELATIONS)
struct met {
	uint8_t pair[PAIRS]; /* bytes, so that several conductors may write */
};

/* Notes what a program meets; returns how much of it is new. NULL: nothing is met yet. */
unsigned note_met(const struct program *program, struct met *met, bool dry);

/* Fills in a random program; of several it takes the one that meets most that has not been met. */
void generate(uint64_t seed, const struct met *met, struct program *program);

/* Operations and flags that are not to be used, by name. False where there is none of this name. */
bool never_use(const char *name);
bool is_used(const struct operation *operation);

/* What could be met, and has been, for a table: an operation and a way; the names of ways. */
extern const char *const way_names[WAYS];
unsigned met_relations(const struct met *met, unsigned operation, unsigned way);

#endif
