// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "skip.h"

const char *const skip_class_names[SKIP_CLASSES] = {
	[SKIP_RELEASE] = "release",	      [SKIP_CONFIG] = "config",
	[SKIP_ARCHITECTURE] = "architecture", [SKIP_PRIVILEGE] = "privilege",
	[SKIP_SURROUNDINGS] = "surroundings", [SKIP_FILTER] = "filter",
};

enum skip_class skip_reason(char *buf, size_t size, enum skip_class class, const char *thing, const char *format, ...)
{
	int used = 0;
	va_list args;

	*buf = 0;
	if (class && class < SKIP_CLASSES)
		used = snprintf(buf, size, "[%s%s%s] ", skip_class_names[class], *thing ? " " : "", thing);
	if ((size_t)used >= size)
		return class;
	va_start(args, format);
	vsnprintf(buf + used, size - (size_t)used, format, args);
	va_end(args);
	return class;
}

static bool is_word(const char *text, size_t length, const char *word)
{
	return strlen(word) == length && !strncmp(text, word, length);
}

struct skip skip_read(const char *reason)
{
	const char *end = reason[0] == '[' ? strstr(reason, "] ") : NULL;
	struct skip skip = { .sentence = reason, .thing = reason };

	if (!end)
		return skip;
	size_t length = strcspn(reason + 1, " ]");
	for (enum skip_class class = 1; class < SKIP_CLASSES; class ++) {
		if (!is_word(reason + 1, length, skip_class_names[class]))
			continue;
		skip.class = class;
		skip.thing = reason + 1 + length + (reason[1 + length] == ' ');
		skip.thing_length = (size_t)(end - skip.thing);
		skip.sentence = end + 2;
	}
	return skip;
}

bool skip_is_absence(enum skip_class class)
{
	return class == SKIP_RELEASE || class == SKIP_CONFIG || class == SKIP_ARCHITECTURE;
}
