// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "skip.h"

static const char *const names[SKIP_CLASSES] = {
	[SKIP_RELEASE] = "release",	      [SKIP_CONFIG] = "config",
	[SKIP_ARCHITECTURE] = "architecture", [SKIP_PRIVILEGE] = "privilege",
	[SKIP_SURROUNDINGS] = "surroundings", [SKIP_FILTER] = "filter",
};

enum skip_class skip_reason(char *buf, size_t size, enum skip_class class, const char *format, ...)
{
	int used = class && class < SKIP_CLASSES ? snprintf(buf, size, "[%s] ", names[class]) : 0;
	va_list args;

	if ((size_t)used >= size)
		return class;
	va_start(args, format);
	vsnprintf(buf + used, size - (size_t)used, format, args);
	va_end(args);
	return class;
}

enum skip_class skip_class_of(const char *reason, const char **rest)
{
	const char *end = reason[0] == '[' ? strstr(reason, "] ") : NULL;

	if (rest)
		*rest = reason;
	for (enum skip_class class = 1; end && class < SKIP_CLASSES; class ++) {
		if (strlen(names[class]) != (size_t)(end - reason - 1) ||
		    strncmp(reason + 1, names[class], strlen(names[class])))
			continue;
		if (rest)
			*rest = end + 2;
		return class;
	}
	return SKIP_NONE;
}

bool skip_is_absence(enum skip_class class)
{
	return class == SKIP_RELEASE || class == SKIP_CONFIG || class == SKIP_ARCHITECTURE;
}
