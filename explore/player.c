// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
#include "player.h"

#include <string.h>
#include <sys/prctl.h>

#include "cell.h"
#include "forkcheck.h"
#include "isolate.h"
#include "scene.h"

/* ---- Steps --------------------------------------------------------------------------------------- */

static void know(unsigned actor)
{
	const struct seat *seat = &stage->seat[actor];

	scene.tid_of[actor] = seat->tid;
	scene.pid_of[actor] = seat->pid;
}

static bool await_birth(const struct step *step, unsigned child, const struct prediction *want)
{
	const struct seat *seat = &stage->seat[child];

	switch (await_change(&seat->begun, 0, &stage->seat[step->actor].answered, turn_of(step->actor) - 1,
			     step->actor)) {
	case OTHER_HAPPENED:
		/* The creator was faster; or there is no child. */
		if (stage->seat[step->actor].answer.result < 0)
			return compare_answer(step->operation, step->actor,
					      want->certainty == LATER ? &scene.world.actor[step->actor].answer : want);
		if (await_change(&seat->begun, 0, NULL, 0, step->actor) != HAPPENED)
			return differs(NOT_BORN, child);
		break;
	case HAPPENED:
		break;
	case DIED:
		return differs(GONE_ASTRAY, step->actor);
	case TOO_LATE:
		return differs(NOT_BORN, child);
	}
	know(child);
	return true;
}

/* Until the answer is there, or a child that must not be. */
static bool await_refusal(const struct step *step, unsigned child)
{
	switch (await_change(&stage->seat[step->actor].answered, turn_of(step->actor) - 1, &stage->seat[child].begun, 0,
			     step->actor)) {
	case HAPPENED:
		/* Whoever says so, it is the same. */
		return stage->seat[step->actor].answer.result <= 0 || differs(BORN, child);
	case OTHER_HAPPENED:
		return differs(BORN, child);
	case DIED:
		return differs(GONE_ASTRAY, step->actor);
	case TOO_LATE:
		break;
	}
	return differs(NO_ANSWER, step->actor);
}

/* An actor that executes begins once more. */
static bool await_image(unsigned actor)
{
	struct seat *seat = &stage->seat[actor];

	switch (await_change(&seat->begun, scene.before.actor[actor].executed + 1U, &seat->answered, turn_of(actor) - 1,
			     actor)) {
	case HAPPENED:
		know(actor);
		/* The fresh image has not done anything yet. */
		seat->answered = seat->turn;
		return true;
	case OTHER_HAPPENED:
		scene.found->got = seat->answer.result;
		scene.found->form = FORM_DONE;
		predict(&scene.found->want, 0, "EXEC-05");
		return differs(WRONG_RESULT, actor);
	case DIED:
		return differs(GONE_ASTRAY, actor);
	case TOO_LATE:
		break;
	}
	return differs(NO_ANSWER, actor);
}

static bool await_open(unsigned actor, const struct step *step)
{
	switch (await_asleep(actor, step->operation->family == CREATING ? vfork_calls : wait_calls)) {
	case HAPPENED:
		return true;
	case OTHER_HAPPENED:
		return differs(TOO_EARLY, actor);
	case DIED:
		return differs(GONE_ASTRAY, actor);
	case TOO_LATE:
		break;
	}
	return differs(NOT_OPEN, actor);
}

static void order(const struct step *step)
{
	struct seat *seat = &stage->seat[step->actor];

	for (uint32_t i = 0; i < operation_count; i++)
		if (operations[i] == step->operation)
			seat->operation = i;
	memcpy(seat->order.arg, step->arg, sizeof(step->arg));
	seat->order.actor = step->actor;
	memcpy(seat->order.pid, scene.pid_of, sizeof(scene.pid_of));
	memcpy(seat->order.tid, scene.tid_of, sizeof(scene.tid_of));
	give_turn(step->actor, TAKE_STEP);
}

/* Those whose open steps have ended. */
static bool await_released(void)
{
	for (unsigned i = 0; i < scene.world.born; i++) {
		if (!(scene.world.released & 1U << i))
			continue;
		if (!await_answer(i))
			return false;
		if (!compare_answer(scene.before.actor[i].open.operation, i, &scene.world.actor[i].answer))
			return false;
	}
	return true;
}

/* What nobody expects. */
static bool nothing_else(void)
{
	for (unsigned i = 0; i < ACTORS; i++) {
		const struct seat *seat = &stage->seat[i];
		uint32_t begun = __atomic_load_n(&seat->begun, __ATOMIC_SEQ_CST);
		if (i >= scene.world.born ? begun : begun > scene.world.actor[i].executed + 1U)
			return differs(BORN_TWICE, i);
		if (i < scene.world.born && scene.world.actor[i].condition == OPEN && answered(i))
			return differs(TOO_EARLY, i);
	}
	return true;
}

static bool take(const struct step *step)
{
	struct prediction want;
	unsigned actor = step->actor;
	int child = child_of(step);

	scene.before = scene.world;
	world_step(&scene.world, step, &want);
	watch_deaths();
	scene.found->want = want;
	scene.found->form = step->operation->form;
	order(step);
	if (child >= 0 && scene.world.born > scene.before.born) {
		if (!await_birth(step, (unsigned)child, &want))
			return false;
	} else if (child >= 0 && !await_refusal(step, (unsigned)child)) {
		return false;
	}
	if (scene.world.executed & 1U << actor && !await_image(actor))
		return false;
	if (want.certainty == LATER && !await_open(actor, step))
		return false;
	if (want.certainty < NEVER && (!await_answer(actor) || !compare_answer(step->operation, actor, &want)))
		return false;
	return await_deaths() && await_released() && nothing_else();
}

/* ---- A program ----------------------------------------------------------------------------------- */

static struct privileges have;

/* The first actor, in a fresh copy of this process. */
static _Noreturn void be_first(void)
{
	for (int fd = 0; fd < OWN_DESCRIPTORS; fd++)
		sys_close(fd);
	signals_default();
	if (privileges_drop(0, false, &have))
		sys_exit_group(126);
	sys_setsid();
	events_init();
	actor_main((void *)0);
	sys_exit_group(0);
}

static void clear_stage(void)
{
	/* This is the first process of its namespace: it reaches all that is left, and nothing else. */
	raw_kill(-1, SIGKILL);
	for (long reaped = 1; reaped != -ECHILD;)
		reaped = raw_wait4(-1, NULL, __WALL, NULL);
	forget_ends();
}

static bool first_begins(void)
{
	memset(stage, 0, sizeof(*stage));
	ftruncate(FD_COMMON, 0);
	ftruncate(FD_COMMON, (off_t)(REGIONS * REGION_PAGES * page_size()));
	long pid = sys_fork();
	if (pid == 0)
		be_first();
	if (pid < 0)
		return differs(NOT_PLAYED, 0);
	scene.tid_of[0] = (int32_t)pid;
	/* Not a part of the program: a machine that has much to do may take its time. */
	enum event event = TOO_LATE;
	for (unsigned tries = 0; tries < 10 && event == TOO_LATE; tries++)
		event = await_change(&stage->seat[0].begun, 0, NULL, 0, 0);
	if (event != HAPPENED)
		return differs(NOT_PLAYED, 0);
	know(0);
	return true;
}

static bool play_steps(const struct program *program, enum thoroughness thoroughness)
{
	for (unsigned i = 0; i < program->count; i++) {
		const struct step *step = &program->step[i];
		scene.found->step = i;
		if (thoroughness == LOOKS_AT_ENDS && step->operation->family == ENDING && !look(step->actor))
			return false;
		if (!take(step) || (thoroughness == LOOKS_ALWAYS && !all_look()))
			return false;
	}
	return thoroughness == LOOKS_ALWAYS || all_look();
}

bool play(const struct program *program, enum thoroughness thoroughness, struct difference *difference)
{
	if (sign_of_life) {
		sign_of_life->program = *program;
		__atomic_add_fetch(&sign_of_life->plays, 1, __ATOMIC_RELEASE);
	}
	*difference = (struct difference){ 0 };
	scene.found = difference;
	world_begin(&scene.world, surroundings.major, surroundings.minor, surroundings.privileged);
	bool right = first_begins() && play_steps(program, thoroughness);
	clear_stage();
	if (right)
		*difference = (struct difference){ 0 };
	return right;
}

bool time_ran_out(const struct difference *difference)
{
	return difference->kind == NO_ANSWER || difference->kind == NOT_BORN || difference->kind == STILL_THERE ||
	       difference->kind == NOT_OPEN;
}

bool play_surely(const struct program *program, struct difference *difference)
{
	const unsigned patience = surroundings.patience_ms;
	bool right = false;

	for (int i = 0; i < 4 && !right; i++, surroundings.patience_ms *= 2) {
		right = play(program, LOOKS_ALWAYS, difference);
		if (!right && !time_ran_out(difference))
			break;
	}
	surroundings.patience_ms = patience;
	return right;
}

const char *stage_set(unsigned uid)
{
	if (sys_getpid() != 1)
		return "this is not the first process of a PID namespace";
	registry_begin();
	if (!stage_open())
		return "no memory that survives execve";
	for (unsigned i = 0; i < property_count; i++)
		if (properties[i]->prepare)
			properties[i]->prepare();
	have = privileges_now();
	ordinary_id_set(uid);
	return NULL;
}
