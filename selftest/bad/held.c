// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* Tests that see to it that something can't die of SIGKILL, until the runner takes away what holds it. */
#include "forkcheck.h"

#include <sys/ptrace.h>

TEST(traces_its_cell, .as_root = true, .caps = CAP(SYS_PTRACE), .timeout_ms = 300)
{
	pid_t cell = sys_getppid();

	SETUP(ptrace(PTRACE_SEIZE, cell, 0, 0));
	SETUP(ptrace(PTRACE_INTERRUPT, cell, 0, 0));
	EXPECT_EQ(1, 1);
	for (;;)
		pause();
}

/* A freezer of version 1: what it holds notices SIGKILL when it is told to thaw. */
TEST(is_frozen, .as_root = true, .caps = CAP(DAC_OVERRIDE) | CAP(SYS_ADMIN), .timeout_ms = 300)
{
	char group[LEFTOVER_PATH];

	if (make_cgroup("freezer", group, sizeof(group)))
		SKIP(SKIP_SURROUNDINGS, "freezer", "no controller of version 1");
	EXPECT_EQ(1, 1);
	SETUP_RAW(write_cgroup(group, "cgroup.procs", "0"));
	write_cgroup(group, "freezer.state", "FROZEN");
	for (;;)
		pause();
}
