// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* The working directory and the file mode creation mask. */
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

/* ---- The working directory ----------------------------------------------------------------------- */

static const struct word directories[] = { { "/", 0 }, { "/proc", 1 }, { "/dev", 2 }, { 0 } };

static long get_directory(unsigned n)
{
	char path[64] = "";

	(void)n;
	long length = sys_getcwd(path, sizeof(path));
	if (length < 0)
		return length;
	for (long i = 0; directories[i].name; i++)
		if (path[1] == directories[i].name[1])
			return i;
	return -1;
}

static void prepare_directory(void)
{
	sys_chdir("/");
}

static const char c_directory[] = "static const char *const directories[] = { \"/\", \"/proc\", \"/dev\" };\n"
				  "static inline long go_to(int n)\n"
				  "{\n"
				  "\treturn result(chdir(directories[n]));\n"
				  "}\n"
				  "static inline long look_directory(void)\n"
				  "{\n"
				  "\tchar path[64] = \"\";\n"
				  "\n"
				  "\tif (!getcwd(path, sizeof(path)))\n"
				  "\t\treturn -errno;\n"
				  "\treturn !path[1] ? 0 : path[1] == 'p' ? 1 : 2;\n"
				  "}\n";

PROPERTY(directory_property) = {
	.look = { .name = "directory", .get = get_directory, .c = "look_directory()", .c_uses = c_directory },
	.of = DIRECTORY,
	.first = 0,
	.prepare = prepare_directory,
	.c_prepare = "\t\tgo_to(0);\n",
	.copied = "INH-FS-01 CLONE-FS-04",
	.shared = "CLONE-FS-01",
	.executed = "EXEC-10",
};

static void model_chdir(struct world *w, const struct step *step, struct prediction *prediction)
{
	predict(prediction, 0, "CLONE-FS-04");
	set_value(w, step->actor, &directory_property, step->arg[0]);
}

static void act_chdir(const struct order *order, struct answer *answer)
{
	answer->result = sys_chdir(directories[order->arg[0]].name);
}

OPERATION(chdir_operation) = {
	.name = "chdir",
	.family = CHANGING,
	.args = { { .name = "the directory", .type = ARG_WORD, .words = directories } },
	.model = model_chdir,
	.act = act_chdir,
	.form = FORM_DONE,
	.c = "go_to($1)",
	.c_uses = c_directory,
};
