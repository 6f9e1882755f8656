// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* Unit tests of the statistics of forkcheck bench. */
#include <check.h>
#include <math.h>
#include <stdlib.h>

#include "stats.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

START_TEST(the_median_is_in_the_middle)
{
	double odd[] = { 9, 1, 5 }, even[] = { 4, 1, 3, 2 }, one[] = { 7 };

	sort_values(odd, LENGTH(odd));
	sort_values(even, LENGTH(even));
	ck_assert_double_eq(median(odd, 3), 5);
	ck_assert_double_eq(median(even, 4), 2.5);
	ck_assert_double_eq(median(one, 1), 7);
}
END_TEST

/* Ranks and confidences as in tables of the binomial distribution with p = 1/2. */
static const struct {
	size_t count, rank;
	double confidence;
} ranks[] = {
	{ 1, 1, 0 },	    { 2, 1, 0.5 },	{ 5, 1, 0.9375 },     { 6, 1, 0.96875 },
	{ 8, 1, 0.99219 },  { 9, 2, 0.96094 },	{ 12, 3, 0.96143 },   { 15, 4, 0.96484 },
	{ 20, 6, 0.95861 }, { 25, 8, 0.95671 }, { 100, 40, 0.96480 }, { 200, 86, 0.95996 },
};

START_TEST(the_interval_is_between_binomial_ranks)
{
	double values[200];

	for (size_t i = 0; i < ranks[_i].count; i++)
		values[i] = (double)i + 1;
	struct interval interval = median_interval(values, ranks[_i].count, 0.95);
	ck_assert_double_eq(interval.low, (double)ranks[_i].rank);
	ck_assert_double_eq(interval.high, (double)(ranks[_i].count + 1 - ranks[_i].rank));
	ck_assert_double_eq_tol(interval.confidence, ranks[_i].confidence, 2e-5);
}
END_TEST

START_TEST(no_values_make_no_interval)
{
	ck_assert_double_eq(median_interval(NULL, 0, 0.95).confidence, 0);
}
END_TEST

/* Times as they are: a narrow body and a long tail, from a generator that is the same everywhere. */
static double draw(unsigned *seed)
{
	*seed = *seed * 1664525 + 1013904223;
	double uniform = ((double)(*seed >> 8) + 0.5) / (1 << 24);

	return 100 + (uniform < 0.9 ? 10 * uniform : 9 - 20 * log((1 - uniform) * 10));
}

START_TEST(the_interval_holds_the_true_median_as_often_as_it_says)
{
	enum { RUNS = 4000, COUNT = 15 };
	unsigned seed = 1, hits = 0;

	for (int run = 0; run < RUNS; run++) {
		double values[COUNT];
		for (int i = 0; i < COUNT; i++)
			values[i] = draw(&seed);
		sort_values(values, COUNT);
		struct interval interval = median_interval(values, COUNT, 0.95);
		hits += interval.low <= 105 && interval.high >= 105;
	}
	/* 0.9648 is expected, with a deviation of 0.003. */
	ck_assert_double_ge((double)hits / RUNS, 0.95);
	ck_assert_double_le((double)hits / RUNS, 0.98);
}
END_TEST

START_TEST(ratios_take_both_intervals_into_account)
{
	struct interval a = { 90, 100, 110, 0.95 }, b = { 180, 200, 220, 0.95 };
	struct interval r = ratio(&a, &b);

	ck_assert_double_eq_tol(r.low, 180. / 110, 1e-9);
	ck_assert_double_eq_tol(r.median, 2, 1e-9);
	ck_assert_double_eq_tol(r.high, 220. / 90, 1e-9);
	struct interval e = exponent(&a, &b, 2);
	ck_assert_double_eq_tol(e.median, 1, 1e-9);
	ck_assert(e.low < 1 && e.high > 1);
	ck_assert_double_eq_tol(relative_width(&a), 0.2, 1e-9);
}
END_TEST

START_TEST(an_interval_answers_or_leaves_it_open)
{
	struct interval interval = { 2, 3, 4, 0.95 };

	ck_assert_int_eq(within(&interval, 1, 5), ANSWER_YES);
	ck_assert_int_eq(within(&interval, 2, 4), ANSWER_YES);
	ck_assert_int_eq(within(&interval, 5, 6), ANSWER_NO);
	ck_assert_int_eq(within(&interval, 0, 1), ANSWER_NO);
	ck_assert_int_eq(within(&interval, 3, 6), ANSWER_UNDECIDED);
	ck_assert_int_eq(within(&interval, 2.5, 3.5), ANSWER_UNDECIDED);
}
END_TEST

int main(void)
{
	Suite *all = suite_create("bench");
	TCase *statistics = tcase_create("statistics");

	tcase_add_test(statistics, the_median_is_in_the_middle);
	tcase_add_loop_test(statistics, the_interval_is_between_binomial_ranks, 0, LENGTH(ranks));
	tcase_add_test(statistics, no_values_make_no_interval);
	tcase_add_test(statistics, the_interval_holds_the_true_median_as_often_as_it_says);
	tcase_add_test(statistics, ratios_take_both_intervals_into_account);
	tcase_add_test(statistics, an_interval_answers_or_leaves_it_open);
	suite_add_tcase(all, statistics);

	SRunner *runner = srunner_create(all);
	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? 1 : 0;
}
