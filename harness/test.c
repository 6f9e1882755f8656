// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* The test at hand: which row of its table, through which door, and its random numbers. */
#include "cell.h"

static const void *row_at_hand, *door_at_hand;
static uint32_t random_state = 1;

/* Case n of a test is row n / doors through door n % doors. */
static size_t doors(const struct test *test)
{
	return test->doors.count ? test->doors.count : 1;
}

static size_t row_number(const struct test *test, size_t n)
{
	return n / doors(test);
}

static size_t door_number(const struct test *test, size_t n)
{
	return n % doors(test);
}

/* A row, or the head of one; NULL where there is no table, or no heads in it. */
static const void *row(const struct table *table, const void *first, size_t n)
{
	return table->count && first ? (const char *)first + n * table->size : NULL;
}

static const void *row_of(const struct test *test, size_t n)
{
	return row(&test->cases, test->cases.rows, row_number(test, n));
}

static const void *door_of(const struct test *test, size_t n)
{
	return row(&test->doors, test->doors.rows, door_number(test, n));
}

size_t case_total(const struct test *test)
{
	return (test->cases.count ? test->cases.count : 1) * doors(test);
}

bool case_exists(const struct test *test, size_t n)
{
	return !test->passes || test->passes(row_of(test, n), door_of(test, n));
}

void case_select(const struct test *test, size_t n)
{
	row_at_hand = row_of(test, n);
	door_at_hand = door_of(test, n);
}

char *case_name(const struct test *test, size_t n, char *buf, size_t size)
{
	const char *const *row = row_of(test, n), *const *door = door_of(test, n);

	buf[0] = 0;
	append_text(buf, size, row ? *row : "");
	append_text(buf, size, row && door ? "." : "");
	append_text(buf, size, door ? *door : "");
	return buf;
}

const struct case_head *case_head(const struct test *test, size_t n)
{
	return row(&test->cases, test->cases.heads, row_number(test, n));
}

const struct case_head *door_head(const struct test *test, size_t n)
{
	return row(&test->doors, test->doors.heads, door_number(test, n));
}

const char *pair_covers(const struct test *test, size_t n)
{
	return test->pair_covers ? test->pair_covers(row_of(test, n), door_of(test, n)) : NULL;
}

const void *this_case(void)
{
	return row_at_hand;
}

const void *this_door(void)
{
	return door_at_hand;
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
