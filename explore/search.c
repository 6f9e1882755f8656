// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
#include "search.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "clock.h"
#include "cut.h"
#include "exhaustive.h"
#include "forkcheck.h"
#include "known_rules.h"
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
	struct sign_of_life sign[CONDUCTORS];
} * common;

static const struct search *asked;
static int findings[2];
/* The search, where the one who collects is the conductor, too. */
static struct search *alone;
static double began;

/* ---- A conductor --------------------------------------------------------------------------------- */

static void collect(struct search *search, const struct finding *finding);

static void hand_over(const struct finding *finding)
{
	if (alone)
		collect(alone, finding);
	else
		(void)!write(findings[1], finding, sizeof(*finding));
}

/* What is known to deviate is told once and then taken for unspecified, so that the search goes on to others. */
static void leave_out_known(const struct difference *difference)
{
	const char *id = known_statement(difference);

	if (id && !left_out(id))
		leave_out(id);
}

static void found(const struct program *program, const struct difference *difference, uint64_t number)
{
	static struct finding finding;

	if (known_statement(difference) && left_out(difference->want.because)) {
		__atomic_fetch_add(&common->differing, 1, __ATOMIC_RELAXED);
		return;
	}
	finding = (struct finding){ .program = *program, .difference = *difference, .number = number };
	finding.unsteady = play_surely(program, &finding.difference);
	/* The machine had something else to do. */
	if (finding.difference.kind == NOT_PLAYED || (finding.unsteady && time_ran_out(difference)))
		return;
	if (finding.unsteady)
		finding.difference = *difference;
	if (!finding.unsteady)
		cut_down(&finding.program, &finding.difference, &common->stop);
	leave_out_known(&finding.difference);
	__atomic_fetch_add(&common->differing, 1, __ATOMIC_RELAXED);
	hand_over(&finding);
}

static void count(struct search *search)
{
	search->played = common->played;
	search->differing = common->differing;
	search->took = monotonic() - began;
	if (search->seconds > 0 && search->took >= search->seconds)
		common->stop = 1;
}

static bool next_program(uint64_t number, struct program *program)
{
	if (asked->exhaustive)
		return exhaustive_program(number, program);
	generate(asked->seed * 0x9e3779b97f4a7c15 + number, &common->met, program);
	return true;
}

static int conduct(void *sign)
{
	static struct program program;
	struct difference difference;

	sign_of_life = sign;
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
		if (!right)
			found(&program, &difference, number);
		if (alone)
			count(alone), alone->progress(alone);
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
	*kind = (struct finding_kind){ .finding = *finding, .programs = 1, .known = known_rule(&finding->difference) };
	search->kinds_known += kind->known != NULL;
	search->tell(kind, search->kind_count);
	if (search->first_only && !kind->known)
		common->stop = 1;
}

/* Reads what has been found, for so long; false when nobody is left who could find anything. */
static bool collect_some(struct search *search, int timeout_ms)
{
	struct pollfd pipe_end = { .fd = findings[0], .events = POLLIN };
	double until = monotonic() + timeout_ms / 1000.0;
	static struct finding finding;

	/* They may come faster than they can be told. */
	while (monotonic() < until && poll(&pipe_end, 1, timeout_ms) > 0) {
		if (read(findings[0], &finding, sizeof(finding)) != (ssize_t)sizeof(finding))
			return false;
		collect(search, &finding);
	}
	return true;
}

/* ---- Conductors and who watches them ------------------------------------------------------------- */

/* After which one is given up: each wait of it has a limit of its own, far below. */
#define SILENCE_SECONDS 60

static struct conductor {
	pid_t pid; /* 0: it has ended */
	uint64_t plays;
	double heard;
} conductors[CONDUCTORS];

/* False where there is no place for one but this process. */
static bool start_conductors(struct search *search)
{
	for (unsigned i = 0; i < search->jobs; i++) {
		pid_t pid = arena_start((int)(i % (unsigned)processor_count()), conduct, &common->sign[i]);
		if (pid == -EINVAL && i == 0 && sys_getpid() == 1)
			return false;
		search->broken |= pid <= 0;
		conductors[i] = (struct conductor){ .pid = pid > 0 ? pid : 0, .heard = monotonic() };
	}
	close(findings[1]);
	return true;
}

/* What it was at when it fell silent is a finding. */
static void give_up(struct search *search, unsigned i)
{
	static struct finding finding;

	arena_end(conductors[i].pid);
	conductors[i].pid = 0;
	finding = (struct finding){ .program = common->sign[i].program, .unsteady = true };
	finding.difference.kind = NO_END;
	finding.difference.step = finding.program.count ? finding.program.count - 1 : 0;
	common->differing++;
	collect(search, &finding);
}

/* Whether one is still at work. */
static bool watch(struct search *search, unsigned i)
{
	struct conductor *c = &conductors[i];
	uint64_t plays = __atomic_load_n(&common->sign[i].plays, __ATOMIC_ACQUIRE);
	int status = 0;

	if (!c->pid)
		return false;
	long r = raw_wait4(c->pid, &status, WNOHANG, NULL);
	if (r && r != -EINTR) {
		search->broken |= r < 0 || status != 0;
		c->pid = 0;
	} else if (plays != c->plays) {
		c->plays = plays;
		c->heard = monotonic();
	} else if (monotonic() - c->heard > SILENCE_SECONDS) {
		give_up(search, i);
	}
	return c->pid != 0;
}

static bool watch_all(struct search *search)
{
	bool some = false;

	for (unsigned i = 0; i < search->jobs; i++)
		some |= watch(search, i);
	return some;
}

void search_run(struct search *search)
{
	began = monotonic();
	asked = search;
	common = mmap(NULL, sizeof(*common), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (common == MAP_FAILED || pipe2(findings, O_CLOEXEC)) {
		search->broken = true;
		return;
	}
	search->met = &common->met;
	if (!start_conductors(search)) {
		/* An emulator of system calls may know no namespaces. */
		alone = search;
		search->broken = !arena_here() || conduct(&common->sign[0]);
		count(search);
		return;
	}
	for (bool open = true; watch_all(search);) {
		if (!open)
			poll(NULL, 0, 1); /* they are ending */
		open = open && collect_some(search, 200);
		count(search);
		search->progress(search);
	}
	collect_some(search, 200);
	count(search);
}
