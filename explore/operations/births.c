// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* fork, vfork, clone, clone3, and a thread as libraries make it. */
#include "../actor.h"
#include "../model/flag_rules.h"
#include "forkcheck.h"

/* ---- The model ----------------------------------------------------------------------------------- */

/* What a birth rests on, besides being one: the statement of flags that it needs. */
static const struct {
	uint64_t flag;
	const char *because;
} needs[] = {
	{ CLONE_THREAD, "CLONE-THREAD-02 FORK-002" },
	{ CLONE_PARENT, "CLONE-PARENT-01 FORK-002" },
	{ CLONE_SYSVSEM, "CLONE-SYSVSEM-01 FORK-002" },
	{ CLONE_IO, "CLONE-IO-01 FORK-002" },
	{ CLONE_CLEAR_SIGHAND, "CLONE-CLRSIG-01 FORK-002" },
	{ CLONE_SIGHAND, "CLONE-SIGHAND-01 FORK-002" },
	{ CLONE_FS, "CLONE-FS-02 FORK-002" },
	{ CLONE_FILES, "CLONE-FILES-01 FORK-002" },
	{ CLONE_SETTLS, "CLONE-SETTLS-01 FORK-002" },
	{ CLONE_PARENT_SETTID, "CLONE-PSETTID-01 FORK-002" },
	{ CLONE_CHILD_SETTID, "CLONE-SETCTID-01 FORK-002" },
	{ CLONE_CHILD_CLEARTID, "CLONE-CLRTID-01 FORK-002" },
	{ CLONE_DETACHED, "CLONE-DETACHED-01 FORK-002" },
	{ CLONE_VFORK | CLONE_VM, "VFORK-001 FORK-002" },
	{ CLONE_VFORK, "CLONE-VFORK-01 FORK-002" },
	{ CLONE_VM, "CLONE-VM-01 FORK-002" },
};

static const char *birth_because(bool by_clone3, uint64_t flags, int exit_signal)
{
	for (size_t i = 0; i < ARRAY_SIZE(needs); i++)
		if ((flags & needs[i].flag) == needs[i].flag)
			return needs[i].because;
	return by_clone3 ? "CLONE3-02 FORK-002" : exit_signal != SIGCHLD ? "CLONE-SIG-01 FORK-002" : "FORK-002";
}

static void model_creation(struct world *w, const struct step *step, bool by_clone3, uint64_t flags, int exit_signal,
			   struct prediction *prediction)
{
	unsigned child = (unsigned)child_of(step);
	const char *because;
	mark_tid_word(w, step->actor, child, flags);
	int64_t refused = creation_result(w, step->actor, by_clone3, flags, exit_signal, &because);

	if (refused) {
		predict(prediction, refused, because);
		return;
	}
	be_born(w, step->actor, child, flags, exit_signal);
	predict(prediction, NAMED(child), birth_because(by_clone3, flags, exit_signal));
	if (!(flags & CLONE_VFORK))
		return;
	struct actor *caller = &w->actor[step->actor];
	caller->answer = *prediction;
	caller->condition = OPEN;
	caller->vfork_child = (int8_t)child;
	prediction->certainty = LATER;
	prediction->because = flags & CLONE_VM ? "VFORK-001" : "CLONE-VFORK-01";
}

static void model_fork(struct world *w, const struct step *step, struct prediction *prediction)
{
	model_creation(w, step, false, 0, SIGCHLD, prediction);
}

static void model_vfork(struct world *w, const struct step *step, struct prediction *prediction)
{
	model_creation(w, step, false, CLONE_VM | CLONE_VFORK, SIGCHLD, prediction);
}

static void model_thread(struct world *w, const struct step *step, struct prediction *prediction)
{
	model_creation(w, step, false, THREAD_FLAGS, 0, prediction);
}

static void model_clone(struct world *w, const struct step *step, struct prediction *prediction)
{
	model_creation(w, step, false, (uint64_t)step->arg[0], (int)step->arg[1], prediction);
}

static void model_clone3(struct world *w, const struct step *step, struct prediction *prediction)
{
	model_creation(w, step, true, (uint64_t)step->arg[0], (int)step->arg[1], prediction);
}

/* What a child with these flags has is not modelled yet; that they are refused is. */
#define UNMODELLED (CLONE_PIDFD | CLONE_PTRACE | CLONE_UNTRACED | NAMESPACE_FLAGS)

static bool sensible_set(const struct world *w, const struct step *step, bool by_clone3)
{
	const char *because;
	uint64_t flags = (uint64_t)step->arg[0];

	/* What it takes for parts of the signal's byte, or does not see at all. */
	if (!by_clone3 && flags & ~known_flags(BY_CLONE))
		return false;
	return !(flags & UNMODELLED) || creation_result(w, step->actor, by_clone3, flags, (int)step->arg[1], &because);
}

static bool sensible_clone(const struct world *w, const struct step *step)
{
	return sensible_set(w, step, false);
}

static bool sensible_clone3(const struct world *w, const struct step *step)
{
	return sensible_set(w, step, true);
}

/* ---- The calls ----------------------------------------------------------------------------------- */

static char tls[ACTORS][512] __attribute__((aligned(64)));

static long call(struct seat *seat, unsigned child)
{
	seat->call.fn = actor_main;
	seat->call.data = (void *)(intptr_t)child;
	return clone_call_raw(&seat->call);
}

#ifdef SYS_fork
/* fork(2) or vfork(2): newer architectures have neither. */
static long plain(unsigned child, long nr)
{
	struct seat *seat = &stage->seat[child];

	seat->call = (struct clone_call){ .nr = nr };
	return call(seat, child);
}
#endif

static long by_clone(unsigned child, uint64_t flags, int exit_signal)
{
	struct seat *seat = &stage->seat[child];

	tid_mark(child, flags);
	seat->call = (struct clone_call){ .nr = SYS_clone };
	seat->call.arg[ARCH_CLONE_STACK_FIRST ? 1 : 0] = (long)(flags | (unsigned)exit_signal);
	seat->call.arg[ARCH_CLONE_STACK_FIRST ? 0 : 1] = (long)(actor_stack(child) + STACK_SIZE);
	seat->call.arg[2] = (long)&tid_words(child)[0];
	seat->call.arg[ARCH_CLONE_TLS_LAST ? 3 : 4] = (long)&tid_words(child)[1];
	seat->call.arg[ARCH_CLONE_TLS_LAST ? 4 : 3] = (long)(tls[child] + sizeof(tls[child]) / 2);
	return call(seat, child);
}

static long by_clone3(unsigned child, uint64_t flags, int exit_signal)
{
	struct seat *seat = &stage->seat[child];

	tid_mark(child, flags);
	seat->args = (struct clone3_args){
		.flags = flags,
		.exit_signal = (uint64_t)exit_signal,
		.parent_tid = (uintptr_t)&tid_words(child)[0],
		.child_tid = (uintptr_t)&tid_words(child)[1],
		.pidfd = (uintptr_t)&tid_words(child)[0] + (flags & CLONE_PARENT_SETTID ? sizeof(int) : 0),
		.tls = (uintptr_t)(tls[child] + sizeof(tls[child]) / 2),
	};
	seat->args.stack = (uintptr_t)actor_stack(child);
	seat->args.stack_size = STACK_SIZE;
	seat->call = (struct clone_call){ .nr = SYS_clone3, .arg = { (long)&seat->args, sizeof(seat->args) } };
	return call(seat, child);
}

static void act_fork(const struct order *order, struct answer *answer)
{
#ifdef SYS_fork
	answer->result = plain((unsigned)order->arg[0], SYS_fork);
#else
	answer->result = by_clone((unsigned)order->arg[0], 0, SIGCHLD);
#endif
}

static void act_vfork(const struct order *order, struct answer *answer)
{
#ifdef SYS_vfork
	answer->result = plain((unsigned)order->arg[0], SYS_vfork);
#else
	answer->result = by_clone((unsigned)order->arg[0], CLONE_VM | CLONE_VFORK, SIGCHLD);
#endif
}

static void act_thread(const struct order *order, struct answer *answer)
{
	answer->result = by_clone((unsigned)order->arg[0], THREAD_FLAGS, 0);
}

static void act_clone(const struct order *order, struct answer *answer)
{
	answer->result = by_clone((unsigned)order->arg[2], (uint64_t)order->arg[0], (int)order->arg[1]);
}

static void act_clone3(const struct order *order, struct answer *answer)
{
	answer->result = by_clone3((unsigned)order->arg[2], (uint64_t)order->arg[0], (int)order->arg[1]);
}

/* ---- In C --------------------------------------------------------------------------------------- */

static const char c_fork[] = "static long by_fork(int (*child)(void *))\n"
			     "{\n"
			     "#ifdef SYS_fork\n"
			     "\tlong r = result(syscall(SYS_fork));\n"
			     "#else\n"
			     "\tlong r = result(fork());\n"
			     "#endif\n"
			     "\n"
			     "\tif (r == 0)\n"
			     "\t\t_exit(child(NULL));\n"
			     "\treturn r;\n"
			     "}\n";
static const char c_vfork[] = "static long by_vfork(int (*child)(void *))\n"
			      "{\n"
			      "\tpid_t r = vfork();\n"
			      "\n"
			      "\tif (r == 0)\n"
			      "\t\t_exit(child(NULL));\n"
			      "\treturn r < 0 ? -errno : r;\n"
			      "}\n";
static const char c_clone[] =
	"static pid_t words[2]; /* for flags that store a TID */\n"
	"static long by_clone(int who, int (*child)(void *), unsigned long flags)\n"
	"{\n"
	"\treturn result(clone(child, stacks[who] + sizeof(stacks[who]), (int)flags, NULL, &words[0], NULL, &words[1]));\n"
	"}\n";
static const char c_clone3[] =
	"static void leave(void)\n"
	"{\n"
	"\tsyscall(SYS_exit, 0);\n"
	"}\n"
	"static long by_clone3(int who, int (*child)(void *), unsigned long long flags, int exit_signal)\n"
	"{\n"
	"\tstatic pid_t word[2]; /* for flags that store a TID or a descriptor */\n"
	"\tstruct clone_args args = { .flags = flags, .exit_signal = (unsigned)exit_signal };\n"
	"\tvoid **top = (void **)(stacks[who] + sizeof(stacks[who]) - 64);\n"
	"\tlong r;\n"
	"\n"
	"\targs.parent_tid = (unsigned long)&word[0];\n"
	"\targs.child_tid = args.pidfd = (unsigned long)&word[1];\n"
	"\tif (flags & CLONE_VM) {\n"
	"\t\t/* On x86-64 the child returns from syscall() to what stands here. */\n"
	"\t\ttop[0] = (void *)child;\n"
	"\t\ttop[1] = (void *)leave;\n"
	"\t\targs.stack = (unsigned long)stacks[who];\n"
	"\t\targs.stack_size = sizeof(stacks[who]) - 64;\n"
	"\t}\n"
	"\tr = result(syscall(SYS_clone3, &args, sizeof(args)));\n"
	"\tif (r == 0)\n"
	"\t\t_exit(child(NULL));\n"
	"\treturn r;\n"
	"}\n";

/* ---- The operations ------------------------------------------------------------------------------ */

#define THE_CHILD                                      \
	{                                              \
		.name = "the child", .type = ARG_CHILD \
	}

/* The flags' words are those of creation_flags, in its order. */
static const struct word flag_words[] = {
	{ "VM", CLONE_VM },
	{ "FS", CLONE_FS },
	{ "FILES", CLONE_FILES },
	{ "SIGHAND", CLONE_SIGHAND },
	{ "THREAD", CLONE_THREAD },
	{ "SYSVSEM", CLONE_SYSVSEM },
	{ "IO", CLONE_IO },
	{ "PARENT", CLONE_PARENT },
	{ "VFORK", CLONE_VFORK },
	{ "PTRACE", CLONE_PTRACE },
	{ "UNTRACED", CLONE_UNTRACED },
	{ "DETACHED", CLONE_DETACHED },
	{ "PIDFD", CLONE_PIDFD },
	{ "PARENT_SETTID", CLONE_PARENT_SETTID },
	{ "CHILD_SETTID", CLONE_CHILD_SETTID },
	{ "CHILD_CLEARTID", CLONE_CHILD_CLEARTID },
	{ "SETTLS", CLONE_SETTLS },
	{ "CLEAR_SIGHAND", CLONE_CLEAR_SIGHAND },
	{ "NEWCGROUP", CLONE_NEWCGROUP },
	{ "NEWIPC", CLONE_NEWIPC },
	{ "NEWNS", CLONE_NEWNS },
	{ "NEWNET", CLONE_NEWNET },
	{ "NEWPID", CLONE_NEWPID },
	{ "NEWTIME", CLONE_NEWTIME },
	{ "NEWUSER", CLONE_NEWUSER },
	{ "NEWUTS", CLONE_NEWUTS },
	{ 0 },
};

OPERATION(fork_operation) = {
	.name = "fork",
	.family = CREATING,
	.args = { THE_CHILD },
	.weight = 20,
	.model = model_fork,
	.act = act_fork,
	.form = FORM_THREAD,
	.c = "by_fork($1_0)",
	.c_uses = c_fork,
};
OPERATION(vfork_operation) = {
	.name = "vfork",
	.family = CREATING,
	.args = { THE_CHILD },
	.model = model_vfork,
	.act = act_vfork,
	.form = FORM_THREAD,
	.c = "by_vfork($1_0)",
	.c_uses = c_vfork,
};
OPERATION(thread_operation) = {
	.name = "thread",
	.family = CREATING,
	.args = { THE_CHILD },
	.weight = 20,
	.model = model_thread,
	.act = act_thread,
	.form = FORM_THREAD,
	.c = "by_clone($1, $1_0, CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM)",
	.c_uses = c_clone,
};
OPERATION(clone_operation) = {
	.name = "clone",
	.family = CREATING,
	.weight = 30,
	.args = { { .name = "flags", .type = ARG_WORDS, .words = flag_words, .c_prefix = "CLONE_" },
		  { .name = "exit", .type = ARG_SIGNAL },
		  THE_CHILD },
	.sensible = sensible_clone,
	.model = model_clone,
	.act = act_clone,
	.form = FORM_THREAD,
	.c = "by_clone($3, $3_0, ($1) | $2)",
	.c_uses = c_clone,
};
OPERATION(clone3_operation) = {
	.name = "clone3",
	.family = CREATING,
	.weight = 30,
	.args = { { .name = "flags", .type = ARG_WORDS, .words = flag_words, .c_prefix = "CLONE_" },
		  { .name = "exit", .type = ARG_SIGNAL },
		  THE_CHILD },
	.sensible = sensible_clone3,
	.model = model_clone3,
	.act = act_clone3,
	.form = FORM_THREAD,
	.c = "by_clone3($3, $3_0, $1, $2)",
	.c_uses = c_clone3,
};
