// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* The end of a process as seen by its process group, session and terminal. */
#include "forkcheck.h"

#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <termios.h>

static const sigset64 noted = SIGBIT(SIGHUP) | SIGBIT(SIGCONT);

/* Orphans become children of the test's own process, where there are subreapers, else of one above it. */
static void adopt(void)
{
	prctl(PR_SET_CHILD_SUBREAPER, 1);
}

static void await_end(pid_t orphan)
{
	while (wait_for(-1, NULL, __WALL, NULL) > 0) {
	}
	while (checked_kill(orphan, 0) == 0)
		sys_sched_yield();
}

/* ---- Orphaned process groups ------------------------------------------------------------------- */

enum { MEMBER_READY, LINK_READY, ALL_SET, PARENT_MAY_GO, MEMBER_MAY_GO, LINK_MAY_GO };

struct member {
	pid_t pid, link;  /* the link: its group's tie to the session */
	long hup, cont;	  /* what was pending in the end */
	siginfo_t sender; /* of SIGCONT */
};

static pid_t start_member(struct member *member)
{
	pid_t pid = fork_helper();

	if (pid) {
		member->pid = pid;
		await(MEMBER_READY);
		return pid;
	}
	SETUP(sys_setpgid(0, 0));
	SETUP(sys_sigprocmask(SIG_BLOCK, &noted, NULL));
	post(MEMBER_READY);
	await(MEMBER_MAY_GO);
	member->hup = sys_sigpoll(SIGBIT(SIGHUP), NULL);
	member->cont = sys_sigpoll(SIGBIT(SIGCONT), &member->sender);
	leave(0);
}

/* A process of the session outside the group, with a child in it: the group has this parent after the other's end. */
static void start_link(struct member *member)
{
	pid_t link = fork_helper();

	if (link) {
		member->link = link;
		await(LINK_READY);
		return;
	}
	pid_t child = start_child(LINK_MAY_GO, 0);
	SETUP(sys_setpgid(child, member->pid));
	post(LINK_READY);
	EXPECT_EXITED(child, 0);
	leave(0);
}

static const struct group {
	const char *name;
	bool stopped, linked;
} groups[] = {
	{ "stopped", true, false },
	{ "running", false, false },
	{ "stopped_not_orphaned", true, true },
};

TEST(process_group, .covers = "EXIT-09",
     .summary = "a stopped process group that becomes orphaned gets SIGHUP and SIGCONT, another one gets neither",
     CASES(groups))
{
	const struct group *row = this_case();
	struct member *member = shared(sizeof(*member));
	bool told = row->stopped && !row->linked;
	siginfo_t info = { 0 };

	adopt();
	pid_t parent = fork_helper();
	if (parent == 0) {
		SETUP(sys_setsid());
		pid_t pid = start_member(member);
		if (row->linked)
			start_link(member);
		if (row->stopped) {
			SETUP(checked_kill(pid, SIGSTOP));
			SETUP(waitid_for(P_PID, pid, &info, WSTOPPED, NULL));
		}
		post(ALL_SET);
		await(PARENT_MAY_GO);
		leave(0);
	}
	await(ALL_SET);
	post(PARENT_MAY_GO);
	EXPECT_EXITED(parent, 0);
	/* What the kernel sends is pending by now, so that this one is dropped. */
	SETUP(checked_kill(member->pid, SIGCONT));
	post(MEMBER_MAY_GO);
	post(LINK_MAY_GO);
	await_end(member->pid);
	if (row->linked)
		await_end(member->link);
	EXPECT_EQ(member->hup, told ? SIGHUP : -EAGAIN);
	EXPECT_EQ(member->cont, SIGCONT);
	bool ours = member->sender.si_code == SI_USER && member->sender.si_pid == sys_getpid();
	EXPECT_EQ(ours, !told);
}

/* ---- A session and its terminal ---------------------------------------------------------------- */

enum { FOREGROUND, BACKGROUND, JOBS };
enum {
	JOB_READY,
	JOB_DONE = JOB_READY + JOBS,
	BYSTANDER_MAY_GO = JOB_DONE + JOBS,
	LEADER_MAY_GO,
	JOBS_MAY_GO,
	SESSION_READY
};

struct job {
	pid_t pid;
	long tty_before, hup, tty_after; /* opening the controlling terminal: 0 or -errno */
};

static long open_terminal(void)
{
	long fd = sys_open("/dev/tty", O_RDWR | O_NOCTTY);

	if (fd < 0)
		return fd;
	sys_close((int)fd);
	return 0;
}

static void start_job(struct job *job, unsigned ready, unsigned done)
{
	pid_t pid = fork_helper();

	if (pid) {
		job->pid = pid;
		SETUP(sys_setpgid(pid, pid));
		await(ready);
		return;
	}
	SETUP(sys_sigprocmask(SIG_BLOCK, &noted, NULL));
	job->tty_before = open_terminal();
	post(ready);
	await(JOBS_MAY_GO);
	job->hup = sys_sigpoll(SIGBIT(SIGHUP), NULL);
	job->tty_after = open_terminal();
	post(done);
	leave(0);
}

/* A session on a new terminal, with a job in the foreground, another one in the background, and a bystander. */
static void lead_session(const char *terminal, struct job *jobs)
{
	SETUP(sys_setsid());
	int tty = (int)SETUP(sys_open(terminal, O_RDWR));
	start_job(&jobs[FOREGROUND], JOB_READY + FOREGROUND, JOB_DONE + FOREGROUND);
	start_job(&jobs[BACKGROUND], JOB_READY + BACKGROUND, JOB_DONE + BACKGROUND);
	SETUP(tcsetpgrp(tty, jobs[FOREGROUND].pid));
	pid_t bystander = start_child(BYSTANDER_MAY_GO, 0);
	post(BYSTANDER_MAY_GO);
	EXPECT_EXITED(bystander, 0);
	post(SESSION_READY);
	await(LEADER_MAY_GO);
	leave(0);
}

/* The terminal is free for another session to take. */
static void expect_free(const char *terminal)
{
	pid_t leader = fork_helper();

	if (leader == 0) {
		SETUP(sys_setsid());
		EXPECT_FAILS(open_terminal(), ENXIO);
		EXPECT_OK(sys_open(terminal, O_RDWR));
		EXPECT_EQ(open_terminal(), 0);
		leave(0);
	}
	EXPECT_EXITED(leader, 0);
}

static const struct session_end {
	const char *name;
	bool leader;
} session_ends[] = {
	{ "leader", true },
	{ "member", false },
};

/* A session whose leader, or another member, ends while the jobs live. The terminal is open while the test runs. */
static void end_session(const struct session_end *row, struct job *jobs, void (*meanwhile)(const char *terminal))
{
	int master = (int)SETUP(posix_openpt(O_RDWR | O_NOCTTY));

	SETUP(grantpt(master));
	SETUP(unlockpt(master));
	const char *terminal = ptsname(master);
	SETUP(terminal ? 0 : -1);
	adopt();
	pid_t leader = fork_helper();
	if (leader == 0)
		lead_session(terminal, jobs);
	await(SESSION_READY);
	if (row->leader) {
		post(LEADER_MAY_GO);
		EXPECT_EXITED(leader, 0);
		if (meanwhile)
			meanwhile(terminal);
	}
	post(JOBS_MAY_GO);
	for (unsigned i = 0; i < JOBS; i++)
		await(JOB_DONE + i);
	post(LEADER_MAY_GO);
	for (unsigned i = 0; i < JOBS; i++)
		await_end(jobs[i].pid);
}

TEST(session, .covers = "EXIT-10", .features = FEATURES(NEEDS_PTY),
     .summary = "when a session's leader ends, and not another member, its foreground process group gets SIGHUP",
     CASES(session_ends))
{
	const struct session_end *row = this_case();
	struct job *jobs = shared(JOBS * sizeof(*jobs));

	end_session(row, jobs, NULL);
	EXPECT_EQ(jobs[FOREGROUND].hup, row->leader ? SIGHUP : -EAGAIN);
	EXPECT_EQ(jobs[BACKGROUND].hup, -EAGAIN);
}

TEST(terminal, .covers = "EXIT-18 EXIT-19", .features = FEATURES(NEEDS_PTY),
     .summary = "with its leader, and not another member, a session loses its terminal, which another one may take",
     CASES(session_ends))
{
	const struct session_end *row = this_case();
	struct job *jobs = shared(JOBS * sizeof(*jobs));

	end_session(row, jobs, expect_free);
	for (unsigned i = 0; i < JOBS; i++) {
		EXPECT_EQ(jobs[i].tty_before, 0, i);
		EXPECT_EQ(jobs[i].tty_after, row->leader ? -ENXIO : 0, i);
	}
}

/* ---- Stop signals of terminals --------------------------------------------------------------------- */

static const struct stop_signal {
	const char *name;
	int sig;
	bool stops; /* a member of an orphaned group, too */
} stop_signals[] = {
	{ "tstp", SIGTSTP, false },
	{ "ttin", SIGTTIN, false },
	{ "ttou", SIGTTOU, false },
	{ "stop", SIGSTOP, true },
};

TEST(stops_in_orphaned_group, .covers = "EXIT-20", CASES(stop_signals),
     .summary =
	     "SIGTSTP, SIGTTIN and SIGTTOU stop no member of an orphaned process group, SIGSTOP does; in another group all stop")
{
	const struct stop_signal *row = this_case();
	int status = 0;

	for (int orphaned = 0; orphaned < 2; orphaned++) {
		pid_t child = fork_helper();
		if (child == 0) {
			if (orphaned)
				SETUP_RAW(sys_setsid()); /* its parent is in another session */
			else
				SETUP_RAW(sys_setpgid(0, 0));
			SETUP_RAW(checked_kill(sys_getpid(), row->sig));
			leave(3);
		}
		EXPECT_EQ(wait_for(child, &status, WUNTRACED, NULL), child, orphaned);
		EXPECT_EQ(status, orphaned && !row->stops ? W_EXITCODE(3, 0) : W_STOPCODE(row->sig), orphaned);
		if (WIFSTOPPED(status)) {
			SETUP_RAW(checked_kill(child, SIGKILL));
			EXPECT_KILLED(child, SIGKILL, orphaned);
		}
	}
}
