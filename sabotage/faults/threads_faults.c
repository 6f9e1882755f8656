// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* Identity and end of processes and threads. */
#include <sys/resource.h>

#include "../sabotage.h"

static void tid_as_pid(struct call *call)
{
	call->result = REAL(SYS_gettid);
}

static void pid_as_tid(struct call *call)
{
	call->result = REAL(SYS_getpid);
}

/* As a library did that remembered it. */
static void remembered(struct call *call)
{
	static long first;

	if (!first)
		first = call->result;
	call->result = first;
}

static void exit_all(struct call *call)
{
	call->nr = SYS_exit_group;
}

static void exit_one(struct call *call)
{
	call->nr = SYS_exit;
}

static bool sends(const struct call *call)
{
	return call->arg[2] != 0;
}

static void to_process(struct call *call)
{
	call->nr = SYS_kill;
	call->arg[1] = call->arg[2];
}

static void other_code(struct call *call)
{
	call->arg[0] ^= 1;
}

static void never_the_same(struct call *call)
{
	if (call->result == 0)
		call->result = 1;
}

static void always_the_same(struct call *call)
{
	call->result = 0;
}

static void next_tid(struct call *call)
{
	call->result++;
}

#define KCMP(type, name_, statement, action)                                                             \
	{                                                                                                \
		.name = "kcmp." name_, .breaks = statement, .nr = { SYS_kcmp }, .arg = 2, .mask = ~0ULL, \
		.value = type, .after = action                                                           \
	}

static void other_usage(struct call *call)
{
	call->arg[0] = (long)fault->word;
}

#define USAGE(name_, statement, asked, given)                                                            \
	{                                                                                                \
		.name = "getrusage." name_, .breaks = statement, .nr = { SYS_getrusage }, .mask = ~0ULL, \
		.value = asked, .before = other_usage, .word = given                                     \
	}

static const struct fault identity[] = {
	USAGE("thread_as_process", "THR-USE-01", RUSAGE_THREAD, RUSAGE_SELF),
	USAGE("process_as_thread", "THR-USE-02", RUSAGE_SELF, RUSAGE_THREAD),
	{ .name = "getpid.tid", .breaks = "CLONE-THREAD-01", .nr = { SYS_getpid }, .after = tid_as_pid },
	{ .name = "getpid.remembered", .breaks = "THR-05", .nr = { SYS_getpid }, .after = remembered },
	{ .name = "gettid.pid", .breaks = "CLONE-THREAD-02", .nr = { SYS_gettid }, .after = pid_as_tid },
	{ .name = "getppid.remembered", .breaks = "FORK-013", .nr = { SYS_getppid }, .after = remembered },
	{ .name = "exit.all_threads", .breaks = "EXIT-05", .nr = { SYS_exit }, .before = exit_all },
	{ .name = "exit_group.one_thread", .breaks = "EXIT-07", .nr = { SYS_exit_group }, .before = exit_one },
	{ .name = "exit_group.other_code", .breaks = "WAIT-14", .nr = { SYS_exit_group }, .before = other_code },
	{ .name = "tgkill.to_process",
	  .breaks = "CLONE-THREAD-18",
	  .nr = { SYS_tgkill },
	  .when = sends,
	  .before = to_process },
	{ .name = "set_tid_address.ignored",
	  .breaks = "CLONE-CLRTID-03",
	  .nr = { SYS_set_tid_address },
	  .before = do_nothing },
	{ .name = "set_tid_address.next_tid",
	  .breaks = "SETTIDADDR-01",
	  .nr = { SYS_set_tid_address },
	  .after = next_tid },
	KCMP(1, "vm_never", "CLONE-VM-05", never_the_same),
	KCMP(1, "vm_always", "CLONE-VM-05", always_the_same),
	KCMP(2, "files_never", "CLONE-FILES-08", never_the_same),
	KCMP(2, "files_always", "CLONE-FILES-08", always_the_same),
	KCMP(3, "fs_never", "KCMP-01", never_the_same),
	KCMP(4, "sighand_never", "KCMP-02", never_the_same),
	KCMP(5, "io_always", "KCMP-04", always_the_same),
	KCMP(6, "sysvsem_never", "KCMP-03", never_the_same),
};
FAULTS(identity);
