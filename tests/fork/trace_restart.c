// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* A creating call that a signal interrupts before it has done anything: what is to a tracer, it is to nobody else. */
#include "forkcheck.h"
#include "trace.h"

#ifndef PTRACE_GET_SYSCALL_INFO
#define PTRACE_GET_SYSCALL_INFO 0x420e
#endif

/* Of the kernel alone; no call returns it to a program. */
#define ERESTARTNOINTR 513

/* struct ptrace_syscall_info, which older C libraries lack, up to what is needed here. */
struct call_info {
	uint8_t op; /* 1: entry, 2: exit */
	uint8_t pad[3];
	uint32_t arch;
	uint64_t instruction_pointer;
	uint64_t stack_pointer;
	union {
		struct {
			uint64_t nr;
			uint64_t args[6];
		} entry;
		struct {
			int64_t rval;
			uint8_t is_error;
		} exit;
	};
};

static struct {
	long child;
} * told;

static void create(const void *arg)
{
	const struct fork_door *door = arg;

	/* Stops the tracee, so that the tracer can ask for its system calls. */
	SETUP(checked_kill(sys_getpid(), SIGURG));
	long child = door->fork();
	if (child == 0)
		leave(4);
	told->child = child;
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 4);
	EXPECT_NO_CHILD();
}

static bool creates(uint64_t nr)
{
#ifdef SYS_fork
	if (nr == SYS_fork)
		return true;
#endif
	return nr == SYS_clone || nr == SYS_clone3;
}

static void go_on(pid_t pid)
{
	SETUP(sys_ptrace(PTRACE_SYSCALL, pid, 0, NULL));
}

/* Goes on to the next entry into a creating call, or exit from one, and tells which. False: no more. */
static bool next_creating_call(struct call_info *info, bool *inside)
{
	struct trace_stop stop;

	while (next_stop(&stop)) {
		if (stop.status != W_STOPCODE(SIGTRAP | 0x80)) {
			if (WIFSTOPPED(stop.status))
				go_on(stop.pid);
			continue;
		}
		SETUP(sys_ptrace(PTRACE_GET_SYSCALL_INFO, stop.pid, sizeof(*info), info));
		if (info->op == 1 ? creates(info->entry.nr) : *inside) {
			*inside = info->op == 1;
			return true;
		}
		go_on(stop.pid);
	}
	return false;
}

/* The C library might block signals meanwhile. */
static bool without_library(const void *row, const void *door)
{
	(void)row;
	return door != &fork_doors[0];
}

TEST(restarted, .covers = "FORK-062", .features = FEATURES(NEEDS_PTRACE, NEEDS_PROC_SYSCALL),
     .summary =
	     "a fork that finds a signal pending is left with ERESTARTNOINTR, which the tracer sees, and is done again",
     THROUGH(fork_doors), .passes = without_library)
{
	struct call_info info = { 0 };
	bool inside = false;

	need_release(5, 3); /* PTRACE_GET_SYSCALL_INFO */
	told = shared(sizeof(*told));
	pid_t tracee = start_tracee(BY_SEIZE, PTRACE_O_TRACESYSGOOD, create, this_door());

	REQUIRE_TRUE(next_creating_call(&info, &inside) && inside);
	SETUP(checked_kill(tracee, SIGURG));
	go_on(tracee);
	REQUIRE_TRUE(next_creating_call(&info, &inside) && !inside);
	EXPECT_EQ(info.exit.rval, -ERESTARTNOINTR);

	go_on(tracee);
	REQUIRE_TRUE(next_creating_call(&info, &inside) && inside);
	go_on(tracee);
	REQUIRE_TRUE(next_creating_call(&info, &inside) && !inside);
	const long long child = info.exit.rval;
	EXPECT_GT(child, 0);

	go_on(tracee);
	EXPECT_EQ(next_creating_call(&info, &inside), false);
	EXPECT_EQ(told->child, child);
}
