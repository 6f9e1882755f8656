// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* unshare and setns. */
#include "../sabotage.h"

#ifndef CLONE_NEWTIME
#define CLONE_NEWTIME 0x80
#endif

static void drop(struct call *call)
{
	call->arg[0] &= ~(long)fault->word;
}

static void add(struct call *call)
{
	call->arg[0] |= (long)fault->word;
}

#define UNSHARE(flag) .nr = { SYS_unshare }, .arg = 0, .mask = (flag), .value = (flag)
#define DROPPED(flag, statement)                                                                                      \
	{                                                                                                             \
		.name = "unshare." #flag "_dropped", .breaks = statement, UNSHARE(flag), .before = drop, .word = flag \
	}
#define ADDED(flag, statement)                                                                                         \
	{                                                                                                              \
		.name = "unshare." #flag "_added", .breaks = statement, .nr = { SYS_unshare }, .arg = 0, .mask = flag, \
		.before = add, .word = flag                                                                            \
	}

static const struct fault unshared[] = {
	DROPPED(CLONE_FS, "CLONE-FS-08"),
	DROPPED(CLONE_FILES, "CLONE-FILES-09"),
	DROPPED(CLONE_SYSVSEM, "CLONE-SYSVSEM-04"),
	DROPPED(CLONE_NEWNS, "UNSH-02"),
	DROPPED(CLONE_NEWUTS, "UNSH-02"),
	DROPPED(CLONE_NEWIPC, "UNSH-02"),
	DROPPED(CLONE_NEWNET, "UNSH-02"),
	DROPPED(CLONE_NEWCGROUP, "UNSH-02"),
	DROPPED(CLONE_NEWUSER, "UNSH-10"),
	DROPPED(CLONE_NEWPID, "UNSH-06"),
	DROPPED(CLONE_NEWTIME, "UNSH-08"),
	ADDED(CLONE_NEWUTS, "CLONE-FLAGS-02"),
	ADDED(CLONE_FS, "UNSH-01"),
	REFUSAL("unshare", EINVAL, "UNSH-21", .nr = { SYS_unshare }),
	REFUSAL("unshare", EPERM, "UNSH-23", .nr = { SYS_unshare }),
	REFUSAL("unshare", ENOSPC, "NS-08", .nr = { SYS_unshare }),
	REFUSAL("unshare.user", EPERM, "UNSH-14", UNSHARE(CLONE_NEWUSER)),
	REFUSAL("unshare.threads", EINVAL, "UNSH-17", UNSHARE(CLONE_THREAD)),
	REFUSAL("unshare.handlers", EINVAL, "UNSH-18", UNSHARE(CLONE_SIGHAND)),
	REFUSAL("unshare.memory", EINVAL, "UNSH-19", UNSHARE(CLONE_VM)),
	REFUSAL("unshare.user", EINVAL, "UNSH-12", UNSHARE(CLONE_NEWUSER)),
	REFUSAL("unshare.pid", EINVAL, "UNSH-22", UNSHARE(CLONE_NEWPID)),
	REFUSAL("unshare.time", EPERM, "UNSH-09", UNSHARE(CLONE_NEWTIME)),
};
FAULTS(unshared);

/* ---- setns ----------------------------------------------------------------------------------------------- */

static void any_type(struct call *call)
{
	call->arg[1] = 0;
}

static bool several_types(const struct call *call)
{
	return (call->arg[1] & (call->arg[1] - 1)) != 0;
}

static void first_type_only(struct call *call)
{
	call->arg[1] &= -call->arg[1];
}

static void enter_uts_too(struct call *call)
{
	(void)call;
	REAL(SYS_unshare, CLONE_NEWUTS);
}

static const struct fault entered[] = {
	{ .name = "setns.ignored", .breaks = "SETNS-01", .nr = { SYS_setns }, .before = do_nothing },
	{ .name = "setns.type_ignored", .breaks = "SETNS-05", .nr = { SYS_setns }, .before = any_type },
	{ .name = "setns.first_type_only",
	  .breaks = "SETNS-10",
	  .nr = { SYS_setns },
	  .when = several_types,
	  .before = first_type_only },
	{ .name = "setns.others_changed", .breaks = "SETNS-11", .nr = { SYS_setns }, .after = enter_uts_too },
	REFUSAL("setns", EINVAL, "SETNS-05", .nr = { SYS_setns }),
	REFUSAL("setns", EPERM, "SETNS-29", .nr = { SYS_setns }),
	REFUSAL("setns", EBADF, "SETNS-08", .nr = { SYS_setns }),
	REFUSAL("setns", ESRCH, "SETNS-14", .nr = { SYS_setns }),
	REFUSAL("setns", EUSERS, "SETNS-31", .nr = { SYS_setns }),
};
FAULTS(entered);
