// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* Forks that must fail: how they say so, and that nothing comes of them. */
#include "forkcheck.h"

#include <pthread.h>
#include <sys/resource.h>
#include <sys/sysinfo.h>

/* Sets the soft limit of processes, and returns what it was. */
static rlim_t limit_processes(rlim_t soft)
{
	struct rlimit limit;

	SETUP(getrlimit(RLIMIT_NPROC, &limit));
	rlim_t before = limit.rlim_cur;
	limit.rlim_cur = soft;
	SETUP(setrlimit(RLIMIT_NPROC, &limit));
	return before;
}

static void expect_fork_works(const struct fork_door *door)
{
	long child = door->fork();
	if (child == 0)
		leave(0);
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
}

TEST(leaves_nothing, .covers = "FORK-004 FORK-054", .features = FEATURES(NEEDS_OTHER_USER),
     .summary = "a fork that is refused leaves no child behind, dead or alive, and sends no SIGCHLD",
     THROUGH(fork_doors))
{
	const struct fork_door *door = this_door();
	const sigset64 sigchld = SIGBIT(SIGCHLD);
	sigset64 pending = 0;

	SETUP(sys_sigprocmask(SIG_BLOCK, &sigchld, NULL));
	rlim_t before = limit_processes(1);
	long child = door->fork();
	EXPECT_REFUSED(child, EAGAIN);
	EXPECT_NO_CHILD();
	SETUP(sys_sigpending(&pending));
	EXPECT_EQ(pending, 0);
	limit_processes(before);
	expect_fork_works(door);
}

TEST(sets_errno, .covers = "FORK-003", .features = FEATURES(NEEDS_OTHER_USER),
     .summary = "where the system call fails, fork() returns -1 and sets errno")
{
	limit_processes(1);
	errno = 0;
	pid_t child = fork();
	int err = errno;
	if (child == 0)
		leave(0);
	EXPECT_EQ(child, -1);
	EXPECT_EQ(err, EAGAIN);
	EXPECT_NO_CHILD();
}

static void spoil_errno(void)
{
	errno = EDOM;
}

TEST(errno_survives_handlers, .covers = "FORK-003", .features = FEATURES(NEEDS_OTHER_USER),
     .summary = "handlers of pthread_atfork() do not lose the errno of a fork() that failed")
{
	SETUP(pthread_atfork(spoil_errno, spoil_errno, spoil_errno));
	limit_processes(1);
	pid_t child = fork();
	int err = errno;
	if (child == 0)
		leave(0);
	EXPECT_EQ(child, -1);
	EXPECT_EQ(err, EAGAIN);
}

/* ---- PID namespaces that have ended -------------------------------------------------------------- */

TEST(namespace_without_init, .covers = "FORK-060", .caps = CAP(SYS_ADMIN), .features = FEATURES(NEEDS_PID_NS),
     .summary = "no child can be made in a PID namespace whose first process has ended: ENOMEM", THROUGH(fork_doors))
{
	enum { INIT_MAY_GO };
	const struct fork_door *door = this_door();

	SETUP(sys_unshare(CLONE_NEWPID));
	pid_t init = fork_helper();
	if (init == 0) {
		await(INIT_MAY_GO);
		leave(0);
	}
	expect_fork_works(door);
	post(INIT_MAY_GO);
	EXPECT_EXITED(init, 0);
	long child = door->fork();
	EXPECT_REFUSED(child, ENOMEM);
	EXPECT_NO_CHILD();
}

/* ---- Memory -------------------------------------------------------------------------------------- */

/*
 * Mode 0 refuses, in one request, more than there is of memory and swap space. Two requests that are small
 * enough make one area that is not, and fork asks for the child's copy of it in one. No page of it is touched.
 */
TEST(area_beyond_memory, .covers = "FORK-059 FORK-067", .arch = "x86_64 aarch64 riscv64",
     .features = FEATURES(NEEDS_PROC),
     .summary = "a private area larger than memory and swap cannot be copied: ENOMEM; without it the fork succeeds",
     THROUGH(fork_doors))
{
	const struct fork_door *door = this_door();
	struct sysinfo info;
	char mode[8] = "";

	SETUP(read_file("/proc/sys/vm/overcommit_memory", mode, sizeof(mode)));
	if (mode[0] != '0')
		SKIP(SKIP_SURROUNDINGS, "vm.overcommit_memory", "is not 0");
	SETUP(sysinfo(&info));
	size_t part = ((size_t)info.totalram + info.totalswap) / 5 * 3 * info.mem_unit;
	part -= part % page_size();
	char *area = mmap(NULL, 2 * part, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (area == MAP_FAILED)
		BROKEN("no address space twice as large as memory");
	SETUP(mprotect(area, part, PROT_READ | PROT_WRITE));
	SETUP(mprotect(area + part, part, PROT_READ | PROT_WRITE));
	long child = door->fork();
	EXPECT_REFUSED(child, ENOMEM);
	EXPECT_NO_CHILD();
	SETUP(sys_madvise(area, 2 * part, MADV_DONTFORK));
	expect_fork_works(door);
}

/* ---- Deadlines ----------------------------------------------------------------------------------- */

/* struct sched_attr, which not all C libraries have; sizes of the first version. */
struct policy {
	uint32_t size, policy;
	uint64_t flags;
	int32_t nice;
	uint32_t priority;
	uint64_t runtime, deadline, period;
};
#define MILLISECOND 1000000

static void set_policy(uint32_t number, uint64_t flags)
{
	struct policy policy = { .size = sizeof(policy), .policy = number, .flags = flags };

	if (number == 6 /* SCHED_DEADLINE */) {
		policy.runtime = 10 * MILLISECOND;
		policy.deadline = policy.period = 100 * MILLISECOND;
	}
	SETUP(SYSCALL3(SYS_sched_setattr, 0, &policy, 0));
}

TEST(deadline, .covers = "FORK-058", .init_caps = CAP(SYS_NICE),
     .summary = "under SCHED_DEADLINE fork needs the reset-on-fork flag, without it EAGAIN", THROUGH(fork_doors))
{
	const struct fork_door *door = this_door();
	cpu_set_t cpus;

	SETUP(sched_getaffinity(0, sizeof(cpus), &cpus));
	if (CPU_COUNT(&cpus) < sysconf(_SC_NPROCESSORS_ONLN))
		SKIP(SKIP_SURROUNDINGS, "affinity",
		     "a deadline needs all processors, and this process may use only some");
	set_policy(6, 0);
	long child = door->fork();
	EXPECT_REFUSED(child, EAGAIN);
	EXPECT_NO_CHILD();
	set_policy(6, 1 /* SCHED_FLAG_RESET_ON_FORK */);
	expect_fork_works(door);
	set_policy(SCHED_OTHER, 0);
	expect_fork_works(door);
}
