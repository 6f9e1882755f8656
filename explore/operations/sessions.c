// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* Sessions and process groups: setsid(2), setpgid(2) of the caller. */
#include "../actor.h"
#include "forkcheck.h"

static const struct process *own(const struct world *w, unsigned actor)
{
	return &w->process[w->actor[actor].object[PROCESS]];
}

static long get_group(unsigned n)
{
	(void)n;
	return sys_getpgid(0);
}

static long get_session(unsigned n)
{
	(void)n;
	return SYSCALL1(SYS_getsid, 0);
}

static void predict_group(const struct world *w, unsigned actor, unsigned n, struct prediction *prediction)
{
	(void)n;
	predict(prediction, NAMED(own(w, actor)->group), "INH-CRED-04 VFORK-038 EXEC-10");
}

static void predict_session(const struct world *w, unsigned actor, unsigned n, struct prediction *prediction)
{
	(void)n;
	predict(prediction, NAMED(own(w, actor)->session), "INH-CRED-05 EXEC-10");
}

LOOK(group_look) = {
	.name = "process group", .get = get_group, .c = "getpgrp()", .predict = predict_group, .form = FORM_PROCESS
};
LOOK(session_look) = {
	.name = "session", .get = get_session, .c = "getsid(0)", .predict = predict_session, .form = FORM_PROCESS
};

/* Whether a group with the process's number has members, itself or others that it has left behind. */
static bool group_exists(const struct world *w, unsigned process)
{
	for (unsigned i = 0; i < w->born; i++)
		if (w->actor[i].object[PROCESS] == i && !w->process[i].reaped && w->process[i].group == (int)process)
			return true;
	return false;
}

static void model_setsid(struct world *w, const struct step *step, struct prediction *prediction)
{
	unsigned process = w->actor[step->actor].object[PROCESS];

	if (group_exists(w, process)) {
		predict(prediction, -EPERM, "INH-CRED-06");
		return;
	}
	w->process[process].group = w->process[process].session = (int8_t)process;
	predict(prediction, NAMED(process), "INH-CRED-06");
}

/* The caller's process becomes the leader of a group of its own, which a session's leader already is. */
static void model_setpgid(struct world *w, const struct step *step, struct prediction *prediction)
{
	unsigned process = w->actor[step->actor].object[PROCESS];
	bool leads_session = w->process[process].session == (int)process;

	predict(prediction, leads_session ? -EPERM : 0, "INH-CRED-04");
	if (!leads_session)
		w->process[process].group = (int8_t)process;
}

static void act_setsid(const struct order *order, struct answer *answer)
{
	(void)order;
	answer->result = sys_setsid();
}

static void act_setpgid(const struct order *order, struct answer *answer)
{
	(void)order;
	answer->result = sys_setpgid(0, 0);
}

OPERATION(setsid_operation) = {
	.name = "setsid",
	.family = CHANGING,
	.model = model_setsid,
	.act = act_setsid,
	.form = FORM_PROCESS,
	.c = "result(setsid())",
};
OPERATION(setpgid_operation) = {
	.name = "setpgid",
	.family = CHANGING,
	.model = model_setpgid,
	.act = act_setpgid,
	.form = FORM_DONE,
	.c = "result(setpgid(0, 0))",
};
