/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/* What every part of forkcheck-report uses: memory, text. */
#ifndef REPORT_TOOL_H
#define REPORT_TOOL_H

#include <stdbool.h>
#include <stddef.h>

#include "die.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* Memory or the end of the program. */
void *memory(size_t size);
void *grow(void *array, size_t count, size_t *room, size_t size); /* room for one more than count */
char *copy(const char *text);
char *copy_part(const char *text, size_t length);
/* The same with what is no character of UTF-8, such as one that was cut, made printable: see make_clean(). */
char *copy_clean(const char *text);
char *format(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Text that is put together piece by piece. */
struct text {
	char *at; /* NULL while empty */
	size_t length, room;
};
void text_add(struct text *text, const char *bytes, size_t length);
void text_add_line(struct text *text, const char *line); /* and a newline */
void text_clear(struct text *text);			 /* keeps the memory */
void text_free(struct text *text);

bool begins_with(const char *text, const char *beginning);

/**
 * make_clean() - make a line printable, in place
 *
 * What comes from a console may hold anything. Afterwards it is UTF-8 without control characters other than
 * tabs, which any format takes: a terminal's escape sequences are gone, everything else of that kind is a '?'.
 */
void make_clean(char *line, size_t length);

#endif
