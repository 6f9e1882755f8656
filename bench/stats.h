/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/* Statistics without an assumption about the distribution. Pure functions. */
#ifndef BENCH_STATS_H
#define BENCH_STATS_H

#include <stddef.h>

/* The median of some values, and an interval that holds the true one with at least this confidence. */
struct interval {
	double low, median, high;
	double confidence; /* 0: there are no values */
};

void sort_values(double *values, size_t count);

/* Of sorted values, of which there is at least one. */
double median(const double *sorted, size_t count);

/*
 * The interval between two order statistics of sorted values: the narrowest symmetric one that reaches the
 * confidence. The number of values below the true median is binomial, whatever the distribution. Where there
 * are too few values it is the whole range, with the confidence that this has.
 */
struct interval median_interval(const double *sorted, size_t count, double confidence);

/* The interval's width as a part of the median. */
double relative_width(const struct interval *interval);

/* b / a, as far as the two intervals tell; both are of positive values. */
struct interval ratio(const struct interval *a, const struct interval *b);

/* The exponent e of b / a = factor^e. */
struct interval exponent(const struct interval *a, const struct interval *b, double factor);

enum answer { ANSWER_YES, ANSWER_NO, ANSWER_UNDECIDED };

/* Is it within [low, high]? Undecided where the interval lies partly outside. */
enum answer within(const struct interval *interval, double low, double high);

#endif
