// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* The table of formats. */
#include <stdio.h>
#include <string.h>

#include "reporting.h"

static const struct format *const formats[] = {
	&format_ktap, &format_flat, &format_tap, &format_lava, &format_terminal, &format_gtest,
};

const struct format *format_named(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(formats); i++)
		if (formats[i]->name && !strcmp(name, formats[i]->name))
			return formats[i];
	return NULL;
}

const char *format_names(void)
{
	static char names[128];
	size_t used = 0;

	for (size_t i = 0; i < ARRAY_SIZE(formats); i++)
		if (formats[i]->name && used < sizeof(names))
			used += (size_t)snprintf(names + used, sizeof(names) - used, "%s%s", used ? ", " : "",
						 formats[i]->name);
	return names;
}
