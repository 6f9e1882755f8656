// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* Waiting for what actors do. Every wait has an end: a wrong kernel may never bring what is waited for. */
#include "scene.h"

#include <linux/futex.h>
#include <time.h>

#include "forkcheck.h"

#define SLICE_MS 20 /* after which an actor that does not answer is looked at */

uint64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

bool late(uint64_t begin)
{
	return now_ms() - begin > surroundings.patience_ms;
}

static bool has_ended(int32_t number)
{
	char state = number > 0 ? thread_state(number, 0) : 'X';

	return state == 'Z' || state == 'X' || state == 0;
}

static bool dead(unsigned actor)
{
	/* One that executes takes the number of the first thread, which may be a zombie until then. */
	return has_ended(scene.tid_of[actor]) &&
	       (!(scene.world.executed & 1U << actor) || has_ended(scene.pid_of[actor]));
}

enum event await_change(const uint32_t *word, uint32_t was, const uint32_t *other, uint32_t other_was, unsigned actor)
{
	const struct timespec slice = { .tv_nsec = SLICE_MS * 1000000 };

	for (uint64_t begin = now_ms();;) {
		uint32_t bell = __atomic_load_n(&stage->bell, __ATOMIC_SEQ_CST);
		if (__atomic_load_n(word, __ATOMIC_SEQ_CST) != was)
			return HAPPENED;
		if (other && __atomic_load_n(other, __ATOMIC_SEQ_CST) != other_was)
			return OTHER_HAPPENED;
		/* Others may ring the bell for ever. */
		if (late(begin))
			return TOO_LATE;
		if (syscall(SYS_futex, &stage->bell, FUTEX_WAIT, bell, &slice) == 0 || errno != ETIMEDOUT)
			continue;
		if (dead(actor))
			return __atomic_load_n(word, __ATOMIC_SEQ_CST) != was ? HAPPENED : DIED;
	}
}

enum event await_asleep(unsigned actor, const long *calls)
{
	for (uint64_t begin = now_ms(); !late(begin); sys_sched_yield()) {
		enum whereabouts now = whereabouts(scene.tid_of[actor], calls);
		if (answered(actor))
			return OTHER_HAPPENED;
		if (now == ASLEEP_THERE)
			return HAPPENED;
		if (now == ENDED)
			return DIED;
	}
	return TOO_LATE;
}

uint32_t turn_of(unsigned actor)
{
	return stage->seat[actor].turn;
}

bool answered(unsigned actor)
{
	return __atomic_load_n(&stage->seat[actor].answered, __ATOMIC_SEQ_CST) == turn_of(actor);
}

bool await_answer(unsigned actor)
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

void give_turn(unsigned actor, enum turn what)
{
	struct seat *seat = &stage->seat[actor];

	seat->what = what;
	__atomic_add_fetch(&seat->turn, 1, __ATOMIC_SEQ_CST);
	syscall(SYS_futex, &seat->turn, FUTEX_WAKE, INT32_MAX);
}
