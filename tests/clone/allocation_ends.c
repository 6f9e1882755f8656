// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/*
 * Each allocation fails in the kernel, one after the other, in calls that make no process: execve, exit, the waits, and the kinds of
 * madvise that fork heeds.
 */
#include "failing.h"
#include "trace.h"

#include <sys/resource.h>
#include <sys/sem.h>
#include <sys/shm.h>

struct call {
	struct case_head head;
	once_fn *once;
	bool by_thread;
	int number, advice, before;
	bool may_take_none; /* some calls need no memory */
};

/* What a process tells the test. */
static struct told {
	bool failed; /* there was an allocation to fail */
	int result;  /* of the first call */
} * told;

#define UNDECIDED 1

/* ---- execve -------------------------------------------------------------------------------------- */

/* By its own name: a look-up in /proc would have errors of its own. */
static char program[4096];

/* The test traces who executes: the new program stops before it does anything, and has the failures to come taken off. */
static int executes(void *nth)
{
	SETUP_RAW(sys_ptrace(PTRACE_TRACEME, 0, 0, NULL));
	int fail_nth = open_fail_nth();
	arm(fail_nth, *(unsigned *)nth);
	long result = execute_path(program, IMAGE_EXIT, 0);
	told->failed = disarm(fail_nth);
	told->result = (int)result;
	EXPECT_TRUE(told->failed);
	/* For room that can't be had for its arguments there is an error of its own. */
	if (!is_want_of_memory(result))
		EXPECT_FAILS(result, E2BIG);
	/* Nobody has ended, and nothing is lost. */
	const struct call *call = this_case();
	EXPECT_EQ(proc_field("/proc/self/status", "Threads:", 10), call->by_thread ? 2 : 1);
	EXPECT_OK(sys_fcntl(FD_RECORDS, F_GETFD, 0));
	result = execute_path(program, IMAGE_EXIT, 0);
	EXPECT_OK(result);
	leave(1);
}

/* Takes off what is left to fail in this process. Returns whether there had been one. */
static bool disarm_other(pid_t pid)
{
	char path[64];

	int fail_nth = (int)SETUP_RAW(sys_open(proc_path(path, sizeof(path), pid, "fail-nth"), O_RDWR | O_CLOEXEC));
	bool failed = disarm(fail_nth);
	sys_close(fail_nth);
	return failed;
}

static bool execute_once(unsigned nth)
{
	const struct call *call = this_case();
	struct trace_stop stop;
	bool failed = false;

	told->result = UNDECIDED;
	pid_t caller = fork_helper();
	if (caller == 0) {
		if (!call->by_thread)
			leave(executes(&nth));
		start_thread(executes, &nth);
		for (;;)
			SYSCALL0(SYS_pause);
	}
	while (next_stop(&stop)) {
		if (WIFSTOPPED(stop.status)) {
			failed |= disarm_other(stop.pid);
			resume(&stop);
		} else if (stop.pid == caller && WIFSIGNALED(stop.status)) {
			/* Too late to go back: the old program is gone, the new one can't be. */
			failed = true;
			EXPECT_EQ(told->result, UNDECIDED, nth);
			EXPECT_EQ(WTERMSIG(stop.status), SIGSEGV, nth);
		} else if (stop.pid == caller) {
			EXPECT_EQ(stop.status, W_EXITCODE(0, 0), nth);
		}
	}
	return failed || told->result != UNDECIDED;
}

/* ---- The end ------------------------------------------------------------------------------------- */

static int memory, semaphore;

/* With a copy of all that a process can hold on to. */
static void hold_much(void)
{
	struct sembuf up_and_undo = { .sem_op = 1, .sem_flg = SEM_UNDO };

	SETUP(semop(semaphore, &up_and_undo, 1));
	for (int i = 0; i < 20; i++) {
		char *at = (char *)SETUP_RAW(SYSCALL3(SYS_shmat, memory, NULL, 0));
		*at = 1;
		SETUP_RAW(sys_dup(STDIN_FILENO));
		*(char *)SETUP(sys_map_private(NULL, page_size(), PROT_READ | PROT_WRITE)) = 1;
	}
	SETUP_RAW(sys_unshare(CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWNET | CLONE_NEWCGROUP));
	pid_t child = fork_helper();
	if (child == 0)
		leave(0);
	await_zombie(child);
}

static bool exit_once(unsigned nth)
{
	const struct call *call = this_case();
	struct shmid_ds segment;
	int pipe[2];
	char byte;

	SETUP(pipe2(pipe, O_NONBLOCK | O_CLOEXEC));
	pid_t child = fork_helper();
	if (child == 0) {
		hold_much();
		arm(open_fail_nth(), nth);
		SYSCALL1(call->number, 7);
	}
	await_zombie(child);
	bool failed = disarm_other(child);
	sys_close(pipe[1]);
	EXPECT_EQ(sys_read(pipe[0], &byte, 1), 0, nth);
	sys_close(pipe[0]);
	EXPECT_EXITED(child, 7, nth);
	SETUP(shmctl(memory, IPC_STAT, &segment));
	EXPECT_EQ(segment.shm_nattch, 0, nth);
	EXPECT_RETURNS(semctl(semaphore, 0, GETVAL), 0, nth);
	return failed;
}

/* ---- Waiting ------------------------------------------------------------------------------------- */

static long await_child(const struct call *call, pid_t child, int *status)
{
	struct rusage usage;
	siginfo_t info = { .si_pid = 0 };

	if (call->number == SYS_wait4)
		return SYSCALL4(SYS_wait4, child, status, 0, &usage);
	long result = SYSCALL5(SYS_waitid, P_PID, child, &info, WEXITED, &usage);
	*status = W_EXITCODE(info.si_status, 0);
	return result < 0 ? result : info.si_pid;
}

/* An address that can't be written, when all is done, leaves nothing to wait for. */
static bool wait_once(unsigned nth)
{
	const struct call *call = this_case();
	int fail_nth = open_fail_nth(), status = -1;

	pid_t child = fork_helper();
	if (child == 0)
		leave(3);
	await_zombie(child);
	arm(fail_nth, nth);
	long result = await_child(call, child, &status);
	bool failed = disarm(fail_nth);
	sys_close(fail_nth);
	if (result < 0) {
		EXPECT_TRUE(failed, nth);
		EXPECT_TRUE(is_want_of_memory(result), nth);
		if (result != -EFAULT)
			EXPECT_EXITED(child, 3, nth);
	} else {
		EXPECT_EQ(result, child, nth);
		EXPECT_EQ(status, W_EXITCODE(3, 0), nth);
	}
	EXPECT_NO_CHILD(nth);
	return failed;
}

/* ---- madvise ------------------------------------------------------------------------------------- */

/* What a child finds of a page that holds 1. */
enum { GONE = 10, WIPED, KEPT };

static int seen_by_child(const char *page)
{
	int pipe[2], status = 0;

	SETUP(pipe2(pipe, O_CLOEXEC));
	pid_t child = fork_helper();
	if (child == 0)
		leave(sys_write(pipe[1], page, 1) == -EFAULT ? GONE : *page ? KEPT : WIPED);
	SETUP_RAW(checked_wait(child, &status, 0));
	sys_close(pipe[0]);
	sys_close(pipe[1]);
	return WEXITSTATUS(status);
}

static int seen_after(int advice)
{
	return advice == MADV_DONTFORK ? GONE : advice == MADV_WIPEONFORK ? WIPED : KEPT;
}

/* The middle one of three pages, so that their mapping must be split or joined. */
static bool advise_once(unsigned nth)
{
	const struct call *call = this_case();
	const size_t size = page_size();
	char *pages = (char *)SETUP(sys_map_private(NULL, 3 * size, PROT_READ | PROT_WRITE)), *page = pages + size;
	int fail_nth = open_fail_nth();

	*page = 1;
	if (call->before)
		SETUP_RAW(sys_madvise(page, size, call->before));
	arm(fail_nth, nth);
	long result = sys_madvise(page, size, call->advice);
	bool failed = disarm(fail_nth);
	sys_close(fail_nth);
	if (result < 0) {
		EXPECT_TRUE(failed, nth);
		EXPECT_TRUE(is_want_of_memory(result), nth);
		EXPECT_EQ(seen_by_child(page), seen_after(call->before), nth);
		EXPECT_RESULT(sys_madvise(page, size, call->advice), 0, nth);
	}
	EXPECT_EQ(seen_by_child(page), seen_after(call->advice), nth);
	SETUP_RAW(SYSCALL2(SYS_munmap, pages, 3 * size));
	return failed;
}

/* ---- The test ------------------------------------------------------------------------------------ */

#define EXECUTES .covers = "EXEC-11", .features = FEATURES(NEEDS_PTRACE)
#define ADVISES .covers = "MADV-60", .features = FEATURES(NEEDS_MADVISE)

static const struct call calls[] = {
	{ { "execve", EXECUTES }, .once = execute_once },
	{ { "execve_thread", EXECUTES }, .once = execute_once, .by_thread = true },
	{ { "exit", .covers = "EXIT-40" }, .once = exit_once, .number = SYS_exit, .may_take_none = true },
	{ { "exit_group", .covers = "EXIT-40" }, .once = exit_once, .number = SYS_exit_group, .may_take_none = true },
	{ { "wait4", .covers = "WAIT-80" }, .once = wait_once, .number = SYS_wait4, .may_take_none = true },
	{ { "waitid", .covers = "WAIT-80" }, .once = wait_once, .number = SYS_waitid, .may_take_none = true },
	{ { "dontfork", ADVISES }, .once = advise_once, .advice = MADV_DONTFORK },
	{ { "dofork", ADVISES },
	  .once = advise_once,
	  .before = MADV_DONTFORK,
	  .advice = MADV_DOFORK,
	  .may_take_none = true },
	{ { "wipeonfork", ADVISES }, .once = advise_once, .advice = MADV_WIPEONFORK },
	{ { "keeponfork", ADVISES },
	  .once = advise_once,
	  .before = MADV_WIPEONFORK,
	  .advice = MADV_KEEPONFORK,
	  .may_take_none = true },
};

TEST(fails,
     .summary =
	     "a call in which any allocation fails says so and leaves all as it was; the end of a process gives all back whatever fails",
     .features = FEATURES(NEEDS_FAIL_NTH, NEEDS_PROC, NEEDS_SYSVIPC, NEEDS_MNT_NS), .as_root = true, .alone = true,
     .timeout_ms = 60000, .init_caps = CAP(SYS_ADMIN), .caps = CAP(SYS_RESOURCE), CASES_NEEDING(calls))
{
	const struct call *call = this_case();

	told = shared(sizeof(*told));
	SETUP(readlink(self_program(), program, sizeof(program) - 1));
	let_all_fail();
	memory = SETUP(shmget(IPC_PRIVATE, page_size(), 0600));
	semaphore = SETUP(semget(IPC_PRIVATE, 1, 0600));
	unsigned failed = fail_each(call->once);
	if (!call->may_take_none)
		EXPECT_GT(failed, 0);
	SETUP(shmctl(memory, IPC_RMID, NULL));
	SETUP(semctl(semaphore, 0, IPC_RMID));
}
