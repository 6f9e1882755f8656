// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* A world's beginning, its steps, and which rules are in force. */
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "../operation.h"
#include "spec.h"

const uint64_t sharing_flag[KINDS] = {
	[MEMORY] = CLONE_VM,	    [DIRECTORY] = CLONE_FS,   [DESCRIPTORS] = CLONE_FILES,
	[HANDLERS] = CLONE_SIGHAND, [PROCESS] = CLONE_THREAD, [THREAD] = 0,
};

void world_begin(struct world *w, unsigned major, unsigned minor, bool privileged)
{
	memset(w, 0, sizeof(*w));
	w->major = major;
	w->minor = minor;
	w->privileged = privileged;
	w->born = 1;
	w->actor[0].condition = LIVING;
	w->actor[0].creator = CONDUCTOR;
	w->actor[0].vfork_child = -1;
	w->process[0] = (struct process){ .parent = CONDUCTOR, .threads = 1, .exit_signal = SIGCHLD };
	for (int kind = 0; kind < KINDS; kind++)
		w->object[kind][0].users = 1;
	for (unsigned i = 0; i < property_count; i++)
		set_value(w, 0, properties[i], properties[i]->first);
}

unsigned free_object(const struct world *w, enum kind kind)
{
	unsigned n = 0;

	while (w->object[kind][n].users)
		n++;
	return n;
}

/* ---- Steps --------------------------------------------------------------------------------------- */

bool world_allows(const struct world *w, const struct step *step)
{
	int child = child_of(step);
	int other = argument_of(step->operation, ARG_ACTOR);

	if (!acts(w, step->actor))
		return false;
	if (child >= 0 && (child != w->born || child >= ACTORS))
		return false;
	if (other >= 0 && (step->arg[other] < 0 || step->arg[other] >= w->born))
		return false;
	return !step->operation->sensible || step->operation->sensible(w, step);
}

void world_step(struct world *w, const struct step *step, struct prediction *prediction)
{
	w->died = w->released = w->executed = 0;
	predict_nothing(prediction);
	step->operation->model(w, step, prediction);
	/* A step that ends another one stays open: the caller of a vfork whose child executes at once. */
	if (prediction->certainty == LATER)
		w->actor[step->actor].open = *step;
}

unsigned first_senseless(const struct program *program, unsigned major, unsigned minor, bool privileged)
{
	static struct world w;
	struct prediction unused;
	unsigned i;

	world_begin(&w, major, minor, privileged);
	for (i = 0; i < program->count && world_allows(&w, &program->step[i]); i++)
		world_step(&w, &program->step[i], &unused);
	return i;
}

bool program_valid(const struct program *program, unsigned major, unsigned minor, bool privileged)
{
	return first_senseless(program, major, minor, privileged) == program->count;
}

/* ---- Rules --------------------------------------------------------------------------------------- */

/* A few ids. */
struct id_list {
	const char *id[128];
	unsigned count;
};

static struct id_list without, forgotten;

static void add_id(struct id_list *list, const char *id)
{
	if (list->count < sizeof(list->id) / sizeof(list->id[0]))
		list->id[list->count++] = id;
}

static bool has_id(const struct id_list *list, const char *id)
{
	for (unsigned i = 0; i < list->count; i++)
		if (!strcmp(list->id[i], id))
			return true;
	return false;
}

void leave_out(const char *statement)
{
	add_id(&without, statement);
}

void forget(const char *statement)
{
	add_id(&forgotten, statement);
}

bool left_out(const char *statements)
{
	char id[64];

	while (statements && next_word(&statements, id, sizeof(id)))
		if (has_id(&without, id))
			return true;
	return false;
}

/* Is this release at least the one that is named, "-" being the first? */
static bool reached(const struct world *w, const char *release, bool unknown)
{
	unsigned major = 0, minor = 0;

	if (sscanf(release, "%u.%u", &major, &minor) < 1)
		return unknown;
	return w->major > major || (w->major == major && w->minor >= minor);
}

bool holds(const struct world *w, const char *id)
{
	const struct statement *statement = statement_find(id);

	return statement && reached(w, statement->since, true) && !reached(w, statement->until, false) &&
	       !has_id(&forgotten, id);
}

/* ---- Cells --------------------------------------------------------------------------------------- */

static unsigned place_of(const struct property *property)
{
	unsigned place = 0;

	for (unsigned i = 0; properties[i] != property; i++)
		place += properties[i]->of == property->of;
	return place;
}

int64_t value_of(const struct world *w, unsigned actor, const struct property *property)
{
	return w->object[property->of][w->actor[actor].object[property->of]].value[place_of(property)];
}

void set_value(struct world *w, unsigned actor, const struct property *property, int64_t value)
{
	w->object[property->of][w->actor[actor].object[property->of]].value[place_of(property)] = value;
}
