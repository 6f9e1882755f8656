// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* The ends of actors: each is awaited by what is sure. */
#include "forkcheck.h"
#include "scene.h"

/* How the end of each is to be seen, made ready before the step that brings it. */
static int end_of[ACTORS]; /* a descriptor and one, or 0 */

static void watch_end(unsigned process)
{
	if (!end_of[process] && scene.pid_of[process] > 0)
		end_of[process] = (int)sys_pidfd_open(scene.pid_of[process], 0) + 1;
	if (end_of[process] < 0)
		end_of[process] = 0;
}

static void forget_end(unsigned process)
{
	if (end_of[process])
		sys_close(end_of[process] - 1);
	end_of[process] = 0;
}

void forget_ends(void)
{
	for (unsigned i = 0; i < ACTORS; i++)
		forget_end(i);
}

/* What is reaped at its end has its number for a moment more. */
static bool number_is_free(unsigned process)
{
	for (uint64_t begin = now_ms(); raw_kill(scene.pid_of[process], 0) != -ESRCH; sys_sched_yield())
		if (late(begin))
			return false;
	return true;
}

static bool process_ended(unsigned process)
{
	uint64_t begin = now_ms();

	if (end_of[process]) {
		struct pollfd end = { .fd = end_of[process] - 1, .events = POLLIN };
		int ready = poll(&end, 1, (int)surroundings.patience_ms);
		forget_end(process);
		return ready == 1;
	}
	/* No such descriptors here. */
	for (char state = 'R'; state != 'Z' && state != 'X' && state; sys_sched_yield()) {
		state = thread_state(scene.pid_of[process], 0);
		if (late(begin))
			return false;
	}
	return true;
}

static bool thread_ended(unsigned actor)
{
	uint64_t begin = now_ms();
	bool leads = scene.pid_of[actor] == scene.tid_of[actor];

	for (;;) {
		/* A first thread stays until the last one has ended. */
		if (leads ? thread_state(scene.pid_of[actor], scene.tid_of[actor]) == 'Z' ||
				    thread_state(scene.pid_of[actor], 0) == 0
			  : raw_tgkill(scene.pid_of[actor], scene.tid_of[actor], 0) == -ESRCH)
			return true;
		if (late(begin))
			return false;
		sys_sched_yield();
	}
}

/* One that died is gone with its process, or it is a thread of one that goes on. */
static bool is_gone(unsigned actor)
{
	unsigned process = scene.world.actor[actor].object[PROCESS];

	if (scene.world.process[process].ended)
		return process_ended(process) && (!scene.world.process[process].reaped || number_is_free(process));
	/* The fresh image is there: so the others are not, and one of them has lent it its number. */
	return scene.world.executed || thread_ended(actor);
}

bool await_deaths(void)
{
	uint32_t processes = 0;

	for (unsigned i = 0; i < scene.world.born; i++) {
		unsigned process = scene.world.actor[i].object[PROCESS];
		if (!(scene.world.died & 1U << i) || processes & 1U << process)
			continue;
		if (scene.world.process[process].ended)
			processes |= 1U << process;
		if (!is_gone(i))
			return differs(STILL_THERE, i);
	}
	return true;
}

void watch_deaths(void)
{
	for (unsigned i = 0; i < scene.world.born; i++)
		if (scene.world.died & 1U << i && scene.world.process[scene.world.actor[i].object[PROCESS]].ended)
			watch_end(scene.world.actor[i].object[PROCESS]);
}
