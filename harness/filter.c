// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/*
 * What a seccomp filter around this program refuses, as container engines install one.
 *
 * Two things together prove it: the kernel says that there is a filter, and a call that every kernel answers with
 * EINVAL, whoever makes it, is answered otherwise.
 */
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/personality.h>
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

const char *filter_blocks(const struct probe *probe)
{
	const long *a = probe->arguments;

	if (!filter_around())
		return NULL;
	long result = raw_syscall(probe->number, a[0], a[1], a[2], a[3], a[4], a[5]);
	return result != probe->answer && result != probe->or ? blocked : NULL;
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

/*
 * For a call of which nothing is known without privileges: where a filter of our own answers with SECCOMP_RET_TRACE, which nobody
 * handles, the result is ENOSYS, unless the one around refuses it: that counts for more.
 */
static long result_below_own_filter(long number)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)number, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRACE),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog filter = { ARRAY_SIZE(code), code };
	int status = 0;
	long pid = sys_fork();

	if (pid == 0) {
		if (sys_prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
		    sys_prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, (unsigned long)&filter, 0, 0))
			sys_exit_group(ENOSYS);
		sys_exit_group((int)-SYSCALL2(number, NULL, -1));
	}
	if (pid > 0)
		checked_wait((pid_t)pid, &status, 0);
	return WIFEXITED(status) ? -WEXITSTATUS(status) : -ENOSYS;
}

const char *filter_blocks_sethostname(void)
{
	return filter_around() && result_below_own_filter(SYS_sethostname) != -ENOSYS ? blocked : NULL;
}

/* A persona that such filters don't know, and back. */
const char *filter_blocks_personality(void)
{
	if (!filter_around())
		return NULL;
	long now = SYSCALL1(SYS_personality, 0xffffffff);
	long result = SYSCALL1(SYS_personality, now | ADDR_COMPAT_LAYOUT);
	if (result < 0)
		return blocked;
	SYSCALL1(SYS_personality, now);
	return NULL;
}
