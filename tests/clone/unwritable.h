/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/* Addresses for the words that clone stores TIDs in or clears, at which nothing can be written. */
#ifndef TESTS_UNWRITABLE_H
#define TESTS_UNWRITABLE_H

#include "forkcheck.h"

static const struct unwritable {
	const char *name;
	enum clone_via via;
	int protection; /* of the page; -1: NULL in place of a page */
} unwritables[] = {
	{ "null", VIA_CLONE, -1 },
	{ "null_clone3", VIA_CLONE3, -1 },
	{ "no_access", VIA_CLONE, PROT_NONE },
	{ "no_access_clone3", VIA_CLONE3, PROT_NONE },
	{ "read_only", VIA_CLONE, PROT_READ },
	{ "read_only_clone3", VIA_CLONE3, PROT_READ },
};

static inline pid_t *unwritable_word(const struct unwritable *how)
{
	if (how->protection < 0)
		return NULL;
	return (pid_t *)SETUP(sys_map_private(NULL, page_size(), how->protection));
}

#endif
