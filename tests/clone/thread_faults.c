// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* Signals that dump core, and seccomp's verdicts, in a process with several threads. */
#include "forkcheck.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#ifndef SECCOMP_RET_KILL_PROCESS
#define SECCOMP_RET_KILL_PROCESS 0x80000000U
#define SECCOMP_RET_KILL_THREAD 0U
#endif

enum { MAY_FAIL, FILTERED, NEVER, AT_WORK };

/* ---- Core dumps ---------------------------------------------------------------------------------- */

static const struct fault {
	const char *name;
	int sig;
	int threads; /* that get it, all at once */
} faults[] = {
	{ "segv", SIGSEGV, 1 }, { "abrt", SIGABRT, 1 }, { "quit", SIGQUIT, 1 },
	{ "bus", SIGBUS, 1 },	{ "ill", SIGILL, 1 },	{ "segv_in_all", SIGSEGV, 4 },
};

static int spin(void *unused)
{
	(void)unused;
	post(AT_WORK);
	while (!posted(NEVER))
		;
	return 0;
}

static int sleep_on(void *unused)
{
	(void)unused;
	await(NEVER);
	return 0;
}

static int fail_when_told(void *sig)
{
	await(MAY_FAIL);
	checked_tgkill(sys_getpid(), sys_gettid(), *(const int *)sig);
	await(NEVER);
	return 0;
}

TEST(core_dumps, .covers = "CLONE-THREAD-24", CASES(faults),
     .summary =
	     "a signal whose default is a core dump ends all threads of the process, running and sleeping, also where several "
	     "get it at once")
{
	const struct fault *row = this_case();
	const struct rlimit none = { 0, 0 };
	static int sig;

	SETUP(setrlimit(RLIMIT_CORE, &none));
	pid_t child = fork_helper();
	if (child == 0) {
		sig = row->sig;
		start_thread(spin, NULL);
		start_thread(sleep_on, NULL);
		await(AT_WORK);
		for (int i = 0; i < row->threads; i++)
			start_thread(fail_when_told, &sig);
		post(MAY_FAIL);
		await(NEVER);
		leave(1);
	}
	EXPECT_KILLED(child, row->sig);
	EXPECT_NO_CHILD();
}

/* ---- Verdicts ------------------------------------------------------------------------------------ */

static volatile pid_t trapped; /* the thread in which the handler has run */

static void on_sigsys(int sig)
{
	(void)sig;
	trapped = sys_gettid();
}

/* The calling thread gets this when it calls getsid(2). */
static void filter_thread(unsigned verdict)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getsid, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, verdict),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { .len = ARRAY_SIZE(code), .filter = code };

	SETUP_RAW(sys_prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
	SETUP_RAW(sys_prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, (unsigned long)&program, 0, 0));
}

static int call_filtered(void *verdict)
{
	filter_thread(*(const unsigned *)verdict);
	SYSCALL1(SYS_getsid, 0);
	post(FILTERED);
	return 0;
}

static const struct verdict {
	struct case_head head;
	unsigned verdict;
	bool returns, others_live;
} verdicts[] = {
	{ { .name = "kill_thread", .covers = "INH-SEC-34" }, SECCOMP_RET_KILL_THREAD, false, true },
	{ { .name = "kill_process", .covers = "INH-SEC-35" }, SECCOMP_RET_KILL_PROCESS, false, false },
	{ { .name = "trap", .covers = "INH-SEC-36" }, SECCOMP_RET_TRAP, true, true },
};

TEST(filtered, .features = FEATURES(NEEDS_SECCOMP), CASES_NEEDING(verdicts),
     .summary =
	     "in a thread with a filter, KILL_THREAD ends that thread, KILL_PROCESS the process, and TRAP runs the handler there")
{
	const struct verdict *row = this_case();
	struct sigaction action = { .sa_handler = on_sigsys };
	static unsigned verdict;

	verdict = row->verdict;
	pid_t child = fork_helper();
	if (child == 0) {
		SETUP(sigaction(SIGSYS, &action, NULL));
		pid_t tid = start_thread(call_filtered, &verdict);
		await_thread_gone(tid);
		EXPECT_EQ(posted(FILTERED), row->returns);
		EXPECT_EQ(trapped, row->returns ? tid : 0);
		EXPECT_EQ(SYSCALL1(SYS_getsid, 0), SYSCALL1(SYS_getsid, sys_getppid())); /* no filter here */
		leave(7);
	}
	if (row->others_live)
		EXPECT_EXITED(child, 7);
	else
		EXPECT_KILLED(child, SIGSYS);
}
