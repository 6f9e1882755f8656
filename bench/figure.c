// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
#include <string.h>

#include "bench.h"

const struct figure *figure_find(const struct run_result *run, const char *id)
{
	for (size_t i = 0; i < run->count; i++)
		if (run->figures[i].rounds && !strcmp(run->figures[i].id, id))
			return &run->figures[i];
	return NULL;
}
