// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* The first process of a PID namespace: signals to it, its end and the others', orphans, reboot. */
#include "forkcheck.h"

#include <linux/reboot.h>

#define PID_NS NEEDS_PID_NS

#define MEMBERS 16 /* for one or two an ending may be over in time by chance */

enum { INIT_IS_READY, INIT_MAY_GO, MEMBER_IS_READY, OTHER_IS_READY, NEVER, MEMBERS_ARE_READY };

static const struct signal_case {
	struct case_head head;
	int number;
} from_inside[] = {
	{ { "term", .covers = "PIDNS-09" }, SIGTERM },
	{ { "user", .covers = "PIDNS-09" }, SIGUSR1 },
	{ { "real_time", .covers = "PIDNS-09" }, 40 },
	{ { "kill", .covers = "PIDNS-10" }, SIGKILL },
	{ { "stop", .covers = "PIDNS-11", .features = FEATURES(NEEDS_UNTRACED) }, SIGSTOP },
};

/* Should the init have been stopped, that is told as its status, and it ends. */
static void expect_exit(pid_t init, int code)
{
	int status = -1;

	EXPECT_EQ(checked_wait(init, &status, WUNTRACED), init);
	EXPECT_EQ(status, W_EXITCODE(code, 0));
	if (WIFSTOPPED(status)) {
		checked_kill(init, SIGKILL);
		checked_wait(init, NULL, 0);
	}
}

TEST(deaf_to_members, .caps = CAP(SYS_ADMIN), .features = FEATURES(PID_NS),
     .summary =
	     "a signal for which the init has no handler, SIGKILL and SIGSTOP too, does nothing when a member sends it",
     CASES_NEEDING(from_inside))
{
	const struct signal_case *row = this_case();

	long init = CLONE_HERE(VIA_CLONE, .flags = CLONE_NEWPID, .exit_signal = SIGCHLD);
	if (init == 0) {
		pid_t member = fork_helper();
		if (member == 0) {
			REQUIRE_EQ(sys_getppid(), 1);
			EXPECT_OK(checked_kill(1, row->number));
			leave(0);
		}
		EXPECT_EXITED(member, 0);
		leave(3);
	}
	REQUIRE_GT(init, 0);
	expect_exit((pid_t)init, 3);
}

static volatile int times, sender = -1;

static void count(int sig, siginfo_t *info, void *context)
{
	(void)sig;
	(void)context;
	times++;
	sender = info->si_pid;
}

static void handle(int sig)
{
	const struct sigaction action = { .sa_sigaction = count, .sa_flags = SA_SIGINFO };

	SETUP(sigaction(sig, &action, NULL));
}

TEST(handles_members, .covers = "PIDNS-12", .caps = CAP(SYS_ADMIN), .features = FEATURES(PID_NS),
     .summary = "a signal for which the init has a handler reaches it from a member, with that member's PID")
{
	long init = CLONE_HERE(VIA_CLONE, .flags = CLONE_NEWPID, .exit_signal = SIGCHLD);
	if (init == 0) {
		handle(SIGUSR1);
		pid_t member = fork_helper();
		if (member == 0) {
			EXPECT_OK(checked_kill(1, SIGUSR1));
			leave(0);
		}
		EXPECT_EXITED(member, 0);
		EXPECT_EQ(times, 1);
		EXPECT_EQ(sender, member);
		leave(0);
	}
	REQUIRE_GT(init, 0);
	EXPECT_EXITED(init, 0);
}

static pid_t start_init(uint64_t flags, void (*prepare)(void))
{
	pid_t init = (pid_t)SETUP(CLONE_HERE(VIA_CLONE, .flags = flags, .exit_signal = SIGCHLD));

	if (init == 0) {
		REQUIRE_EQ(sys_getpid(), 1);
		if (prepare)
			prepare();
		post(INIT_IS_READY);
		await(INIT_MAY_GO);
		leave(times == 1 && sender == 0 ? 4 : 3);
	}
	await(INIT_IS_READY);
	return init;
}

TEST(deaf_to_ancestors, .covers = "PIDNS-13", .caps = CAP(SYS_ADMIN), .features = FEATURES(PID_NS),
     .summary = "a signal from outside for which the init has no handler is dropped; any other process dies of it")
{
	pid_t init = start_init(CLONE_NEWPID, NULL);

	EXPECT_OK(checked_kill(init, SIGTERM));
	EXPECT_OK(checked_kill(init, SIGUSR1));
	post(INIT_MAY_GO);
	EXPECT_EXITED(init, 3);
	pid_t other = fork_helper();
	if (other == 0)
		await(NEVER);
	EXPECT_OK(checked_kill(other, SIGTERM));
	EXPECT_KILLED(other, SIGTERM);
}

TEST(killed_by_ancestor, .covers = "PIDNS-14", .caps = CAP(SYS_ADMIN), .features = FEATURES(PID_NS),
     .summary = "SIGKILL from outside kills the init")
{
	pid_t init = start_init(CLONE_NEWPID, NULL);

	EXPECT_OK(checked_kill(init, SIGKILL));
	EXPECT_KILLED(init, SIGKILL);
}

TEST(stopped_by_ancestor, .covers = "PIDNS-15", .caps = CAP(SYS_ADMIN), .features = FEATURES(PID_NS),
     .summary = "SIGSTOP from outside stops the init, and SIGCONT lets it go on")
{
	pid_t init = start_init(CLONE_NEWPID, NULL);
	int status = 0;

	EXPECT_OK(checked_kill(init, SIGSTOP));
	post(INIT_MAY_GO); /* so that an init which is not stopped ends */
	EXPECT_EQ(checked_wait(init, &status, WUNTRACED), init);
	EXPECT_TRUE(WIFSTOPPED(status) && WSTOPSIG(status) == SIGSTOP);
	if (!WIFSTOPPED(status))
		return;
	EXPECT_OK(checked_kill(init, SIGCONT));
	EXPECT_EXITED(init, 3);
}

static void handle_user_signal(void)
{
	handle(SIGUSR1);
}

TEST(sender_outside_is_zero, .covers = "PIDNS-16", .caps = CAP(SYS_ADMIN), .features = FEATURES(PID_NS),
     .summary = "a handler in the init sees 0 as the PID of a sender outside the namespace")
{
	pid_t init = start_init(CLONE_NEWPID, handle_user_signal);

	EXPECT_OK(checked_kill(init, SIGUSR1));
	post(INIT_MAY_GO);
	EXPECT_EXITED(init, 4);
}

/* ---- Orphans ----------------------------------------------------------------------------------- */

/* Forks a process that forks another and ends; returns the other's PID, an orphan by then. */
static pid_t make_orphan(pid_t *told, pid_t adopter)
{
	pid_t middle = fork_helper();

	if (middle == 0) {
		pid_t orphan = fork_helper();
		if (orphan == 0) {
			await(OTHER_IS_READY);
			EXPECT_EQ(sys_getppid(), adopter);
			leave(0);
		}
		*told = orphan;
		leave(0);
	}
	SETUP_RAW(checked_wait(middle, NULL, 0));
	post(OTHER_IS_READY);
	return *told;
}

TEST(adopts_orphans, .covers = "PIDNS-05", .caps = CAP(SYS_ADMIN), .features = FEATURES(PID_NS),
     .summary = "an orphan becomes a child of its PID namespace's init")
{
	pid_t *told = shared(sizeof(*told));

	long init = CLONE_HERE(VIA_CLONE, .flags = CLONE_NEWPID, .exit_signal = SIGCHLD);
	if (init == 0) {
		pid_t orphan = make_orphan(told, 1);
		EXPECT_EXITED(orphan, 0);
		leave(0);
	}
	REQUIRE_GT(init, 0);
	EXPECT_EXITED(init, 0);
}

TEST(nearer_subreaper_adopts, .covers = "PIDNS-06", .caps = CAP(SYS_ADMIN), .features = FEATURES(PID_NS),
     .summary = "a subreaper between an orphan and the init adopts it before the init")
{
	pid_t *told = shared(sizeof(*told));

	long init = CLONE_HERE(VIA_CLONE, .flags = CLONE_NEWPID, .exit_signal = SIGCHLD);
	if (init == 0) {
		REQUIRE_EQ(sys_getpid(), 1);
		pid_t subreaper = fork_helper();
		if (subreaper == 0) {
			SETUP_RAW(sys_prctl(36 /* PR_SET_CHILD_SUBREAPER */, 1, 0, 0, 0));
			pid_t orphan = make_orphan(told, sys_getpid());
			EXPECT_EXITED(orphan, 0);
			leave(0);
		}
		EXPECT_EXITED(subreaper, 0);
		EXPECT_NO_CHILD();
		leave(0);
	}
	REQUIRE_GT(init, 0);
	EXPECT_EXITED(init, 0);
}

/* ---- Its end ----------------------------------------------------------------------------------- */

static const struct ending {
	const char *name;
	int sig; /* 0: it exits */
} endings[] = {
	{ "exit", 0 },
	{ "kill", SIGKILL },
};

/* A member that only SIGKILL ends; it holds the writing end of a pipe. */
static void start_member(unsigned ready, bool new_session)
{
	const sigset64 all = ~(sigset64)0;

	if (fork_helper())
		return;
	SETUP_RAW(sys_sigprocmask(SIG_BLOCK, &all, NULL));
	if (new_session)
		SETUP_RAW(sys_setsid());
	post(ready);
	await(NEVER);
}

TEST(takes_all_with_it, .covers = "PIDNS-07 PIDNS-43", .caps = CAP(SYS_ADMIN), .features = FEATURES(PID_NS),
     .summary = "when the init ends all others are killed, and its parent learns of it when they are gone",
     CASES(endings))
{
	const struct ending *row = this_case();
	int ends[2];
	char byte;

	SETUP(pipe2(ends, O_NONBLOCK));
	long init = CLONE_HERE(VIA_CLONE, .flags = CLONE_NEWPID, .exit_signal = SIGCHLD);
	if (init == 0) {
		for (unsigned i = 0; i < MEMBERS; i++)
			start_member(MEMBERS_ARE_READY + i, i % 2);
		for (unsigned i = 0; i < MEMBERS; i++)
			await(MEMBERS_ARE_READY + i);
		post(INIT_IS_READY);
		if (row->sig)
			await(INIT_MAY_GO);
		leave(0);
	}
	REQUIRE_GT(init, 0);
	sys_close(ends[1]);
	await(INIT_IS_READY);
	if (row->sig) {
		EXPECT_FAILS(sys_read(ends[0], &byte, 1), EAGAIN);
		EXPECT_OK(checked_kill((pid_t)init, row->sig));
		EXPECT_KILLED(init, row->sig);
	} else {
		EXPECT_EXITED(init, 0);
	}
	/* End of file: nobody has the other end any more. */
	long got = sys_read(ends[0], &byte, 1);
	EXPECT_EQ(got, 0);
}

TEST(no_members_without_it, .covers = "PIDNS-08", .caps = CAP(SYS_ADMIN),
     .features = FEATURES(PID_NS, NEEDS_PROC, NEEDS_SETNS),
     .summary = "a PID namespace whose init has ended takes no new processes: fork after setns fails with ENOMEM")
{
	char path[64];
	pid_t init = start_init(CLONE_NEWPID, NULL);
	int fd = (int)SETUP(sys_open(proc_path(path, sizeof(path), init, "ns/pid"), O_RDONLY | O_CLOEXEC));

	EXPECT_OK(sys_setns(fd, CLONE_NEWPID));
	long child = sys_fork();
	if (child == 0)
		leave(0);
	EXPECT_GT(child, 0);
	if (child > 0)
		EXPECT_EXITED(child, 0);
	post(INIT_MAY_GO);
	EXPECT_EXITED(init, 3);
	child = sys_fork();
	EXPECT_REFUSED(child, ENOMEM);
}

TEST(dies_of_its_own_fault, .covers = "PIDNS-42", .caps = CAP(SYS_ADMIN), .features = FEATURES(PID_NS, NEEDS_UNTRACED),
     .summary = "a fault of its own kills the init, though no signal of a member would")
{
	volatile char *nowhere = mmap(NULL, page_size(), PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	long init = CLONE_HERE(VIA_CLONE, .flags = CLONE_NEWPID, .exit_signal = SIGCHLD);
	if (init == 0) {
		REQUIRE_EQ(sys_getpid(), 1);
		*nowhere = 1;
		leave(0);
	}
	REQUIRE_GT(init, 0);
	EXPECT_KILLED(init, SIGSEGV);
}

static const struct reboot_case {
	const char *name;
	unsigned command;
	int sig;
} reboots[] = {
	{ "restart", LINUX_REBOOT_CMD_RESTART, SIGHUP },
	{ "halt", LINUX_REBOOT_CMD_HALT, SIGINT },
	{ "power_off", LINUX_REBOOT_CMD_POWER_OFF, SIGINT },
};

/* Ends the caller if it is not really inside a PID namespace of its own: this call is not to be made outside. */
static void be_sure_to_be_inside(uint64_t outside)
{
	REQUIRE_EQ(sys_getpid(), 1);
	REQUIRE_EQ(sys_getppid(), 0);
	REQUIRE_NE(namespace_of_self("pid"), outside);
	REQUIRE_NE(namespace_of_self("pid"), 0);
}

static long reboot_with(unsigned command)
{
	return SYSCALL4(SYS_reboot, LINUX_REBOOT_MAGIC1, LINUX_REBOOT_MAGIC2, command, NULL);
}

TEST(reboot_ends_it, .reaches = "the machine, by reboot(2)", .covers = "PIDNS-17",
     .caps = CAP(SYS_ADMIN) | CAP(SYS_BOOT), .features = FEATURES(PID_NS, NEEDS_PROC),
     .summary = "reboot inside a PID namespace ends its init by a signal that says which kind", CASES(reboots))
{
	const struct reboot_case *row = this_case();
	uint64_t outside = namespace_of_self("pid");

	long init = CLONE_HERE(VIA_CLONE, .flags = CLONE_NEWPID, .exit_signal = SIGCHLD);
	if (init == 0) {
		be_sure_to_be_inside(outside);
		EXPECT_OK(reboot_with(row->command));
		leave(0);
	}
	REQUIRE_GT(init, 0);
	EXPECT_KILLED(init, row->sig);
}

TEST(reboot_refused, .reaches = "the machine, by reboot(2)", .covers = "PIDNS-41",
     .caps = CAP(SYS_ADMIN) | CAP(SYS_BOOT), .features = FEATURES(PID_NS, NEEDS_PROC),
     .summary = "reboot inside a PID namespace refuses with EINVAL what has no meaning there")
{
	uint64_t outside = namespace_of_self("pid");

	long init = CLONE_HERE(VIA_CLONE, .flags = CLONE_NEWPID, .exit_signal = SIGCHLD);
	if (init == 0) {
		be_sure_to_be_inside(outside);
		EXPECT_FAILS(reboot_with(LINUX_REBOOT_CMD_CAD_ON), EINVAL);
		leave(0);
	}
	REQUIRE_GT(init, 0);
	EXPECT_EXITED(init, 0);
}

/* ---- An init whose first thread has ended --------------------------------------------------------- */

/* Its second thread: adopts, and ends the process. */
static int go_on_as_init(void *unused)
{
	(void)unused;
	long child = sys_fork();
	if (child == 0) {
		long orphan = sys_fork();
		if (orphan == 0) {
			while (sys_getppid() != 1)
				sys_sched_yield();
			leave(9);
		}
		leave(0);
	}
	EXPECT_GT(child, 0);
	EXPECT_EXITED(child, 0);
	int status = -1;
	EXPECT_GT(wait_for(-1, &status, 0, NULL), 0);
	EXPECT_EQ(status, W_EXITCODE(9, 0));
	sys_exit_group(5);
}

TEST(first_thread_gone, .covers = "PIDNS-80", .caps = CAP(SYS_ADMIN), .features = FEATURES(PID_NS),
     .summary = "a PID namespace lives on when the first thread of its init has ended: another thread forks and adopts")
{
	long init = CLONE_HERE(VIA_CLONE, .flags = CLONE_NEWPID, .exit_signal = SIGCHLD);

	if (init == 0) {
		start_thread(go_on_as_init, NULL);
		sys_exit(4);
	}
	REQUIRE_GT(init, 0);
	EXPECT_EXITED(init, 5);
}

TEST(blocked_signal_dropped, .covers = "PIDNS-81", .caps = CAP(SYS_ADMIN), .features = FEATURES(PID_NS),
     .summary = "a signal without a handler that the init has blocked is pending, and dropped when it is unblocked")
{
	const sigset64 term = SIGBIT(SIGTERM);
	long init = CLONE_HERE(VIA_CLONE, .flags = CLONE_NEWPID, .exit_signal = SIGCHLD);

	if (init == 0) {
		sigset64 pending = 0;
		SETUP_RAW(sys_sigprocmask(SIG_BLOCK, &term, NULL));
		long child = sys_fork();
		if (child == 0) {
			EXPECT_OK(checked_kill(1, SIGTERM));
			leave(0);
		}
		REQUIRE_GT(child, 0);
		EXPECT_EXITED(child, 0);
		SETUP_RAW(sys_sigpending(&pending));
		EXPECT_EQ(pending & term, term);
		SETUP_RAW(sys_sigprocmask(SIG_UNBLOCK, &term, NULL));
		SETUP_RAW(sys_sigpending(&pending));
		EXPECT_EQ(pending & term, 0);
		leave(3);
	}
	REQUIRE_GT(init, 0);
	EXPECT_EXITED(init, 3);
}
