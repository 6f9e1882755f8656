/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/* The shortest program that still differs. */
#ifndef EXPLORE_CUT_H
#define EXPLORE_CUT_H

#include <signal.h>

#include "player.h"

/**
 * cut_down() - take away all that is not needed for the difference
 * @program: one that differs when it is played with LOOKS_ALWAYS; replaced
 * @difference: how; replaced by that of the short one
 * @hurry: once it is set, two seconds are left
 *
 * What is left can lose nothing more, if there was time: no step, no flag, no actor. Returns the number of candidates that were played.
 */
unsigned cut_down(struct program *program, struct difference *difference, const volatile sig_atomic_t *hurry);

/* What makes two cut programs the same finding. Returns buf. */
char *kind_of(const struct program *program, const struct difference *difference, char *buf, size_t size);

#endif
