// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/*
 * Sets of flags against a model of the documented rules: which are refused, and for the others, what caller
 * and child share. What is seen to differ is cut down to the smallest set that still differs.
 */
#include "forkcheck.h"
#include "model/flag_rules.h"

#include <linux/kcmp.h>
#include <sys/ipc.h>
#include <sys/sem.h>

#ifndef SYS_semtimedop
#define SYS_semtimedop 420 /* with a time of 64 bits; none is given */
#endif

/* What can be seen to be shared with the caller, or for a namespace, to be another. */
enum aspect {
	MEMORY,
	DIRECTORY, /* and umask */
	DESCRIPTORS,
	HANDLERS,
	UNDO_LIST,
	IO_CONTEXT,
	PROCESS,
	PARENT,
	PIDFD,
	PARENT_WORD,
	CHILD_WORD,
	NEW_CGROUP,
	NEW_IPC,
	NEW_MNT,
	NEW_NET,
	NEW_PID,
	NEW_TIME,
	NEW_USER,
	NEW_UTS,
	ASPECTS
};
#define BIT(aspect) (1u << (aspect))

static const char *const aspect_names[ASPECTS] = {
	"memory", "umask",  "descriptors",   "handlers",     "undo list", "I/O context", "PID",
	"PPID",	  "pidfd",  "parent's word", "child's word", "cgroup ns", "IPC ns",	 "mount ns",
	"net ns", "PID ns", "time ns",	     "user ns",	     "UTS ns",
};

/* The links below /proc/thread-self/ns, from NEW_CGROUP on. */
static const char *const links[] = { "cgroup", "ipc", "mnt", "net", "pid", "time_for_children", "user", "uts" };

/* ---- The model --------------------------------------------------------------------------------- */

/* The documented result: 0, or -errno. */
static long predicted(enum flags_call call, uint64_t set, bool privileged)
{
	return flags_refused(call, set, older_than(6, 9), privileged, NULL);
}

static unsigned new_namespaces(uint64_t set)
{
	static const uint64_t bits[] = { CLONE_NEWCGROUP, CLONE_NEWIPC,	 CLONE_NEWNS,	CLONE_NEWNET,
					 CLONE_NEWPID,	  CLONE_NEWTIME, CLONE_NEWUSER, CLONE_NEWUTS };
	unsigned aspects = 0;

	for (size_t i = 0; i < ARRAY_SIZE(bits); i++)
		if (set & bits[i])
			aspects |= BIT(NEW_CGROUP + i);
	return aspects;
}

static unsigned predicted_aspects(enum flags_call call, uint64_t set)
{
	unsigned aspects = new_namespaces(set);

	if (call == BY_UNSHARE)
		return aspects;
	aspects |= BIT(PARENT_WORD) | BIT(CHILD_WORD); /* as they should be */
	aspects |= set & CLONE_VM ? BIT(MEMORY) : 0;
	aspects |= set & CLONE_FS ? BIT(DIRECTORY) : 0;
	aspects |= set & CLONE_FILES ? BIT(DESCRIPTORS) : 0;
	aspects |= set & CLONE_SIGHAND ? BIT(HANDLERS) : 0;
	aspects |= set & CLONE_SYSVSEM ? BIT(UNDO_LIST) : 0;
	aspects |= set & CLONE_IO ? BIT(IO_CONTEXT) : 0;
	aspects |= set & CLONE_THREAD ? BIT(PROCESS) : 0;
	aspects |= set & (CLONE_THREAD | CLONE_PARENT) ? BIT(PARENT) : 0;
	aspects |= set & CLONE_PIDFD ? BIT(PIDFD) : 0;
	return aspects;
}

/* ---- The observation --------------------------------------------------------------------------- */

static volatile int own_memory;

/* In memory that stays shared whatever the flags. */
static struct scene {
	enum flags_call call;
	bool privileged, kcmp;
	unsigned blind; /* aspects that are wrong without any flag already: of no use for telling more */
	struct stack *stack;
	int spare, victim; /* descriptors of one file; the child closes the second */
	int semaphore;
	pid_t caller, callers_parent;
	uint64_t callers_links[ARRAY_SIZE(links)];
	/* written by the call */
	int pidfd;
	pid_t parent_word, child_word;
	/* written by the child */
	long result;
	long io;
	pid_t pid, tid, ppid;
	uint64_t links[ARRAY_SIZE(links)];
} * scene;

/* The identity of each namespace; of the types that only children enter, that of the children's. */
static void look_around(uint64_t *to)
{
	for (size_t i = 0; i < ARRAY_SIZE(links); i++) {
		char path[64] = "/proc/thread-self/ns/", text[64] = "";
		append_text(path, sizeof(path), links[i]);
		if (scene->call == BY_UNSHARE && NEW_CGROUP + i == NEW_PID)
			append_text(path, sizeof(path), "_for_children");
		SYSCALL4(SYS_readlinkat, AT_FDCWD, path, text, sizeof(text) - 1);
		to[i] = 0;
		for (const char *c = text; *c; c++)
			to[i] = to[i] * 31 + (unsigned char)*c;
	}
}

static long change_semaphore(int by)
{
	struct sembuf operation = { .sem_op = (short)by, .sem_flg = SEM_UNDO | IPC_NOWAIT };

	return SYSCALL4(SYS_semtimedop, scene->semaphore, &operation, 1, NULL);
}

static long set_handler(unsigned long handler)
{
	unsigned long action[8] = { handler }; /* the handler is first on all of our architectures */

	return SYSCALL4(SYS_rt_sigaction, SIGUSR2, action, NULL, sizeof(sigset64));
}

static unsigned long handler_now(void)
{
	unsigned long action[8] = { 0 };

	SYSCALL4(SYS_rt_sigaction, SIGUSR2, NULL, action, sizeof(sigset64));
	return action[0];
}

/* The child: says who it is, and changes all that might be the caller's too. */
static int change_everything(void *unused)
{
	(void)unused;
	scene->pid = sys_getpid();
	scene->tid = sys_gettid();
	scene->ppid = sys_getppid();
	look_around(scene->links);
	scene->io = sys_kcmp(scene->caller, scene->tid, KCMP_IO, 0, 0);
	own_memory = 1;
	sys_umask(077);
	sys_close(scene->victim);
	set_handler((unsigned long)SIG_IGN);
	change_semaphore(1);
	return 0;
}

static void set_the_stage(void)
{
	own_memory = 0;
	sys_umask(022);
	SETUP(SYSCALL3(SYS_dup3, scene->spare, scene->victim, 0));
	SETUP(set_handler((unsigned long)SIG_DFL));
	scene->pidfd = -1;
	scene->parent_word = 0;
	scene->child_word = -1;
}

/*
 * Until nothing of the child is left. A sibling of the caller is reaped by the test's process; one that is a child of the
 * caller all the same, against its flags, by the caller.
 */
static void await_end(uint64_t set, pid_t child)
{
	if (!(set & (CLONE_THREAD | CLONE_PARENT))) {
		checked_wait(child, NULL, __WALL);
		return;
	}
	while (checked_tgkill(scene->caller, child, 0) == 0 || checked_kill(child, 0) == 0) {
		wait_for(child, NULL, WNOHANG | __WALL, NULL);
		sys_sched_yield();
	}
}

static pid_t wanted_child_word(uint64_t set)
{
	if ((set & CLONE_CHILD_CLEARTID) && (set & CLONE_VM))
		return 0;
	return set & CLONE_CHILD_SETTID ? scene->tid : -1;
}

static unsigned changed_namespaces(void)
{
	unsigned aspects = 0;

	for (size_t i = 0; i < ARRAY_SIZE(links); i++)
		if (scene->links[i] != scene->callers_links[i])
			aspects |= BIT(NEW_CGROUP + i);
	return aspects;
}

/* What the child had in common with the caller, once it has ended. */
static unsigned observed_aspects(uint64_t set, pid_t child)
{
	unsigned aspects = changed_namespaces();
	pid_t wanted = set & CLONE_PARENT_SETTID ? child : 0;

	aspects |= own_memory ? BIT(MEMORY) : 0;
	aspects |= sys_umask(022) == 077 ? BIT(DIRECTORY) : 0;
	aspects |= sys_fcntl(scene->victim, F_GETFD, 0) < 0 ? BIT(DESCRIPTORS) : 0;
	aspects |= handler_now() ? BIT(HANDLERS) : 0;
	aspects |= scene->pid == scene->caller ? BIT(PROCESS) : 0;
	aspects |= scene->ppid == scene->callers_parent ? BIT(PARENT) : 0;
	aspects |= scene->parent_word == wanted ? BIT(PARENT_WORD) : 0;
	aspects |= scene->child_word == wanted_child_word(set) ? BIT(CHILD_WORD) : 0;
	aspects |= scene->io == 0 ? BIT(IO_CONTEXT) : 0;
	if (scene->pidfd >= 0 && sys_close(scene->pidfd) == 0)
		aspects |= BIT(PIDFD);
	/* Had it a list of its own, its end has undone the change; else it is on the caller's. */
	if (semctl(scene->semaphore, 0, GETVAL) == 1) {
		aspects |= BIT(UNDO_LIST);
		SETUP(change_semaphore(-1));
	}
	return aspects;
}

/* What can't be seen with this set: the caller's parent from inside a PID namespace, and what kcmp may not tell. */
static unsigned hidden_aspects(uint64_t set)
{
	unsigned aspects = scene->blind | (set & CLONE_NEWPID ? BIT(PARENT) : 0);

	if (!scene->kcmp || (set & (CLONE_NEWPID | CLONE_NEWUSER)))
		aspects |= BIT(IO_CONTEXT);
	return aspects;
}

/* ---- Trying a set ------------------------------------------------------------------------------ */

struct outcome {
	long result;
	unsigned aspects;
};

static struct outcome try_clone(uint64_t set)
{
	static char tls[8192] __attribute__((aligned(64)));
	int exit_signal = scene->call == BY_CLONE3 && (set & (CLONE_THREAD | CLONE_PARENT)) ? 0 : SIGCHLD;

	set_the_stage();
	long child = CLONE_CALL(scene->call == BY_CLONE ? VIA_CLONE : VIA_CLONE3, scene->stack, change_everything, NULL,
				.flags = set, .exit_signal = exit_signal, .parent_tid = &scene->parent_word,
				.child_tid = &scene->child_word, .pidfd = &scene->pidfd,
				.tls = (unsigned long)(tls + sizeof(tls) / 2));
	if (child <= 0)
		return (struct outcome){ .result = child };
	await_end(set, (pid_t)child);
	return (struct outcome){ .aspects = observed_aspects(set, (pid_t)child) };
}

static struct outcome try_unshare(uint64_t set)
{
	pid_t child = fork_helper();

	if (child == 0) {
		scene->result = sys_unshare((unsigned long)set);
		look_around(scene->links);
		leave(0);
	}
	checked_wait(child, NULL, 0);
	return (struct outcome){ .result = scene->result, .aspects = changed_namespaces() };
}

static bool differs(uint64_t set, struct outcome *want, struct outcome *got)
{
	unsigned seen = ~hidden_aspects(set);

	*want = (struct outcome){ .result = predicted(scene->call, set, scene->privileged) };
	*got = scene->call == BY_UNSHARE ? try_unshare(set) : try_clone(set);
	if (want->result || got->result)
		return want->result != got->result;
	want->aspects = predicted_aspects(scene->call, set) & seen;
	got->aspects &= seen;
	return want->aspects != got->aspects;
}

static void name_set(char *text, size_t size, uint64_t set)
{
	static const char *const calls[] = { "clone(", "clone3(", "unshare(" };
	bool first = true;

	text[0] = 0;
	append_text(text, size, calls[scene->call]);
	for (size_t i = 0; i < creation_flag_count; i++) {
		if (!(set & creation_flags[i].bit))
			continue;
		append_text(text, size, first ? "" : "|");
		append_text(text, size, creation_flags[i].name);
		first = false;
	}
	append_text(text, size, ")");
}

/* The smallest set below this one that still differs. */
static uint64_t cut_down(uint64_t set)
{
	struct outcome want, got;
	bool smaller;

	do {
		smaller = false;
		for (size_t i = 0; i < creation_flag_count; i++) {
			if (!(set & creation_flags[i].bit) || !differs(set & ~creation_flags[i].bit, &want, &got))
				continue;
			set &= ~creation_flags[i].bit;
			smaller = true;
		}
	} while (smaller);
	return set;
}

static bool told_before(uint64_t set)
{
	static uint64_t told[32];
	static unsigned count;

	for (unsigned i = 0; i < count; i++)
		if (told[i] == set)
			return true;
	if (count < ARRAY_SIZE(told))
		told[count++] = set;
	return false;
}

static void compare(uint64_t set)
{
	struct outcome want, got;
	char text[RECORD_TEXT];

	if (differs(set, &want, &got)) {
		set = cut_down(set);
		if (told_before(set) || !differs(set, &want, &got))
			return;
	}
	name_set(text, sizeof(text), set);
	long result = got.result;
	EXPECT_RESULT(result, want.result, text);
	if (want.result || got.result || want.aspects == got.aspects)
		return;
	for (enum aspect aspect = 0; aspect < ASPECTS; aspect++) {
		name_set(text, sizeof(text), set);
		append_text(text, sizeof(text), ": ");
		append_text(text, sizeof(text), aspect_names[aspect]);
		bool seen = got.aspects & BIT(aspect), documented = want.aspects & BIT(aspect);
		EXPECT_EQ(seen, documented, text);
	}
}

/* ---- Which sets -------------------------------------------------------------------------------- */

/* The flags to try: all that are expected here, even those that this call must refuse. */
static uint64_t usable_flags(void)
{
	uint64_t usable = 0;

	for (size_t i = 0; i < creation_flag_count; i++) {
		/* Bits above 32 and of the exit signal mean nothing to clone(2): tests of their own are about them. */
		if (scene->call == BY_CLONE && !(creation_flags[i].calls & CALL(BY_CLONE)))
			continue;
		if (features_expected(creation_flags[i].features))
			usable |= creation_flags[i].bit;
	}
	/* Since 7.1 unshare(2) has another meaning for this bit. */
	if (scene->call == BY_UNSHARE)
		usable &= ~(uint64_t)(CLONE_PARENT_SETTID | CLONE_CLEAR_SIGHAND);
	return usable;
}

static void try_subsets(uint64_t usable)
{
	for (unsigned subset = 0; subset < 1u << SHARING_FLAGS; subset++) {
		uint64_t set = 0;
		for (unsigned i = 0; i < SHARING_FLAGS; i++)
			if (subset & 1u << i)
				set |= creation_flags[i].bit;
		compare(set & usable);
	}
}

static void try_pairs(uint64_t usable)
{
	for (size_t i = 0; i < creation_flag_count; i++)
		for (size_t j = 0; j <= i; j++)
			if ((creation_flags[i].bit & usable) && (creation_flags[j].bit & usable))
				compare(creation_flags[i].bit | creation_flags[j].bit);
}

#define SAMPLES 300

static void try_sample(uint64_t usable)
{
	for (unsigned n = 0; n < SAMPLES; n++) {
		uint64_t set = 0;
		for (unsigned wanted = 3 + test_random() % 7; wanted; wanted--)
			set |= creation_flags[test_random() % creation_flag_count].bit;
		if (n % 4)
			set = flags_reconciled(scene->call, set);
		compare(set & usable);
	}
}

static void prepare_scene(enum flags_call call)
{
	scene->call = call;
	scene->privileged = effective_capabilities() & CAP(SYS_ADMIN);
	scene->kcmp = feature_expected(NEEDS_KCMP) && feature_expected(NEEDS_BLOCK);
	scene->stack = new_stack();
	scene->caller = sys_getpid();
	scene->callers_parent = sys_getppid();
	scene->spare = (int)SETUP(sys_open("/", O_PATH));
	scene->victim = (int)SETUP(sys_dup(scene->spare));
	/* An I/O context comes into being with a priority. */
	SYSCALL3(SYS_ioprio_set, 1, 0, 2 << 13 | 4);
	look_around(scene->callers_links);
}

static void compare_without_flags(void)
{
	struct outcome want, got;

	compare(0);
	if (differs(0, &want, &got) && want.result == got.result)
		scene->blind = want.aspects ^ got.aspects;
}

/* Siblings of the caller are children of the test's process, so the caller is a process of its own. */
static void run_in_caller(enum flags_call call, void (*try_sets)(uint64_t usable))
{
	pid_t pid;
	int status = -1;

	scene = shared(sizeof(*scene));
	scene->semaphore = (int)SETUP(semget(IPC_PRIVATE, 1, 0600));
	pid_t caller = fork_helper();
	if (caller == 0) {
		prepare_scene(call);
		compare_without_flags();
		try_sets(usable_flags());
		leave(0);
	}
	while ((pid = (pid_t)wait_for(-1, &status, __WALL, NULL)) > 0 && pid != caller)
		;
	EXPECT_EQ(pid, caller);
	EXPECT_EQ(status, 0);
	SETUP(semctl(scene->semaphore, 0, IPC_RMID));
}

#define LATTICE NEEDS_PROC, NEEDS_SYSVIPC
/* Hundreds of sets, many with a network namespace; where flags are at fault, each of those is cut down besides. */
#define SLOW .timeout_ms = 30000

static const struct row {
	struct case_head head;
	enum flags_call call;
} calls[] = {
	{ { .name = "clone" }, BY_CLONE },
	{ { "clone3", .features = FEATURES(NEEDS_CLONE3) }, BY_CLONE3 },
	{ { "unshare", .features = FEATURES(NEEDS_UNSHARE) }, BY_UNSHARE },
};

TEST(sharing_flags, .covers = "CLONE-FLAGS-01 CLONE-FLAGS-02", .features = FEATURES(LATTICE),
     .summary = "every set of the sharing flags is refused as documented, or shares just what its flags say",
     CASES_NEEDING(calls))
{
	const struct row *row = this_case();

	run_in_caller(row->call, try_subsets);
}

TEST(pairs, .covers = "CLONE-FLAGS-01 CLONE-FLAGS-02", .features = FEATURES(LATTICE), .caps = CAP(SYS_ADMIN),
     .summary = "every pair of flags is refused as documented, or shares just what its flags say", CASES_NEEDING(calls),
     SLOW)
{
	const struct row *row = this_case();

	run_in_caller(row->call, try_pairs);
}

TEST(pairs_unprivileged, .covers = "CLONE-FLAGS-01 CLONE-FLAGS-02", .features = FEATURES(LATTICE),
     .summary = "every pair of flags is refused as documented without privileges, or shares just what its flags say",
     CASES_NEEDING(calls), SLOW)
{
	const struct row *row = this_case();

	run_in_caller(row->call, try_pairs);
}

TEST(sample, .covers = "CLONE-FLAGS-01 CLONE-FLAGS-02", .features = FEATURES(LATTICE), .caps = CAP(SYS_ADMIN),
     .summary = "sets drawn at random are refused as documented, or share just what their flags say",
     CASES_NEEDING(calls), SLOW)
{
	const struct row *row = this_case();

	run_in_caller(row->call, try_sample);
}
