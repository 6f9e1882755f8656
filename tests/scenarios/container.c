// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* A container in one call, as container engines make it: its life and its end. */
#include "container.h"

static const struct kind kinds[] = {
	{ { "privileged", .covers = OTHERS_COVERED, .caps = CAP(SYS_ADMIN), .features = FEATURES(OTHER_FEATURES) },
	  OTHERS },
	{ { "user_ns", .covers = USER_COVERED, .caps = CAP(SYS_ADMIN), .features = FEATURES(IN_USER_NS) },
	  OTHERS | CLONE_NEWUSER },
	{ { "rootless", .covers = "CLONE-NEWUSER-03 CLONE-NEWUSER-09 " USER_COVERED, .features = FEATURES(IN_USER_NS) },
	  OTHERS | CLONE_NEWUSER },
};

#define ORPHANS 3
#define STATUS 7

/* What the container's processes tell each other. */
static struct told {
	pid_t orphans[ORPHANS];
} * told;

/* ---- Its life ------------------------------------------------------------------------------------ */

static void expect_own_root(void)
{
	char self[16] = "";

	EXPECT_RETURNS(readlink("/proc/self", self, sizeof(self) - 1), 1);
	EXPECT_TRUE(!strcmp(self, "1"));
	EXPECT_EQ(names_in("/proc", "123456789"), 1);
	EXPECT_EQ(names_in("/", "abcdefghijklmnopqrstuvwxyz"), 1);
}

/* What engines do last before the program of the container runs: it shall never have a privilege again. */
static void drop_privileges(void)
{
	static const char name[] = "other";

	SETUP_RAW(sys_prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
	set_capabilities(0);
	EXPECT_EQ(effective_capabilities(), 0);
	EXPECT_FAILS(SYSCALL2(SYS_sethostname, name, sizeof(name) - 1), EPERM);
}

/* ... nor has one any program that it executes, whoever's user ID 0 it has. */
static void expect_powerless_program(uint64_t flags)
{
	struct image_report report;

	report_after(NULL, &report);
	EXPECT_EQ(report.pid, 2);
	EXPECT_EQ(report.ppid, 1);
	EXPECT_EQ(report.caps, 0);
	if (flags & CLONE_NEWUSER)
		EXPECT_EQ(report.uid, 0);
}

/* A service that makes processes, which outlive it. */
static _Noreturn void service(void)
{
	for (int i = 0; i < ORPHANS; i++) {
		pid_t orphan = fork_helper();
		if (orphan == 0) {
			await(ORPHANS_MAY_GO);
			EXPECT_EQ(sys_getppid(), 1, i);
			EXPECT_EQ(sys_prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0), 1, i);
			leave(10 + i);
		}
		told->orphans[i] = orphan;
	}
	await(SERVICE_MAY_GO);
	leave(1);
}

static void reap_orphans(void)
{
	pid_t pid = fork_helper();
	if (pid == 0)
		service();
	EXPECT_EQ(pid, 3);
	post(SERVICE_MAY_GO);
	EXPECT_EXITED(pid, 1);
	EXPECT_EQ(names_in("/proc", "123456789"), 1 + ORPHANS);
	post(ORPHANS_MAY_GO);
	unsigned statuses = 0;
	for (int i = 0; i < ORPHANS; i++) {
		int status = 0;
		REQUIRE_GT(wait_for(-1, &status, 0, NULL), 0, i);
		EXPECT_TRUE(WIFEXITED(status), i);
		statuses |= 1U << WEXITSTATUS(status) % 32;
	}
	EXPECT_EQ(statuses, 7U << 10);
	for (int i = 0; i < ORPHANS; i++)
		EXPECT_EQ(told->orphans[i], 4 + i, i);
	EXPECT_NO_CHILD();
	EXPECT_EQ(names_in("/proc", "123456789"), 1);
}

static volatile sig_atomic_t stop;

static void on_term(int sig)
{
	(void)sig;
	stop = 1;
}

/* Works until SIGTERM, that has been blocked up to now. */
static void await_term(void)
{
	sigset_t none;

	sigemptyset(&none);
	while (!stop)
		sigsuspend(&none);
}

static void block_term(void)
{
	const struct sigaction action = { .sa_handler = on_term };
	sigset_t set;

	SETUP(sigaction(SIGTERM, &action, NULL));
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	SETUP(sigprocmask(SIG_BLOCK, &set, NULL));
}

/* "NSpid:" has a number for each level, outermost first. */
static void expect_pids(pid_t pid, const char *inner)
{
	char path[64], text[4096], want[48] = "";

	SETUP_RAW(read_file(proc_path(path, sizeof(path), pid, "status"), text, sizeof(text)));
	append_number(want, sizeof(want), pid);
	append_text(want, sizeof(want), inner);
	const char *line = strstr(text, "\nNSpid:");
	EXPECT_TRUE(!line || strstr(line, want));
}

TEST(life, .reaches = "the machine's mounts and name", .covers = "PIDNS-05 PIDNS-30 PIDNS-32 PIDNS-40 INH-PRCTL-01",
     .summary = "one call makes a container: all its namespaces, and in them the first process, which can set up host "
		"name, network and root, loses its privileges, and reaps what its services leave",
     CASES_NEEDING(kinds), THROUGH(clone_doors))
{
	const struct kind *kind = this_case();
	const struct clone_door *door = this_door();
	struct outside outside;

	told = shared(sizeof(*told));
	look_around(kind, &outside);
	long container = CLONE_HERE(door->via, .flags = kind->flags, .exit_signal = SIGCHLD);
	if (container == 0) {
		block_term();
		set_up(kind, outside.namespaces);
		expect_own_root();
		drop_privileges();
		expect_powerless_program(kind->flags);
		reap_orphans();
		post(IS_UP);
		await_term();
		leave(STATUS);
	}
	REQUIRE_GT(container, 0);
	let_start(kind, (pid_t)container);
	if (await_unless_dead(IS_UP, (pid_t)container)) {
		expect_pids((pid_t)container, "\t1\n");
		EXPECT_OK(checked_kill((pid_t)container, SIGTERM));
	}
	EXPECT_EXITED(container, STATUS);
	expect_untouched(&outside);
}

/* ---- Its end ------------------------------------------------------------------------------------- */

/* A process that holds on to what it has, in a session of its own, and takes no signal that can be blocked. */
static void start_stubborn(unsigned ready)
{
	const sigset64 all = ~(sigset64)0;

	if (fork_helper())
		return;
	SETUP_RAW(sys_setsid());
	SETUP_RAW(sys_sigprocmask(SIG_BLOCK, &all, NULL));
	post(ready);
	await(NEVER);
}

TEST(killed, .reaches = "the machine's mounts and name", .covers = "PIDNS-07 PIDNS-14",
     .summary = "killing the first process of a container ends all processes in it, and changes nothing outside",
     CASES_NEEDING(kinds))
{
	const struct kind *kind = this_case();
	struct outside outside;
	int ends[2];
	char byte;

	look_around(kind, &outside);
	SETUP(pipe2(ends, O_NONBLOCK));
	long container = CLONE_HERE(VIA_CLONE, .flags = kind->flags, .exit_signal = SIGCHLD);
	if (container == 0) {
		set_up(kind, outside.namespaces);
		start_stubborn(MEMBER_IS_READY);
		start_stubborn(OTHER_IS_READY);
		await(MEMBER_IS_READY);
		await(OTHER_IS_READY);
		post(IS_UP);
		await(NEVER);
	}
	REQUIRE_GT(container, 0);
	SETUP_RAW(sys_close(ends[1]));
	let_start(kind, (pid_t)container);
	await_unless_dead(IS_UP, (pid_t)container);
	EXPECT_FAILS(sys_read(ends[0], &byte, 1), EAGAIN);
	EXPECT_OK(checked_kill((pid_t)container, SIGKILL));
	EXPECT_KILLED(container, SIGKILL);
	/* End of file: nobody has the other end any more. */
	EXPECT_EQ(sys_read(ends[0], &byte, 1), 0);
	expect_untouched(&outside);
}
