// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
#include <ctype.h>
#include <fnmatch.h>
#include <stdio.h>
#include <string.h>

#include "id.h"

#define GLOB_SIZE 512 /* no id is as long */

bool glob_fits(const char *glob, const char *id)
{
	char below[GLOB_SIZE];
	const size_t plain = strcspn(glob, "*?[\\");

	/* Most globs of a long list fit nothing by what they begin with. */
	if (strncmp(glob, id, plain))
		return false;
	if (!fnmatch(glob, id, 0))
		return true;
	return snprintf(below, sizeof(below), "%s.*", glob) < (int)sizeof(below) && !fnmatch(below, id, 0);
}

void id_slug(char *buf, size_t size, const char *id)
{
	size_t n = 0;

	for (const char *c = id; *c && n + 1 < size; c++) {
		const char last = n ? buf[n - 1] : '.';
		const bool plain = isalnum((unsigned char)*c) || *c == '-' || *c == '_';
		const char next = plain || *c == '.' ? *c : '_';
		if (plain || next != last)
			buf[n++] = next;
	}
	while (n && buf[n - 1] == '.')
		n--;
	if (!n && size > 1)
		buf[n++] = '_';
	buf[n] = 0;
}
