// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
#include <stdlib.h>
#include <string.h>

#include "spec.h"

static int by_id(const void *id, const void *statement)
{
	return strcmp(id, ((const struct statement *)statement)->id);
}

const struct statement *statement_find(const char *id)
{
	return bsearch(id, statements, statement_count, sizeof(statements[0]), by_id);
}

bool next_word(const char **words, char *buf, size_t size)
{
	const char *at = *words;

	if (!at)
		return false;
	at += strspn(at, " ");
	size_t len = strcspn(at, " ");
	*words = at + len;
	if (!len || len >= size)
		return false;
	memcpy(buf, at, len);
	buf[len] = 0;
	return true;
}
