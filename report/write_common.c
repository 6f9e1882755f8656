// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* What several formats need. */
#include <ctype.h>
#include <string.h>

#include "writers.h"

char *slug(const char *id)
{
	struct text text = { 0 };

	for (const char *c = id; *c; c++) {
		const char last = text.length ? text.at[text.length - 1] : '.';
		const bool plain = isalnum((unsigned char)*c) || *c == '-' || *c == '_';
		const char next = plain || *c == '.' ? *c : '_';
		if (plain || next != last)
			text_add(&text, &next, 1);
	}
	while (text.length && text.at[text.length - 1] == '.')
		text.at[--text.length] = 0;
	return text.length ? text.at : copy("_");
}

void shorten(char *text, size_t length)
{
	if (strlen(text) <= length)
		return;
	while (length && (text[length] & 0xc0) == 0x80)
		length--;
	while (length && isspace((unsigned char)text[length - 1]))
		length--;
	text[length] = 0;
}

char *one_line(const struct result *result)
{
	const struct details *d = result->details;
	struct text text = { 0 };

	text_add(&text, "", 0);
	if (!d)
		return text.at;
	/* What could not be prepared says so twice, as a reason and as an expectation. */
	const bool twice = result->verdict == BROKEN && result->standing == UNEXPECTED && d->at;
	const char *const pieces[][2] = {
		{ "", twice ? NULL : d->why }, { "", d->at }, { "", d->expr }, { "want ", d->want }, { "got ", d->got },
	};
	for (size_t i = 0; i < ARRAY_SIZE(pieces); i++) {
		if (!pieces[i][1])
			continue;
		if (text.length)
			text_add(&text, i == 2 ? ": " : ", ", 2);
		text_add(&text, pieces[i][0], strlen(pieces[i][0]));
		text_add(&text, pieces[i][1], strlen(pieces[i][1]));
	}
	return text.at;
}
