// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* Tests that bring down the machine they run on, where it is one that forkcheck has for itself: see targets/. */
#include "forkcheck.h"

#include <sys/stat.h>

/* The inode of the initial PID namespace (include/linux/proc_ns.h). */
#define INITIAL_PID_NS 0xEFFFFFFCu

/* Is this program the first process of a kernel? Of any other machine these tests keep their hands off. */
static void only_as_init(void)
{
	struct stat init, self;

	if (namespace_of_self("pid") != INITIAL_PID_NS || stat("/proc/1/exe", &init) || stat("/proc/self/exe", &self) ||
	    init.st_dev != self.st_dev || init.st_ino != self.st_ino)
		SKIP(SKIP_SURROUNDINGS, "machine", "this machine is not ours");
}

static void sysrq(const char *key)
{
	only_as_init();
	EXPECT_EQ(1, 1);
	SETUP_RAW(write_file("/proc/sysrq-trigger", key));
	for (;;)
		pause();
}

TEST(first, .covers = "EXIT-07")
{
	EXPECT_EQ(1, 1);
}

TEST(panics, .reaches = "the machine", .as_root = true, .caps = CAP(SYS_PTRACE))
{
	sysrq("c");
}

TEST(between, .covers = "EXIT-07")
{
	EXPECT_EQ(1, 1);
}

TEST(reboots, .reaches = "the machine", .as_root = true, .caps = CAP(SYS_PTRACE))
{
	sysrq("b");
}

/* All processes but this one are frozen: from outside that is a machine that hangs. */
TEST(freezes, .reaches = "the machine", .as_root = true, .caps = CAP(DAC_OVERRIDE) | CAP(SYS_PTRACE))
{
	only_as_init();
	EXPECT_EQ(1, 1);
	SETUP(mkdir("/sys/fs/cgroup/frozen", 0755));
	SETUP_RAW(write_file("/sys/fs/cgroup/frozen/cgroup.procs", "1"));
	SETUP_RAW(write_file("/sys/fs/cgroup/frozen/cgroup.freeze", "1"));
	for (;;)
		pause();
}

TEST(last, .covers = "EXIT-07")
{
	EXPECT_EQ(1, 1);
}
