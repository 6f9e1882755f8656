/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/* A release of the kernel, as far as documentation speaks of them. */
#ifndef COMMON_RELEASE_H
#define COMMON_RELEASE_H

#include <stdbool.h>

struct release {
	unsigned major, minor; /* major 0: unknown */
};

/* Reads "6.1", "6.1.176-arm64" ... Returns false where text is no release. */
bool release_parse(const char *text, struct release *release);

/* Negative, 0 or positive, like strcmp(). */
int release_compare(struct release a, struct release b);

#endif
