// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
#include <math.h>
#include <stdlib.h>

#include "stats.h"

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

void sort_values(double *values, size_t count)
{
	qsort(values, count, sizeof(*values), by_value);
}

double median(const double *sorted, size_t count)
{
	return count % 2 ? sorted[count / 2] : (sorted[count / 2 - 1] + sorted[count / 2]) / 2;
}

struct interval median_interval(const double *sorted, size_t count, double confidence)
{
	if (!count)
		return (struct interval){ 0 };

	/* P(fewer than rank of count values are below the median), for the highest rank that is good enough. */
	double term = pow(0.5, (double)count), below = term;
	size_t rank = 1;

	while (rank < (count + 1) / 2) {
		double next = term * (double)(count - rank + 1) / (double)rank;
		if (1 - 2 * (below + next) < confidence)
			break;
		term = next;
		below += next;
		rank++;
	}
	return (struct interval){
		.low = sorted[rank - 1],
		.median = median(sorted, count),
		.high = sorted[count - rank],
		.confidence = 1 - 2 * below > 0 ? 1 - 2 * below : 0,
	};
}

double relative_width(const struct interval *interval)
{
	return interval->median > 0 ? (interval->high - interval->low) / interval->median : INFINITY;
}

struct interval ratio(const struct interval *a, const struct interval *b)
{
	return (struct interval){
		.low = b->low / a->high,
		.median = b->median / a->median,
		.high = b->high / a->low,
		.confidence = a->confidence * b->confidence,
	};
}

struct interval exponent(const struct interval *a, const struct interval *b, double factor)
{
	struct interval result = ratio(a, b);

	result.low = log(result.low) / log(factor);
	result.median = log(result.median) / log(factor);
	result.high = log(result.high) / log(factor);
	return result;
}

enum answer within(const struct interval *interval, double low, double high)
{
	if (interval->low >= low && interval->high <= high)
		return ANSWER_YES;
	if (interval->high < low || interval->low > high)
		return ANSWER_NO;
	return ANSWER_UNDECIDED;
}
