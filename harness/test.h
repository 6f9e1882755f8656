/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/* How a test is defined: its head, and its tables of cases and doors. */
#ifndef FORKCHECK_TEST_H
#define FORKCHECK_TEST_H

#include <linux/capability.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "feature.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define CAP(name) (1ULL << (CAP_##name))

/* What one case or door of a test needs and covers besides the rest of them: see CASES_NEEDING(), THROUGH(). */
struct case_head {
	const char *name;
	const char *covers;
	const enum feature *features; /* FEATURES(...) */
	uint64_t caps, init_caps;
	const char *arch; /* in place of the test's */
};

/* Rows that begin with their name; count 0: no table. */
struct table {
	const void *rows;
	size_t size, count;
	const struct case_head *heads; /* of the first row, where rows have one */
};
#define TABLE(array, heads_)                                             \
	{                                                                \
		(array), sizeof((array)[0]), ARRAY_SIZE(array), (heads_) \
	}

struct test {
	const char *file;
	int line;
	const char *name;
	void (*body)(void);

	const char *summary;	      /* one sentence: what must hold */
	const char *covers;	      /* statement ids of spec/, blank separated */
	const char *tags;	      /* further words to select by, blank separated */
	const enum feature *features; /* FEATURES(...) */
	uint64_t caps;		      /* CAP(...) that the test has, and no others */
	uint64_t init_caps;	      /* CAP(...) that only count in the initial user namespace */
	bool as_root;		      /* user and group ID 0 in place of an ordinary user */
	bool alone;		      /* no other test may run beside it */
	bool executed;	     /* its cell is to be a program that was just executed, not a copy of one that was */
	const char *reaches; /* what it may hit outside its cell, such as "every process of its user"; NULL: nothing */
	unsigned timeout_ms; /* 0: TIMEOUT_DEFAULT_MS */
	const char *arch;    /* blank separated names; NULL: all */

	struct table cases; /* a case in each row: see CASES() */
	struct table doors; /* with which they are crossed: see THROUGH() */
	bool (*passes)(const void *row, const void *door);
	const char *(*pair_covers)(const void *row, const void *door);
};

#define TIMEOUT_DEFAULT_MS 10000

/**
 * TEST() - define and register a test
 * @fn: its name; with the names of its folder and file it is the test's id
 *
 * The further arguments are designated initialisers of struct test. The body follows.
 */
#define TEST(fn, ...)                                                                                                 \
	static void fn(void);                                                                                         \
	static const struct test test_##fn = {                                                                        \
		.file = __FILE__, .line = __LINE__, .name = #fn, .body = fn, __VA_ARGS__                              \
	};                                                                                                            \
	static const struct test *const register_##fn __attribute__((section("forkcheck_tests"), used)) = &test_##fn; \
	static void fn(void)

/**
 * CASES() - make a test of each row of a table
 * @table: an array of structures that begin with `const char *name`
 *
 * Inside the body, `const struct row *row = this_case();` is the row at hand.
 */
#define CASES(table) .cases = TABLE(table, NULL)

/* The same for rows that begin with `struct case_head head`: what that case needs and covers besides. */
#define CASES_NEEDING(table) .cases = TABLE(table, &(table)[0].head)

/**
 * THROUGH() - make a test of each of these doors, or, after CASES...(), of each row with each door
 * @table: an array of structures that begin with `struct case_head head`; the cases are called DOOR, or ROW.DOOR
 *
 * `.passes = fn` leaves out the pairs for which fn(row, door) is false; `.pair_covers = fn` gives what a pair covers
 * besides, or NULL. In the body, this_door() is the door at hand.
 */
#define THROUGH(table) .doors = TABLE(table, &(table)[0].head)

/* The rows of the tables given by CASES() and THROUGH() that this run of the body is for. */
const void *this_case(void);
const void *this_door(void);

/* A seeded pseudo-random number; the seed is the run's, shown in its header. */
uint32_t test_random(void);

#endif
