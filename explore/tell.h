/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/* Telling people what a search, or the playing of a program, has shown. */
#ifndef EXPLORE_TELL_H
#define EXPLORE_TELL_H

#include "search.h"

void tell_kind(const struct finding_kind *kind, unsigned number);
void tell_progress(const struct search *search);
void tell_search(const struct search *search);

/* Each step with what it must give, and what differed (difference->kind is NO_DIFFERENCE: nothing). */
void tell_played(const struct program *program, const struct difference *difference);

void tell_operations(void);

#endif
