// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* What a step gave, and what all see of themselves, held against the model. */
#include "forkcheck.h"
#include "scene.h"

static bool is_named(enum form form, unsigned actor, int64_t value)
{
	if (form == FORM_PROCESS)
		return scene.world.actor[actor].object[PROCESS] == actor && scene.pid_of[actor] == value;
	return scene.tid_of[actor] == value;
}

/*
 * The name of a process or thread in place of its number. A thread that executes takes over the number of another one: so
 * those that are there come first.
 */
static int64_t named(enum form form, int64_t value)
{
	int64_t name = value;

	if (value == sys_getpid())
		return NAMED(CONDUCTOR);
	for (unsigned i = 0; value > 0 && i < scene.world.born; i++)
		if (is_named(form, i, value) && (name == value || scene.world.actor[i].condition != GONE))
			name = NAMED(i);
	return name;
}

static bool fits(const struct prediction *want, int64_t got)
{
	return want->certainty == UNSPECIFIED || left_out(want->because) || got == want->value ||
	       (want->certainty == EITHER && got == want->other);
}

/* A number with a name in its place: the one that is wanted, if it has that number, since a thread may have had another one's. */
static int64_t normal(enum form form, int64_t value, const struct prediction *want)
{
	int64_t wanted = want->value - NAMED(0);

	if (form == FORM_DONE && value > 0)
		return 0;
	if (form != FORM_PROCESS && form != FORM_THREAD)
		return value;
	if (wanted >= 0 && wanted < ACTORS && value > 0 &&
	    value == (form == FORM_THREAD ? scene.tid_of : scene.pid_of)[wanted])
		return want->value;
	return named(form, value);
}

bool compare(const struct prediction *want, enum form form, int64_t raw, unsigned actor, enum difference_kind kind)
{
	int64_t got = normal(form, raw, want);

	if (fits(want, got))
		return true;
	scene.found->want = *want;
	scene.found->got = got;
	scene.found->form = form;
	return differs(kind, actor);
}

bool compare_answer(const struct operation *operation, unsigned actor, const struct prediction *want)
{
	const struct answer *answer = &stage->seat[actor].answer;
	struct prediction extra = *want;

	if (!compare(want, operation->form, answer->result, actor, WRONG_RESULT))
		return false;
	if (!want->has_extra)
		return true;
	extra.value = want->extra;
	extra.because = want->extra_because;
	return compare(&extra, operation->extra_form, answer->extra, actor, WRONG_EXTRA);
}

/* ---- Looks --------------------------------------------------------------------------------------- */
static void predict_look(unsigned actor, const struct look *look, unsigned n, struct prediction *want)
{
	const struct property *property = look->predict ? NULL : property_of(look);

	if (!property) {
		look->predict(&scene.world, actor, n, want);
		return;
	}
	unsigned object = scene.world.actor[actor].object[property->of];
	predict(want, value_of(&scene.world, actor, property),
		scene.world.object[property->of][object].users > 1 ? property->shared
		: scene.world.actor[actor].executed		   ? property->executed
								   : property->copied);
}

bool look(unsigned actor)
{
	unsigned slot = 0;

	give_turn(actor, LOOK_AROUND);
	if (!await_answer(actor))
		return false;
	for (unsigned i = 0; i < look_count; i++)
		for (unsigned n = 0; n < look_instances(looks[i]); n++) {
			struct prediction want = { 0 };
			predict_look(actor, looks[i], n, &want);
			scene.found->look = looks[i];
			scene.found->instance = n;
			if (!compare(&want, looks[i]->form, stage->seat[actor].looked[slot++], actor, WRONG_LOOK))
				return false;
		}
	scene.found->look = NULL;
	return true;
}

bool all_look(void)
{
	for (unsigned i = 0; i < scene.world.born; i++)
		if (acts(&scene.world, i) && !look(i))
			return false;
	return true;
}
