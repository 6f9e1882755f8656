/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/* Many programs, by several conductors at once, and what they found. */
#ifndef EXPLORE_SEARCH_H
#define EXPLORE_SEARCH_H

#include "generator.h"
#include "player.h"

/* A difference, cut down. It goes through a pipe in one piece. */
struct finding {
	struct program program;
	struct difference difference;
	uint64_t number; /* of the program in which it was seen first */
	bool unsteady;	 /* it was not there again when the program was played again; not cut down */
};

struct finding_kind {
	struct finding finding;
	uint64_t programs; /* in which it was seen */
	const char *known; /* the reason, where --expect knows its statement */
};

#define KINDS_TOLD 256
#define CONDUCTORS 64 /* at most */

struct search {
	/* What is asked for. */
	unsigned jobs;
	double seconds;	   /* 0: no limit */
	uint64_t programs; /* 0: no limit */
	uint64_t seed;
	bool exhaustive, first_only; /* ends with the first finding */
	unsigned depth;
	/* Called for each new kind, as it is found. */
	void (*tell)(const struct finding_kind *kind, unsigned number);
	/* Called now and then. */
	void (*progress)(const struct search *search);

	/* What came of it. */
	struct finding_kind kinds[KINDS_TOLD];
	unsigned kind_count, kinds_known, kinds_left_out;
	uint64_t played, differing;
	double took;
	bool interrupted, broken;
	const struct met *met;
	uint64_t total; /* of an exhaustive search; 0: not known */
};

/* In a pen. Returns when a limit is reached or the search is interrupted. */
void search_run(struct search *search);

/* From a signal handler: ends it soon. */
void search_interrupt(void);

#endif
