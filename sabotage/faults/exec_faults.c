// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* What a program that is executed should find as it was, and what it should not. */
#include <sys/prctl.h>
#include <sys/resource.h>

#include "../sabotage.h"

#define EXECUTED(name_, statement, code)                                                                       \
	{                                                                                                      \
		.name = "exec." name_, .breaks = statement, .nr = { SYS_execve, SYS_execveat }, .before = code \
	}

#define BEFORE(name, ...)                    \
	static void name(struct call *call_) \
	{                                    \
		(void)call_;                 \
		__VA_ARGS__;                 \
	}

static void ignored_to_default(void)
{
	unsigned long disposition[8];

	for (int sig = 1; sig <= 64; sig++) {
		const unsigned long by_default[8] = { 0 };
		if (REAL(SYS_rt_sigaction, sig, NULL, disposition, sizeof(sigset64)) == 0 &&
		    disposition[0] == (unsigned long)SIG_IGN)
			REAL(SYS_rt_sigaction, sig, by_default, NULL, sizeof(sigset64));
	}
}

static void handled_to_ignored(void)
{
	unsigned long disposition[8];

	for (int sig = 1; sig <= 64; sig++) {
		const unsigned long ignored[8] = { (unsigned long)SIG_IGN };
		if (REAL(SYS_rt_sigaction, sig, NULL, disposition, sizeof(sigset64)) == 0 &&
		    disposition[0] > (unsigned long)SIG_IGN)
			REAL(SYS_rt_sigaction, sig, ignored, NULL, sizeof(sigset64));
	}
}

static void set_mask(sigset64 mask)
{
	REAL(SYS_rt_sigprocmask, SIG_SETMASK, &mask, NULL, sizeof(mask));
}

static void keep_open(void)
{
	for (int fd = 0; fd < FD_RECORDS; fd++) {
		long flags = REAL(SYS_fcntl, fd, F_GETFD);
		if (flags > 0)
			REAL(SYS_fcntl, fd, F_SETFD, 0);
	}
}

BEFORE(no_death_signal, REAL(SYS_prctl, PR_SET_PDEATHSIG, 0))
BEFORE(full_mask, set_mask(~0ULL))
BEFORE(ignored_reset, ignored_to_default())
BEFORE(handled_ignored, handled_to_ignored())
BEFORE(other_umask, REAL(SYS_umask, 0))
BEFORE(other_directory, REAL(SYS_chdir, "/"))
BEFORE(nicer, REAL(SYS_setpriority, PRIO_PROCESS, 0, 19))
BEFORE(nothing_closed, keep_open())

static const struct fault executed[] = {
	EXECUTED("death_signal_lost", "INH-PRCTL-11", no_death_signal),
	EXECUTED("mask_filled", "INH-SIG-08", full_mask),
	EXECUTED("ignored_reset", "INH-SIG-07", ignored_reset),
	EXECUTED("handled_ignored", "INH-SIG-07", handled_ignored),
	EXECUTED("umask", "EXEC-10", other_umask),
	EXECUTED("directory", "EXEC-10", other_directory),
	EXECUTED("nice", "EXEC-10", nicer),
	EXECUTED("nothing_closed", "INH-FD-11", nothing_closed),
	REFUSAL("exec", ENOENT, "EXEC-06", .nr = { SYS_execve, SYS_execveat }),
	REFUSAL("exec", EACCES, "EXEC-06", .nr = { SYS_execve, SYS_execveat }),
	REFUSAL("exec", EAGAIN, "INH-LIM-09", .nr = { SYS_execve, SYS_execveat }),
};
FAULTS(executed);
