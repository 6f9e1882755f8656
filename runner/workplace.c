// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "workplace.h"

#define TMPDIR_LONGEST 24 /* what a test appends has room in the address of a Unix socket */

static bool make_in(char *base, size_t size, const char *directory)
{
	snprintf(base, size, "%s/forkcheck.XXXXXX", directory);
	return mkdtemp(base) && !chmod(base, 0755);
}

bool workplace_make(char *base, size_t size, const struct pen *pen)
{
	const char *tmp = getenv("TMPDIR");

	if (!pen->own_tmp && tmp && strlen(tmp) <= TMPDIR_LONGEST && make_in(base, size, tmp))
		return true;
	return make_in(base, size, "/tmp");
}
