// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* User and group IDs, and the files by which user namespaces map them. */
#include <sys/prctl.h>

#include "../sabotage.h"

#define SET_USER .nr = { SYS_setuid, SYS_setreuid, SYS_setresuid, SYS_setfsuid }
#define SET_GROUP .nr = { SYS_setgid, SYS_setregid, SYS_setresgid, SYS_setfsgid }

/* Few writes fail that are no writes to a file of this kind. */
#define WRITE .nr = { SYS_write, SYS_pwrite64 }

/* What the change of IDs has taken away comes back. */
static int death_signal;

static void note_death_signal(struct call *call)
{
	(void)call;
	REAL(SYS_prctl, PR_GET_PDEATHSIG, &death_signal);
}

static void restore_death_signal(struct call *call)
{
	(void)call;
	if (death_signal)
		REAL(SYS_prctl, PR_SET_PDEATHSIG, death_signal);
}

static void clear_death_signal(struct call *call)
{
	(void)call;
	REAL(SYS_prctl, PR_SET_PDEATHSIG, 0);
}

static bool of_saved_id(const struct call *call)
{
	return (int)call->arg[0] == -1 && (int)call->arg[1] == -1;
}

static bool restores(const struct call *call)
{
	return call->arg[0] != 0 || call->nr == SYS_setresuid || call->nr == SYS_setresgid;
}

static const struct fault ids[] = {
	REFUSAL("set_user", EINVAL, "USERNS-37", SET_USER),
	REFUSAL("set_group", EINVAL, "USERNS-37", SET_GROUP),
	REFUSAL("setgroups", EPERM, "USERNS-39", .nr = { SYS_setgroups }),
	REFUSAL("write", EINVAL, "USERNS-25", WRITE),
	REFUSAL("write", EPERM, "USERNS-21", WRITE),
	REFUSAL("write", EACCES, "TIMENS-08", WRITE),
	REFUSAL("write", ERANGE, "TIMENS-12", WRITE),
	{ .name = "set_user.death_signal_kept",
	  .breaks = "INH-PRCTL-10",
	  .nr = { SYS_setresuid, SYS_setresgid, SYS_setfsuid, SYS_setfsgid },
	  .when = restores,
	  .before = note_death_signal,
	  .after = restore_death_signal },
	{ .name = "set_user.death_signal_lost",
	  .breaks = "INH-PRCTL-10",
	  .nr = { SYS_setresuid, SYS_setresgid },
	  .when = of_saved_id,
	  .after = clear_death_signal },
};
FAULTS(ids);
