// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* How many processes there may be: of a user, of a PID namespace, of a control group. */
#include "forkcheck.h"

#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

enum { FIRST_MAY_GO, ALL_MAY_GO, AT_ONCE };

/* On 32-bit machines the first call takes user IDs of 16 bits. */
#ifdef SYS_setresuid32
#define NR_SETRESUID SYS_setresuid32
#else
#define NR_SETRESUID SYS_setresuid
#endif

/* The ways of a plain fork that every release has. */
#define OLD_DOORS 3

static void limit_processes(rlim_t soft)
{
	struct rlimit limit;

	SETUP(getrlimit(RLIMIT_NPROC, &limit));
	limit.rlim_cur = soft;
	SETUP(setrlimit(RLIMIT_NPROC, &limit));
}

/* A child that stays until the event; the raw result. */
static long park(const struct fork_door *door, unsigned event)
{
	long child = door->fork();

	if (child == 0) {
		await(event);
		leave(0);
	}
	return child;
}

/* The calling process is the first of a user that has no others. */
static void count_to_limit(const struct fork_door *door)
{
	limit_processes(3);
	long first = park(door, FIRST_MAY_GO);
	REQUIRE_GT(first, 0);
	long second = park(door, ALL_MAY_GO);
	REQUIRE_GT(second, 0);
	long third = door->fork();
	EXPECT_REFUSED(third, EAGAIN);

	post(FIRST_MAY_GO);
	await_zombie((pid_t)first);
	third = door->fork();
	EXPECT_REFUSED(third, EAGAIN); /* it counts until it is reaped */
	EXPECT_EXITED(first, 0);
	third = park(door, ALL_MAY_GO);
	REQUIRE_GT(third, 0);

	post(ALL_MAY_GO);
	EXPECT_EXITED(second, 0);
	EXPECT_EXITED(third, 0);
}

TEST(processes_of_user, .covers = "FORK-054 WAIT-20", .init_caps = CAP(SETUID),
     .summary = "a user may have as many processes as RLIMIT_NPROC says, and not one more", THROUGH(fork_doors))
{
	/* Of the initial user namespace, so that there are enough to find one that nobody has, not even another run. */
	uid_t unused = 0x40000000 | ((test_random() ^ (uid_t)sys_getpid() << 15) & 0x3fffffff);

	SETUP(SYSCALL3(NR_SETRESUID, unused, unused, unused));
	set_capabilities(0);
	count_to_limit(this_door());
}

TEST(processes_in_namespace, .covers = "FORK-054 FORK-072 WAIT-20",
     .features = FEATURES(NEEDS_USER_NS, NEEDS_OTHER_USER),
     .summary = "in a user namespace RLIMIT_NPROC counts the processes there, not those that the user has outside",
     THROUGH(fork_doors))
{
	const struct fork_door *door = this_door();

	long outside = park(door, ALL_MAY_GO);
	REQUIRE_GT(outside, 0);
	long inside = CLONE_HERE(VIA_CLONE, .flags = CLONE_NEWUSER, .exit_signal = SIGCHLD);
	if (inside == 0) {
		count_to_limit(door);
		leave(0);
	}
	REQUIRE_GT(inside, 0);
	EXPECT_EXITED(inside, 0);
	post(ALL_MAY_GO); /* should the other one have failed before it came to that */
	EXPECT_EXITED(outside, 0);
}

/* ---- PIDs ---------------------------------------------------------------------------------------- */

TEST(refusal_takes_no_pid, .covers = "FORK-068", .features = FEATURES(NEEDS_USER_NS, NEEDS_PID_NS, NEEDS_OTHER_USER),
     .summary = "a fork that RLIMIT_NPROC refuses does not use up a PID", THROUGH(fork_doors))
{
	const struct fork_door *door = this_door();

	/* Nobody else takes a number in a PID namespace of our own. */
	long init = CLONE_HERE(VIA_CLONE, .flags = CLONE_NEWUSER | CLONE_NEWPID, .exit_signal = SIGCHLD);
	if (init == 0) {
		struct rlimit limit;
		SETUP(getrlimit(RLIMIT_NPROC, &limit));
		post(AT_ONCE);
		long before = park(door, AT_ONCE);
		REQUIRE_GT(before, 0);
		EXPECT_EXITED(before, 0);
		limit_processes(1);
		long refused = door->fork();
		EXPECT_REFUSED(refused, EAGAIN);
		limit_processes(limit.rlim_cur);
		long after = park(door, AT_ONCE);
		REQUIRE_GT(after, 0);
		EXPECT_EXITED(after, 0);
		EXPECT_EQ(after, before + 1);
		leave(0);
	}
	REQUIRE_GT(init, 0);
	EXPECT_EXITED(init, 0);
}

#define PID_MAX_FILE "/proc/sys/kernel/pid_max"
#define PID_MAX 303
/* Once the numbers have wrapped around, those below this are not handed out again. */
#define RESERVED 300
/* The kernel wants room for so many processes for each processor that there might be. */
#define PIDS_PER_CPU 8

static long pid_max(void)
{
	char text[16];

	SETUP(read_file(PID_MAX_FILE, text, sizeof(text)));
	return atol(text);
}

/* The number of the last processor that this machine might have: "0-63", "0,2-3". */
static int last_cpu(void)
{
	char text[64];

	if (read_file("/sys/devices/system/cpu/possible", text, sizeof(text)) <= 0)
		return 0;
	const char *last = text;
	for (const char *c = text; *c; c++)
		if (*c == '-' || *c == ',')
			last = c + 1;
	return atoi(last);
}

/* Makes children until the numbers below RESERVED have all been handed out once. */
static void pass_reserved(void)
{
	/* A short cut, which needs CONFIG_CHECKPOINT_RESTORE. */
	write_file("/proc/sys/kernel/ns_last_pid", "299");
	for (int i = 0; i < RESERVED; i++) {
		pid_t child = fork_helper();
		if (child == 0)
			leave(0);
		SETUP(checked_wait(child, NULL, 0));
		if (child >= RESERVED)
			return;
	}
}

/* The first process of the namespace: fills it up. */
static void use_up_pids(void)
{
	pid_t children[PID_MAX];
	int count = 0;
	long child = 0;

	long result = write_file(PID_MAX_FILE, "303");
	if (result == -EINVAL && (last_cpu() + 1) * PIDS_PER_CPU > PID_MAX)
		SKIP(SKIP_SURROUNDINGS, "pid_max", "so many processors that the kernel allows no small one");
	REQUIRE_OK(result);
	EXPECT_EQ(pid_max(), PID_MAX);
	pass_reserved();
	while (count < PID_MAX &&
	       (child = park(&fork_doors[count % OLD_DOORS], count ? ALL_MAY_GO : FIRST_MAY_GO)) > 0) {
		EXPECT_LT(child, PID_MAX);
		children[count++] = (pid_t)child;
	}
	EXPECT_FAILS(child, EAGAIN);
	REQUIRE_GT(count, 0);
	for (int i = 0; i < OLD_DOORS; i++) {
		child = fork_doors[i].fork();
		EXPECT_REFUSED(child, EAGAIN, i);
	}
	/* One number becomes free, and is the only one to be had. */
	post(FIRST_MAY_GO);
	post(AT_ONCE);
	EXPECT_EXITED(children[0], 0);
	child = park(&fork_doors[1], AT_ONCE);
	EXPECT_EQ(child, children[0]);
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	post(ALL_MAY_GO);
	for (int i = 1; i < count; i++)
		EXPECT_EXITED(children[i], 0, i);
}

/* In a user namespace, so that on a kernel with one pid_max for all this could not be written. */
TEST(pids_of_namespace, .covers = "FORK-056 FORK-066",
     .features = FEATURES(NEEDS_PROC, NEEDS_USER_NS, NEEDS_PID_NS, NEEDS_PROC_SYS),
     .summary = "fork gives EAGAIN when no PID below the namespace's own pid_max is free, and no PID beyond it")
{
	long before = pid_max();

	long init = CLONE_HERE(VIA_CLONE, .flags = CLONE_NEWUSER | CLONE_NEWPID, .exit_signal = SIGCHLD);
	if (init == 0) {
		use_up_pids();
		leave(0);
	}
	REQUIRE_GT(init, 0);
	EXPECT_EXITED(init, 0);
	EXPECT_EQ(pid_max(), before);
}

/* ---- Control groups ------------------------------------------------------------------------------ */

TEST(processes_of_cgroup, .covers = "FORK-057", .caps = CAP(DAC_OVERRIDE), .features = FEATURES(NEEDS_CGROUP_PIDS),
     .summary = "a control group may have as many processes as pids.max says, and not one more")
{
	char group[192], self[16] = "";

	SETUP(make_cgroup("pids", group, sizeof(group)));
	append_number(self, sizeof(self), sys_getpid());
	SETUP(write_cgroup(group, "cgroup.procs", self));
	SETUP(write_cgroup(group, "pids.max", "2"));
	for (int i = 0; i < OLD_DOORS; i++) {
		const struct fork_door *door = &fork_doors[i];
		long first = park(door, (unsigned)i);
		REQUIRE_GT(first, 0, i);
		EXPECT_EQ(read_cgroup(group, "pids.current"), 2, i);
		long second = door->fork();
		EXPECT_REFUSED(second, EAGAIN, i);
		EXPECT_EQ(read_cgroup(group, "pids.current"), 2, i);
		post((unsigned)i);
		EXPECT_EXITED(first, 0, i);
		EXPECT_NO_CHILD(i);
	}
	SETUP(write_cgroup(group, "pids.max", "max"));
	long first = park(&fork_doors[1], 0), second = park(&fork_doors[1], 0);
	REQUIRE_GT(first, 0);
	REQUIRE_GT(second, 0);
	EXPECT_EXITED(first, 0);
	EXPECT_EXITED(second, 0);
}
