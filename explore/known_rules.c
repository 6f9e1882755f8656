// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
#include "known_rules.h"

#include <stdlib.h>
#include <string.h>

#include "expectations.h"
#include "forkcheck.h"
#include "isolate.h"
#include "release.h"
#include "spec.h"

static struct expectations known;

void known_rules_read(const char *word)
{
	const struct circumstances here = { .arch = ARCH_NAME,
					    .release = release_now(),
					    .privileged = surroundings.privileged };

	expectations_add(&known, word, &here, 0);
	expectations_done(&known);
}

/* How long the part of an id is that it has in common with others of its kind: "PIDNS-" of PIDNS-34. */
static size_t stem(const char *id)
{
	const char *dash = strrchr(id, '-');

	return dash ? (size_t)(dash - id) + 1 : 0;
}

/* The next word of a reason that is an id; "to" before it sets *range. */
static bool next_id(const char **text, char *id, size_t size, bool *range)
{
	*range = false;
	while (**text) {
		size_t length = strcspn(*text, " ,;:()");
		const char *word = *text;
		*text += length;
		*text += strspn(*text, " ,;:()");
		if (length >= size)
			continue;
		memcpy(id, word, length);
		id[length] = 0;
		if (statement_find(id))
			return true;
		*range = !strcmp(id, "to");
	}
	return false;
}

static bool names(const char *reason, const char *id)
{
	char first[64] = "", next[64];
	bool range;

	while (next_id(&reason, next, sizeof(next), &range)) {
		size_t length = stem(next);
		bool between = range && length && !strncmp(first, next, length) && !strncmp(id, next, length) &&
			       strtol(id + length, NULL, 10) >= strtol(first + length, NULL, 10) &&
			       strtol(id + length, NULL, 10) <= strtol(next + length, NULL, 10);
		if (between || !strcmp(next, id))
			return true;
		memcpy(first, next, sizeof(first));
	}
	return false;
}

static const char *reason_for(const char *id)
{
	for (size_t i = 0; i < known.count; i++)
		if (known.entry[i].applies && names(known.entry[i].reason, id))
			return known.entry[i].reason;
	return NULL;
}

const char *known_statement(const struct difference *difference)
{
	const char *ids = difference->want.because;
	char id[64];

	while (ids && next_word(&ids, id, sizeof(id)))
		if (reason_for(id))
			return statement_find(id)->id;
	return NULL;
}

const char *known_rule(const struct difference *difference)
{
	const char *id = known_statement(difference);

	return id ? reason_for(id) : NULL;
}
