// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
#include <stdio.h>

#include "release.h"

bool release_parse(const char *text, struct release *release)
{
	int used = 0;
	struct release r;

	if (sscanf(text, "%u.%u%n", &r.major, &r.minor, &used) != 2 || !used || r.major == 0)
		return false;
	*release = r;
	return true;
}

int release_compare(struct release a, struct release b)
{
	if (a.major != b.major)
		return a.major < b.major ? -1 : 1;
	return (a.minor > b.minor) - (a.minor < b.minor);
}
