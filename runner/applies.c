// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
#include <stdio.h>
#include <string.h>

#include "applies.h"
#include "skip.h"
#include "spec.h"

static bool other_architecture(const struct item *item)
{
	const char *words = item->arch;
	char name[32];

	if (!words)
		return false;
	while (next_word(&words, name, sizeof(name)))
		if (!strcmp(name, ARCH_NAME))
			return false;
	return true;
}

/* A statement holds from one release on, until another. */
static bool other_release(const struct item *item, char *why, size_t size)
{
	const struct release now = release_now();
	const char *words = item->covers;
	char id[64];

	while (now.major && next_word(&words, id, sizeof(id))) {
		const struct statement *s = statement_find(id);
		struct release bound;
		if (!s)
			continue;
		if (release_parse(s->since, &bound) && release_compare(now, bound) < 0) {
			skip_reason(why, size, SKIP_RELEASE, id, "holds since Linux %s, this is %u.%u", s->since,
				    now.major, now.minor);
			return true;
		}
		if (release_parse(s->until, &bound) && release_compare(now, bound) >= 0) {
			skip_reason(why, size, SKIP_RELEASE, id, "held until Linux %s, this is %u.%u", s->until,
				    now.major, now.minor);
			return true;
		}
	}
	return false;
}

static bool unprivileged(const struct item *item, const struct privileges *have, char *why, size_t size)
{
	char names[100];
	uint64_t missing = (item->caps | item->init_caps) & ~have->caps;

	if (missing) {
		skip_reason(why, size, SKIP_PRIVILEGE, capability_names(missing, names, sizeof(names)), "missing");
		return true;
	}
	if (item->init_caps && !have->initial_userns) {
		skip_reason(why, size, SKIP_PRIVILEGE, capability_names(item->init_caps, names, sizeof(names)),
			    "missing in the initial user namespace");
		return true;
	}
	if (item->test->as_root && !have->root) {
		skip_reason(why, size, SKIP_PRIVILEGE, "root", "missing");
		return true;
	}
	return false;
}

bool unpenned(const struct item *item, const struct pen *pen, char *why, size_t size)
{
	if (pen->closed || !item->test->reaches)
		return false;
	skip_reason(why, size, SKIP_SURROUNDINGS, "pen", "missing, and the test may hit %s", item->test->reaches);
	return true;
}

static bool lacks(enum feature feature, char *why, size_t size)
{
	char sentence[128];
	enum skip_class class = feature_absent(feature, sentence, sizeof(sentence));

	return class && skip_reason(why, size, class, features[feature].name, "%s", sentence);
}

bool inapplicable(const struct item *item, const struct privileges *have, const struct pen *pen, char *why, size_t size)
{
	if (other_architecture(item)) {
		skip_reason(why, size, SKIP_ARCHITECTURE, item->arch, "this is " ARCH_NAME);
		return true;
	}
	if (other_release(item, why, size) || unprivileged(item, have, why, size) || unpenned(item, pen, why, size))
		return true;
	for (enum feature f = 0; f < FEATURE_COUNT; f++)
		if (item->features[f] && lacks(f, why, size))
			return true;
	return false;
}
