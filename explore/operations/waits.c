// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* wait4(2) for one child or any. */
#include "../actor.h"
#include "../model/waiting.h"
#include "forkcheck.h"

static const struct word options[] = {
	{ "NOHANG", WNOHANG },
	{ "WALL", __WALL },
	{ "WCLONE", __WCLONE },
	{ 0 },
};

static struct wait_call call_of_step(const struct world *w, const struct step *step)
{
	/* "wait B OPTIONS" or "wait_any OPTIONS" */
	bool one = argument_of(step->operation, ARG_ACTOR) >= 0;

	return (struct wait_call){
		.which = one ? (int8_t)w->actor[step->arg[0]].object[PROCESS] : -1,
		.options = (int32_t)step->arg[one ? 1 : 0],
	};
}

/* Of several that have ended any may be reported: such a wait says little, and what follows it depends on it. */
static bool sensible_wait(const struct world *w, const struct step *step)
{
	struct wait_call call = call_of_step(w, step);
	unsigned ended = waitable(w, step->actor, &call, true);
	unsigned process = w->actor[step->actor].object[PROCESS];

	if (ended & (ended - 1))
		return false;
	/* Two threads that wait for the same end. */
	for (unsigned i = 0; i < w->born; i++)
		if (w->actor[i].object[PROCESS] == process && w->actor[i].waiting)
			return (call.options & WNOHANG) != 0;
	return true;
}

static void model_wait(struct world *w, const struct step *step, struct prediction *prediction)
{
	struct wait_call call = call_of_step(w, step);

	waits(w, step->actor, &call, prediction);
}

static void wait_call(int pid, int options, struct answer *answer)
{
	int status = -1;

	answer->result = raw_wait4(pid, &status, options, NULL);
	answer->extra = answer->result > 0 ? status : 0;
}

static void act_wait(const struct order *order, struct answer *answer)
{
	wait_call(order->pid[order->arg[0]], (int)order->arg[1], answer);
}

static void act_wait_any(const struct order *order, struct answer *answer)
{
	wait_call(-1, (int)order->arg[0], answer);
}

OPERATION(wait_operation) = {
	.name = "wait",
	.family = WAITING,
	.weight = 20,
	.args = { { .name = "the process", .type = ARG_ACTOR },
		  { .name = "options", .type = ARG_WORDS, .words = options } },
	.sensible = sensible_wait,
	.model = model_wait,
	.act = act_wait,
	.form = FORM_PROCESS,
	.extra_form = FORM_WAIT,
	.c = "result(wait4(shared->pid[$1], &status, $2, NULL))",
};
OPERATION(wait_any_operation) = {
	.name = "wait_any",
	.family = WAITING,
	.args = { { .name = "options", .type = ARG_WORDS, .words = options } },
	.sensible = sensible_wait,
	.model = model_wait,
	.act = act_wait_any,
	.form = FORM_PROCESS,
	.extra_form = FORM_WAIT,
	.c = "result(wait4(-1, &status, $1, NULL))",
};
