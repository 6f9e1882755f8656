// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <string.h>

#include "applies.h"
#include "spec.h"

static bool other_architecture(const struct test *test)
{
	const char *words = test->arch;
	char name[32];

	if (!words)
		return false;
	while (next_word(&words, name, sizeof(name)))
		if (!strcmp(name, ARCH_NAME))
			return false;
	return true;
}

/* By convention a case of this name goes through clone3(2). */
static uint64_t needed_features(const struct item *item)
{
	uint64_t needed = item->test->features | case_features(item->test, item->row);

	if (item->variant && !strcmp(item->variant, "clone3"))
		needed |= NEEDS(NEEDS_CLONE3);
	return needed;
}

/* A statement holds from one release on, until another. */
static bool other_release(const struct test *test, char *why, size_t size)
{
	const struct release now = release_now();
	const char *words = test->covers;
	char id[64];

	while (now.major && next_word(&words, id, sizeof(id))) {
		const struct statement *s = statement_find(id);
		struct release bound;
		if (!s)
			continue;
		if (release_parse(s->since, &bound) && release_compare(now, bound) < 0) {
			snprintf(why, size, "%s holds since Linux %s, this is %u.%u", id, s->since, now.major,
				 now.minor);
			return true;
		}
		if (release_parse(s->until, &bound) && release_compare(now, bound) >= 0) {
			snprintf(why, size, "%s held until Linux %s, this is %u.%u", id, s->until, now.major,
				 now.minor);
			return true;
		}
	}
	return false;
}

static bool unprivileged(const struct test *test, const struct privileges *have, char *why, size_t size)
{
	char names[100];
	uint64_t missing = (test->caps | test->init_caps) & ~have->caps;

	if (missing) {
		snprintf(why, size, "needs %s", capability_names(missing, names, sizeof(names)));
		return true;
	}
	if (test->init_caps && !have->initial_userns) {
		snprintf(why, size, "needs %s in the initial user namespace",
			 capability_names(test->init_caps, names, sizeof(names)));
		return true;
	}
	if (test->as_root && !have->root) {
		snprintf(why, size, "needs root");
		return true;
	}
	return false;
}

bool inapplicable(const struct item *item, const struct privileges *have, char *why, size_t size)
{
	const struct test *test = item->test;

	if (other_architecture(test)) {
		snprintf(why, size, "for %s, this is " ARCH_NAME, test->arch);
		return true;
	}
	if (other_release(test, why, size) || unprivileged(test, have, why, size))
		return true;
	const uint64_t needed = needed_features(item);
	for (enum feature f = 0; f < FEATURE_COUNT; f++)
		if (needed & NEEDS(f) && feature_absent(f, why, size))
			return true;
	return false;
}
