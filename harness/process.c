// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* Ending, signalling and waiting: calls that do harm with a wrong process id. */
#include "cell.h"

_Noreturn void leave(int status)
{
	if (sys_getpid() == record_root && namespace_of_self("pid") == record_root_namespace) {
		record_text(RECORD_FAIL, SITE_NONE, "the test's own process took a child's path");
		leave_test(1);
	}
	sys_exit_group(status);
}

/* An id that a call under test should have made positive, and did not: going on could hit anything. */
static void refuse(const char *what)
{
	record_text(RECORD_FAIL, SITE_NONE, what);
	leave_test(1);
}

long checked_kill(pid_t pid, int sig)
{
	if (pid <= 0)
		refuse("kill: not the id of a process");
	return raw_kill(pid, sig);
}

long checked_killpg(pid_t group, int sig)
{
	if (group <= 1 || group == (pid_t)SYSCALL1(SYS_getpgid, 0))
		refuse("kill: not the id of another process group");
	return raw_kill(-group, sig);
}

long checked_tgkill(pid_t tgid, pid_t tid, int sig)
{
	if (tgid <= 0 || tid <= 0)
		refuse("tgkill: not the ids of a thread");
	return raw_tgkill(tgid, tid, sig);
}

long checked_wait(pid_t pid, int *status, int options)
{
	if (pid <= 0)
		refuse("wait: not the id of a process");
	for (;;) {
		long r = raw_wait4(pid, status, options, NULL);
		if (r != -EINTR)
			return r;
	}
}

long wait_for(pid_t which, int *status, int options, struct rusage *usage)
{
	return raw_wait4(which, status, options, usage);
}

long waitid_for(int type, int id, siginfo_t *info, int options, struct rusage *usage)
{
	return raw_waitid(type, id, info, options, usage);
}

pid_t fork_helper(void)
{
	long pid = sys_fork();

	if (pid < 0)
		BROKEN("cannot fork a helper process");
	return (pid_t)pid;
}

pid_t start_child(unsigned event, int status)
{
	pid_t child = fork_helper();

	if (child == 0) {
		await(event);
		leave(status);
	}
	return child;
}

void await_zombie(pid_t pid)
{
	siginfo_t info;
	long r;

	if (pid <= 0)
		refuse("wait: not the id of a process");
	do
		r = raw_waitid(P_PID, pid, &info, WEXITED | WNOWAIT | __WALL, NULL);
	while (r == -EINTR);
	SETUP_RAW(r);
}

bool await_vanished(pid_t pid)
{
	long result;

	while (!(result = checked_kill(pid, 0))) {
		if (thread_state(pid, 0) == 'Z')
			return false;
		sys_sched_yield();
	}
	return result == -ESRCH;
}
