// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
#include "generator.h"

#include <signal.h>
#include <string.h>

#include "model/flag_rules.h"
#include "player.h"

/* ---- Numbers ------------------------------------------------------------------------------------- */

static uint64_t state;

/* splitmix64: any seed is a good one. */
static uint64_t next_number(void)
{
	uint64_t z = state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

static unsigned below(unsigned n)
{
	return n ? (unsigned)(next_number() % n) : 0;
}

static bool one_in(unsigned n)
{
	return below(n) == 0;
}

/* ---- What is met --------------------------------------------------------------------------------- */

enum way { FIRST, FORKED, VFORKED, THREADED, APART, FILE_SHARER, MEMORY_SHARER, SIBLING, SUSPENDER, EXECUTED };
const char *const way_names[WAYS] = { "first",	  "fork", "vfork",  "thread", "clone",
				      "FILES,FS", "VM",	  "PARENT", "VFORK",  "executed" };
enum relation { SAME, CREATOR, CHILD, THREAD_OF_SAME, SHARES_CREATOR, DISTANT };

static enum way way_of(const struct step *birth)
{
	int place = argument_of(birth->operation, ARG_WORDS);
	uint64_t flags = place < 0 ? 0 : (uint64_t)birth->arg[place];

	if (!strcmp(birth->operation->name, "fork"))
		return FORKED;
	if (!strcmp(birth->operation->name, "vfork"))
		return VFORKED;
	if (!strcmp(birth->operation->name, "thread") || flags & CLONE_THREAD)
		return THREADED;
	return flags & CLONE_VFORK		  ? SUSPENDER
	       : flags & CLONE_PARENT		  ? SIBLING
	       : flags & CLONE_VM		  ? MEMORY_SHARER
	       : flags & (CLONE_FS | CLONE_FILES) ? FILE_SHARER
						  : APART;
}

static enum relation relation(const struct world *w, unsigned actor, unsigned other)
{
	if (actor == other)
		return SAME;
	if (w->actor[actor].creator == (int)other)
		return CREATOR;
	if (w->actor[other].creator == (int)actor)
		return CHILD;
	if (shares(w, actor, other, PROCESS))
		return THREAD_OF_SAME;
	return w->actor[actor].creator == w->actor[other].creator ? SHARES_CREATOR : DISTANT;
}

static unsigned number_of(const struct operation *operation)
{
	unsigned n = 0;

	while (operations[n] != operation)
		n++;
	return n;
}

static unsigned pair(unsigned operation, unsigned way, unsigned related)
{
	return (operation * WAYS + way) * RELATIONS + related;
}

unsigned note_met(const struct program *program, struct met *met, bool dry)
{
	static struct world w;
	enum way ways[ACTORS] = { FIRST };
	unsigned fresh = 0, last = 0;
	struct prediction unused;
	static uint8_t here[PAIRS];

	memset(here, 0, sizeof(here));
	world_begin(&w, surroundings.major, surroundings.minor, surroundings.privileged);
	for (unsigned i = 0; i < program->count; i++) {
		const struct step *step = &program->step[i];
		unsigned n = pair(number_of(step->operation), ways[step->actor], relation(&w, step->actor, last));
		fresh += !met->pair[n] && !here[n];
		here[n] = 1;
		if (!dry)
			met->pair[n] = 1;
		last = step->actor;
		unsigned born = w.born;
		world_step(&w, step, &unused);
		if (w.born > born)
			ways[born] = way_of(step);
		if (w.executed & 1U << step->actor)
			ways[step->actor] = EXECUTED;
	}
	return fresh;
}

unsigned met_relations(const struct met *met, unsigned operation, unsigned way)
{
	unsigned count = 0;

	for (unsigned i = 0; i < RELATIONS; i++)
		count += met->pair[pair(operation, way, i)];
	return count;
}

/* ---- What may be used ---------------------------------------------------------------------------- */

static uint64_t unused_flags;
static bool unused_operation[MOST_OPERATIONS];

bool never_use(const char *name)
{
	for (unsigned i = 0; i < operation_count; i++)
		if (!strcmp(operations[i]->name, name))
			return unused_operation[i] = true;
	for (size_t i = 0; i < creation_flag_count; i++)
		if (!strcmp(creation_flags[i].name, name)) {
			unused_flags |= creation_flags[i].bit;
			return true;
		}
	return false;
}

bool is_used(const struct operation *operation)
{
	return !unused_operation[number_of(operation)];
}

/* ---- A program ----------------------------------------------------------------------------------- */

/* The subset for one program: rare operations meet if others are absent. */
struct swarm {
	unsigned weight[MOST_OPERATIONS], total;
	uint64_t flags;
	bool any_flags; /* also sets that contradict themselves */
};

static void choose_swarm(struct swarm *swarm)
{
	*swarm = (struct swarm){ .any_flags = one_in(4) };
	for (unsigned i = 0; i < operation_count; i++) {
		unsigned weight = operations[i]->weight ? operations[i]->weight : 10;
		bool here = is_used(operations[i]) && (operations[i]->family == CREATING || !one_in(3));
		swarm->weight[i] = here ? weight * (1 + below(4)) : 0;
		swarm->total += swarm->weight[i];
	}
	for (size_t i = 0; i < creation_flag_count; i++)
		if (!one_in(3))
			swarm->flags |= creation_flags[i].bit;
	swarm->flags &= ~unused_flags;
}

static const struct operation *choose_operation(const struct swarm *swarm)
{
	unsigned ticket = below(swarm->total), i = 0;

	while (ticket >= swarm->weight[i])
		ticket -= swarm->weight[i++];
	return operations[i];
}

static int64_t choose_words(const struct swarm *swarm, const struct step *step, const struct argument *argument)
{
	enum flags_call call = !strcmp(step->operation->name, "clone3") ? BY_CLONE3 : BY_CLONE;
	int64_t set = 0;
	unsigned count = 0;

	for (const struct word *w = argument->words; w->name; w++)
		count++;
	if (step->operation->family != CREATING) {
		for (unsigned i = 0; i < count; i++)
			set |= one_in(3) ? argument->words[i].value : 0;
		return set;
	}
	/* What must be refused, and just that. */
	if (one_in(10))
		return (int64_t)(flags_contradicting(call, below(64)) & ~unused_flags);
	for (unsigned wanted = below(7); wanted; wanted--)
		set |= argument->words[below(count)].value & (int64_t)swarm->flags;
	/* Most sets with new namespaces are refused. */
	if (!swarm->any_flags || !one_in(3)) {
		set &= ~(int64_t)NAMESPACE_FLAGS;
		set = (int64_t)(flags_reconciled(call, (uint64_t)set) & ~unused_flags);
	}
	return set;
}

/* Few values, so that they meet again. */
static int64_t choose_number(const struct argument *argument)
{
	int64_t range = argument->high - argument->low + 1;

	return argument->low + below((unsigned)(range > 8 && !one_in(4) ? 8 : range));
}

static int64_t choose_exit_signal(const struct step *step)
{
	static const int signals[] = { 0, SIGUSR1, SIGURG, SIGCHLD };

	return one_in(3) ? signals[below(4)] : default_exit_signal((uint64_t)step->arg[0]);
}

static void choose_arguments(const struct swarm *swarm, const struct world *w, struct step *step)
{
	for (int i = 0; step->operation->args[i].type != ARG_NONE; i++) {
		const struct argument *argument = &step->operation->args[i];
		unsigned words = 0;
		switch (argument->type) {
		case ARG_NUMBER:
		case ARG_OCTAL:
			step->arg[i] = choose_number(argument);
			break;
		case ARG_WORD:
			while (argument->words[words].name)
				words++;
			step->arg[i] = argument->words[below(words)].value;
			break;
		case ARG_WORDS:
			step->arg[i] = choose_words(swarm, step, argument);
			break;
		case ARG_ACTOR:
			step->arg[i] = below(w->born);
			break;
		case ARG_CHILD:
			step->arg[i] = w->born;
			break;
		case ARG_SIGNAL:
			step->arg[i] = choose_exit_signal(step);
			break;
		case ARG_NONE:
			break;
		}
	}
}

static bool choose_step(const struct swarm *swarm, const struct world *w, struct step *step)
{
	for (unsigned tries = 0; tries < 40; tries++) {
		*step = (struct step){ .operation = choose_operation(swarm), .actor = (uint8_t)below(w->born) };
		/* Whatever is alone from the beginning to the end says little. */
		if (step->operation->family == ENDING && w->born < 2)
			continue;
		if (!acts(w, step->actor))
			continue;
		choose_arguments(swarm, w, step);
		if (world_allows(w, step))
			return true;
	}
	return false;
}

static void generate_one(struct program *program)
{
	static struct world w;
	struct swarm swarm;
	struct prediction unused;
	unsigned steps = 4 + below(18);

	choose_swarm(&swarm);
	world_begin(&w, surroundings.major, surroundings.minor, surroundings.privileged);
	for (program->count = 0; program->count < steps; program->count++) {
		if (!swarm.total || !choose_step(&swarm, &w, &program->step[program->count]))
			break;
		world_step(&w, &program->step[program->count], &unused);
	}
}

void generate(uint64_t seed, const struct met *met, struct program *program)
{
	static struct program candidate;
	unsigned best = 0;

	state = seed;
	program->count = 0;
	for (unsigned i = 0; i < 3; i++) {
		generate_one(&candidate);
		unsigned fresh = met ? note_met(&candidate, (struct met *)met, true) : 0;
		if (i && fresh <= best)
			continue;
		best = fresh;
		*program = candidate;
		if (!met)
			return;
	}
}
