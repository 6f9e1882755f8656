// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
#include <string.h>

#include "bench.h"

/* Between the figures `from` and `to`, the ratio or the exponent must lie between low and high. */
struct claim {
	const char *text;
	const char *from, *to;
	enum { RATIO, EXPONENT } form;
	double low, high;
};

/* The same, but for measuring; "constant" leaves room for caches that are colder with more memory around. */
#define LESS 0, 1
#define CONSTANT 0, 1.5
#define LINEAR 0.8, 1.2

static const struct claim claims[] = {
	{ "a thread costs less than fork", "create.fork", "create.thread_clone", RATIO, LESS },
	{ "vfork costs less than fork", "create.fork", "create.vfork", RATIO, LESS },
	{ "fork costs less than fork and exec", "create.fork_exec", "create.fork", RATIO, LESS },
	{ "vfork and exec costs less than fork and exec", "create.fork_exec", "create.vfork_exec", RATIO, LESS },
	{ "fork is linear in resident memory", "memory.fork.256", "memory.fork.*", EXPONENT, LINEAR },
	{ "fork is independent of memory that was never touched", "memory.fork_untouched.1", "memory.fork_untouched.*",
	  RATIO, CONSTANT },
	{ "vfork is independent of resident memory", "memory.vfork.1", "memory.vfork.*", RATIO, CONSTANT },
	{ "CLONE_VM takes memory off the bill", "memory.clone_vm.1", "memory.clone_vm.*", RATIO, CONSTANT },
	{ "MADV_DONTFORK takes memory off the bill", "memory.dontfork.1", "memory.dontfork.*", RATIO, CONSTANT },
	{ "MADV_WIPEONFORK takes memory off the bill", "memory.wipeonfork.1", "memory.wipeonfork.*", RATIO, CONSTANT },
	{ "huge pages make fork cheaper", "memory.fork.256", "memory.fork_thp.256", RATIO, LESS },
	{ "with many mappings, vfork costs less than fork", "mappings.fork.*", "mappings.vfork.*", RATIO, LESS },
	{ "CLONE_FILES takes descriptors off the bill", "descriptors.clone_files.10", "descriptors.clone_files.*",
	  RATIO, CONSTANT },
	{ "fork is independent of the caller's other threads", "threads.fork.1", "threads.fork.*", RATIO, CONSTANT },
	{ "a first write costs the same for each page", "write.child.256", "write.child.*", RATIO, 1 / 1.5, 1.5 },
};
const size_t claim_count = ARRAY_LENGTH(claims);

/* The figure of an id, where * stands for the largest amount that was measured. */
static const struct figure *find(const struct run_result *run, const char *id)
{
	size_t length = strlen(id);
	const struct figure *found = NULL;

	if (id[length - 1] != '*')
		return figure_find(run, id);
	for (size_t i = 0; i < run->count; i++)
		if (run->figures[i].rounds && !strncmp(run->figures[i].id, id, length - 1))
			found = &run->figures[i];
	return found;
}

static int verdict_of(enum answer answer)
{
	return answer == ANSWER_YES ? CLAIM_HOLDS : answer == ANSWER_NO ? CLAIM_FAILS : CLAIM_UNDECIDED;
}

struct verdict_on_claim claim_judge(size_t n, const struct run_result *run)
{
	const struct claim *claim = &claims[n];
	const struct figure *from = find(run, claim->from), *to = find(run, claim->to);
	struct verdict_on_claim verdict = { .claim = claim->text, .verdict = CLAIM_UNMEASURED };

	if (!from || !to || from == to) {
		snprintf(verdict.because, sizeof(verdict.because), "%s was not measured",
			 !from || from == to ? claim->from : claim->to);
		return verdict;
	}
	double factor = from->amount ? (double)to->amount / (double)from->amount : 1;
	struct interval found = claim->form == RATIO ? ratio(&from->interval, &to->interval)
						     : exponent(&from->interval, &to->interval, factor);
	verdict.verdict = verdict_of(within(&found, claim->low, claim->high));
	if (from->interval.confidence < run->confidence || to->interval.confidence < run->confidence)
		verdict.verdict = CLAIM_UNDECIDED;
	snprintf(verdict.because, sizeof(verdict.because), "%s %s %s: %.3g [%.3g, %.3g], wanted %.2g to %.2g", to->id,
		 claim->form == RATIO ? "/" : "grows from", from->id, found.median, found.low, found.high, claim->low,
		 claim->high);
	return verdict;
}
