// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
#include "figures.h"
#include "figures_compare.h"
#include "tool.h"

enum word { SAME, FASTER, SLOWER, UNSURE, WORDS };
static const char *const words[WORDS] = { "same", "faster", "slower", "unsure" };

/* Both intervals must be what their runs were asked for: a round or two tell nothing. */
static enum word word_for(const struct figure *old, const struct figure *new, double confidence)
{
	if (old->confidence < confidence || new->confidence < confidence)
		return UNSURE;
	if (new->high < old->low)
		return FASTER;
	return new->low > old->high ? SLOWER : SAME;
}

static void print_figure(FILE *to, const struct figure *old, const struct figure *new, enum word word)
{
	fprintf(to, "%-8s %-32s %12.0f -> %12.0f ns  x%.3f [%.3f, %.3f]\n", words[word], old->id, old->median,
		new->median, new->median / old->median, new->low / old->high, new->high / old->low);
}

int figures_compare(FILE *to, const char *old_path, const char *new_path)
{
	size_t counts[WORDS] = { 0 }, alone = 0;
	struct figures old, new;

	figures_load(&old, old_path);
	figures_load(&new, new_path);
	const double confidence = old.confidence < new.confidence ? old.confidence : new.confidence;
	for (size_t i = 0; i < old.count; i++) {
		const struct figure *before = &old.at[i], *after = figures_find(&new, before->id);
		if (before->median <= 0 || !after) {
			alone += before->median > 0 || after;
			continue;
		}
		const enum word word = word_for(before, after, confidence);
		counts[word]++;
		print_figure(to, before, after, word);
	}
	const size_t sure = counts[SAME] + counts[FASTER] + counts[SLOWER];
	fprintf(to, "# %zu same, %zu faster, %zu slower, %zu unsure (too few rounds), %zu in one run only\n",
		counts[SAME], counts[FASTER], counts[SLOWER], counts[UNSURE], alone);
	if (sure)
		fprintf(to, "# the runs agree in %.1f%% of %zu figures\n", 100.0 * (double)counts[SAME] / (double)sure,
			sure);
	figures_free(&old);
	figures_free(&new);
	return counts[SLOWER] ? EXIT_DEVIATION : counts[FASTER] ? EXIT_SURPRISE : EXIT_EXPECTED;
}
