// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* Orphans: who becomes the parent of a process whose parent has ended, and what the new parent gets. */
#include "forkcheck.h"

#include <sys/prctl.h>

enum { MADE, MAY_ORPHAN, ORPHANED };

#define STATUS 5 /* of the orphan */

struct orphan {
	pid_t pid, parent; /* its parent, as it saw it in the end */
};

static void be_subreaper(bool yes)
{
	REQUIRE_OK(sys_prctl(PR_SET_CHILD_SUBREAPER, yes, 0, 0, 0));
}

/* In the future orphan. */
static _Noreturn void look_at_parent(struct orphan *orphan)
{
	await(ORPHANED);
	orphan->parent = sys_getppid();
	leave(STATUS);
}

/* The process in between: it makes the orphan, and ends when told. */
static pid_t start_middle(struct orphan *orphan, int exit_signal, bool session)
{
	pid_t middle = fork_helper();

	if (middle)
		return middle;
	if (session)
		SETUP(sys_setsid());
	pid_t child = (pid_t)SETUP(CLONE_HERE(VIA_CLONE, .exit_signal = exit_signal));
	if (child == 0)
		look_at_parent(orphan);
	orphan->pid = child;
	post(MADE);
	await(MAY_ORPHAN);
	leave(0);
}

/* In the new parent: the orphan ends, and that is told as of a child of its own. */
static void expect_child(struct orphan *orphan)
{
	const sigset64 chld = SIGBIT(SIGCHLD);
	siginfo_t info = { 0 };

	SETUP(sys_sigprocmask(SIG_BLOCK, &chld, NULL));
	sys_sigpoll(chld, &info); /* of another child */
	post(ORPHANED);
	EXPECT_EQ(waitid_for(P_PID, orphan->pid, &info, WEXITED | WNOWAIT, NULL), 0);
	info.si_pid = 0;
	EXPECT_EQ(sys_sigpoll(chld, &info), SIGCHLD);
	EXPECT_EQ(info.si_pid, orphan->pid);
	EXPECT_EXITED(orphan->pid, STATUS);
}

static const struct adoption {
	struct case_head head;
	/* When the process above the one in between becomes a subreaper: */
	bool early; /* before it has descendants */
	bool late;  /* before the orphan is one */
	bool too_late;
	bool cleared; /* and ceases to be one before the orphan is one */
	bool session; /* the one in between begins a session */
} adoptions[] = {
	{ { .name = "subreaper", .covers = "INH-PRCTL-03 INH-PRCTL-04 THR-03" }, .early = true },
	{ { .name = "set_late", .covers = "INH-PRCTL-03 INH-PRCTL-04" }, .late = true },
	{ { .name = "other_session", .covers = "INH-PRCTL-03" }, .early = true, .session = true },
	{ { .name = "set_too_late", .covers = "REAPER-01" }, .too_late = true },
	{ { .name = "cleared", .covers = "REAPER-02" }, .early = true, .cleared = true },
	{ { .name = "none", .covers = "INH-PRCTL-05" }, .early = false },
};

TEST(adopted, .summary = "an orphan's parent is the subreaper above it, or the next one if that is none in time",
     CASES_NEEDING(adoptions))
{
	const struct adoption *row = this_case();
	bool adopts = (row->early || row->late) && !row->cleared;
	struct orphan *orphan = shared(sizeof(*orphan));

	be_subreaper(true);
	pid_t subreaper = fork_helper();
	if (subreaper == 0) {
		if (row->early)
			be_subreaper(true);
		pid_t middle = start_middle(orphan, SIGCHLD, row->session);
		await(MADE);
		if (row->late || row->cleared)
			be_subreaper(row->late);
		post(MAY_ORPHAN);
		EXPECT_EXITED(middle, 0);
		if (row->too_late)
			be_subreaper(true);
		if (adopts)
			expect_child(orphan);
		EXPECT_NO_CHILD();
		leave(0);
	}
	EXPECT_EXITED(subreaper, 0);
	if (!adopts)
		expect_child(orphan);
	EXPECT_EQ(orphan->parent, adopts ? subreaper : sys_getpid());
	post(ORPHANED);
}

/* ---- A line of processes ----------------------------------------------------------------------- */

/* Each is the child of the one before it, and the first a child of the test's own process. */
enum { ELDER, YOUNGER, NO_SUBREAPER, PARENT, ORPHAN, LINE };
enum { MAY_END, GONE = MAY_END + LINE, LOOK = GONE + LINE, SEEN = LOOK + LINE };

struct line {
	pid_t pid[LINE], seen[LINE]; /* the orphan's parent after the end of this one */
};

static _Noreturn void look_repeatedly(struct line *line)
{
	for (int i = PARENT; i >= ELDER; i--) {
		await(LOOK + i);
		line->seen[i] = sys_getppid();
		post(SEEN + i);
	}
	leave(STATUS);
}

static pid_t start_line(struct line *line, int me)
{
	pid_t pid = fork_helper();

	if (pid)
		return pid;
	line->pid[me] = sys_getpid();
	if (me == ORPHAN)
		look_repeatedly(line);
	if (me < NO_SUBREAPER)
		be_subreaper(true);
	pid_t next = start_line(line, me + 1);
	if (me < PARENT) {
		EXPECT_EXITED(next, 0);
		post(GONE + me + 1);
	}
	await(MAY_END + me);
	leave(0);
}

TEST(nearest, .covers = "INH-PRCTL-02 INH-PRCTL-05 THR-03",
     .summary = "the nearest living one of several subreapers adopts; a child of a subreaper is none itself")
{
	struct line *line = shared(sizeof(*line));

	be_subreaper(true);
	pid_t elder = start_line(line, ELDER);
	for (int i = PARENT; i >= ELDER; i--) {
		post(MAY_END + i);
		if (i == ELDER)
			EXPECT_EXITED(elder, 0, i);
		else
			await(GONE + i);
		post(LOOK + i);
		await(SEEN + i);
	}
	EXPECT_EQ(line->seen[PARENT], line->pid[YOUNGER]);
	EXPECT_EQ(line->seen[NO_SUBREAPER], line->pid[YOUNGER]);
	EXPECT_EQ(line->seen[YOUNGER], elder);
	EXPECT_EQ(line->seen[ELDER], sys_getpid());
	EXPECT_EXITED(line->pid[ORPHAN], STATUS);
}

/* ---- Zombies and exit signals ------------------------------------------------------------------ */

static const struct heir {
	struct case_head head;
	bool subreaper, ignores;
} heirs[] = {
	{ { .name = "subreaper", .covers = "WAIT-22" }, .subreaper = true },
	{ { .name = "next", .covers = "WAIT-22" }, .subreaper = false },
	{ { .name = "ignoring", .covers = "REAPER-06" }, .subreaper = true, .ignores = true },
};

static void ignore_children(void)
{
	const struct sigaction ignore = { .sa_handler = SIG_IGN };

	SETUP(sigaction(SIGCHLD, &ignore, NULL));
}

TEST(zombie, .summary = "an adopter of orphans adopts zombies too and gets their status, unless it ignores SIGCHLD",
     CASES_NEEDING(heirs))
{
	const struct heir *row = this_case();
	pid_t *zombie = shared(sizeof(*zombie));
	int status = -1;

	be_subreaper(true);
	pid_t heir = fork_helper();
	if (heir == 0) {
		be_subreaper(row->subreaper);
		pid_t parent = fork_helper();
		if (parent == 0) {
			*zombie = start_child(MAY_ORPHAN, STATUS);
			post(MAY_ORPHAN);
			await_zombie(*zombie);
			post(MADE);
			await(ORPHANED);
			leave(0);
		}
		await(MADE);
		EXPECT_FAILS(wait_for(*zombie, NULL, WNOHANG, NULL), ECHILD);
		if (row->ignores)
			ignore_children();
		post(ORPHANED);
		EXPECT_EQ(wait_for(parent, NULL, 0, NULL), row->ignores ? -ECHILD : parent);
		bool mine = row->subreaper && !row->ignores;
		EXPECT_EQ(wait_for(*zombie, &status, WNOHANG, NULL), mine ? *zombie : -ECHILD);
		EXPECT_EQ(status, mine ? W_EXITCODE(STATUS, 0) : -1);
		EXPECT_NO_CHILD();
		leave(0);
	}
	EXPECT_EXITED(heir, 0);
	if (!row->subreaper)
		EXPECT_EXITED(*zombie, STATUS);
	EXPECT_NO_CHILD();
}

static const struct exit_signal {
	const char *name;
	int number;
} exit_signals[] = {
	{ "none", 0 },
	{ "usr1", SIGUSR1 },
};

TEST(exit_signal, .covers = "REAPER-05", .summary = "an orphan is an ordinary child of its new parent, with SIGCHLD",
     CASES(exit_signals))
{
	const struct exit_signal *row = this_case();
	const sigset64 usr1 = SIGBIT(SIGUSR1);
	struct orphan *orphan = shared(sizeof(*orphan));

	SETUP(sys_sigprocmask(SIG_BLOCK, &usr1, NULL));
	be_subreaper(true);
	pid_t middle = start_middle(orphan, row->number, false);
	await(MADE);
	post(MAY_ORPHAN);
	EXPECT_EXITED(middle, 0);
	EXPECT_EQ(wait_for(orphan->pid, NULL, WNOHANG, NULL), 0); /* seen without __WALL */
	expect_child(orphan);
	EXPECT_EQ(sys_sigpoll(usr1, NULL), -EAGAIN);
}

/* ---- Threads ----------------------------------------------------------------------------------- */

struct household {
	struct orphan orphan;
	pid_t middle;
};

/* In a thread of the subreaper, whose first thread ends meanwhile. */
static int adopt_in_thread(void *arg)
{
	struct household *house = arg;

	while (thread_state(sys_getpid(), sys_getpid()) != 'Z')
		sys_sched_yield();
	post(MAY_ORPHAN);
	EXPECT_EXITED(house->middle, 0);
	expect_child(&house->orphan);
	sys_exit_group(0);
}

TEST(thread_adopts, .covers = "REAPER-03", .features = FEATURES(NEEDS_PROC),
     .summary = "a subreaper whose first thread has ended still adopts, by another thread")
{
	struct household *house = shared(sizeof(*house));
	pid_t subreaper = fork_helper();

	if (subreaper == 0) {
		be_subreaper(true);
		house->middle = start_middle(&house->orphan, SIGCHLD, false);
		await(MADE);
		start_thread(adopt_in_thread, house);
		sys_exit(1);
	}
	EXPECT_EXITED(subreaper, 0);
	EXPECT_EQ(house->orphan.parent, subreaper);
	post(MAY_ORPHAN);
	post(ORPHANED);
}

static int set_in_thread(void *arg)
{
	(void)arg;
	be_subreaper(true);
	return 0;
}

TEST(set_by_thread, .covers = "REAPER-04", .summary = "the attribute is the process's, whichever thread sets it")
{
	struct orphan *orphan = shared(sizeof(*orphan));
	pid_t subreaper = fork_helper();

	if (subreaper == 0) {
		await_thread_gone(start_thread(set_in_thread, NULL));
		pid_t middle = start_middle(orphan, SIGCHLD, false);
		await(MADE);
		post(MAY_ORPHAN);
		EXPECT_EXITED(middle, 0);
		expect_child(orphan);
		leave(0);
	}
	EXPECT_EXITED(subreaper, 0);
	EXPECT_EQ(orphan->parent, subreaper);
	post(ORPHANED);
}

/* ---- init -------------------------------------------------------------------------------------- */

TEST(init, .covers = "THR-03 WAIT-22", .caps = CAP(SYS_ADMIN), .features = FEATURES(NEEDS_PID_NS),
     .summary = "without a subreaper the first process of the PID namespace adopts, not one outside")
{
	struct orphan *orphan = shared(sizeof(*orphan));

	sys_prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); /* if there are subreapers here */
	long first = CLONE_HERE(VIA_CLONE, .flags = CLONE_NEWPID, .exit_signal = SIGCHLD);
	if (first == 0) {
		pid_t middle = start_middle(orphan, SIGCHLD, false);
		await(MADE);
		post(MAY_ORPHAN);
		EXPECT_EXITED(middle, 0);
		expect_child(orphan);
		EXPECT_NO_CHILD();
		leave(0);
	}
	REQUIRE_GT(first, 0);
	EXPECT_EXITED(first, 0);
	EXPECT_EQ(orphan->parent, 1);
	EXPECT_NO_CHILD();
}

/* ---- A subreaper that comes late ------------------------------------------------------------------ */

#define GENERATIONS 3
enum { LATE_ALL_THERE = 40, LATE_MAY_END, LATE_SEEN = LATE_MAY_END + GENERATIONS };

static pid_t born_of; /* of each its own */

/* Makes the descendants, each a child of the one before: returns in each of them, with its number. */
static unsigned descend(void)
{
	for (unsigned n = 0; n + 1 < GENERATIONS; n++) {
		long child = sys_fork();
		REQUIRE_GE(child, 0, n);
		if (child)
			return n;
		born_of = sys_getppid(); /* nobody ends before all are there */
	}
	post(LATE_ALL_THERE);
	return GENERATIONS - 1;
}

/* One of them: says who its parent is when the first one has ended, and ends when it is told to. */
static _Noreturn void be_descendant(volatile pid_t *parent)
{
	const unsigned n = descend();

	if (n) {
		while (sys_getppid() == born_of)
			sys_sched_yield();
		parent[n] = sys_getppid();
		post(LATE_SEEN + n);
	}
	await(LATE_MAY_END + n);
	leave((int)n);
}

TEST(late_subreaper, .covers = "REAPER-07",
     .summary = "a process that becomes a subreaper when it has three generations of descendants adopts each in turn")
{
	volatile pid_t *parent = shared(GENERATIONS * sizeof(*parent));
	int status = 0;

	long child = sys_fork();
	if (child == 0)
		be_descendant(parent);
	REQUIRE_GT(child, 0);
	await(LATE_ALL_THERE);
	SETUP_RAW(sys_prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0));
	for (unsigned n = 0; n < GENERATIONS; n++) {
		post(LATE_MAY_END + n);
		EXPECT_GT(wait_for(-1, &status, 0, NULL), 0, n);
		EXPECT_EQ(status, W_EXITCODE(n, 0), n);
		if (n + 1 < GENERATIONS) {
			await(LATE_SEEN + n + 1);
			EXPECT_EQ(parent[n + 1], sys_getpid(), n);
		}
	}
	EXPECT_NO_CHILD();
}
