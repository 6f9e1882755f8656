// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* Signals: dispositions, masks, what is pending, and sending them. */
#include "../actor.h"
#include "../model/signalling.h"
#include "forkcheck.h"

static const struct word signals[] = {
	{ "USR1", SIGUSR1 }, { "USR2", SIGUSR2 }, { "TERM", SIGTERM }, { "CHLD", SIGCHLD }, { "URG", SIGURG }, { 0 },
};
static const struct word sent_signals[] = {
	{ "USR1", SIGUSR1 }, { "USR2", SIGUSR2 }, { "TERM", SIGTERM }, { "CHLD", SIGCHLD },
	{ "URG", SIGURG },   { "KILL", SIGKILL }, { "0", 0 },	       { 0 },
};

/* Those that nobody sends, or ignores. */
static const struct word handled_signals[] = { { "PWR", SIGPWR }, { "XFSZ", SIGXFSZ }, { 0 } };

#define A_SIGNAL(words_)                                                                   \
	{                                                                                  \
		.name = "the signal", .type = ARG_WORD, .words = words_, .c_prefix = "SIG" \
	}

static const char c_dispose[] = "static long dispose(int number, void (*handler)(int), int flags)\n"
				"{\n"
				"\tstruct sigaction action = { .sa_handler = handler, .sa_flags = flags };\n"
				"\n"
				"\treturn result(sigaction(number, &action, NULL));\n"
				"}\n";
static const char c_sets[] = "/* Sets of signals as words: the bit of number n is 1 << (n - 1). */\n"
			     "static inline long word_of(const sigset_t *set)\n"
			     "{\n"
			     "\tstatic const int ours[] = { SIGUSR1, SIGUSR2, SIGTERM, SIGCHLD, SIGURG, SIGWINCH };\n"
			     "\tlong word = 0;\n"
			     "\n"
			     "\tfor (int i = 0; i < 6; i++)\n"
			     "\t\tword |= sigismember(set, ours[i]) ? 1L << (ours[i] - 1) : 0;\n"
			     "\treturn word;\n"
			     "}\n"
			     "static inline long look_mask(void)\n"
			     "{\n"
			     "\tsigset_t set;\n"
			     "\n"
			     "\tsigprocmask(SIG_BLOCK, NULL, &set);\n"
			     "\treturn word_of(&set);\n"
			     "}\n"
			     "static inline long look_pending(void)\n"
			     "{\n"
			     "\tsigset_t set;\n"
			     "\n"
			     "\tsigpending(&set);\n"
			     "\treturn word_of(&set);\n"
			     "}\n";
static const char c_disposition[] =
	"/* 0: default, 1: ignored, 2: SA_NOCLDWAIT, 3: handled. */\n"
	"static long look_disposition(int n)\n"
	"{\n"
	"\tstatic const int ours[] = { SIGUSR1, SIGUSR2, SIGTERM, SIGCHLD, SIGURG, SIGPWR, SIGXFSZ };\n"
	"\tstruct sigaction action;\n"
	"\n"
	"\tsigaction(ours[n], NULL, &action);\n"
	"\treturn action.sa_handler == SIG_IGN ? 1 : action.sa_handler != SIG_DFL ? 3 : action.sa_flags & SA_NOCLDWAIT ? 2 : 0;\n"
	"}\n";
static const char c_mask[] = "static long mask(int how, int number)\n"
			     "{\n"
			     "\tsigset_t set;\n"
			     "\n"
			     "\tsigemptyset(&set);\n"
			     "\tif (number)\n"
			     "\t\tsigaddset(&set, number);\n"
			     "\treturn result(sigprocmask(how, &set, NULL));\n"
			     "}\n";

/* ---- Dispositions -------------------------------------------------------------------------------- */

enum disposition { DEFAULT, IGNORED, NO_ZOMBIES, HANDLED };

static const int number_of_signal[] = { SIGUSR1, SIGUSR2, SIGTERM, SIGCHLD, SIGURG, SIGPWR, SIGXFSZ };

/* The kernel's own structure begins with the handler on all of our architectures; the flags are next, or behind one word. */
static long get_disposition(unsigned n)
{
	unsigned long action[8] = { 0 };

	SYSCALL4(SYS_rt_sigaction, number_of_signal[n], NULL, action, sizeof(sigset64));
	if (action[0] == (unsigned long)SIG_IGN)
		return IGNORED;
	if (action[0] != (unsigned long)SIG_DFL)
		return HANDLED;
	return action[1] & SA_NOCLDWAIT ? NO_ZOMBIES : DEFAULT;
}

static void predict_disposition(const struct world *w, unsigned actor, unsigned n, struct prediction *prediction)
{
	const struct handlers *handlers = &w->handlers[w->actor[actor].object[HANDLERS]];
	int number = number_of_signal[n];
	const char *because =
		"INH-SIG-01 CLONE-SIGHAND-01 CLONE-SIGHAND-02 CLONE-SIGHAND-05 INH-SIG-06 INH-SIG-07 CLONE-CLRSIG-01 CLONE-CLRSIG-02";

	if (handlers->ignored & SIGNAL(number))
		predict(prediction, IGNORED, because);
	else if (handlers->handled & SIGNAL(number))
		predict(prediction, HANDLED, because);
	else
		predict(prediction, number == SIGCHLD && handlers->no_zombies ? NO_ZOMBIES : DEFAULT, because);
}

static const unsigned unhandled = ARRAY_SIZE(signals) - 1;

static void name_disposition(unsigned n, char *buf, size_t size)
{
	append_text(buf, size, "disposition of ");
	append_text(buf, size, n < unhandled ? signals[n].name : handled_signals[n - unhandled].name);
}

LOOK(disposition_look) = {
	.name = "disposition",
	.instances = ARRAY_SIZE(number_of_signal),
	.name_of = name_disposition,
	.get = get_disposition,
	.c = "look_disposition($n)",
	.c_uses = c_disposition,
	.predict = predict_disposition,
};

static void dispose(struct world *w, const struct step *step, bool ignored, bool no_zombies,
		    struct prediction *prediction)
{
	struct handlers *handlers = handlers_of(w, step->actor);
	int number = step->arg[0] ? (int)step->arg[0] : SIGCHLD;

	predict(prediction, 0, "CLONE-SIGHAND-01");
	handlers->ignored &= ~SIGNAL(number);
	handlers->ignored |= ignored ? SIGNAL(number) : 0;
	if (number == SIGCHLD)
		handlers->no_zombies = no_zombies;
	disposition_changed(w, step->actor, number);
}

static void model_ignore(struct world *w, const struct step *step, struct prediction *prediction)
{
	dispose(w, step, true, false, prediction);
}

static void model_default(struct world *w, const struct step *step, struct prediction *prediction)
{
	dispose(w, step, false, false, prediction);
}

static void model_nocldwait(struct world *w, const struct step *step, struct prediction *prediction)
{
	dispose(w, step, false, true, prediction);
}

static long set_action(int number, unsigned long handler, unsigned long flags)
{
	const unsigned long action[8] = { handler, flags };

	return SYSCALL4(SYS_rt_sigaction, number, action, NULL, sizeof(sigset64));
}

static void act_ignore(const struct order *order, struct answer *answer)
{
	answer->result = set_action((int)order->arg[0], (unsigned long)SIG_IGN, 0);
}

static void act_default(const struct order *order, struct answer *answer)
{
	answer->result = set_action((int)order->arg[0], (unsigned long)SIG_DFL, 0);
}

static void act_nocldwait(const struct order *order, struct answer *answer)
{
	(void)order;
	answer->result = set_action(SIGCHLD, (unsigned long)SIG_DFL, SA_NOCLDWAIT);
}

OPERATION(ignore_operation) = {
	.name = "ignore",
	.family = CHANGING,
	.args = { A_SIGNAL(signals) },
	.model = model_ignore,
	.act = act_ignore,
	.form = FORM_DONE,
	.c = "dispose($1, SIG_IGN, 0)",
	.c_uses = c_dispose,
};
OPERATION(default_operation) = {
	.name = "default",
	.family = CHANGING,
	.args = { A_SIGNAL(signals) },
	.model = model_default,
	.act = act_default,
	.form = FORM_DONE,
	.c = "dispose($1, SIG_DFL, 0)",
	.c_uses = c_dispose,
};
OPERATION(nocldwait_operation) = {
	.name = "nocldwait",
	.family = CHANGING,
	.weight = 5,
	.model = model_nocldwait,
	.act = act_nocldwait,
	.form = FORM_DONE,
	.c = "dispose(SIGCHLD, SIG_DFL, SA_NOCLDWAIT)",
	.c_uses = c_dispose,
};

static void model_handle(struct world *w, const struct step *step, struct prediction *prediction)
{
	predict(prediction, 0, "CLONE-SIGHAND-01");
	handlers_of(w, step->actor)->handled |= SIGNAL(step->arg[0]);
}

static void handle(int number)
{
	(void)number;
}

static void act_handle(const struct order *order, struct answer *answer)
{
	answer->result = set_action((int)order->arg[0], (unsigned long)handle, 0);
}

OPERATION(handle_operation) = {
	.name = "handle",
	.family = CHANGING,
	.args = { A_SIGNAL(handled_signals) },
	.model = model_handle,
	.act = act_handle,
	.form = FORM_DONE,
	.c = "dispose($1, _exit, 0)",
	.c_uses = c_dispose,
};

/* ---- Masks and what is pending ------------------------------------------------------------------- */

#define OURS (SIGBIT(SIGUSR1) | SIGBIT(SIGUSR2) | SIGBIT(SIGTERM) | SIGBIT(SIGCHLD) | SIGBIT(SIGURG) | SIGBIT(SIGWINCH))

static long get_mask(unsigned n)
{
	sigset64 mask = 0;

	(void)n;
	sys_sigprocmask(SIG_BLOCK, NULL, &mask);
	return (long)(mask & OURS);
}

static void predict_mask(const struct world *w, unsigned actor, unsigned n, struct prediction *prediction)
{
	(void)n;
	predict(prediction, (int64_t)w->actor[actor].blocked,
		"CLONE-SIGHAND-03 CLONE-THREAD-16 VFORK-037 INH-SIG-04 INH-SIG-08");
}

static long get_pending(unsigned n)
{
	sigset64 pending = 0;

	(void)n;
	sys_sigpending(&pending);
	return (long)(pending & OURS);
}

static void predict_pending(const struct world *w, unsigned actor, unsigned n, struct prediction *prediction)
{
	(void)n;
	predict(prediction, (int64_t)pending_signals(w, actor),
		"CLONE-SIG-01 CLONE-SIG-02 CLONE-SIG-08 FORK-018 CLONE-SIGHAND-04 CLONE-THREAD-05 CLONE-THREAD-20 INH-SIG-08");
	if (w->process[w->actor[actor].object[PROCESS]].vague)
		predict_nothing(prediction);
}

LOOK(mask_look) = { .name = "mask",
		    .get = get_mask,
		    .c = "look_mask()",
		    .c_uses = c_sets,
		    .predict = predict_mask,
		    .form = FORM_SIGNALS };
LOOK(pending_look) = { .name = "pending",
		       .get = get_pending,
		       .c = "look_pending()",
		       .c_uses = c_sets,
		       .predict = predict_pending,
		       .form = FORM_SIGNALS };

static void model_block(struct world *w, const struct step *step, struct prediction *prediction)
{
	predict(prediction, 0, "CLONE-SIGHAND-03");
	w->actor[step->actor].blocked |= SIGNAL(step->arg[0]);
}

static void model_unblock(struct world *w, const struct step *step, struct prediction *prediction)
{
	predict(prediction, 0, "CLONE-SIGHAND-03");
	w->actor[step->actor].blocked &= ~SIGNAL(step->arg[0]);
	mask_changed(w, step->actor);
	if (w->died & 1U << step->actor)
		prediction->certainty = NEVER;
}

/* What comes through then may depend on what is not known. */
static bool sensible_unblock(const struct world *w, const struct step *step)
{
	return !(w->process[w->actor[step->actor].object[PROCESS]].vague & SIGNAL(step->arg[0]));
}

static void change_mask(const struct order *order, int how, struct answer *answer)
{
	const sigset64 set = SIGBIT(order->arg[0]);

	answer->result = sys_sigprocmask(how, &set, NULL);
}

static void act_block(const struct order *order, struct answer *answer)
{
	change_mask(order, SIG_BLOCK, answer);
}

static void act_unblock(const struct order *order, struct answer *answer)
{
	change_mask(order, SIG_UNBLOCK, answer);
}

OPERATION(block_operation) = {
	.name = "block",
	.family = CHANGING,
	.args = { A_SIGNAL(signals) },
	.weight = 20,
	.model = model_block,
	.act = act_block,
	.form = FORM_DONE,
	.c = "mask(SIG_BLOCK, $1)",
	.c_uses = c_mask,
};
OPERATION(unblock_operation) = {
	.name = "unblock",
	.family = CHANGING,
	.args = { A_SIGNAL(signals) },
	.sensible = sensible_unblock,
	.model = model_unblock,
	.act = act_unblock,
	.form = FORM_DONE,
	.c = "mask(SIG_UNBLOCK, $1)",
	.c_uses = c_mask,
};

/* ---- Sending ------------------------------------------------------------------------------------- */

static bool sensible_signal(const struct world *w, const struct step *step, bool to_process)
{
	const struct actor *target = &w->actor[step->arg[0]];

	/* Not the first one of all: there would be nothing left to look at. And what threads think of it must be clear. */
	return !to_process ||
	       !masks_differ(w, target->object[PROCESS], (int)step->arg[1] ? (int)step->arg[1] : SIGKILL);
}

static bool sensible_kill(const struct world *w, const struct step *step)
{
	return sensible_signal(w, step, true);
}

static bool sensible_tgkill(const struct world *w, const struct step *step)
{
	const struct actor *target = &w->actor[step->arg[0]];
	bool was_first = target->object[PROCESS] == step->arg[0] || target->executed;

	/* The number of a first thread may by now be that of another one, which has executed. */
	if (target->condition == GONE && was_first && !w->process[target->object[PROCESS]].reaped)
		return false;
	return sensible_signal(w, step, false);
}

static void model_kill(struct world *w, const struct step *step, struct prediction *prediction)
{
	unsigned process = w->actor[step->arg[0]].object[PROCESS];

	if (w->process[process].reaped) {
		predict(prediction, -ESRCH, "WAIT-21");
		return;
	}
	predict(prediction, 0, "WAIT-19");
	if (step->arg[1])
		signal_process(w, process, (int)step->arg[1]);
	if (w->died & 1U << step->actor)
		prediction->certainty = NEVER;
}

/* A first thread that has ended keeps its TID while others live, and as a zombie. */
static void model_tgkill(struct world *w, const struct step *step, struct prediction *prediction)
{
	const struct actor *target = &w->actor[step->arg[0]];

	if (target->condition == GONE) {
		predict(prediction, -ESRCH, "CLONE-THREAD-18");
		return;
	}
	predict(prediction, 0, "CLONE-THREAD-18");
	if (step->arg[1] && target->condition != ZOMBIE)
		signal_thread(w, (unsigned)step->arg[0], (int)step->arg[1]);
	if (w->died & 1U << step->actor)
		prediction->certainty = NEVER;
}

static void act_kill(const struct order *order, struct answer *answer)
{
	int pid = order->pid[order->arg[0]];

	answer->result = pid > 1 ? raw_kill(pid, (int)order->arg[1]) : -EDOM;
}

static void act_tgkill(const struct order *order, struct answer *answer)
{
	int pid = order->pid[order->arg[0]], tid = order->tid[order->arg[0]];

	answer->result = pid > 1 && tid > 1 ? raw_tgkill(pid, tid, (int)order->arg[1]) : -EDOM;
}

OPERATION(kill_operation) = {
	.name = "kill",
	.family = CHANGING,
	.args = { { .name = "the process", .type = ARG_ACTOR }, A_SIGNAL(sent_signals) },
	.sensible = sensible_kill,
	.model = model_kill,
	.act = act_kill,
	.form = FORM_DONE,
	.c = "result(kill(shared->pid[$1], $2))",
};
OPERATION(tgkill_operation) = {
	.name = "tgkill",
	.family = CHANGING,
	.args = { { .name = "the thread", .type = ARG_ACTOR }, A_SIGNAL(sent_signals) },
	.sensible = sensible_tgkill,
	.model = model_tgkill,
	.act = act_tgkill,
	.form = FORM_DONE,
	.c = "result(syscall(SYS_tgkill, shared->pid[$1], shared->tid[$1], $2))",
};
