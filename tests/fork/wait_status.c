// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* What a wait says of a child that has ended: the status word, and the fields of siginfo_t. */
#include "forkcheck.h"

#include <limits.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

/* waitid's view of a dead child, which stays waitable, in a structure that was full of other things. */
static void expect_info(pid_t child, int code, int status, uid_t uid)
{
	siginfo_t info;

	memset(&info, 0xff, sizeof(info));
	long result = waitid_for(P_PID, child, &info, WEXITED | WNOWAIT, NULL);
	EXPECT_EQ(result, 0);
	EXPECT_EQ(info.si_signo, SIGCHLD);
	EXPECT_EQ(info.si_code, code);
	EXPECT_EQ(info.si_pid, child);
	EXPECT_EQ(info.si_uid, uid);
	EXPECT_EQ(info.si_status, status);
}

static void expect_status(pid_t child, int status)
{
	int got = -1;

	EXPECT_EQ(wait_for(child, &got, 0, NULL), child);
	EXPECT_EQ(got, status);
}

static void exit_raw(int status)
{
	sys_exit_group(status);
}

static void exit_thread(int status)
{
	sys_exit(status);
}

static void exit_main(int status)
{
	SETUP_RAW(execute_self(IMAGE_EXIT, status));
}

static const struct exit_door {
	const char *name;
	void (*end)(int status);
} exit_doors[] = {
	{ "exit", exit },	    { "_exit", _exit },
	{ "exit_group", exit_raw }, { "raw_exit", exit_thread }, /* of the only thread */
	{ "main", exit_main },
};

TEST(exited, .covers = "WAIT-13 WAIT-14 WAITID-14 WAITID-16 WAITID-21",
     .summary = "a child that exited is reported as exited, with the low 8 bits of its status", CASES(exit_doors))
{
	static const int statuses[] = { 0, 1, 0x7f, 0x80, 0xff, 0x100, 0x1234, -1, INT_MIN };
	const struct exit_door *door = this_case();
	/* Executing a program takes longer; one status will do. */
	size_t count = door->end == exit_main ? 1 : ARRAY_SIZE(statuses);

	for (size_t i = 0; i < count; i++) {
		int status = count == 1 ? 0x1234 : statuses[i];
		pid_t child = fork_helper();
		if (child == 0) {
			door->end(status);
			leave(99);
		}
		expect_info(child, CLD_EXITED, status & 0xff, getuid());
		expect_status(child, W_EXITCODE(status & 0xff, 0));
	}
}

#define RT_FIRST 32 /* the kernel's; C libraries keep a few for themselves */
#define RT_LAST 64

static const struct deadly {
	const char *name;
	int sig;
} deadly[] = {
	{ "hup", SIGHUP },   { "quit", SIGQUIT },  { "abrt", SIGABRT }, { "kill", SIGKILL },
	{ "segv", SIGSEGV }, { "pipe", SIGPIPE },  { "term", SIGTERM }, { "stkflt", SIGSTKFLT },
	{ "sys", SIGSYS },   { "rt32", RT_FIRST }, { "rt64", RT_LAST },
};

TEST(killed, .covers = "WAIT-15 WAITID-14 WAITID-17 WAITID-21",
     .summary = "a child that a signal ended is reported as killed by that signal", CASES(deadly))
{
	const struct deadly *row = this_case();
	pid_t child = fork_helper();

	if (child == 0) {
		SETUP(prctl(PR_SET_DUMPABLE, 0)); /* no core, wherever one would go */
		post(0);
		await(1);
		leave(99);
	}
	await(0);
	long sent = checked_kill(child, row->sig);
	EXPECT_OK(sent);
	expect_info(child, CLD_KILLED, row->sig, getuid());
	expect_status(child, W_EXITCODE(0, row->sig));
}

TEST(real_uid, .covers = "WAITID-15 EXIT-13", .caps = CAP(SETUID), .features = FEATURES(NEEDS_TWO_IDS),
     .summary = "si_uid, of waitid and of SIGCHLD, is the real user ID that the child had in the end")
{
	const sigset64 chld = SIGBIT(SIGCHLD);
	const uid_t real = getuid() / 2, effective = getuid() / 3;
	siginfo_t info = { 0 };

	SETUP(sys_sigprocmask(SIG_BLOCK, &chld, NULL));
	pid_t child = fork_helper();
	if (child == 0) {
		SETUP(setresuid(real, effective, effective));
		leave(0);
	}
	expect_info(child, CLD_EXITED, 0, real);
	EXPECT_EQ(sys_sigpoll(chld, &info), SIGCHLD);
	EXPECT_EQ(info.si_uid, real);
	EXPECT_EXITED(child, 0);
}

/* A child that SIGABRT ends, which may leave a core file, or not. */
static pid_t abort_child(bool allowed)
{
	struct rlimit core;
	pid_t child = fork_helper();

	if (child == 0) {
		SETUP(getrlimit(RLIMIT_CORE, &core));
		core.rlim_cur = allowed ? core.rlim_max : 0;
		SETUP(setrlimit(RLIMIT_CORE, &core));
		write_file("/proc/self/coredump_filter", "0"); /* keeps it small */
		checked_kill(sys_getpid(), SIGABRT);
		leave(99);
	}
	return child;
}

TEST(dumped, .covers = "WAIT-16 WAITID-18", .features = FEATURES(NEEDS_WORKDIR),
     .summary = "a child that left a core file is reported as dumped, one that was not allowed to is not")
{
	need_feature(NEEDS_CORE_FILE);
	pid_t child = abort_child(true);
	expect_info(child, CLD_DUMPED, SIGABRT, getuid());
	expect_status(child, W_EXITCODE(0, SIGABRT) | WCOREFLAG);
	child = abort_child(false);
	expect_info(child, CLD_KILLED, SIGABRT, getuid());
	expect_status(child, W_EXITCODE(0, SIGABRT));
}
