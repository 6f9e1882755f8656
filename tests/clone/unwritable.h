/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/* Addresses for the words that clone stores TIDs in or clears, at which nothing can be written. */
#ifndef TESTS_UNWRITABLE_H
#define TESTS_UNWRITABLE_H

#include "forkcheck.h"

static const struct unwritable {
	const char *name;
	int protection; /* of the page; -1: NULL in place of a page */
} unwritables[] = {
	{ "null", -1 },
	{ "no_access", PROT_NONE },
	{ "read_only", PROT_READ },
};

static inline pid_t *unwritable_word(const struct unwritable *how)
{
	if (how->protection < 0)
		return NULL;
	return (pid_t *)SETUP(sys_map_private(NULL, page_size(), how->protection));
}

#endif
