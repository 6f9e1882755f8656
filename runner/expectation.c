// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
#include <string.h>

#include "expectation.h"
#include "select.h"

static bool fits_any(const char *glob, const struct suite *suite)
{
	for (size_t i = 0; i < suite->count; i++)
		if (selector_matches(glob, &suite->items[i]))
			return true;
	return false;
}

void expectations_load(struct expectations *expectations, const char *const *words, size_t count,
		       const struct suite *suite, const struct circumstances *here)
{
	*expectations = (struct expectations){ 0 };
	for (size_t i = 0; i < count; i++)
		if (strcmp(words[i], EXPECT_NONE) != 0)
			expectations_add(expectations, words[i], here, 0);
	expectations_done(expectations);
	for (size_t i = 0; i < expectations->count; i++)
		expectations->entry[i].stale = !fits_any(expectations->entry[i].glob, suite);
	/* Another suite of this runner's need not have its tests. */
	if (!count)
		expectations_add(expectations, EXPECT_LINUX, here, 0);
}

static bool fits_item(const char *glob, const void *item)
{
	return selector_matches(glob, item);
}

const struct expectation *expectation_for(const struct expectations *expectations, const struct item *item)
{
	return expectations_find(expectations, fits_item, item);
}

enum surprise surprise(const struct expectation *entry, enum verdict verdict)
{
	if (verdict == VERDICT_SKIP)
		return AS_EXPECTED;
	if (!entry)
		return verdict == VERDICT_PASS ? AS_EXPECTED : NEW_FAILURE;
	if (entry->verdicts & 1u << verdict)
		return AS_EXPECTED;
	return verdict == VERDICT_PASS ? UNEXPECTED_PASS : CHANGED_FAILURE;
}
