// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* Who a new process is: its PID among others, its signal at the end, what it has in common with its parent. */
#include "forkcheck.h"

enum { MAY_GO };

#define FAN 64

TEST(pids_differ, .covers = "FORK-010 POSIX-019",
     .summary = "children that live at the same time have different PIDs, and each is reaped once", THROUGH(fork_doors))
{
	const struct fork_door *door = this_door();
	pid_t pids[FAN];

	for (int i = 0; i < FAN; i++) {
		long child = door->fork();
		if (child == 0) {
			await(MAY_GO);
			leave(i);
		}
		REQUIRE_GT(child, 0, i);
		EXPECT_NE(child, sys_getpid(), i);
		for (int k = 0; k < i; k++)
			EXPECT_NE(child, pids[k], k);
		pids[i] = (pid_t)child;
	}
	post(MAY_GO);
	for (int i = 0; i < FAN; i++) {
		int status, k = 0;
		long reaped = wait_for(-1, &status, 0, NULL);
		while (k < FAN && pids[k] != reaped)
			k++;
		REQUIRE_LT(k, FAN, i); /* a child of ours, and not yet reported */
		EXPECT_EQ(status, W_EXITCODE(k, 0), i);
		pids[k] = 0;
	}
	EXPECT_NO_CHILD();
}

#define DEPTH 32

/* The calling process is generation n: makes the next one, and ends with how many came after it. */
static void descend(const struct fork_door *door, int n, const volatile pid_t *line)
{
	pid_t me = sys_getpid();

	for (int i = 0; i < n; i++)
		EXPECT_NE(line[i], me, i);
	if (n == DEPTH)
		return;
	long child = door->fork();
	if (child == 0) {
		EXPECT_EQ(sys_getppid(), me);
		((volatile pid_t *)line)[n + 1] = sys_getpid();
		descend(door, n + 1, line);
		leave(DEPTH - n - 1);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, DEPTH - n - 1);
	EXPECT_EQ(line[n + 1], child);
	EXPECT_NO_CHILD();
}

TEST(chain, .covers = "FORK-002 FORK-010 FORK-013",
     .summary = "a child may fork at once, and so on: each has its own child and nobody else's", THROUGH(fork_doors))
{
	pid_t *line = shared((DEPTH + 1) * sizeof(*line));

	line[0] = sys_getpid();
	descend(this_door(), 0, line);
}

TEST(ends_with_sigchld, .covers = "FORK-031 FORK-049",
     .summary = "the end of a child of fork sends SIGCHLD and nothing else", THROUGH(fork_doors))
{
	const struct fork_door *door = this_door();
	const sigset64 all = ~(sigset64)0, sigchld = SIGBIT(SIGCHLD);
	const struct timespec now = { 0 };
	sigset64 pending = 0;
	siginfo_t info = { 0 };

	SETUP(sys_sigprocmask(SIG_BLOCK, &all, NULL));
	long child = door->fork();
	if (child == 0)
		leave(7);
	REQUIRE_GT(child, 0);
	EXPECT_FAILS(waitid_for(P_PID, (int)child, &info, WEXITED | WNOWAIT | __WCLONE, NULL), ECHILD);
	await_zombie((pid_t)child);
	SETUP(sys_sigpending(&pending));
	EXPECT_EQ(pending, sigchld);
	if (pending & sigchld) {
		EXPECT_EQ(SYSCALL4(SYS_rt_sigtimedwait, &sigchld, &info, &now, sizeof(sigchld)), SIGCHLD);
		EXPECT_EQ(info.si_pid, child);
		EXPECT_EQ(info.si_code, CLD_EXITED);
		EXPECT_EQ(info.si_status, 7);
	}
	EXPECT_EXITED(child, 7);
}

static volatile int value = 1;

TEST(nothing_shared, .covers = "FORK-049",
     .summary = "fork is clone with no flag but SIGCHLD: memory, descriptors, umask, handlers are the child's own",
     THROUGH(fork_doors))
{
	const struct fork_door *door = this_door();
	const struct sigaction ignore = { .sa_handler = SIG_IGN };
	struct sigaction action;
	int ends[2];

	SETUP(pipe(ends));
	long child = door->fork();
	if (child == 0) {
		value = 2;
		SETUP(sys_close(ends[0]));
		SETUP(sys_umask(0077));
		SETUP(sigaction(SIGUSR1, &ignore, NULL));
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	EXPECT_EQ(value, 1);
	EXPECT_EQ(sys_fcntl(ends[0], F_GETFD, 0), 0);
	EXPECT_EQ(sys_umask(0), 0022);
	SETUP(sigaction(SIGUSR1, NULL, &action));
	EXPECT_TRUE(action.sa_handler == SIG_DFL);
}

/* ---- Numbers that are not free ------------------------------------------------------------------- */

static const struct kept {
	const char *name;
	bool session; /* the number names a session only; otherwise a process group only */
} kept[] = {
	{ "group", false },
	{ "session", true },
};

/* Makes a process and ends it, but leaves a member of its group or session, which then alone keeps its number. */
static pid_t leave_member(bool session)
{
	pid_t leader = fork_helper();
	if (leader == 0) {
		SETUP(session ? sys_setsid() : SYSCALL2(SYS_setpgid, 0, 0));
		pid_t member = fork_helper();
		if (member == 0) {
			if (session)
				SETUP(SYSCALL2(SYS_setpgid, 0, 0));
			await(MAY_GO);
			leave(0);
		}
		/* The member's own group must be there before the leader's ends. */
		while (session && SYSCALL1(SYS_getpgid, member) == sys_getpid())
			sys_sched_yield();
		leave(0);
	}
	SETUP(checked_wait(leader, NULL, 0));
	return leader;
}

/* The PID of a child that is made when number would be next in turn. */
static long next_at(pid_t number)
{
	char text[16] = "";

	append_number(text, sizeof(text), number - 1);
	SETUP(write_file("/proc/sys/kernel/ns_last_pid", text));
	long child = sys_fork();
	if (child == 0)
		leave(0);
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	return child;
}

TEST(skips_number_in_use, .covers = "FORK-011 FORK-012", .caps = CAP(SYS_ADMIN),
     .features = FEATURES(NEEDS_PROC, NEEDS_PID_NS, NEEDS_CHECKPOINT_RESTORE, NEEDS_PROC_SYS),
     .summary = "no child gets the number of a process group or a session whose leader is gone", CASES(kept))
{
	const struct kept *row = this_case();

	/* Nobody else takes a number in a PID namespace of our own. */
	long init = CLONE_HERE(VIA_CLONE, .flags = CLONE_NEWPID, .exit_signal = SIGCHLD);
	if (init == 0) {
		pid_t number = leave_member(row->session);
		EXPECT_NE(next_at(number), number);
		post(MAY_GO);
		SETUP(wait_for(-1, NULL, 0, NULL)); /* the member, which is ours since its parent's end */
		EXPECT_EQ(next_at(number), number);
		leave(0);
	}
	REQUIRE_GT(init, 0);
	EXPECT_EXITED(init, 0);
}
