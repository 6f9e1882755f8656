// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/*
 * What a seccomp filter around this program refuses, as container engines install one.
 *
 * Two things together prove it: the kernel says that there is a filter, and a call that every kernel answers with
 * EINVAL, whoever makes it, is answered otherwise.
 */
#include <linux/seccomp.h>
#include <sys/prctl.h>

#include "cell.h"

static const char blocked[] = "blocked by a seccomp filter";

bool filter_around(void)
{
	static int around = -1;

	if (around < 0)
		around = sys_prctl(PR_GET_SECCOMP, 0, 0, 0, 0) == SECCOMP_MODE_FILTER;
	return around;
}

const char *filter_blocks_clone3(void)
{
	return filter_around() && sys_clone3(NULL, 0) != -EINVAL ? blocked : NULL;
}

/* CLONE_SIGHAND without CLONE_VM is refused before privileges are looked at. */
static bool clone_blocked(unsigned long flag)
{
	long pid = sys_clone(flag | CLONE_SIGHAND, NULL, NULL, NULL, 0);

	if (pid == 0)
		sys_exit_group(0);
	if (pid > 0)
		checked_wait((pid_t)pid, NULL, __WALL);
	return pid < 0 && pid != -EINVAL;
}

const char *filter_blocks_namespace(unsigned long flag)
{
	if (!filter_around())
		return NULL;
	/* clone(2) has the exit signal where CLONE_NEWTIME is; unshare(2) knows no exit signal. */
	if (flag != CLONE_NEWTIME && clone_blocked(flag))
		return blocked;
	return sys_unshare(flag | SIGCHLD) != -EINVAL ? blocked : NULL;
}

const char *filter_blocks_setns(void)
{
	return filter_around() && sys_setns(-1, 0) != -EBADF ? blocked : NULL;
}

/* The rest: an unknown flag is refused before anything else is looked at. */

const char *filter_blocks_userfaultfd(void)
{
	/* The flag that needs no privilege, and one that does not exist. */
	return filter_around() && SYSCALL1(SYS_userfaultfd, 1 | 2) != -EINVAL ? blocked : NULL;
}

const char *filter_blocks_process_madvise(void)
{
	return filter_around() && SYSCALL5(SYS_process_madvise, -1, NULL, 0, 0, 1) != -EINVAL ? blocked : NULL;
}

const char *filter_blocks_mseal(void)
{
	return filter_around() && SYSCALL3(SYS_mseal, NULL, 0, 1) != -EINVAL ? blocked : NULL;
}

const char *filter_blocks_perf(void)
{
	return filter_around() && SYSCALL5(SYS_perf_event_open, NULL, 0, -1, -1, ~0UL) != -EINVAL ? blocked : NULL;
}

/* An operation that does not exist has an error of its own. */
const char *filter_blocks_keys(void)
{
	return filter_around() && SYSCALL2(SYS_keyctl, -1, 0) != -EOPNOTSUPP ? blocked : NULL;
}

const char *filter_blocks_landlock(void)
{
	long result = filter_around() ? SYSCALL3(SYS_landlock_create_ruleset, NULL, 0, ~0UL) : -EINVAL;

	return result != -EINVAL && result != -EOPNOTSUPP ? blocked : NULL;
}
