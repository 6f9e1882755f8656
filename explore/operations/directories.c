// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* The file mode creation mask. */
#include "../actor.h"
#include "forkcheck.h"

static long get_umask(unsigned n)
{
	long mask = sys_umask(0);

	(void)n;
	sys_umask((mode_t)mask);
	return mask;
}

static void prepare_umask(void)
{
	sys_umask(022);
}

static const char c_umask[] = "static long look_umask(void)\n"
			      "{\n"
			      "\tmode_t mask = umask(0);\n"
			      "\n"
			      "\tumask(mask);\n"
			      "\treturn (long)mask;\n"
			      "}\n";

PROPERTY(umask_property) = {
	.look = { .name = "umask", .get = get_umask, .form = FORM_BASE_8, .c = "look_umask()", .c_uses = c_umask },
	.of = DIRECTORY,
	.first = 022,
	.prepare = prepare_umask,
	.copied = "INH-FS-03 CLONE-FS-05",
	.shared = "CLONE-FS-02",
	.executed = "EXEC-10",
};

static void model_umask(struct world *w, const struct step *step, struct prediction *prediction)
{
	predict(prediction, value_of(w, step->actor, &umask_property), "INH-FS-03");
	set_value(w, step->actor, &umask_property, step->arg[0]);
}

static void act_umask(const struct order *order, struct answer *answer)
{
	answer->result = sys_umask((mode_t)order->arg[0]);
}

OPERATION(umask_operation) = {
	.name = "umask",
	.family = CHANGING,
	.args = { { .name = "the mask", .type = ARG_OCTAL, .low = 0, .high = 0777 } },
	.model = model_umask,
	.act = act_umask,
	.form = FORM_BASE_8,
	.c = "(long)umask($1)",
};
