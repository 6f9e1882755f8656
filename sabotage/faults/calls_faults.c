// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* Other calls that tests are about: descriptors, scheduling, memory, userfaultfd, time. */
#include <linux/perf_event.h>
#include <sys/ioctl.h>

#include "../sabotage.h"

static void drop_third(struct call *call)
{
	call->arg[2] &= ~(long)fault->word;
}

static bool of_nothing(const struct call *call)
{
	return !call->arg[1];
}

static void refuse(struct call *call)
{
	call->result = -EINVAL;
}

static void not_inherited(struct call *call)
{
	((struct perf_event_attr *)call->arg[0])->inherit = 0;
}

static bool cares_for_children(const struct call *call)
{
	return ((const struct perf_event_attr *)call->arg[0])->inherit;
}

#define CLOSE_RANGE(flag) .nr = { SYS_close_range }, .arg = 2, .mask = flag, .value = flag

static const struct fault calls[] = {
	{ .name = "close_range.UNSHARE_dropped",
	  .breaks = "INH-FD-16",
	  CLOSE_RANGE(2),
	  .before = drop_third,
	  .word = 2 },
	{ .name = "close_range.CLOEXEC_dropped",
	  .breaks = "INH-FD-18",
	  CLOSE_RANGE(4),
	  .before = drop_third,
	  .word = 4 },
	REFUSAL("close_range", EINVAL, "INH-FD-19", .nr = { SYS_close_range }),
	{ .name = "madvise.nothing_refused",
	  .breaks = "MADV-20",
	  .nr = { SYS_madvise },
	  .when = of_nothing,
	  .after = refuse },
	REFUSAL("sched_setscheduler", EPERM, "INH-SCHED-10", .nr = { SYS_sched_setscheduler, SYS_sched_setattr }),
	REFUSAL("ioctl", EPERM, "UFFD-04", .nr = { SYS_ioctl }),
	REFUSAL("ioctl", EINVAL, "PIDNS-49", .nr = { SYS_ioctl }),
	REFUSAL("read", EINVAL, "PIDFD-12", .nr = { SYS_read }),
	REFUSAL("mount", EPERM, "USERNS-17", .nr = { SYS_mount }),
	REFUSAL("mount", EINVAL, "MNTNS-05", .nr = { SYS_mount, SYS_umount2 }),
	REFUSAL("setpgid", EACCES, "INH-CRED-08", .nr = { SYS_setpgid }),
	REFUSAL("setpgid", ESRCH, "INH-CRED-09", .nr = { SYS_setpgid }),
	REFUSAL("setpgid", EPERM, "INH-CRED-12", .nr = { SYS_setpgid }),
	REFUSAL("kill", ESRCH, "WAIT-21", .nr = { SYS_kill }),
	REFUSAL("reboot", EINVAL, "PIDNS-41", .nr = { SYS_reboot }),
	{ .name = "perf_event_open.inherit_ignored",
	  .breaks = "INH-SEC-20",
	  .nr = { SYS_perf_event_open },
	  .when = cares_for_children,
	  .before = not_inherited },
};
FAULTS(calls);

/* ---- Refused though nothing is wrong ------------------------------------------------------------------ */

static void undo(struct call *call)
{
	call->skip = true;
	call->result = -EINVAL;
}

#define REFUSED(name_, statement, ...)                                                     \
	{                                                                                  \
		.name = name_ ".refused", .breaks = statement, .before = undo, __VA_ARGS__ \
	}

static const struct fault refused[] = {
	REFUSED("unshare.sharing", "UNSH-16", .nr = { SYS_unshare }, .arg = 0,
		.mask = CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWNET |
			CLONE_NEWCGROUP),
	REFUSED("unshare.pid_with_threads", "UNSHX-01", .nr = { SYS_unshare }, .arg = 0, .mask = CLONE_NEWPID,
		.value = CLONE_NEWPID),
	REFUSED("setns", "SETNS-04", .nr = { SYS_setns }),
	REFUSED("set_tid_address", "SETTIDADDR-02", .nr = { SYS_set_tid_address }),
	REFUSED("pidfd_open", "PIDFD-08", .nr = { SYS_pidfd_open }),
	REFUSED("madvise", "MADV-15", .nr = { SYS_madvise }),
};
FAULTS(refused);
