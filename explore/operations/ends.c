// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* The ways to end: exit(2) of a thread, exit_group(2), and execve(2), which ends a program and the other threads. */
#include "../actor.h"
#include "forkcheck.h"

static void model_exit(struct world *w, const struct step *step, struct prediction *prediction)
{
	prediction->certainty = NEVER;
	prediction->because = "EXIT-05";
	thread_ends(w, step->actor, (int)step->arg[0]);
}

static void act_exit(const struct order *order, struct answer *answer)
{
	(void)answer;
	sys_exit((int)order->arg[0]);
}

static void model_exit_group(struct world *w, const struct step *step, struct prediction *prediction)
{
	prediction->certainty = NEVER;
	prediction->because = "EXIT-07";
	process_ends(w, w->actor[step->actor].object[PROCESS], (int)step->arg[0] << 8);
}

static void act_exit_group(const struct order *order, struct answer *answer)
{
	(void)answer;
	sys_exit_group((int)order->arg[0]);
}

static void model_exec(struct world *w, const struct step *step, struct prediction *prediction)
{
	prediction->certainty = NEVER;
	prediction->because = "CLONE-THREAD-08 EXEC-05";
	executes(w, step->actor);
}

static void act_exec(const struct order *order, struct answer *answer)
{
	answer->result = actor_exec_self(order->actor);
}

static const char c_execute[] =
	"static long execute(const char *actor, int part)\n"
	"{\n"
	"\tchar number[] = { (char)('0' + part), 0 }, *arguments[] = { \"finding\", (char *)actor, number, NULL };\n"
	"\n"
	"\treturn result(syscall(SYS_execveat, SELF, \"\", arguments, (char *[]){ NULL }, AT_EMPTY_PATH));\n"
	"}\n";

#define STATUS                                                                  \
	{                                                                       \
		.name = "the status", .type = ARG_NUMBER, .low = 0, .high = 255 \
	}

OPERATION(exit_operation) = {
	.name = "exit",
	.family = ENDING,
	.args = { STATUS },
	.model = model_exit,
	.act = act_exit,
	.c = "syscall(SYS_exit, $1)",
};
OPERATION(exit_group_operation) = {
	.name = "exit_group",
	.family = ENDING,
	.args = { STATUS },
	.model = model_exit_group,
	.act = act_exit_group,
	.c = "syscall(SYS_exit_group, $1)",
};
OPERATION(exec_operation) = {
	.name = "exec",
	.family = ENDING,
	.model = model_exec,
	.act = act_exec,
	.c = "execute(\"$a\", $n)",
	.c_uses = c_execute,
};
