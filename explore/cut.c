// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
#include "cut.h"

#include <stdio.h>
#include <string.h>

#include "clock.h"
#include "model/flag_rules.h"

/* What is being cut: the best so far. */
static struct program best, candidate;
static struct difference best_difference;
static unsigned played;

/* Where every candidate hangs, what is left by then has to do. */
#define CUT_SECONDS 20
#define HURRY_SECONDS 2
static double until;
static const volatile sig_atomic_t *in_a_hurry;

static bool time_is_up(void)
{
	double now = monotonic();

	if (*in_a_hurry && until > now + HURRY_SECONDS)
		until = now + HURRY_SECONDS;
	return now > until;
}

/* ---- Candidates ---------------------------------------------------------------------------------- */

/* Is it the same that goes wrong? */
static bool same_sort(const struct difference *a, const struct difference *b, const struct program *of_a,
		      const struct program *of_b)
{
	if (a->kind != b->kind || a->look != b->look)
		return false;
	return a->kind == WRONG_LOOK || of_a->step[a->step].operation->family == of_b->step[b->step].operation->family;
}

static bool same_program(const struct program *a, const struct program *b)
{
	if (a->count != b->count)
		return false;
	for (unsigned i = 0; i < a->count; i++)
		if (!same_step(&a->step[i], &b->step[i]))
			return false;
	return true;
}

/* Takes the candidate if it is valid, other than the best one, and still differs. */
static bool accept(void)
{
	struct difference difference;

	if (time_is_up() || same_program(&candidate, &best) ||
	    !program_valid(&candidate, surroundings.major, surroundings.minor, surroundings.privileged))
		return false;
	played++;
	if (play(&candidate, LOOKS_ALWAYS, &difference) || difference.kind == NOT_PLAYED ||
	    !same_sort(&difference, &best_difference, &candidate, &best))
		return false;
	candidate.count = difference.step + 1;
	best = candidate;
	best_difference = difference;
	return true;
}

/*
 * The candidate: the best one without some steps. Actors are named anew in the order of birth; steps of those that are not born any
 * more are left out, or, where .heir says so, are another one's.
 */
static void rebuild(const bool *drop, const int8_t *heir)
{
	static struct world w;
	int name[ACTORS];
	struct prediction unused;

	memset(name, -1, sizeof(name));
	name[0] = 0;
	candidate.count = 0;
	world_begin(&w, surroundings.major, surroundings.minor, surroundings.privileged);
	for (unsigned i = 0; i < best.count; i++) {
		struct step step = best.step[i];
		int other = argument_of(step.operation, ARG_ACTOR), child = argument_of(step.operation, ARG_CHILD);
		unsigned old_child = child >= 0 ? (unsigned)step.arg[child] : 0;
		if (drop && drop[i])
			continue;
		if (child >= 0 && heir && heir[old_child] >= 0) {
			name[old_child] = name[heir[old_child]];
			continue;
		}
		if (name[step.actor] < 0 || (other >= 0 && name[step.arg[other]] < 0))
			continue;
		step.actor = (uint8_t)name[step.actor];
		if (other >= 0)
			step.arg[other] = name[step.arg[other]];
		if (child >= 0)
			step.arg[child] = w.born;
		if (!world_allows(&w, &step))
			continue;
		unsigned born = w.born;
		world_step(&w, &step, &unused);
		if (w.born > born)
			name[old_child] = (int)born;
		candidate.step[candidate.count++] = step;
	}
}

/* ---- Ways to make it shorter --------------------------------------------------------------------- */

static bool drop_actors(void)
{
	bool changed = false;

	for (int actor = ACTORS - 1; actor > 0; actor--) {
		bool drop[STEPS] = { false }, any = false;
		for (unsigned i = 0; i < best.count; i++)
			any |= drop[i] = child_of(&best.step[i]) == actor;
		if (!any)
			continue;
		rebuild(drop, NULL);
		changed |= accept();
	}
	return changed;
}

/* This ends chains of forks: a child's steps are its creator's. */
static bool inherit_steps(void)
{
	bool changed = false;

	for (int actor = ACTORS - 1; actor > 0; actor--) {
		int8_t heir[ACTORS];
		bool any = false;
		memset(heir, -1, sizeof(heir));
		for (unsigned i = 0; i < best.count; i++)
			if (child_of(&best.step[i]) == actor) {
				heir[actor] = (int8_t)best.step[i].actor;
				any = true;
			}
		if (!any)
			continue;
		rebuild(NULL, heir);
		changed |= accept();
	}
	return changed;
}

static bool drop_runs(unsigned length)
{
	bool changed = false;

	for (unsigned end = best.count; end > 0; end--) {
		bool drop[STEPS] = { false };
		if (end > best.count || end < length)
			continue;
		for (unsigned i = end - length; i < end; i++)
			drop[i] = true;
		rebuild(drop, NULL);
		changed |= accept();
	}
	return changed;
}

static bool try_step(unsigned i, const struct step *step)
{
	candidate = best;
	candidate.step[i] = *step;
	return accept();
}

/* fork in place of another creation, clone in place of clone3, then flag by flag. */
static bool plainer_creation(unsigned i)
{
	struct step step = best.step[i];
	int64_t child = child_of(&step);
	int flags = argument_of(step.operation, ARG_WORDS), signal = argument_of(step.operation, ARG_SIGNAL);
	bool changed = false;

	for (unsigned n = 0; n < 3; n++) {
		static const char *const plain[] = { "fork", "thread", "vfork" };
		struct step other = { .operation = operation_find(plain[n]), .actor = step.actor, .arg = { child } };
		if (other.operation == step.operation)
			break;
		if (try_step(i, &other))
			return true;
	}
	if (flags < 0)
		return false;
	if (!strcmp(step.operation->name, "clone3")) {
		step.operation = operation_find("clone");
		changed |= try_step(i, &step);
	}
	for (size_t n = 0; n < creation_flag_count; n++) {
		step = best.step[i];
		if (!(step.arg[flags] & (int64_t)creation_flags[n].bit))
			continue;
		bool plain = step.arg[signal] == default_exit_signal((uint64_t)step.arg[flags]);
		step.arg[flags] &= ~(int64_t)creation_flags[n].bit;
		if (plain)
			step.arg[signal] = default_exit_signal((uint64_t)step.arg[flags]);
		changed |= try_step(i, &step);
	}
	step = best.step[i];
	step.arg[signal] = default_exit_signal((uint64_t)step.arg[flags]);
	return try_step(i, &step) || changed;
}

static bool smaller_arguments(unsigned i)
{
	bool changed = false;

	for (int n = 0; best.step[i].operation->args[n].type != ARG_NONE; n++) {
		const struct argument *argument = &best.step[i].operation->args[n];
		bool number = argument->type == ARG_NUMBER || argument->type == ARG_OCTAL;
		bool words = argument->type == ARG_WORDS && best.step[i].operation->family != CREATING;
		bool word = argument->type == ARG_WORD;
		for (int64_t value = 0; (number || words || word) && value < 3; value++) {
			struct step step = best.step[i];
			int64_t low = word ? argument->words[0].value : number ? argument->low : 0;
			if (step.arg[n] <= low + value || (!number && value))
				break;
			step.arg[n] = low + value;
			if (try_step(i, &step)) {
				changed = true;
				break;
			}
		}
	}
	return changed;
}

/* A wait for any child in place of one. */
static bool plainer_wait(unsigned i)
{
	struct step step = best.step[i];

	if (strcmp(step.operation->name, "wait"))
		return false;
	step.operation = operation_find("wait_any");
	step.arg[0] = step.arg[1];
	step.arg[1] = 0;
	return try_step(i, &step);
}

/* Where the order does not matter it is always the same one: births first, then by the actor. */
static int rank(const struct step *step)
{
	return (step->operation->family * ACTORS + step->actor) * 64 + step->operation->name[0] - 'a';
}

static bool put_in_order(void)
{
	bool changed = false;

	for (unsigned i = 0; i + 1 < best.count; i++) {
		bool drop[STEPS] = { false };
		if (rank(&best.step[i]) <= rank(&best.step[i + 1]))
			continue;
		struct program saved = best;
		best.step[i] = saved.step[i + 1];
		best.step[i + 1] = saved.step[i];
		rebuild(drop, NULL);
		best = saved;
		changed |= candidate.count == saved.count && accept();
	}
	return changed;
}

static bool plainer_steps(void)
{
	bool changed = false;

	for (unsigned i = 0; i < best.count; i++) {
		if (child_of(&best.step[i]) >= 0)
			changed |= plainer_creation(i);
		if (i < best.count)
			changed |= plainer_wait(i);
		if (i < best.count)
			changed |= smaller_arguments(i);
	}
	return changed;
}

unsigned cut_down(struct program *program, struct difference *difference, const volatile sig_atomic_t *hurry)
{
	unsigned patience = surroundings.patience_ms;

	/* Most candidates don't differ; those that hang are held against one another. */
	surroundings.patience_ms = patience / 4;
	best = *program;
	best_difference = *difference;
	best.count = difference->step + 1;
	played = 0;
	until = monotonic() + CUT_SECONDS;
	in_a_hurry = hurry;
	for (bool changed = true; changed;) {
		changed = drop_actors();
		changed |= inherit_steps();
		for (unsigned length = 4; length; length /= 2)
			changed |= drop_runs(length);
		changed |= plainer_steps();
		changed |= put_in_order();
	}
	surroundings.patience_ms = patience;
	*program = best;
	*difference = best_difference;
	return played;
}

char *kind_of(const struct program *program, const struct difference *difference, char *buf, size_t size)
{
	char text[PROGRAM_TEXT];

	snprintf(buf, size, "%d %s %s", difference->kind, difference->look ? difference->look->name : "-",
		 program_text(program, "; ", text, sizeof(text)));
	return buf;
}
