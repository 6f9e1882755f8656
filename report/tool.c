// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tool.h"

const char program_name[] = "forkcheck-report";

static void *have(void *memory)
{
	if (!memory)
		die("out of memory");
	return memory;
}

void *memory(size_t size)
{
	return have(malloc(size));
}

void *grow(void *array, size_t count, size_t *room, size_t size)
{
	if (count < *room)
		return array;
	*room = *room ? 2 * *room : 16;
	return have(reallocarray(array, *room, size));
}

char *copy(const char *text)
{
	return have(strdup(text));
}

char *copy_part(const char *text, size_t length)
{
	return have(strndup(text, length));
}

char *copy_clean(const char *text)
{
	char *clean = copy(text);

	make_clean(clean, strlen(clean));
	return clean;
}

char *format(const char *format, ...)
{
	char *text;
	va_list args;

	va_start(args, format);
	if (vasprintf(&text, format, args) < 0)
		die("out of memory");
	va_end(args);
	return text;
}

void text_add(struct text *text, const char *bytes, size_t length)
{
	if (text->length + length + 1 > text->room) {
		text->room = 2 * (text->length + length + 1);
		text->at = have(realloc(text->at, text->room));
	}
	memcpy(text->at + text->length, bytes, length);
	text->length += length;
	text->at[text->length] = 0;
}

void text_add_line(struct text *text, const char *line)
{
	text_add(text, line, strlen(line));
	text_add(text, "\n", 1);
}

void text_clear(struct text *text)
{
	text->length = 0;
	if (text->at)
		*text->at = 0;
}

void text_free(struct text *text)
{
	free(text->at);
	*text = (struct text){ 0 };
}

bool begins_with(const char *text, const char *beginning)
{
	return !strncmp(text, beginning, strlen(beginning));
}

/* The length of the character of UTF-8 that begins here, 0 if none does. */
static size_t character(const unsigned char *at, size_t left)
{
	const size_t length = *at < 0x80		  ? 1
			      : *at >= 0xc2 && *at < 0xe0 ? 2
			      : *at >= 0xe0 && *at < 0xf0 ? 3
			      : *at >= 0xf0 && *at < 0xf5 ? 4
							  : 0;
	unsigned code = length > 1 ? *at & (0x7f >> length) : *at;

	if (!length || length > left)
		return 0;
	for (size_t i = 1; i < length; i++) {
		if ((at[i] & 0xc0) != 0x80)
			return 0;
		code = code << 6 | (at[i] & 0x3f);
	}
	/* Overlong forms, surrogates, the second set of control characters, and what XML forbids. */
	if ((length == 3 && code < 0x800) || (length == 4 && (code < 0x10000 || code > 0x10ffff)))
		return 0;
	if ((code >= 0xd800 && code < 0xe000) || (code >= 0x7f && code < 0xa0) || code == 0xfffe || code == 0xffff)
		return 0;
	return code >= ' ' || code == '\t' ? length : 0;
}

/* The length of a terminal's escape sequence (CSI ... letter), 0 if there is none. */
static size_t escape(const char *at, size_t left)
{
	size_t n = 2;

	if (left < 3 || at[0] != '\033' || at[1] != '[')
		return 0;
	while (n < left && at[n] >= ' ' && at[n] < '@')
		n++;
	return n < left ? n + 1 : 0;
}

void make_clean(char *line, size_t length)
{
	char *to = line;

	for (size_t i = 0; i < length;) {
		size_t n = escape(line + i, length - i);
		if (n) {
			i += n;
			continue;
		}
		n = character((const unsigned char *)line + i, length - i);
		if (n)
			memmove(to, line + i, n);
		else
			*to = '?';
		to += n ? n : 1;
		i += n ? n : 1;
	}
	*to = 0;
}
