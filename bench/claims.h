/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/* Textbook claims about these costs, compared with the figures: their shape, never a time. */
#ifndef BENCH_CLAIMS_H
#define BENCH_CLAIMS_H

#include "stats.h"

struct run_result;

struct verdict_on_claim {
	const char *claim;
	enum { CLAIM_HOLDS, CLAIM_FAILS, CLAIM_UNDECIDED, CLAIM_UNMEASURED } verdict;
	char because[256];
};

extern const size_t claim_count;

struct verdict_on_claim claim_judge(size_t n, const struct run_result *run);

#endif
