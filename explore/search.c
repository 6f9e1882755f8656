// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
#include "search.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "arena.h"
#include "cut.h"
#include "exhaustive.h"
#include "forkcheck.h"
#include "processors.h"

_Static_assert(sizeof(struct finding) <= PIPE_BUF, "a finding is written in one piece");

/* One program of so many is looked at after every step: what is wrong and right again shows only so. */
#define LOOKS_ALWAYS_EACH 8

/* What the conductors share. */
static struct common {
	uint64_t next; /* number of a program */
	uint64_t played, differing;
	volatile sig_atomic_t stop;
	struct met met;
} * common;

static const struct search *asked;
static int findings[2];

static double now_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* ---- A conductor --------------------------------------------------------------------------------- */

bool confirm(const struct program *program, struct difference *difference)
{
	bool time_ran_out = difference->kind == NO_ANSWER || difference->kind == NOT_BORN ||
			    difference->kind == STILL_THERE;
	struct difference again;

	for (int i = 0; i < (time_ran_out ? 3 : 1); i++) {
		if (play(program, LOOKS_ALWAYS, &again))
			return false;
		if (time_ran_out && again.kind != difference->kind)
			return false;
	}
	*difference = again;
	return again.kind != NOT_PLAYED;
}

static void found(const struct program *program, const struct difference *difference, uint64_t number)
{
	static struct finding finding;

	finding = (struct finding){ .program = *program, .difference = *difference, .number = number };
	finding.unsteady = !confirm(program, &finding.difference);
	if (!finding.unsteady)
		cut_down(&finding.program, &finding.difference);
	(void)!write(findings[1], &finding, sizeof(finding));
}

static bool next_program(uint64_t number, struct program *program)
{
	if (asked->exhaustive)
		return exhaustive_program(number, program);
	generate(asked->seed * 0x9e3779b97f4a7c15 + number, &common->met, program);
	return true;
}

static int conduct(void *unused)
{
	static struct program program;
	struct difference difference;

	(void)unused;
	while (!common->stop) {
		uint64_t number = __atomic_fetch_add(&common->next, 1, __ATOMIC_RELAXED);
		if (asked->programs && number >= asked->programs)
			break;
		if (!next_program(number, &program))
			break;
		bool always = number % LOOKS_ALWAYS_EACH == 0;
		bool right = play(&program, always ? LOOKS_ALWAYS : LOOKS_AT_ENDS, &difference);
		if (!right && difference.kind == NOT_PLAYED)
			return NO_STAGE;
		note_met(&program, &common->met, false);
		__atomic_fetch_add(&common->played, 1, __ATOMIC_RELAXED);
		if (right)
			continue;
		__atomic_fetch_add(&common->differing, 1, __ATOMIC_RELAXED);
		found(&program, &difference, number);
	}
	return 0;
}

/* ---- The one who collects ------------------------------------------------------------------------ */

void search_interrupt(void)
{
	if (common)
		common->stop = 1;
}

static struct finding_kind *find_kind(struct search *search, const struct finding *finding)
{
	char kind[PROGRAM_TEXT + 64], other[PROGRAM_TEXT + 64];

	/* What is not steady can't be cut down: one of each sort is enough. */
	kind_of(&finding->program, &finding->difference, kind, sizeof(kind));
	for (unsigned i = 0; i < search->kind_count; i++) {
		struct finding *known = &search->kinds[i].finding;
		if (known->unsteady != finding->unsteady)
			continue;
		if (finding->unsteady && known->difference.kind == finding->difference.kind)
			return &search->kinds[i];
		if (!strcmp(kind, kind_of(&known->program, &known->difference, other, sizeof(other))))
			return &search->kinds[i];
	}
	return NULL;
}

static void collect(struct search *search, const struct finding *finding)
{
	struct finding_kind *kind = find_kind(search, finding);

	if (kind) {
		kind->programs++;
		return;
	}
	if (search->kind_count == KINDS_TOLD) {
		search->kinds_left_out++;
		return;
	}
	kind = &search->kinds[search->kind_count++];
	*kind = (struct finding_kind){ .finding = *finding, .programs = 1 };
	search->tell(kind, search->kind_count);
	if (search->first_only)
		common->stop = 1;
}

/* Reads what has been found; false at the end, when no conductor is left. */
static bool collect_some(struct search *search, int timeout_ms)
{
	struct pollfd pipe_end = { .fd = findings[0], .events = POLLIN };
	static struct finding finding;

	while (poll(&pipe_end, 1, timeout_ms) > 0) {
		if (read(findings[0], &finding, sizeof(finding)) != (ssize_t)sizeof(finding))
			return false;
		collect(search, &finding);
	}
	return true;
}

static unsigned start_conductors(struct search *search, pid_t *conductors)
{
	unsigned started = 0;

	for (unsigned i = 0; i < search->jobs; i++) {
		pid_t pid = arena_start((int)(i % (unsigned)processor_count()), conduct, NULL);
		if (pid > 0)
			conductors[started++] = pid;
	}
	search->broken = started < search->jobs;
	close(findings[1]);
	return started;
}

void search_run(struct search *search)
{
	double begin = now_s();
	pid_t conductors[64];
	int status;

	asked = search;
	common = mmap(NULL, sizeof(*common), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (common == MAP_FAILED || pipe(findings)) {
		search->broken = true;
		return;
	}
	search->met = &common->met;
	unsigned started = start_conductors(search, conductors);
	while (collect_some(search, 200)) {
		search->played = common->played;
		search->differing = common->differing;
		search->took = now_s() - begin;
		search->progress(search);
		if (search->seconds > 0 && search->took >= search->seconds)
			common->stop = 1;
	}
	for (unsigned i = 0; i < started; i++) {
		while (raw_wait4(conductors[i], &status, 0, NULL) == -EINTR)
			;
		search->broken |= status != 0;
	}
	search->played = common->played;
	search->differing = common->differing;
	search->took = now_s() - begin;
}
