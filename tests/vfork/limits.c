// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* What vfork may be refused for, as fork is, and what it does not need. */
#include "forkcheck.h"

#include <stdlib.h>
#include <sys/resource.h>
#include <sys/sysinfo.h>

static int exit_5(void *arg)
{
	(void)arg;
	return 5;
}

/* ---- Limits ------------------------------------------------------------------------------------- */

static void limit_processes(rlim_t soft)
{
	struct rlimit limit;

	SETUP(getrlimit(RLIMIT_NPROC, &limit));
	limit.rlim_cur = soft;
	SETUP(setrlimit(RLIMIT_NPROC, &limit));
}

TEST(processes_of_user, .covers = "VFORK-019", .features = FEATURES(NEEDS_OTHER_USER), THROUGH(vfork_doors),
     .summary = "vfork gives EAGAIN, and makes no child, when the user has as many processes as RLIMIT_NPROC says")
{
	const struct vfork_door *door = this_door();
	struct rlimit before;

	SETUP(getrlimit(RLIMIT_NPROC, &before));
	limit_processes(1);
	long child = door->vfork(exit_5, NULL);
	EXPECT_REFUSED(child, EAGAIN);
	EXPECT_NO_CHILD();
	limit_processes(before.rlim_cur);
	child = door->vfork(exit_5, NULL);
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 5);
}

TEST(processes_of_cgroup, .covers = "VFORK-019", .caps = CAP(DAC_OVERRIDE), .features = FEATURES(NEEDS_CGROUP_PIDS),
     .summary = "vfork gives EAGAIN when its control group has as many processes as pids.max says",
     THROUGH(vfork_doors))
{
	const struct vfork_door *door = this_door();
	char group[192], self[16] = "";

	SETUP(make_cgroup("pids", group, sizeof(group)));
	append_number(self, sizeof(self), sys_getpid());
	SETUP(write_cgroup(group, "cgroup.procs", self));
	SETUP(write_cgroup(group, "pids.max", "1"));
	long child = door->vfork(exit_5, NULL);
	EXPECT_REFUSED(child, EAGAIN);
	EXPECT_NO_CHILD();
	SETUP(write_cgroup(group, "pids.max", "2"));
	child = door->vfork(exit_5, NULL);
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 5);
}

/* ---- Memory ------------------------------------------------------------------------------------- */

#define OVERCOMMIT_FILE "/proc/sys/vm/overcommit_memory"

/* Reserves two neighbouring halves that may be written, and become one area of more than all memory and swap. */
static void map_too_much(void)
{
	struct sysinfo info;

	SETUP(sysinfo(&info));
	unsigned long long all = ((unsigned long long)info.totalram + info.totalswap) * info.mem_unit;
	unsigned long long half = (all / 2 / page_size() + 1024) * page_size();
	if (half > SIZE_MAX / 8)
		SKIP(SKIP_SURROUNDINGS, "memory", "there is more than half of the address space");
	char *area = (char *)SETUP(sys_map_private(NULL, (size_t)half * 2, PROT_NONE));
	SETUP(sys_mprotect(area, (size_t)half, PROT_READ | PROT_WRITE));
	SETUP(sys_mprotect(area + half, (size_t)half, PROT_READ | PROT_WRITE));
}

TEST(memory_not_committed, .covers = "VFORK-017", .features = FEATURES(NEEDS_PROC), THROUGH(vfork_doors),
     .summary = "vfork succeeds where fork is refused since the caller's memory can't be promised twice")
{
	const struct vfork_door *door = this_door();
	char mode[8] = "";

	SETUP(read_file(OVERCOMMIT_FILE, mode, sizeof(mode)));
	if (atoi(mode) != 0)
		SKIP(SKIP_SURROUNDINGS, "vm.overcommit_memory", "is not 0");
	map_too_much();
	/* Whether it really is refused, FORK-059 asks; without that vfork has nothing to do better. */
	long copy = sys_fork();
	if (copy == 0)
		leave(0);
	if (copy > 0)
		EXPECT_EXITED(copy, 0);
	long child = door->vfork(exit_5, NULL);
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 5);
}
