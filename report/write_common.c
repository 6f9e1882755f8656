// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* What several formats need. */
#include <ctype.h>
#include <string.h>

#include "id.h"
#include "writers.h"

char *slug(const char *id)
{
	const size_t size = strlen(id) + 2;
	char *text = memory(size);

	id_slug(text, size, id);
	return text;
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
	const bool twice = result->verdict == VERDICT_BROKEN && result->standing == UNEXPECTED && d->at;
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
