// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
#include "exhaustive.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "generator.h"
#include "model/flag_rules.h"
#include "player.h"

/* ---- Steps without their actors ------------------------------------------------------------------ */

/* Of each operation that changes something one with each word, and two numbers. */
#define MOST_CHANGES 160
static struct step changes[MOST_CHANGES];
static unsigned change_count;

#define MOST_BIRTHS 1200
static struct step births[MOST_BIRTHS];
static unsigned birth_count;

static unsigned values_of(const struct argument *argument, int64_t *values)
{
	unsigned count = 0;

	if (argument->type == ARG_WORD)
		for (const struct word *w = argument->words; w->name && count < 8; w++)
			values[count++] = w->value;
	if (argument->type == ARG_NUMBER || argument->type == ARG_OCTAL)
		values[count++] = argument->low + (argument->high > argument->low);
	if (argument->type == ARG_ACTOR)
		values[count++] = 1;
	if (!count)
		values[count++] = 0;
	return count;
}

static void add_changes(const struct operation *operation)
{
	int64_t first[8], second[8];
	unsigned firsts = values_of(&operation->args[0], first), seconds = 1;

	second[0] = 0;
	if (operation->args[0].type != ARG_NONE)
		seconds = values_of(&operation->args[1], second);
	for (unsigned i = 0; i < firsts; i++)
		for (unsigned j = 0; j < seconds && change_count < MOST_CHANGES; j++)
			changes[change_count++] = (struct step){ .operation = operation,
								 .arg = { first[i], second[j] } };
}

static void add_birth(const struct operation *operation, uint64_t flags, int exit_signal)
{
	if (birth_count == MOST_BIRTHS)
		return;
	births[birth_count] = (struct step){ .operation = operation };
	int words = argument_of(operation, ARG_WORDS), signal = argument_of(operation, ARG_SIGNAL);
	if (words >= 0) {
		births[birth_count].arg[words] = (int64_t)flags;
		births[birth_count].arg[signal] = exit_signal;
	}
	birth_count++;
}

/* All sets of the sharing flags, each other flag with some of them. */
static void add_births(const struct operation *operation)
{
	if (argument_of(operation, ARG_WORDS) < 0) {
		add_birth(operation, 0, 0);
		return;
	}
	for (unsigned subset = 0; subset < 1U << SHARING_FLAGS; subset++) {
		uint64_t set = 0;
		for (unsigned i = 0; i < SHARING_FLAGS; i++)
			set |= subset & 1U << i ? creation_flags[i].bit : 0;
		add_birth(operation, set, default_exit_signal(set));
	}
	for (size_t i = SHARING_FLAGS; i < creation_flag_count; i++) {
		static const uint64_t with[] = { 0, CLONE_VM, CLONE_VM | CLONE_SIGHAND | CLONE_THREAD, CLONE_PARENT };
		for (unsigned n = 0; n < 4; n++)
			add_birth(operation, creation_flags[i].bit | with[n],
				  default_exit_signal(creation_flags[i].bit | with[n]));
	}
	add_birth(operation, 0, 0);
	add_birth(operation, 0, SIGURG);
}

/* ---- The shape ----------------------------------------------------------------------------------- */

/* What stands between birth and change, from depth 2 on. */
enum between { NOTHING, GRANDCHILD, SECOND_CHILD, EXECUTION, BETWEENS };

static unsigned depth_asked;
static char shape[200];

void exhaustive_begin(unsigned depth)
{
	depth_asked = depth;
	change_count = birth_count = 0;
	for (unsigned i = 0; i < operation_count; i++) {
		if (!is_used(operations[i]))
			continue;
		if (operations[i]->family == CREATING)
			add_births(operations[i]);
		else
			add_changes(operations[i]);
	}
	snprintf(shape, sizeof(shape), "%u things set, %u ways to create, %s2 sides, %u changes", change_count + 1,
		 birth_count, depth > 1 ? "with a grandchild, a second child or an execve between or nothing, " : "",
		 change_count);
}

const char *exhaustive_shape(void)
{
	return shape;
}

uint64_t exhaustive_total(void)
{
	return (uint64_t)(change_count + 1) * birth_count * 2 * change_count * (depth_asked > 1 ? BETWEENS : 1);
}

static void add(struct program *program, struct step step, unsigned actor, unsigned child)
{
	int place = argument_of(step.operation, ARG_CHILD);

	step.actor = (uint8_t)actor;
	if (place >= 0)
		step.arg[place] = child;
	program->step[program->count++] = step;
}

static void add_between(struct program *program, enum between between, unsigned side)
{
	struct step fork = { .operation = operation_find("fork") };

	if (between == GRANDCHILD)
		add(program, fork, 1, 2);
	if (between == SECOND_CHILD)
		add(program, fork, 0, 2);
	if (between == EXECUTION)
		add(program, (struct step){ .operation = operation_find("exec") }, side, 0);
}

/* What something else has to be done for first: a page written to must be mapped. */
static void add_set(struct program *program, unsigned n)
{
	if (n == change_count)
		return;
	if (!strcmp(changes[n].operation->name, "write")) {
		struct step map = { .operation = operation_find("map"), .arg = { changes[n].arg[0] / REGION_PAGES } };
		add(program, map, 0, 0);
	}
	add(program, changes[n], 0, 0);
}

bool exhaustive_program(uint64_t number, struct program *program)
{
	unsigned sets = change_count + 1;

	program->count = 0;
	if (number >= exhaustive_total())
		return false;
	unsigned change = (unsigned)(number % change_count);
	number /= change_count;
	unsigned side = (unsigned)(number % 2);
	number /= 2;
	unsigned set = (unsigned)(number % sets);
	number /= sets;
	unsigned birth = (unsigned)(number % birth_count);
	number /= birth_count;
	add_set(program, set);
	add(program, births[birth], 0, 1);
	add_between(program, (enum between)number, side);
	add(program, changes[change], side, 0);
	if (!program_valid(program, surroundings.major, surroundings.minor, surroundings.privileged))
		program->count = 0;
	return true;
}
