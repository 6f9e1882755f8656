// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* Waiting for children: options and ids not looked at, results that are wrong. */
#include <sys/resource.h>

#include "../sabotage.h"

static int options_of(const struct call *call)
{
	return call->nr == SYS_waitid ? 3 : 2;
}

static void drop_option(struct call *call)
{
	call->arg[options_of(call)] &= ~(long)fault->word;
}

static void add_option(struct call *call)
{
	call->arg[options_of(call)] |= (long)fault->word;
}

#define WAIT4(option) .nr = { SYS_wait4 }, .arg = 2, .mask = (uint32_t)(option), .value = (uint32_t)(option)
#define WAITID(option) .nr = { SYS_waitid }, .arg = 3, .mask = (uint32_t)(option), .value = (uint32_t)(option)
#define DROPPED(call, option, statement)                                                                        \
	{                                                                                                       \
		.name = #call "." #option "_dropped", .breaks = statement, call(option), .before = drop_option, \
		.word = (uint32_t)(option)                                                                      \
	}

static bool says_what(const struct call *call)
{
	return call->arg[3] & (WSTOPPED | WCONTINUED) && call->arg[3] & WEXITED;
}

static bool says_only_what(const struct call *call)
{
	return call->arg[3] & (WSTOPPED | WCONTINUED) && !(call->arg[3] & WEXITED);
}

static const struct fault options[] = {
	DROPPED(WAIT4, WNOHANG, "WAIT-09"),
	DROPPED(WAIT4, WUNTRACED, "WAIT-10"),
	DROPPED(WAIT4, WCONTINUED, "WAIT-11"),
	DROPPED(WAIT4, __WALL, "WAIT-37"),
	DROPPED(WAIT4, __WCLONE, "WAIT-36"),
	DROPPED(WAIT4, __WNOTHREAD, "WAIT-35"),
	DROPPED(WAITID, WNOWAIT, "WAITID-13"),
	DROPPED(WAITID, __WALL, "WAIT-38"),
	DROPPED(WAITID, __WCLONE, "WAIT-38"),
	DROPPED(WAITID, __WNOTHREAD, "WAIT-38"),
	{ .name = "WAITID.WCONTINUED_dropped",
	  .breaks = "WAITID-12",
	  .nr = { SYS_waitid },
	  .when = says_what,
	  .before = drop_option,
	  .word = WCONTINUED },
	{ .name = "WAITID.WEXITED_added",
	  .breaks = "WAITID-24",
	  .nr = { SYS_waitid },
	  .when = says_only_what,
	  .before = add_option,
	  .word = WEXITED },
	{ .name = "WAITID.stops_and_resumptions",
	  .breaks = "WAITID-10",
	  .nr = { SYS_waitid },
	  .arg = 3,
	  .mask = WEXITED | WSTOPPED | WCONTINUED,
	  .value = WEXITED,
	  .before = add_option,
	  .word = WSTOPPED | WCONTINUED },
	{ .name = "WAIT4.WUNTRACED_added",
	  .breaks = "WAIT-04",
	  .nr = { SYS_wait4 },
	  .before = add_option,
	  .word = WUNTRACED },
	{ .name = "WAIT4.WNOHANG_added",
	  .breaks = "WAIT-01",
	  .nr = { SYS_wait4 },
	  .before = add_option,
	  .word = WNOHANG },
	{ .name = "WAIT4.__WALL_added",
	  .breaks = "CLONE-SIG-03",
	  .nr = { SYS_wait4 },
	  .before = add_option,
	  .word = (uint32_t)__WALL },
	{ .name = "WAIT4.__WNOTHREAD_added",
	  .breaks = "CLONE-THREAD-10",
	  .nr = { SYS_wait4 },
	  .before = add_option,
	  .word = (uint32_t)__WNOTHREAD },
};
FAULTS(options);

/* ---- For whom ----------------------------------------------------------------------------------------------- */

static bool for_one(const struct call *call)
{
	return (int)call->arg[0] > 0;
}

static bool for_own_group(const struct call *call)
{
	return (int)call->arg[0] == 0;
}

static bool for_other_group(const struct call *call)
{
	return (int)call->arg[0] < -1;
}

static void for_any(struct call *call)
{
	call->arg[0] = call->nr == SYS_waitid ? P_ALL : -1;
}

static void only_first(struct call *call)
{
	call->arg[0] = REAL(SYS_getpgid, 0) * -1;
}

static bool for_all(const struct call *call)
{
	return call->nr == SYS_wait4 && (int)call->arg[0] == -1;
}

#define TYPE(type) .nr = { SYS_waitid }, .arg = 0, .mask = ~0ULL, .value = (type)

static const struct fault ids[] = {
	{ .name = "wait4.pid_ignored", .breaks = "WAIT-05", .nr = { SYS_wait4 }, .when = for_one, .before = for_any },
	{ .name = "wait4.own_group_ignored",
	  .breaks = "WAIT-06",
	  .nr = { SYS_wait4 },
	  .when = for_own_group,
	  .before = for_any },
	{ .name = "wait4.group_ignored",
	  .breaks = "WAIT-07",
	  .nr = { SYS_wait4 },
	  .when = for_other_group,
	  .before = for_any },
	{ .name = "wait4.own_group_only",
	  .breaks = "WAIT-08",
	  .nr = { SYS_wait4 },
	  .when = for_all,
	  .before = only_first },
	{ .name = "waitid.P_PGID_ignored", .breaks = "WAITID-02", TYPE(P_PGID), .before = for_any },
	{ .name = "waitid.P_PIDFD_ignored", .breaks = "WAITID-05", TYPE(3), .before = for_any },
};
FAULTS(ids);

/* ---- What they are told ---------------------------------------------------------------------------------------- */

static bool reports_status(const struct call *call)
{
	return call->arg[1] != 0 && call->result > 0;
}

static bool reports(const struct call *call)
{
	return call->result > 0;
}

static int *status_of(const struct call *call)
{
	return (int *)call->arg[1];
}

static void other_code(struct call *call)
{
	if (WIFEXITED(*status_of(call)))
		*status_of(call) ^= 1 << 8;
}

static void other_signal(struct call *call)
{
	if (WIFSIGNALED(*status_of(call)))
		*status_of(call) ^= 3;
}

static void other_stop(struct call *call)
{
	if (WIFSTOPPED(*status_of(call)))
		*status_of(call) ^= 1 << 8;
}

static void no_event(struct call *call)
{
	if (WIFSTOPPED(*status_of(call)))
		*status_of(call) &= 0xffff;
}

static void killed_not_exited(struct call *call)
{
	if (WIFEXITED(*status_of(call)))
		*status_of(call) = SIGKILL;
}

static void core_dumped(struct call *call)
{
	if (WIFSIGNALED(*status_of(call)))
		*status_of(call) ^= 0x80;
}

static void no_status(struct call *call)
{
	*status_of(call) = 0;
}

static void other_pid(struct call *call)
{
	call->result++;
}

static bool reports_usage(const struct call *call)
{
	return call->arg[call->nr == SYS_waitid ? 4 : 3] != 0;
}

static void no_usage(struct call *call)
{
	*(struct rusage *)call->arg[call->nr == SYS_waitid ? 4 : 3] = (struct rusage){ 0 };
}

#define STATUS(name_, statement, action)                                                           \
	{                                                                                          \
		.name = "wait4." name_, .breaks = statement, .nr = { SYS_wait4 }, .after = action, \
		.when = reports_status                                                             \
	}

static const struct fault results[] = {
	STATUS("other_code", "WAIT-14", other_code),
	STATUS("other_signal", "WAIT-15", other_signal),
	STATUS("other_stop", "WAIT-17", other_stop),
	STATUS("core_dumped", "WAIT-16", core_dumped),
	STATUS("killed_not_exited", "WAIT-13", killed_not_exited),
	STATUS("no_status", "WAIT-14", no_status),
	STATUS("no_event", "PTRACE-01", no_event),
	{ .name = "wait4.other_pid", .breaks = "WAIT-08", .nr = { SYS_wait4 }, .when = reports, .after = other_pid },
	{ .name = "wait.no_usage",
	  .breaks = "WAIT-52",
	  .nr = { SYS_wait4, SYS_waitid },
	  .when = reports_usage,
	  .after = no_usage },
};
FAULTS(results);

static bool reports_info(const struct call *call)
{
	return call->arg[2] != 0 && call->result == 0 && ((siginfo_t *)call->arg[2])->si_pid;
}

static bool reports_nothing(const struct call *call)
{
	return call->arg[2] != 0 && call->result == 0 && !((siginfo_t *)call->arg[2])->si_pid;
}

static siginfo_t *info_of(const struct call *call)
{
	return (siginfo_t *)call->arg[2];
}

#define CHANGES(name, statement)                 \
	static void name(struct call *call)      \
	{                                        \
		siginfo_t *info = info_of(call); \
		statement;                       \
	}
CHANGES(info_signal, info->si_signo = SIGUSR1)
CHANGES(info_uid, info->si_uid++)
CHANGES(info_code, info->si_code++)
CHANGES(info_status, info->si_status ^= 1)
CHANGES(info_pid, info->si_pid++)
CHANGES(info_left, info->si_signo = SIGCHLD)

static void pid_as_result(struct call *call)
{
	call->result = info_of(call)->si_pid;
}

#define INFO(name_, statement, action)                                                               \
	{                                                                                            \
		.name = "waitid." name_, .breaks = statement, .nr = { SYS_waitid }, .after = action, \
		.when = reports_info                                                                 \
	}

static const struct fault infos[] = {
	INFO("si_signo", "WAITID-14", info_signal),
	INFO("si_uid", "WAITID-15", info_uid),
	INFO("si_code", "WAITID-16", info_code),
	INFO("si_status", "WAITID-16", info_status),
	INFO("si_pid", "WAITID-01", info_pid),
	INFO("pid_as_result", "WAITID-21", pid_as_result),
	{ .name = "waitid.nothing_fails",
	  .breaks = "WAITID-20",
	  .nr = { SYS_waitid },
	  .after = fail_otherwise,
	  .when = reports_nothing },
	{ .name = "waitid.nothing_told_wrong",
	  .breaks = "WAITID-20",
	  .nr = { SYS_waitid },
	  .after = info_left,
	  .when = reports_nothing },
};
FAULTS(infos);

/* ---- Refusals ----------------------------------------------------------------------------------------------------- */

static const struct fault refusals[] = {
	REFUSAL("wait4", ECHILD, "WAIT-26", .nr = { SYS_wait4 }),
	REFUSAL("wait4", EINVAL, "WAIT-29", .nr = { SYS_wait4 }),
	REFUSAL("wait4", ESRCH, "WAIT-30", .nr = { SYS_wait4 }),
	REFUSAL("wait4", EINTR, "WAIT-24", .nr = { SYS_wait4 }),
	REFUSAL("wait4", EFAULT, "WAIT-48", .nr = { SYS_wait4 }),
	REFUSAL("waitid", ECHILD, "WAITID-24", .nr = { SYS_waitid }),
	REFUSAL("waitid", EINVAL, "WAITID-09", .nr = { SYS_waitid }),
	REFUSAL("waitid", EFAULT, "WAIT-48", .nr = { SYS_waitid }),
	REFUSAL("waitid", EAGAIN, "WAITID-06", .nr = { SYS_waitid }),
	REFUSAL("waitid", EBADF, "WAITID-08", .nr = { SYS_waitid }),
};
FAULTS(refusals);
