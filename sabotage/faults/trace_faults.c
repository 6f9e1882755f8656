// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* ptrace: events that are lost, and what it is told wrong. */

#include <sys/ptrace.h>

#include "../sabotage.h"

#define REQUEST(request) .nr = { SYS_ptrace }, .arg = 0, .mask = ~0ULL, .value = (request)

static bool sets_option(const struct call *call)
{
	bool sets = call->arg[0] == PTRACE_SETOPTIONS || call->arg[0] == PTRACE_SEIZE;

	return sets && (uint64_t)call->arg[3] & (fault ? fault->word : ~0ULL);
}

static void drop_option(struct call *call)
{
	call->arg[3] &= ~(long)fault->word;
}

#define LOST(option, statement)                                                                                    \
	{                                                                                                          \
		.name = "ptrace." #option "_lost", .breaks = statement, .nr = { SYS_ptrace }, .when = sets_option, \
		.before = drop_option, .word = PTRACE_O_##option                                                   \
	}

static void other_message(struct call *call)
{
	*(unsigned long *)call->arg[3] += 1;
}

static void other_info(struct call *call)
{
	((siginfo_t *)call->arg[3])->si_code ^= 0xff00;
}

static void by_attach(struct call *call)
{
	call->arg[0] = PTRACE_ATTACH;
	call->arg[3] = 0;
}

static const struct fault tracing[] = {
	LOST(TRACEFORK, "PTRACE-01"),
	LOST(TRACEVFORK, "PTRACE-02"),
	LOST(TRACECLONE, "PTRACE-03"),
	LOST(TRACEVFORKDONE, "PTRACE-04"),
	LOST(TRACEEXEC, "PTRACE-31"),
	LOST(TRACEEXIT, "PTRACE-33"),
	LOST(EXITKILL, "PTRACE-19"),
	{ .name = "ptrace.message_wrong", .breaks = "PTRACE-08", REQUEST(PTRACE_GETEVENTMSG), .after = other_message },
	{ .name = "ptrace.info_wrong", .breaks = "PTRACE-18", REQUEST(PTRACE_GETSIGINFO), .after = other_info },
	{ .name = "ptrace.seize_attaches", .breaks = "PTRACE-13", REQUEST(PTRACE_SEIZE), .before = by_attach },
	{ .name = "ptrace.poke_ignored", .breaks = "INH-MEM-09", REQUEST(PTRACE_POKEDATA), .before = do_nothing },
};
FAULTS(tracing);
