// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
#include "c_file.h"

#include <string.h>

#include "forkcheck.h"
#include "signal_names.h"
#include "spec.h"

/*
 * Each actor is a function, cut where it executes a program. Steps are numbered; a counter in shared memory says whose turn it is.
 * What the model says of each step is worked out beforehand.
 */
static struct plan {
	struct prediction want[STEPS];
	int released_at[STEPS];	  /* the step that ends this one, which is open; -1: none does */
	uint32_t died[STEPS];	  /* actors whose end the next step waits for */
	bool someone_open[STEPS]; /* while this step is taken */
	bool born[STEPS];
	bool takes_part[ACTORS];
} plan;

static void make_plan(const struct program *program, const struct difference *difference)
{
	static struct world w;
	int open_since[ACTORS];

	memset(&plan, 0, sizeof(plan));
	memset(open_since, -1, sizeof(open_since));
	world_begin(&w, surroundings.major, surroundings.minor, surroundings.privileged);
	for (unsigned i = 0; i < program->count; i++) {
		const struct step *step = &program->step[i];
		plan.released_at[i] = -1;
		for (unsigned a = 0; a < w.born; a++)
			plan.someone_open[i] |= w.actor[a].condition == OPEN;
		unsigned born = w.born;
		world_step(&w, step, &plan.want[i]);
		plan.born[i] = w.born > born;
		/* Once there is the fresh image the other threads are gone, and it has the number of the first one. */
		plan.died[i] = w.executed ? 0 : w.died;
		if (plan.want[i].certainty == LATER)
			open_since[step->actor] = (int)i;
		for (unsigned a = 0; a < w.born; a++)
			if (w.released & 1U << a && open_since[a] >= 0) {
				struct prediction *want = &plan.want[open_since[a]];
				*want = w.actor[a].answer;
				plan.released_at[open_since[a]] = (int)i;
				want->certainty = LATER;
			}
		plan.takes_part[step->actor] = true;
	}
	plan.takes_part[difference->actor] = true;
}

bool c_file_possible(const struct program *program, const struct difference *difference)
{
	if (difference->kind == WRONG_LOOK && !difference->look->c)
		return false;
	for (unsigned i = 0; i < program->count; i++) {
		const struct step *step = &program->step[i];
		int flags = argument_of(step->operation, ARG_WORDS);
		/* The C library's thread area must stay. */
		bool other_tls = flags >= 0 && step->operation->family == CREATING && step->arg[flags] & CLONE_SETTLS;
		if (!step->operation->c || other_tls)
			return false;
	}
	return true;
}

/* ---- Pieces -------------------------------------------------------------------------------------- */

static const char head[] =
	"#define _GNU_SOURCE\n"
	"#include <errno.h>\n"
	"#include <fcntl.h>\n"
	"#include <linux/sched.h>\n"
	"#include <sched.h>\n"
	"#include <signal.h>\n"
	"#include <stdio.h>\n"
	"#include <stdlib.h>\n"
	"#include <string.h>\n"
	"#include <sys/mman.h>\n"
	"#include <sys/prctl.h>\n"
	"#include <sys/resource.h>\n"
	"#include <sys/stat.h>\n"
	"#include <sys/syscall.h>\n"
	"#include <sys/time.h>\n"
	"#include <sys/wait.h>\n"
	"#include <unistd.h>\n"
	"\n"
	"enum { A, B, C, D, E, F, G, H, OUT = 100, SHARED = 101, COMMON = 102, SELF = 103 };\n"
	"\n"
	"/* In memory that all share: whose turn it is, and who is who. */\n"
	"static struct {\n"
	"\tint turn, bad;\n"
	"\tpid_t pid[8], tid[8], parent_of_all;\n"
	"} *shared;\n"
	"\n"
	"static void turn(int n)\n"
	"{\n"
	"\twhile (__atomic_load_n(&shared->turn, __ATOMIC_SEQ_CST) != n)\n"
	"\t\tsched_yield();\n"
	"}\n"
	"\n"
	"static void next(void)\n"
	"{\n"
	"\t__atomic_add_fetch(&shared->turn, 1, __ATOMIC_SEQ_CST);\n"
	"}\n"
	"\n"
	"static void begin(int who)\n"
	"{\n"
	"\tshared->pid[who] = getpid();\n"
	"\tshared->tid[who] = (pid_t)syscall(SYS_gettid);\n"
	"}\n"
	"\n"
	"/* Until it has begun. */\n"
	"static inline void born(int who)\n"
	"{\n"
	"\twhile (!__atomic_load_n(&shared->tid[who], __ATOMIC_SEQ_CST))\n"
	"\t\tsched_yield();\n"
	"}\n"
	"\n"
	"/* No stdio: threads here have one thread area. */\n"
	"static void check(const char *what, long long want, long long got)\n"
	"{\n"
	"\tchar line[256];\n"
	"\tint n = snprintf(line, sizeof(line), \"%s %s: want %lld, got %lld\\n\", want == got ? \"ok \" : \"bad\",\n"
	"\t\t\t what, want, got);\n"
	"\n"
	"\tif (want != got)\n"
	"\t\tshared->bad = 1;\n"
	"\tif (write(OUT, line, (size_t)n) != n)\n"
	"\t\tshared->bad = 1;\n"
	"}\n"
	"\n"
	"/* The kernel's convention: -errno for a failure. */\n"
	"static inline long result(long r)\n"
	"{\n"
	"\treturn r == -1 ? -errno : r;\n"
	"}\n"
	"\n"
	"/* Nothing more to do. */\n"
	"static inline void stay(void)\n"
	"{\n"
	"\tfor (;;)\n"
	"\t\tpause();\n"
	"}\n"
	"\n";

static const char ended_function[] =
	"/* Until a thread has ended: there is a zombie, or nothing. */\n"
	"static inline void ended(int who)\n"
	"{\n"
	"\tchar path[64], text[256], *state;\n"
	"\tint fd;\n"
	"\n"
	"\tfor (;; sched_yield()) {\n"
	"\t\tsnprintf(path, sizeof(path), \"/proc/%d/task/%d/stat\", shared->pid[who], shared->tid[who]);\n"
	"\t\tfd = open(path, O_RDONLY);\n"
	"\t\tif (fd < 0)\n"
	"\t\t\treturn;\n"
	"\t\tmemset(text, 0, sizeof(text));\n"
	"\t\tstate = read(fd, text, sizeof(text) - 1) > 0 ? strrchr(text, ')') : NULL;\n"
	"\t\tclose(fd);\n"
	"\t\tif (!state || state[2] == 'Z' || state[2] == 'X')\n"
	"\t\t\treturn;\n"
	"\t}\n"
	"}\n"
	"\n";

static const char stacks[] = "/* Of those who are not born on their creator's. */\n"
			     "static char stacks[8][65536] __attribute__((aligned(64), unused));\n";

static bool any_death(const struct program *program)
{
	for (unsigned i = 0; i < program->count; i++)
		if (plan.died[i])
			return true;
	return false;
}

/* An argument as C has it. */
static void put_argument(FILE *file, const struct step *step, int n)
{
	const struct argument *argument = &step->operation->args[n];
	int64_t value = step->arg[n];
	bool first = true;

	switch (argument->type) {
	case ARG_ACTOR:
	case ARG_CHILD:
		fprintf(file, "%c", (char)('A' + value));
		return;
	case ARG_OCTAL:
		fprintf(file, "0%llo", (unsigned long long)value);
		return;
	case ARG_WORD:
	case ARG_WORDS:
		for (const struct word *w = argument->words; argument->c_prefix && w->name; w++) {
			if (argument->type == ARG_WORD ? w->value != value || !value : !(w->value & value))
				continue;
			fprintf(file, "%s%s%s", first ? "" : " | ", argument->c_prefix, w->name);
			first = false;
		}
		if (first)
			fprintf(file, "%lld", (long long)value);
		return;
	case ARG_SIGNAL:
		fprintf(file, value ? "SIG%s" : "0", signal_name((int)value));
		return;
	default:
		fprintf(file, "%lld", (long long)value);
	}
}

/* $1 $2 ... are arguments, $n a number: of an instance, or of the part that an execve begins; $a the actor. */
static void put_template(FILE *file, const char *c, const struct step *step, unsigned instance)
{
	for (; *c; c++) {
		if (*c != '$')
			fputc(*c, file);
		else if (*++c == 'n')
			fprintf(file, "%u", instance);
		else if (*c == 'a')
			fputc('A' + step->actor, file);
		else
			put_argument(file, step, *c - '1');
	}
}

static void put_want(FILE *file, enum form form, int64_t value)
{
	int64_t actor = value - NAMED(0);

	if (actor == CONDUCTOR)
		fprintf(file, "shared->parent_of_all");
	else if (actor >= 0 && actor < ACTORS)
		fprintf(file, "shared->%s[%c]", form == FORM_PROCESS ? "pid" : "tid", (char)('A' + actor));
	else
		fprintf(file, form == FORM_BASE_8 && value > 0 ? "0%llo" : "%lld", (long long)value);
}

/* ---- Steps --------------------------------------------------------------------------------------- */

static void put_comment(FILE *file, const struct prediction *want)
{
	char id[64];
	const char *ids = want->because;

	if (ids && next_word(&ids, id, sizeof(id)))
		fprintf(file, " /* %s */", id);
}

static void put_check(FILE *file, const struct step *step, const struct prediction *want, const char *what,
		      enum form form, int64_t value, const char *got)
{
	char line[128];

	if (want->certainty == UNSPECIFIED)
		return;
	fprintf(file, "\tcheck(\"%s%s\", ", step_text(step, line, sizeof(line)), what);
	put_want(file, form, value);
	fprintf(file, form == FORM_DONE ? ", %s > 0 ? 0 : %s);" : ", %s);", got, got);
	put_comment(file, want);
	fprintf(file, "\n");
}

/* How an open step's end is held against the step that should have brought it. */
static void put_release(FILE *file, const struct step *step, int released_at)
{
	char line[128];

	fprintf(file, "\tcheck(\"%s: comes back after step %d\", 1, shared->turn > %d);\n",
		step_text(step, line, sizeof(line)), released_at, released_at);
}

/* `part` is the one that an execve begins. */
static void put_step(FILE *file, const struct program *program, unsigned i, unsigned part)
{
	const struct step *step = &program->step[i];
	const struct prediction *want = &plan.want[i];
	bool open = want->certainty == LATER, never = want->certainty == NEVER;
	char line[128];

	fprintf(file, "\n\tturn(%u); /* %s */\n", i, step_text(step, line, sizeof(line)));
	for (unsigned a = 0; i && a < ACTORS; a++)
		if (plan.died[i - 1] & 1U << a && a != step->actor)
			fprintf(file, "\tended(%c);\n", 'A' + a);
	if (plan.someone_open[i])
		fprintf(file, "\tusleep(20000); /* for a call that should not come back yet */\n");
	/* Whoever can't say that the step is done says so beforehand; a child of vfork does it for its caller. */
	if (never || (open && step->operation->family != CREATING))
		fprintf(file, "\tnext();\n");
	fprintf(file, "\tgot = ");
	put_template(file, step->operation->c, step, part);
	fprintf(file, ";\n");
	if (never)
		return;
	if (plan.born[i])
		fprintf(file, "\tborn(%c);\n", 'A' + child_of(step));
	if (open)
		put_release(file, step, plan.released_at[i] >= 0 ? plan.released_at[i] : (int)program->count);
	put_check(file, step, want, "", step->operation->form, want->value, "got");
	if (want->has_extra) {
		struct prediction extra = *want;
		extra.because = want->extra_because;
		put_check(file, step, &extra, ", status", step->operation->extra_form, want->extra, "status");
	}
	if (!open)
		fprintf(file, "\tnext();\n");
}

/* The look that differs, as the last step. */
static void put_look(FILE *file, const struct program *program, const struct difference *difference)
{
	const struct prediction *want = &difference->want;
	char name[32];
	unsigned last = program->count;

	fprintf(file, "\n\tturn(%u);\n", last);
	for (unsigned a = 0; a < ACTORS; a++)
		if (plan.died[last - 1] & 1U << a && a != difference->actor)
			fprintf(file, "\tended(%c);\n", 'A' + a);
	fprintf(file, "\tgot = ");
	put_template(file, difference->look->c, NULL, difference->instance);
	fprintf(file, ";\n\tcheck(\"%c's %s\", ", 'A' + difference->actor,
		look_name(difference->look, difference->instance, name, sizeof(name)));
	put_want(file, difference->form, want->value);
	fprintf(file, ", got);");
	put_comment(file, want);
	fprintf(file, "\n\tnext();\n");
}

/* ---- Actors -------------------------------------------------------------------------------------- */

static bool born_by(const struct program *program, unsigned actor, unsigned *at)
{
	for (*at = 0; *at < program->count; ++*at)
		if (child_of(&program->step[*at]) == (int)actor)
			return true;
	return false;
}

static void put_function_head(FILE *file, unsigned actor, unsigned part)
{
	fprintf(file, "static int %c_%u(void *unused)\n{\n\tlong got;\n\tint status = 0;\n\n", 'A' + actor, part);
	fprintf(file, "\t(void)unused, (void)got, (void)status;\n\tbegin(%c);\n", 'A' + actor);
}

static void put_actor(FILE *file, const struct program *program, unsigned actor, const struct difference *difference)
{
	unsigned part = 0, at;
	bool ends = false;

	put_function_head(file, actor, 0);
	if (born_by(program, actor, &at) && plan.want[at].certainty == LATER)
		fprintf(file, "\tnext(); /* for the caller, who is suspended */\n");
	for (unsigned i = 0; i < program->count; i++) {
		const struct step *step = &program->step[i];
		if (step->actor != actor)
			continue;
		put_step(file, program, i, part + 1);
		if (!strcmp(step->operation->name, "exec")) {
			fprintf(file, "\tcheck(\"execve\", 0, result(got));\n\treturn 0;\n}\n\n");
			put_function_head(file, actor, ++part);
		}
		ends = step->operation->family == ENDING && strcmp(step->operation->name, "exec");
	}
	if (difference->kind == WRONG_LOOK && difference->actor == actor)
		put_look(file, program, difference);
	fprintf(file, "%s\treturn 0;\n}\n\n", ends ? "" : "\tstay();\n");
}

static unsigned executions(const struct program *program, unsigned actor)
{
	unsigned count = 0;

	for (unsigned i = 0; i < program->count; i++)
		count += program->step[i].actor == actor && !strcmp(program->step[i].operation->name, "exec");
	return count;
}

static void put_resumption(FILE *file, const struct program *program)
{
	for (unsigned a = 0; a < ACTORS; a++)
		for (unsigned part = 1; part <= executions(program, a); part++)
			fprintf(file,
				"\tif (argc == 3 && !strcmp(argv[1], \"%c\") && atoi(argv[2]) == %u)\n"
				"\t\treturn %c_%u(NULL);\n",
				'A' + a, part, 'A' + a, part);
}

static const char *preparation(const struct difference *difference)
{
	const struct property *property = difference->look ? property_of(difference->look) : NULL;

	return property && property->c_prepare ? property->c_prepare : "";
}

static void put_main(FILE *file, const struct program *program, const struct difference *difference)
{
	unsigned steps = program->count + (difference->kind == WRONG_LOOK);

	fprintf(file, "int main(int argc, char **argv)\n"
		      "{\n"
		      "\tint status, seconds;\n"
		      "\tpid_t first;\n"
		      "\n"
		      "\t(void)argv;\n"
		      "\tif (argc == 1) {\n"
		      "\t\tdup2(1, OUT);\n"
		      "\t\tdup2((int)syscall(SYS_memfd_create, \"shared\", 0), SHARED);\n"
		      "\t\tdup2((int)syscall(SYS_memfd_create, \"common\", 0), COMMON);\n"
		      "\t\tdup2(open(\"/proc/self/exe\", O_PATH), SELF);\n"
		      "\t\tif (ftruncate(SHARED, sizeof(*shared)) || ftruncate(COMMON, 1 << 20))\n"
		      "\t\t\treturn 2;\n"
		      "\t}\n"
		      "\tshared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED, SHARED, 0);\n"
		      "\tif (shared == MAP_FAILED)\n"
		      "\t\treturn 2;\n");
	put_resumption(file, program);
	fprintf(file,
		"\tshared->parent_of_all = getpid();\n"
		"\tfirst = fork();\n"
		"\tif (first == 0) {\n"
		"\t\tsetsid();\n"
		"\t\tumask(022);\n"
		"%s"
		"\t\tfor (int fd = 0; fd < OUT; fd++)\n"
		"\t\t\tclose(fd);\n"
		"\t\treturn A_0(NULL);\n"
		"\t}\n"
		"\tfor (seconds = 0; shared->turn < %u && seconds < 100; seconds++)\n"
		"\t\tusleep(100000);\n"
		"\tif (shared->turn < %u)\n"
		"\t\tcheck(\"steps that were taken\", %u, shared->turn);\n"
		"\tusleep(50000); /* the last ones may still be at their checks */\n"
		"\tfor (int who = A; who <= H; who++)\n"
		"\t\tif (shared->pid[who] > 1 && shared->pid[who] != getpid())\n"
		"\t\t\tkill(shared->pid[who], SIGKILL);\n"
		"\tif (first > 0)\n"
		"\t\tkill(first, SIGKILL);\n"
		"\twhile (waitpid(-1, &status, __WALL) > 0)\n"
		"\t\t;\n"
		"\tprintf(\"%%s\\n\", shared->bad ? \"bad\" : \"ok\");\n"
		"\treturn shared->bad;\n"
		"}\n",
		preparation(difference), steps, steps, steps);
}

/* ---- The file ------------------------------------------------------------------------------------ */

static void put_title(FILE *file, const struct program *program, const struct difference *difference)
{
	char line[256], id[64] = "";
	const char *ids = difference->want.because;
	const struct statement *statement = NULL;

	if (ids && next_word(&ids, id, sizeof(id)))
		statement = statement_find(id);
	fprintf(file, "// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note\n/*\n");
	if (statement)
		fprintf(file, " * %s: %s\n", statement->source, statement->text);
	fprintf(file, " *\n");
	for (unsigned i = 0; i < program->count; i++)
		fprintf(file, " *\t%s\n", step_text(&program->step[i], line, sizeof(line)));
	fprintf(file, " *\n * Here: %s.\n", difference_text(difference, line, sizeof(line)));
	fprintf(file,
		" * A, B ... are processes or threads, each a function; they take turns. Exit status: 0 ok, 1 bad.\n"
		" * Build and run: gcc -static -o finding THIS_FILE && ./finding\n */\n");
}

static void put_used(FILE *file, const char *text, const char **told, unsigned *count)
{
	for (unsigned i = 0; i < *count; i++)
		if (told[i] == text)
			return;
	told[(*count)++] = text;
	fprintf(file, "%s\n", text);
}

static void put_helpers(FILE *file, const struct program *program, const struct difference *difference)
{
	const char *told[STEPS + 1];
	unsigned count = 0;

	for (unsigned i = 0; i < program->count; i++)
		if (program->step[i].operation->family == CREATING) {
			put_used(file, stacks, told, &count);
			break;
		}
	if (any_death(program))
		fprintf(file, "%s", ended_function);
	for (unsigned i = 0; i < program->count; i++)
		if (program->step[i].operation->c_uses)
			put_used(file, program->step[i].operation->c_uses, told, &count);
	if (difference->look && difference->look->c_uses)
		put_used(file, difference->look->c_uses, told, &count);
}

void c_file_write(FILE *file, const struct program *program, const struct difference *difference)
{
	unsigned unused;

	make_plan(program, difference);
	put_title(file, program, difference);
	fprintf(file, "%s", head);
	put_helpers(file, program, difference);
	/* Those who are born first: their creators name them. */
	for (unsigned a = ACTORS; a-- > 0;)
		if (a == 0 || born_by(program, a, &unused))
			put_actor(file, program, a, difference);
	put_main(file, program, difference);
}
