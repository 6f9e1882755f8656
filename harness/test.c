// SPDX-License-Identifier: GPL-2.0-only
/* The test at hand: which row of its table, and its random numbers. */
#include "cell.h"

static const void *row_at_hand;
static uint32_t random_state = 1;

void case_select(const struct test *test, size_t row)
{
	row_at_hand = test->case_count ? (const char *)test->cases + row * test->case_size : NULL;
}

const char *case_name(const struct test *test, size_t row)
{
	return *(const char *const *)((const char *)test->cases + row * test->case_size);
}

uint64_t case_features(const struct test *test, size_t row)
{
	const struct {
		const char *name;
		uint64_t features;
	} *head = (const void *)((const char *)test->cases + row * test->case_size);

	return test->cases_need ? head->features : 0;
}

const void *this_case(void)
{
	return row_at_hand;
}

void random_seed(uint32_t seed)
{
	random_state = seed ? seed : 1;
}

uint32_t test_random(void)
{
	/* xorshift32: any good spread will do, but the same on every machine. */
	random_state ^= random_state << 13;
	random_state ^= random_state >> 17;
	random_state ^= random_state << 5;
	return random_state;
}
