// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* What a thread or process has been given once and keeps, or loses: timer slack, limits, timers, an alternate stack. */
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/time.h>

#include "../actor.h"
#include "forkcheck.h"

#define A_NUMBER(name_, low_, high_)                                          \
	{                                                                     \
		.name = name_, .type = ARG_NUMBER, .low = low_, .high = high_ \
	}

/* ---- Timer slack --------------------------------------------------------------------------------- */

static long get_slack(unsigned n)
{
	(void)n;
	return sys_prctl(PR_GET_TIMERSLACK, 0, 0, 0, 0);
}

static void prepare_slack(void)
{
	sys_prctl(PR_SET_TIMERSLACK, 50000, 0, 0, 0);
}

PROPERTY(slack_property) = {
	.look = { .name = "timer slack", .get = get_slack, .c = "prctl(PR_GET_TIMERSLACK, 0, 0, 0, 0)" },
	.of = THREAD,
	.first = 50000,
	.prepare = prepare_slack,
	.c_prepare = "\t\tprctl(PR_SET_TIMERSLACK, 50000, 0, 0, 0);\n",
	.copied = "INH-PRCTL-12 FORK-030",
	.executed = "INH-EXEC-09",
};

static void model_slack(struct world *w, const struct step *step, struct prediction *prediction)
{
	predict(prediction, 0, "INH-PRCTL-12");
	set_value(w, step->actor, &slack_property, step->arg[0]);
}

static void act_slack(const struct order *order, struct answer *answer)
{
	answer->result = sys_prctl(PR_SET_TIMERSLACK, (unsigned long)order->arg[0], 0, 0, 0);
}

OPERATION(slack_operation) = {
	.name = "slack",
	.family = CHANGING,
	.args = { A_NUMBER("nanoseconds", 1, 100000) },
	.model = model_slack,
	.act = act_slack,
	.form = FORM_DONE,
	.c = "result(prctl(PR_SET_TIMERSLACK, $1, 0, 0, 0))",
};

/* ---- Keeping capabilities ------------------------------------------------------------------------ */

static long get_keepcaps(unsigned n)
{
	(void)n;
	return sys_prctl(PR_GET_KEEPCAPS, 0, 0, 0, 0);
}

static void prepare_keepcaps(void)
{
	sys_prctl(PR_SET_KEEPCAPS, 0, 0, 0, 0);
}

PROPERTY(keepcaps_property) = {
	.look = { .name = "keepcaps", .get = get_keepcaps, .c = "prctl(PR_GET_KEEPCAPS, 0, 0, 0, 0)" },
	.of = THREAD,
	.prepare = prepare_keepcaps,
	.reset_by_exec = true,
	.copied = "INH-PRCTL-29",
	.executed = "INH-PRCTL-24",
};

static void model_keepcaps(struct world *w, const struct step *step, struct prediction *prediction)
{
	predict(prediction, 0, "INH-PRCTL-29");
	set_value(w, step->actor, &keepcaps_property, step->arg[0]);
}

static void act_keepcaps(const struct order *order, struct answer *answer)
{
	answer->result = sys_prctl(PR_SET_KEEPCAPS, (unsigned long)order->arg[0], 0, 0, 0);
}

OPERATION(keepcaps_operation) = {
	.name = "keepcaps",
	.family = CHANGING,
	.args = { A_NUMBER("whether", 0, 1) },
	.model = model_keepcaps,
	.act = act_keepcaps,
	.form = FORM_DONE,
	.c = "result(prctl(PR_SET_KEEPCAPS, $1, 0, 0, 0))",
};

/* ---- A limit ------------------------------------------------------------------------------------- */

/* Of processor time, in seconds that no program here uses up. */
static long get_limit(unsigned n)
{
	struct rlimit limit = { 0 };

	(void)n;
	long r = SYSCALL4(SYS_prlimit64, 0, RLIMIT_CPU, NULL, &limit);
	return r < 0 ? r : (long)limit.rlim_cur;
}

#define FIRST_LIMIT 10000
static long set_limit(rlim_t seconds)
{
	struct rlimit limit;
	long r = SYSCALL4(SYS_prlimit64, 0, RLIMIT_CPU, NULL, &limit);

	limit.rlim_cur = seconds;
	return r < 0 ? r : SYSCALL4(SYS_prlimit64, 0, RLIMIT_CPU, &limit, NULL);
}

static void prepare_limit(void)
{
	set_limit(FIRST_LIMIT);
}

static const char c_limit[] = "static inline long set_limit(unsigned long seconds)\n"
			      "{\n"
			      "\tstruct rlimit limit;\n"
			      "\n"
			      "\tgetrlimit(RLIMIT_CPU, &limit);\n"
			      "\tlimit.rlim_cur = seconds;\n"
			      "\treturn result(setrlimit(RLIMIT_CPU, &limit));\n"
			      "}\n"
			      "static inline long look_limit(void)\n"
			      "{\n"
			      "\tstruct rlimit limit;\n"
			      "\n"
			      "\treturn getrlimit(RLIMIT_CPU, &limit) ? -errno : (long)limit.rlim_cur;\n"
			      "}\n";

PROPERTY(limit_property) = {
	.look = { .name = "CPU limit", .get = get_limit, .c = "look_limit()", .c_uses = c_limit },
	.of = PROCESS,
	.first = FIRST_LIMIT,
	.prepare = prepare_limit,
	.c_prepare = "\t\tset_limit(10000);\n",
	.copied = "INH-LIM-01",
	.shared = "THR-03",
	.executed = "EXEC-10 INH-LIM-01",
};

static void model_limit(struct world *w, const struct step *step, struct prediction *prediction)
{
	predict(prediction, 0, "INH-LIM-01");
	set_value(w, step->actor, &limit_property, step->arg[0]);
}

static void act_limit(const struct order *order, struct answer *answer)
{
	answer->result = set_limit((rlim_t)order->arg[0]);
}

OPERATION(limit_operation) = {
	.name = "limit",
	.family = CHANGING,
	.args = { A_NUMBER("seconds", 5000, 10000) },
	.model = model_limit,
	.act = act_limit,
	.form = FORM_DONE,
	.c = "set_limit($1)",
	.c_uses = c_limit,
};

/* ---- Interval timers, which never run out --------------------------------------------------------- */

static const struct word timers[] = { { "real", 1 }, { "virtual", 2 }, { "profiling", 4 }, { 0 } };

/* Those that are armed, as their words. */
static long get_timers(unsigned n)
{
	long armed = 0;

	(void)n;
	for (int which = ITIMER_REAL; which <= ITIMER_PROF; which++) {
		struct itimerval timer = { 0 };
		long r = SYSCALL2(SYS_getitimer, which, &timer);
		if (r < 0)
			return r;
		armed |= timer.it_value.tv_sec || timer.it_value.tv_usec ? 1L << which : 0;
	}
	return armed;
}

static long set_timer(int which, bool armed)
{
	const struct itimerval timer = { .it_value.tv_sec = armed ? 100000 : 0 };

	return SYSCALL3(SYS_setitimer, which, &timer, NULL);
}

static void prepare_timers(void)
{
	for (int which = ITIMER_REAL; which <= ITIMER_PROF; which++)
		set_timer(which, false);
}

static const char c_timer[] = "static inline long set_timer(int which, int armed)\n"
			      "{\n"
			      "\tstruct itimerval timer = { .it_value.tv_sec = armed ? 100000 : 0 };\n"
			      "\n"
			      "\treturn result(setitimer(which >> 1, &timer, NULL));\n"
			      "}\n"
			      "/* 1: ITIMER_REAL is armed, 2: ITIMER_VIRTUAL, 4: ITIMER_PROF. */\n"
			      "static inline long look_timers(void)\n"
			      "{\n"
			      "\tlong armed = 0;\n"
			      "\n"
			      "\tfor (int which = ITIMER_REAL; which <= ITIMER_PROF; which++) {\n"
			      "\t\tstruct itimerval timer;\n"
			      "\n"
			      "\t\tarmed |= !getitimer(which, &timer) && timer.it_value.tv_sec ? 1 << which : 0;\n"
			      "\t}\n"
			      "\treturn armed;\n"
			      "}\n";

PROPERTY(timers_property) = {
	.look = { .name = "timers", .get = get_timers, .c = "look_timers()", .c_uses = c_timer },
	.of = PROCESS,
	.prepare = prepare_timers,
	.reset = true,
	.copied = "FORK-023",
	.shared = "THR-03",
	.executed = "EXEC-10",
};

static void model_timer(struct world *w, const struct step *step, struct prediction *prediction)
{
	int64_t armed = value_of(w, step->actor, &timers_property) & ~step->arg[0];

	predict(prediction, 0, "FORK-023");
	set_value(w, step->actor, &timers_property, armed | (step->arg[1] ? step->arg[0] : 0));
}

static void act_timer(const struct order *order, struct answer *answer)
{
	answer->result = set_timer((int)order->arg[0] >> 1, order->arg[1] != 0);
}

OPERATION(timer_operation) = {
	.name = "timer",
	.family = CHANGING,
	.args = { { .name = "the timer", .type = ARG_WORD, .words = timers }, A_NUMBER("whether it runs", 0, 1) },
	.model = model_timer,
	.act = act_timer,
	.form = FORM_DONE,
	.c = "set_timer($1, $2)",
	.c_uses = c_timer,
};

/* ---- An alternate stack for handlers -------------------------------------------------------------- */

/* A birth with CLONE_VM and without CLONE_VFORK loses it: model/birth.c. */
static long get_altstack(unsigned n)
{
	stack_t stack = { 0 };

	(void)n;
	long r = sys_sigaltstack(NULL, &stack);
	return r < 0 ? r : !(stack.ss_flags & SS_DISABLE);
}

static void predict_altstack(const struct world *w, unsigned actor, unsigned n, struct prediction *prediction)
{
	(void)n;
	predict(prediction, w->actor[actor].altstack,
		w->actor[actor].executed ? "INH-ALTSTK-04"
					 : "INH-ALTSTK-01 INH-ALTSTK-03 CLONE-VM-06 CLONE-VM-07 INH-ALTSTK-05");
}

static const char c_altstack[] = "static inline long set_altstack(int whether)\n"
				 "{\n"
				 "\tstatic char memory[8][65536];\n"
				 "\tstatic int used;\n"
				 "\tstack_t stack = { .ss_flags = SS_DISABLE };\n"
				 "\n"
				 "\tif (whether)\n"
				 "\t\tstack = (stack_t){ .ss_sp = memory[used++ % 8], .ss_size = sizeof(memory[0]) };\n"
				 "\treturn result(sigaltstack(&stack, NULL));\n"
				 "}\n"
				 "static inline long look_altstack(void)\n"
				 "{\n"
				 "\tstack_t stack;\n"
				 "\n"
				 "\treturn sigaltstack(NULL, &stack) ? -errno : !(stack.ss_flags & SS_DISABLE);\n"
				 "}\n";

LOOK(altstack_look) = {
	.name = "alternate stack",
	.get = get_altstack,
	.c = "look_altstack()",
	.c_uses = c_altstack,
	.predict = predict_altstack,
};

static void model_altstack(struct world *w, const struct step *step, struct prediction *prediction)
{
	predict(prediction, 0, "INH-ALTSTK-01");
	w->actor[step->actor].altstack = step->arg[0] != 0;
}

static void act_altstack(const struct order *order, struct answer *answer)
{
	static char memory[ACTORS][64 * 1024];
	stack_t stack = { .ss_flags = SS_DISABLE };

	if (order->arg[0])
		stack = (stack_t){ .ss_sp = memory[order->actor], .ss_size = sizeof(memory[0]) };
	answer->result = sys_sigaltstack(&stack, NULL);
}

OPERATION(altstack_operation) = {
	.name = "altstack",
	.family = CHANGING,
	.args = { A_NUMBER("whether", 0, 1) },
	.model = model_altstack,
	.act = act_altstack,
	.form = FORM_DONE,
	.c = "set_altstack($1)",
	.c_uses = c_altstack,
};
