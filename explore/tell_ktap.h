/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/* Findings as KTAP: a test for each, and one for all that was as documented. */
#ifndef EXPLORE_TELL_KTAP_H
#define EXPLORE_TELL_KTAP_H

#include "search.h"

void ktap_begin(void);
void ktap_kind(const struct finding_kind *kind, unsigned number);
void ktap_end(const struct search *search);

#endif
