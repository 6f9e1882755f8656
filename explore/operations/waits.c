// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* wait4(2) and waitid(2) for one child or any. */
#include "../actor.h"
#include "../model/waiting.h"
#include "forkcheck.h"

static const struct word options[] = {
	{ "NOHANG", WNOHANG },
	{ "WALL", __WALL },
	{ "WCLONE", __WCLONE },
	{ 0 },
};

static const struct word waitid_options[] = {
	{ "NOHANG", WNOHANG }, { "WALL", __WALL }, { "WCLONE", __WCLONE }, { "NOWAIT", WNOWAIT }, { 0 },
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

/* The PID is what it gives, as wait4 does; the status is put together as there. */
static void waitid_call(int type, int pid, int options, struct answer *answer)
{
	siginfo_t info;

	info.si_pid = 0;
	answer->result = raw_waitid(type, pid, &info, options | WEXITED, NULL);
	answer->extra = 0;
	if (answer->result < 0)
		return;
	answer->result = info.si_pid;
	if (info.si_pid)
		answer->extra = info.si_code == CLD_EXITED ? info.si_status << 8 : info.si_status;
}

static void act_waitid(const struct order *order, struct answer *answer)
{
	waitid_call(P_PID, order->pid[order->arg[0]], (int)order->arg[1], answer);
}

static void act_waitid_any(const struct order *order, struct answer *answer)
{
	waitid_call(P_ALL, 0, (int)order->arg[0], answer);
}

static const char c_waitid[] =
	"static inline long wait_id(idtype_t type, int pid, int options, int *status)\n"
	"{\n"
	"\tsiginfo_t info = { .si_pid = 0 };\n"
	"\n"
	"\tif (syscall(SYS_waitid, type, pid, &info, options | WEXITED, NULL))\n"
	"\t\treturn -errno;\n"
	"\t*status = !info.si_pid ? 0 : info.si_code == CLD_EXITED ? info.si_status << 8 : info.si_status;\n"
	"\treturn info.si_pid;\n"
	"}\n";

OPERATION(waitid_operation) = {
	.name = "waitid",
	.family = WAITING,
	.args = { { .name = "the process", .type = ARG_ACTOR },
		  { .name = "options", .type = ARG_WORDS, .words = waitid_options } },
	.sensible = sensible_wait,
	.model = model_wait,
	.act = act_waitid,
	.form = FORM_PROCESS,
	.extra_form = FORM_WAIT,
	.c = "wait_id(P_PID, shared->pid[$1], $2, &status)",
	.c_uses = c_waitid,
};
OPERATION(waitid_any_operation) = {
	.name = "waitid_any",
	.family = WAITING,
	.args = { { .name = "options", .type = ARG_WORDS, .words = waitid_options } },
	.sensible = sensible_wait,
	.model = model_wait,
	.act = act_waitid_any,
	.form = FORM_PROCESS,
	.extra_form = FORM_WAIT,
	.c = "wait_id(P_ALL, 0, $1, &status)",
	.c_uses = c_waitid,
};
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
