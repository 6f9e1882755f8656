// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* The expectations about children: their statuses, and that there are none. */
#include "cell.h"

void check_refused(const struct site *site, long result, int want, struct with with)
{
	if (result == 0)
		sys_exit_group(0); /* the child that must not exist */
	check(site, result, -want, result == -want, with);
	if (result > 0) {
		checked_kill((pid_t)result, SIGKILL);
		checked_wait((pid_t)result, NULL, __WALL);
	}
}

void check_status(const struct site *site, long pid, int want, struct with with)
{
	int status = 0;
	long waited = checked_wait((pid_t)pid, &status, __WALL);

	expectation_counts();
	if (waited != pid) {
		expectation_fails(site, &(struct record){ .got = -1, .want = want, .err = (int)-waited }, with);
		return;
	}
	if (WIFSIGNALED(status))
		status &= 0x7f; /* whether a core was dumped depends on the machine */
	if (status != want)
		expectation_fails(site, &(struct record){ .got = status, .want = want }, with);
}

void check_no_child(const struct site *site, struct with with)
{
	siginfo_t info = { 0 };
	long r = raw_waitid(P_ALL, 0, &info, WEXITED | WSTOPPED | WNOHANG | WNOWAIT | __WALL, NULL);

	expectation_counts();
	if (r != -ECHILD)
		expectation_fails(site, &(struct record){ .got = r ? r : info.si_pid, .want = -ECHILD }, with);
}
