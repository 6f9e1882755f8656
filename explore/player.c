// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
#include "player.h"

#include <linux/futex.h>
#include <string.h>
#include <sys/prctl.h>
#include <time.h>

#include "actor.h"
#include "cell.h"
#include "forkcheck.h"

struct surroundings surroundings = { .patience_ms = 1000 };

/* The program that is being played. */
static struct world world, before;
static int32_t pid_of[ACTORS], tid_of[ACTORS];
static struct difference *found;

static bool differs(enum difference_kind kind, unsigned actor)
{
	found->kind = kind;
	found->actor = actor;
	return false;
}

/* ---- Time ---------------------------------------------------------------------------------------- */

#define SLICE_MS 20 /* after which an actor that does not answer is looked at */

static uint64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

static bool late(uint64_t begin)
{
	return now_ms() - begin > surroundings.patience_ms;
}

/* ---- Waiting for actors -------------------------------------------------------------------------- */

static bool dead(unsigned actor)
{
	/* One that executes takes the number of the first thread. */
	int32_t number = world.executed & 1U << actor ? pid_of[actor] : tid_of[actor];
	char state = number > 0 ? thread_state(number, 0) : 'X';

	return state == 'Z' || state == 'X' || state == 0;
}

enum event { HAPPENED, OTHER_HAPPENED, DIED, TOO_LATE };

/*
 * Until the word is no longer what it was; or the other one (NULL: none). `actor`, whose doing that is to be, may die
 * instead.
 */
static enum event await_change(const uint32_t *word, uint32_t was, const uint32_t *other, uint32_t other_was,
			       unsigned actor)
{
	const struct timespec slice = { .tv_nsec = SLICE_MS * 1000000 };
	uint64_t begin = 0;

	for (;;) {
		uint32_t bell = __atomic_load_n(&stage->bell, __ATOMIC_SEQ_CST);
		if (__atomic_load_n(word, __ATOMIC_SEQ_CST) != was)
			return HAPPENED;
		if (other && __atomic_load_n(other, __ATOMIC_SEQ_CST) != other_was)
			return OTHER_HAPPENED;
		if (syscall(SYS_futex, &stage->bell, FUTEX_WAIT, bell, &slice) == 0 || errno != ETIMEDOUT)
			continue;
		begin = begin ? begin : now_ms();
		if (dead(actor))
			return __atomic_load_n(word, __ATOMIC_SEQ_CST) != was ? HAPPENED : DIED;
		if (late(begin))
			return TOO_LATE;
	}
}

static uint32_t turn_of(unsigned actor)
{
	return stage->seat[actor].turn;
}

static bool answered(unsigned actor)
{
	return __atomic_load_n(&stage->seat[actor].answered, __ATOMIC_SEQ_CST) == turn_of(actor);
}

static bool await_answer(unsigned actor)
{
	switch (await_change(&stage->seat[actor].answered, turn_of(actor) - 1, NULL, 0, actor)) {
	case HAPPENED:
	case OTHER_HAPPENED:
		return true;
	case DIED:
		return differs(GONE_ASTRAY, actor);
	case TOO_LATE:
		break;
	}
	return differs(NO_ANSWER, actor);
}

static void give_turn(unsigned actor, enum turn what)
{
	struct seat *seat = &stage->seat[actor];

	seat->what = what;
	__atomic_add_fetch(&seat->turn, 1, __ATOMIC_SEQ_CST);
	syscall(SYS_futex, &seat->turn, FUTEX_WAKE, INT32_MAX);
}

static void know(unsigned actor)
{
	const struct seat *seat = &stage->seat[actor];

	tid_of[actor] = seat->tid;
	pid_of[actor] = seat->pid;
}

/* ---- Comparing ----------------------------------------------------------------------------------- */

static bool is_named(enum form form, unsigned actor, int64_t value)
{
	if (form == FORM_PROCESS)
		return world.actor[actor].object[PROCESS] == actor && pid_of[actor] == value;
	return tid_of[actor] == value;
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
	for (unsigned i = 0; value > 0 && i < world.born; i++)
		if (is_named(form, i, value) && (name == value || world.actor[i].condition != GONE))
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
	if (wanted >= 0 && wanted < ACTORS && value > 0 && value == (form == FORM_THREAD ? tid_of : pid_of)[wanted])
		return want->value;
	return named(form, value);
}

static bool compare(const struct prediction *want, enum form form, int64_t raw, unsigned actor,
		    enum difference_kind kind)
{
	int64_t got = normal(form, raw, want);

	if (fits(want, got))
		return true;
	found->want = *want;
	found->got = got;
	found->form = form;
	return differs(kind, actor);
}

static bool compare_answer(const struct operation *operation, unsigned actor, const struct prediction *want)
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
		look->predict(&world, actor, n, want);
		return;
	}
	unsigned object = world.actor[actor].object[property->of];
	predict(want, value_of(&world, actor, property),
		world.object[property->of][object].users > 1 ? property->shared
		: world.actor[actor].executed		     ? property->executed
							     : property->copied);
}

static bool look(unsigned actor)
{
	unsigned slot = 0;

	give_turn(actor, LOOK_AROUND);
	if (!await_answer(actor))
		return false;
	for (unsigned i = 0; i < look_count; i++)
		for (unsigned n = 0; n < look_instances(looks[i]); n++) {
			struct prediction want = { 0 };
			predict_look(actor, looks[i], n, &want);
			found->look = looks[i];
			found->instance = n;
			if (!compare(&want, looks[i]->form, stage->seat[actor].looked[slot++], actor, WRONG_LOOK))
				return false;
		}
	found->look = NULL;
	return true;
}

static bool all_look(void)
{
	for (unsigned i = 0; i < world.born; i++)
		if (acts(&world, i) && !look(i))
			return false;
	return true;
}

/* ---- Deaths -------------------------------------------------------------------------------------- */

/* How the end of each is to be seen, made ready before the step that brings it. */
static int end_of[ACTORS];

static void watch_end(unsigned process)
{
	if (end_of[process] < 0 && pid_of[process] > 0)
		end_of[process] = (int)sys_pidfd_open(pid_of[process], 0);
}

static void forget_end(unsigned process)
{
	if (end_of[process] >= 0)
		sys_close(end_of[process]);
	end_of[process] = -1;
}

/* What is reaped at its end has its number for a moment more. */
static bool number_is_free(unsigned process)
{
	for (uint64_t begin = now_ms(); raw_kill(pid_of[process], 0) != -ESRCH; sys_sched_yield())
		if (late(begin))
			return false;
	return true;
}

static bool process_ended(unsigned process)
{
	uint64_t begin = now_ms();

	if (end_of[process] >= 0) {
		struct pollfd end = { .fd = end_of[process], .events = POLLIN };
		int ready = poll(&end, 1, (int)surroundings.patience_ms);
		forget_end(process);
		return ready == 1;
	}
	/* No such descriptors here. */
	for (char state = 'R'; state != 'Z' && state != 'X' && state; sys_sched_yield()) {
		state = thread_state(pid_of[process], 0);
		if (late(begin))
			return false;
	}
	return true;
}

static bool thread_ended(unsigned actor)
{
	uint64_t begin = now_ms();
	bool leads = pid_of[actor] == tid_of[actor];

	for (;;) {
		/* A first thread stays until the last one has ended. */
		if (leads ? thread_state(pid_of[actor], tid_of[actor]) == 'Z' || thread_state(pid_of[actor], 0) == 0
			  : raw_tgkill(pid_of[actor], tid_of[actor], 0) == -ESRCH)
			return true;
		if (late(begin))
			return false;
		sys_sched_yield();
	}
}

/* One that died is gone with its process, or it is a thread of one that goes on. */
static bool is_gone(unsigned actor)
{
	unsigned process = world.actor[actor].object[PROCESS];

	if (world.process[process].ended)
		return process_ended(process) && (!world.process[process].reaped || number_is_free(process));
	/* The fresh image is there: so the others are not, and one of them has lent it its number. */
	return world.executed || thread_ended(actor);
}

static bool await_deaths(void)
{
	uint32_t processes = 0;

	for (unsigned i = 0; i < world.born; i++) {
		unsigned process = world.actor[i].object[PROCESS];
		if (!(world.died & 1U << i) || processes & 1U << process)
			continue;
		if (world.process[process].ended)
			processes |= 1U << process;
		if (!is_gone(i))
			return differs(STILL_THERE, i);
	}
	return true;
}

static void watch_deaths(void)
{
	for (unsigned i = 0; i < world.born; i++)
		if (world.died & 1U << i && world.process[world.actor[i].object[PROCESS]].ended)
			watch_end(world.actor[i].object[PROCESS]);
}

/* ---- Steps --------------------------------------------------------------------------------------- */

static bool await_birth(const struct step *step, unsigned child, const struct prediction *want)
{
	const struct seat *seat = &stage->seat[child];

	switch (await_change(&seat->begun, 0, &stage->seat[step->actor].answered, turn_of(step->actor) - 1,
			     step->actor)) {
	case OTHER_HAPPENED:
		/* The creator was faster; or there is no child. */
		if (stage->seat[step->actor].answer.result < 0)
			return compare_answer(step->operation, step->actor,
					      want->certainty == LATER ? &world.actor[step->actor].answer : want);
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

	switch (await_change(&seat->begun, before.actor[actor].executed + 1U, &seat->answered, turn_of(actor) - 1,
			     actor)) {
	case HAPPENED:
		know(actor);
		/* The fresh image has not done anything yet. */
		seat->answered = seat->turn;
		return true;
	case OTHER_HAPPENED:
		found->got = seat->answer.result;
		found->form = FORM_DONE;
		predict(&found->want, 0, "EXEC-05");
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
	const long *calls = step->operation->family == CREATING ? vfork_calls : wait_calls;

	if (await_blocked(tid_of[actor], calls, (const volatile int *)&stage->seat[actor].answered,
			  (int)(turn_of(actor) - 1)))
		return true;
	return differs(answered(actor) ? TOO_EARLY : GONE_ASTRAY, actor);
}

static void order(const struct step *step)
{
	struct seat *seat = &stage->seat[step->actor];

	for (uint32_t i = 0; i < operation_count; i++)
		if (operations[i] == step->operation)
			seat->operation = i;
	memcpy(seat->order.arg, step->arg, sizeof(step->arg));
	seat->order.actor = step->actor;
	memcpy(seat->order.pid, pid_of, sizeof(pid_of));
	memcpy(seat->order.tid, tid_of, sizeof(tid_of));
	give_turn(step->actor, TAKE_STEP);
}

/* Those whose open steps have ended. */
static bool await_released(void)
{
	for (unsigned i = 0; i < world.born; i++) {
		if (!(world.released & 1U << i))
			continue;
		if (!await_answer(i))
			return false;
		if (!compare_answer(before.actor[i].open.operation, i, &world.actor[i].answer))
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
		if (i >= world.born ? begun : begun > world.actor[i].executed + 1U)
			return differs(BORN_TWICE, i);
		if (i < world.born && world.actor[i].condition == OPEN && answered(i))
			return differs(TOO_EARLY, i);
	}
	return true;
}

static bool take(const struct step *step)
{
	struct prediction want;
	unsigned actor = step->actor;
	int child = child_of(step);

	before = world;
	world_step(&world, step, &want);
	watch_deaths();
	found->want = want;
	found->form = step->operation->form;
	order(step);
	if (child >= 0 && world.born > before.born) {
		if (!await_birth(step, (unsigned)child, &want))
			return false;
	} else if (child >= 0 && !await_refusal(step, (unsigned)child)) {
		return false;
	}
	if (world.executed & 1U << actor && !await_image(actor))
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
	for (unsigned i = 0; i < ACTORS; i++)
		forget_end(i);
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
	tid_of[0] = (int32_t)pid;
	if (await_change(&stage->seat[0].begun, 0, NULL, 0, 0) != HAPPENED)
		return differs(NOT_PLAYED, 0);
	know(0);
	return true;
}

static bool play_steps(const struct program *program, enum thoroughness thoroughness)
{
	for (unsigned i = 0; i < program->count; i++) {
		const struct step *step = &program->step[i];
		found->step = i;
		if (thoroughness == LOOKS_AT_ENDS && step->operation->family == ENDING && !look(step->actor))
			return false;
		if (!take(step) || (thoroughness == LOOKS_ALWAYS && !all_look()))
			return false;
	}
	return thoroughness == LOOKS_ALWAYS || all_look();
}

bool play(const struct program *program, enum thoroughness thoroughness, struct difference *difference)
{
	*difference = (struct difference){ 0 };
	found = difference;
	world_begin(&world, surroundings.major, surroundings.minor, surroundings.privileged);
	bool right = first_begins() && play_steps(program, thoroughness);
	clear_stage();
	if (right)
		*difference = (struct difference){ 0 };
	return right;
}

const char *stage_set(unsigned uid)
{
	if (sys_getpid() != 1)
		return "this is not the first process of a PID namespace";
	registry_begin();
	if (!stage_open())
		return "no memory that survives execve";
	for (unsigned i = 0; i < ACTORS; i++)
		end_of[i] = -1;
	for (unsigned i = 0; i < property_count; i++)
		if (properties[i]->prepare)
			properties[i]->prepare();
	have = privileges_now();
	ordinary_id_set(uid);
	return NULL;
}
