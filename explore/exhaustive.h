/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * All programs of one shape: something is set, something is created in every way, one side changes something, and everything is
 * looked at. Then the same with something in between.
 */
#ifndef EXPLORE_EXHAUSTIVE_H
#define EXPLORE_EXHAUSTIVE_H

#include "operation.h"

/* Sets the bounds: the depth is 1, 2 ... Before the others. */
void exhaustive_begin(unsigned depth);
/* How many candidates there are; not all of them make sense. */
uint64_t exhaustive_total(void);
/* In words. */
const char *exhaustive_shape(void);
/* The program of a number, empty where the candidate makes no sense; false at the end. Pure. */
bool exhaustive_program(uint64_t number, struct program *program);

#endif
