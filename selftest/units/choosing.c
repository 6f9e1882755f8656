// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* Which tests run: selection, and cases of tables. */
#include <stdlib.h>
#include <string.h>

#include "applies.h"
#include "die.h"
#include "select.h"
#include "units.h"

static size_t chosen_by(int count, char *const *selectors)
{
	const struct item **chosen = calloc(suite.count, sizeof(*chosen));
	size_t n = select_items(&suite, selectors, count, chosen);

	free(chosen);
	return n;
}

START_TEST(nothing_said_selects_all)
{
	ck_assert_uint_eq(chosen_by(0, NULL), suite.count);
}
END_TEST

START_TEST(a_glob_selects)
{
	ck_assert_uint_eq(chosen_by(1, (char *[]){ "bad.verdicts.fails_in_*" }), 4);
	ck_assert_uint_eq(chosen_by(1, (char *[]){ "bad.verdicts.fails" }), 1);
	ck_assert_uint_eq(chosen_by(1, (char *[]){ "bad" }), suite.count);
}
END_TEST

START_TEST(later_selectors_win)
{
	ck_assert_uint_eq(chosen_by(2, (char *[]){ "bad.verdicts.fails_in_*", "!*_child" }), 2);
	ck_assert_uint_eq(chosen_by(2, (char *[]){ "!*", "bad.verdicts.hangs" }), 1);
	ck_assert_uint_eq(chosen_by(1, (char *[]){ "!bad.verdicts.hangs" }), suite.count - 1);
}
END_TEST

START_TEST(statements_select)
{
	ck_assert_uint_eq(chosen_by(1, (char *[]){ "spec:FORK-001" }), 1);
	ck_assert_uint_eq(chosen_by(1, (char *[]){ "spec:FORK-*" }), 1);
}
END_TEST

START_TEST(a_selector_without_match_is_an_error)
{
	chosen_by(1, (char *[]){ "no.such.test" });
}
END_TEST

START_TEST(shards_are_a_partition)
{
	size_t sum = 0;

	for (unsigned shard = 1; shard <= 3; shard++) {
		const struct item **chosen = calloc(suite.count, sizeof(*chosen));
		size_t n = select_items(&suite, NULL, 0, chosen);
		n = select_shard(chosen, n, shard, 3);
		ck_assert_uint_lt(n, suite.count);
		sum += n;
		free(chosen);
	}
	ck_assert_uint_eq(sum, suite.count);
}
END_TEST

START_TEST(shuffling_is_a_permutation_by_seed)
{
	const struct item **a = calloc(suite.count, sizeof(*a)), **b = calloc(suite.count, sizeof(*b));
	size_t n = select_items(&suite, NULL, 0, a);

	select_items(&suite, NULL, 0, b);
	shuffle_items(a, n, 1);
	shuffle_items(b, n, 1);
	ck_assert_mem_eq(a, b, n * sizeof(*a));
	shuffle_items(b, n, 2);
	ck_assert_mem_ne(a, b, n * sizeof(*a));
	for (size_t i = 0; i < n; i++) {
		size_t found = 0;
		for (size_t k = 0; k < n; k++)
			found += b[k] == a[i];
		ck_assert_uint_eq(found, 1);
	}
	free(a);
	free(b);
}
END_TEST

/* ---- Cases ------------------------------------------------------------------------------------- */

START_TEST(rows_go_through_their_doors)
{
	ck_assert_uint_eq(chosen_by(1, (char *[]){ "bad.cases.crossed" }), 5);
	ck_assert_ptr_nonnull(suite_find(&suite, "bad.cases.crossed.one.front"));
	ck_assert_ptr_null(suite_find(&suite, "bad.cases.crossed.one.back"));
	ck_assert_ptr_nonnull(suite_find(&suite, "bad.cases.crossed.two.back"));
}
END_TEST

START_TEST(a_row_adds_to_its_test)
{
	const struct item *one = suite_find(&suite, "bad.cases.crossed.one.front");
	const struct item *two = suite_find(&suite, "bad.cases.crossed.two.back");

	ck_assert_str_eq(one->covers, "CLONE-FILES-01");
	ck_assert_str_eq(two->covers, "CLONE-FILES-01 CLONE-FILES-06");
	ck_assert_uint_eq(one->caps, CAP(CHOWN));
	ck_assert_uint_eq(two->caps, CAP(CHOWN) | CAP(KILL));
	ck_assert(!one->features[NEEDS_PROC]);
	ck_assert(two->features[NEEDS_PROC]);
	ck_assert_uint_eq(chosen_by(1, (char *[]){ "spec:CLONE-FILES-01" }), 5);
	ck_assert_uint_eq(chosen_by(1, (char *[]){ "spec:CLONE-FILES-06" }), 2);
}
END_TEST

START_TEST(a_row_applies_by_itself)
{
	const struct privileges none = { 0 }, all = { .caps = ~0ULL };
	const struct pen pen = { .closed = true };
	char why[160];

	ck_assert(inapplicable(suite_find(&suite, "bad.cases.crossed.one.front"), &none, &pen, why, sizeof(why)));
	ck_assert_str_eq(why, "[privilege CAP_CHOWN] missing");
	ck_assert(inapplicable(suite_find(&suite, "bad.cases.crossed.two.front"), &none, &pen, why, sizeof(why)));
	ck_assert_str_eq(why, "[privilege CAP_CHOWN CAP_KILL] missing");
	ck_assert(!inapplicable(suite_find(&suite, "bad.cases.crossed.two.front"), &all, &pen, why, sizeof(why)));
	ck_assert(inapplicable(suite_find(&suite, "bad.cases.crossed.other.back"), &all, &pen, why, sizeof(why)));
	ck_assert_str_eq(why, "[architecture none] this is " ARCH_NAME);
}
END_TEST

START_TEST(what_reaches_out_wants_a_pen)
{
	const struct privileges all = { .root = true, .caps = ~0ULL };
	const struct pen closed = { .closed = true }, open = { .open_because = "none" };
	const struct item *item = suite_find(&suite, "bad.verdicts.kills_everything");
	char why[160];

	ck_assert(!inapplicable(item, &all, &closed, why, sizeof(why)));
	ck_assert(inapplicable(item, &all, &open, why, sizeof(why)));
	ck_assert_str_eq(why, "[surroundings pen] missing, and the test may hit every process of its user");
	ck_assert(!unpenned(suite_find(&suite, "bad.verdicts.passes"), &open, why, sizeof(why)));
}
END_TEST

/* Readers of KTAP end a group with the first result that has its name. */
static void no_body(void)
{
}

static const struct named_row {
	const char *name;
} named_rows[] = { { "passes" } };

START_TEST(nothing_is_called_like_its_group)
{
	static const struct test tests[] = {
		{ .name = "passes", .file = "selftest/bad/verdicts.c", .body = no_body, CASES(named_rows) },
		{ .name = "verdicts", .file = "selftest/bad/verdicts.c", .body = no_body },
		{ .name = "passes", .file = "selftest/bad/bad.c", .body = no_body },
	};
	struct item item;

	item_init(&item, &tests[_i], 0);
}
END_TEST

void add_choosing(Suite *all)
{
	TCase *selection = tcase_create("selection");
	TCase *cases = tcase_create("cases");

	tcase_add_checked_fixture(selection, load, unload);
	tcase_add_test(selection, nothing_said_selects_all);
	tcase_add_test(selection, a_glob_selects);
	tcase_add_test(selection, later_selectors_win);
	tcase_add_test(selection, statements_select);
	tcase_add_exit_test(selection, a_selector_without_match_is_an_error, EXIT_USAGE);
	tcase_add_test(selection, shards_are_a_partition);
	tcase_add_test(selection, shuffling_is_a_permutation_by_seed);
	suite_add_tcase(all, selection);

	tcase_add_checked_fixture(cases, load, unload);
	tcase_add_test(cases, rows_go_through_their_doors);
	tcase_add_test(cases, a_row_adds_to_its_test);
	tcase_add_test(cases, a_row_applies_by_itself);
	tcase_add_test(cases, what_reaches_out_wants_a_pen);
	tcase_add_loop_exit_test(cases, nothing_is_called_like_its_group, EXIT_USAGE, 0, 3);
	suite_add_tcase(all, cases);
}
