// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* For those who read KTAP: a subtest for each group's figures, and one for the claims. */
#include <string.h>

#include "bench.h"

static bool is_told(const struct figure *figure)
{
	return figure->chosen && (figure->rounds || *figure->missing);
}

/* Groups of one name lie side by side, and are one subtest. */
static size_t end_of_subtest(const struct run_result *run, size_t begin)
{
	size_t end = begin;

	while (end < run->count && !strcmp(run->figures[end].group->name, run->figures[begin].group->name))
		end++;
	return end;
}

static size_t told(const struct run_result *run, size_t begin, size_t end)
{
	size_t count = 0;

	for (size_t i = begin; i < end; i++)
		count += is_told(&run->figures[i]);
	return count;
}

static void write_head(FILE *file, const char *name, size_t count)
{
	fprintf(file, "  KTAP version 1\n  # Subtest: %s\n  1..%zu\n", name, count);
}

static void write_figure(FILE *file, const struct figure *figure, size_t number)
{
	const struct interval *i = &figure->interval;
	const char *name = strchr(figure->id, '.') + 1;

	if (!figure->rounds) {
		fprintf(file, "  ok %zu %s # SKIP %s\n", number, name, figure->missing);
		return;
	}
	fprintf(file,
		"  # %s: %.1f ns%s%s [%.1f, %.1f] %.1f%%; %zu rounds, %lu calls, %.1f to %.1f, %lu over twice the median%s\n",
		figure->id, i->median, figure->group->each ? " for each " : "",
		figure->group->each ? figure->group->each : "", i->low, i->high, i->confidence * 100, figure->rounds,
		figure->calls, figure->fastest, figure->slowest, figure->outliers, figure->precise ? "" : "; wide");
	fprintf(file, "  ok %zu %s\n", number, name);
}

static void write_claims(FILE *file, const struct run_result *run)
{
	write_head(file, "claims", claim_count);
	for (size_t i = 0; i < claim_count; i++) {
		struct verdict_on_claim claim = claim_judge(i, run);
		bool skip = claim.verdict == CLAIM_UNDECIDED || claim.verdict == CLAIM_UNMEASURED;
		fprintf(file, "  # %s\n  %s %zu %s%s%s\n", claim.because,
			claim.verdict == CLAIM_FAILS ? "not ok" : "ok", i + 1, claim.claim, skip ? " # SKIP " : "",
			!skip				   ? ""
			: claim.verdict == CLAIM_UNDECIDED ? "undecided: wide intervals or few rounds"
							   : "not measured");
	}
}

static bool a_claim_fails(const struct run_result *run)
{
	for (size_t i = 0; i < claim_count; i++)
		if (claim_judge(i, run).verdict == CLAIM_FAILS)
			return true;
	return false;
}

void write_ktap(FILE *file, const struct run_result *run)
{
	size_t number = 0, subtests = 1;

	for (size_t i = 0; i < run->count; i = end_of_subtest(run, i))
		subtests += told(run, i, end_of_subtest(run, i)) > 0;
	fprintf(file, "KTAP version 1\n# forkcheck bench " VERSION "\n");
	for (size_t i = 0; i < run->environment->count; i++)
		fprintf(file, "# %s: %s\n", run->environment->facts[i].name, run->environment->facts[i].value);
	fprintf(file, "1..%zu\n", subtests);
	for (size_t i = 0, end; i < run->count; i = end) {
		end = end_of_subtest(run, i);
		size_t count = told(run, i, end), n = 0;
		if (!count)
			continue;
		write_head(file, run->figures[i].group->name, count);
		for (size_t k = i; k < end; k++)
			if (is_told(&run->figures[k]))
				write_figure(file, &run->figures[k], ++n);
		fprintf(file, "ok %zu %s\n", ++number, run->figures[i].group->name);
	}
	write_claims(file, run);
	fprintf(file, "%s %zu claims\n", a_claim_fails(run) ? "not ok" : "ok", ++number);
	fprintf(file, "# %.1f s%s\n", run->seconds, run->interrupted ? ", interrupted" : "");
}
