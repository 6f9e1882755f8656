// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* For people: a table, with bars that show a figure as a multiple of a fork. */
#include <string.h>

#include "bench.h"

#define BAR_OF_ONE 8 /* characters for what a fork costs */
#define BAR_MOST 32

/* Three digits and a unit. */
static const char *time_text(double ns, char *buf, size_t size)
{
	static const char *const units[] = { "ns", "us", "ms", "s" };
	size_t unit = 0;

	for (; ns >= 999.5 && unit < 3; unit++)
		ns /= 1000;
	snprintf(buf, size, "%.*f %s", ns < 9.995 ? 2 : ns < 99.95 ? 1 : 0, ns, units[unit]);
	return buf;
}

static void write_bar(FILE *file, double ratio)
{
	char bar[BAR_MOST + 2] = "";
	double length = ratio * BAR_OF_ONE + 0.5;

	memset(bar, '=', length < BAR_MOST ? (size_t)length : BAR_MOST);
	if (length > BAR_MOST)
		bar[BAR_MOST] = '>';
	fprintf(file, " %8.2f %s", ratio, bar);
}

static void write_figure(FILE *file, const struct figure *figure, const struct figure *fork)
{
	const struct interval *i = &figure->interval;
	char median[32], slowest[32];

	fprintf(file, "  %-26s", strchr(figure->id, '.') + 1);
	if (!figure->rounds) {
		fprintf(file, "       -  %s\n", figure->missing);
		return;
	}
	fprintf(file, "%10s ", time_text(i->median, median, sizeof(median)));
	if (i->confidence > 0.5)
		fprintf(file, "%+5.1f %+5.1f%%", (i->low / i->median - 1) * 100, (i->high / i->median - 1) * 100);
	else
		fprintf(file, "%12s", "no interval");
	fprintf(file, " %c %10s %5.1f%%", figure->precise ? ' ' : '~',
		time_text(figure->slowest, slowest, sizeof(slowest)),
		100.0 * (double)figure->outliers / (double)figure->calls);
	if (fork && !figure->group->each)
		write_bar(file, i->median / fork->interval.median);
	fputc('\n', file);
}

static void write_head(FILE *file, const struct group *group)
{
	char title[80];

	snprintf(title, sizeof(title), "%s: %s%s%s%s%s", group->name, group->title, group->axis ? ", by " : "",
		 group->axis ? group->axis : "", group->each ? "; for each " : "", group->each ? group->each : "");
	fprintf(file, "\n%s\n  %-26s%10s %12s   %10s %6s %8s\n", title, "", "median", "interval", "slowest", "slow",
		group->each ? "" : "x fork");
}

static void write_claims(FILE *file, const struct run_result *run)
{
	static const char *const words[] = { "yes", "NO", "undecided", "-" };

	fprintf(file, "\nWhat is said of these costs, and whether it holds here\n");
	for (size_t i = 0; i < claim_count; i++) {
		struct verdict_on_claim claim = claim_judge(i, run);
		if (claim.verdict == CLAIM_UNMEASURED)
			continue;
		fprintf(file, "  %-9s %s\n            %s\n", words[claim.verdict], claim.claim, claim.because);
	}
}

void write_table(FILE *file, const struct run_result *run)
{
	const struct figure *fork = figure_find(run, "create.fork");
	static const struct group none;
	const struct group *group = &none;
	size_t wide = 0;

	for (size_t i = 0; i < run->environment->count; i++)
		fprintf(file, "%-21s %s\n", run->environment->facts[i].name, run->environment->facts[i].value);
	for (size_t i = 0; i < run->count; i++) {
		const struct figure *figure = &run->figures[i];
		if (!figure->chosen || (!figure->rounds && !*figure->missing))
			continue;
		if (figure->group != group) {
			group = figure->group;
			write_head(file, group);
		}
		write_figure(file, figure, fork);
		wide += figure->rounds && !figure->precise;
	}
	write_claims(file, run);
	fprintf(file,
		"\nIntervals of the median with %g%% confidence; slowest of all calls; slow: more than twice the median.\n",
		run->confidence * 100);
	if (wide)
		fprintf(file, "~ wider than %g%% when the time for it was spent: %zu figures.\n", run->width * 100,
			wide);
	fprintf(file, "%.1f s%s\n", run->seconds, run->interrupted ? ", interrupted" : "");
}
