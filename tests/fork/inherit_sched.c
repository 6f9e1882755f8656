// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* Scheduling over fork: policy, priority, nice value, affinity; and the reset-on-fork flag. */
#include "inherit.h"

#include <string.h>
#include <sys/resource.h>

/* The first version of struct sched_attr; with reset-on-fork as a flag and not a bit of the policy. */
struct sched_attributes {
	uint32_t size, policy;
	uint64_t flags;
	int32_t nice;
	uint32_t priority;
	uint64_t runtime, deadline, period; /* ns; runtime is a slice where there is no deadline */
	uint32_t least, most;		    /* utilisation clamps, of 1024 */
};
#define FLAG_RESET_ON_FORK 1
#define FLAGS_CLAMP (0x20 | 0x40) /* both clamps are given */

static struct sched_attributes attributes(void)
{
	struct sched_attributes now = { 0 };

	SETUP_RAW(SYSCALL4(SYS_sched_getattr, 0, &now, sizeof(now), 0));
	return now;
}

static void set_attributes(struct sched_attributes wanted)
{
	wanted.size = sizeof(wanted);
	SETUP_RAW(SYSCALL3(SYS_sched_setattr, 0, &wanted, 0));
}

static void set_policy(int policy, int priority)
{
	SETUP_RAW(SYSCALL3(SYS_sched_setscheduler, 0, policy, &priority));
}

/* ---- Policy ------------------------------------------------------------------------------------ */

static void set_batch(void)
{
	set_policy(SCHED_BATCH, 0);
}

static void set_idle(void)
{
	set_policy(SCHED_IDLE, 0);
}

static void set_fifo(void)
{
	set_policy(SCHED_FIFO, 3);
}

static void set_rr(void)
{
	set_policy(SCHED_RR, 4);
}

/* Policy and priority, as one number. */
static long long get_policy(void)
{
	long policy = SYSCALL1(SYS_sched_getscheduler, 0);
	int priority = 0;

	SETUP_RAW(SYSCALL2(SYS_sched_getparam, 0, &priority));
	return (policy & ~SCHED_RESET_ON_FORK) * 100 + priority;
}

/* ---- Nice value -------------------------------------------------------------------------------- */

/* 40 (the best) to 1: what the system call tells of the values -20 to 19. */
static long long get_nice(void)
{
	return SYSCALL2(SYS_getpriority, PRIO_PROCESS, 0);
}

/* A caller without privilege can only go up; the runner has gone back to 0 where it may. */
static void need_nice(int room)
{
	if (20 - SETUP_RAW(get_nice()) > room)
		SKIP(SKIP_SURROUNDINGS, "nice", "the caller's nice value is too high already");
}

static void set_nice(void)
{
	need_nice(6);
	SETUP_RAW(SYSCALL3(SYS_setpriority, PRIO_PROCESS, 0, 7));
}

static void change_nice(void)
{
	SETUP_RAW(SYSCALL3(SYS_setpriority, PRIO_PROCESS, 0, 9));
}

/* ---- Affinity ---------------------------------------------------------------------------------- */

static unsigned long processors[128], first[128], last[128];

/* The processors that the parent may run on, and masks with one of them each. */
static void set_affinity(void)
{
	const size_t bits = 8 * sizeof(long);
	size_t count = 0, highest = 0;

	long size = SETUP_RAW(SYSCALL3(SYS_sched_getaffinity, 0, sizeof(processors), processors));
	for (size_t i = 0; i < 8 * (size_t)size; i++) {
		if (!(processors[i / bits] >> i % bits & 1))
			continue;
		if (!count++)
			first[i / bits] = 1UL << i % bits;
		highest = i;
	}
	if (count < 2)
		SKIP(SKIP_SURROUNDINGS, "affinity", "this process may use one processor only");
	last[highest / bits] = 1UL << highest % bits;
	SETUP_RAW(SYSCALL3(SYS_sched_setaffinity, 0, sizeof(last), last));
}

/* The mask, as a number that differs for different ones. */
static long long get_affinity(void)
{
	unsigned long mask[128] = { 0 };
	uint64_t sum = 0;

	SETUP_RAW(SYSCALL3(SYS_sched_getaffinity, 0, sizeof(mask), mask));
	for (size_t i = 0; i < ARRAY_SIZE(mask); i++)
		sum = sum * 31 + mask[i];
	return (long long)sum;
}

static void change_affinity(void)
{
	SETUP_RAW(SYSCALL3(SYS_sched_setaffinity, 0, sizeof(first), first));
}

/* ---- I/O --------------------------------------------------------------------------------------- */

#define IOPRIO_WHO_PROCESS 1
#define BEST_EFFORT(level) (2 << 13 | (level))

static void set_ioprio(void)
{
	SETUP_RAW(SYSCALL3(SYS_ioprio_set, IOPRIO_WHO_PROCESS, 0, BEST_EFFORT(6)));
}

static long long get_ioprio(void)
{
	return SYSCALL2(SYS_ioprio_get, IOPRIO_WHO_PROCESS, 0);
}

static void change_ioprio(void)
{
	SETUP_RAW(SYSCALL3(SYS_ioprio_set, IOPRIO_WHO_PROCESS, 0, BEST_EFFORT(7)));
}

/* ---- Reset on fork ----------------------------------------------------------------------------- */

static void set_fifo_reset(void)
{
	set_policy(SCHED_FIFO | SCHED_RESET_ON_FORK, 3);
}

static void set_rr_reset(void)
{
	set_policy(SCHED_RR | SCHED_RESET_ON_FORK, 4);
}

static void set_deadline_reset(void)
{
	unsigned long all[128];

	/* What the caller was bound to may be less than the deadlines are counted for. */
	memset(all, 0xff, sizeof(all));
	SETUP_RAW(SYSCALL3(SYS_sched_setaffinity, 0, sizeof(all), all));
	set_attributes((struct sched_attributes){ .policy = 6 /* SCHED_DEADLINE */,
						  .flags = FLAG_RESET_ON_FORK,
						  .runtime = 4000000,
						  .deadline = 100000000,
						  .period = 100000000 });
}

static void set_batch_reset(void)
{
	set_policy(SCHED_BATCH | SCHED_RESET_ON_FORK, 0);
}

static void set_idle_reset(void)
{
	set_policy(SCHED_IDLE | SCHED_RESET_ON_FORK, 0);
}

static void set_flag(void)
{
	set_policy(SCHED_OTHER | SCHED_RESET_ON_FORK, 0);
}

static long long get_flag(void)
{
	return SYSCALL1(SYS_sched_getscheduler, 0) & SCHED_RESET_ON_FORK;
}

static void set_flag_by_attribute(void)
{
	set_attributes((struct sched_attributes){ .flags = FLAG_RESET_ON_FORK, .nice = attributes().nice });
}

static long long get_flag_by_attribute(void)
{
	return (long long)(attributes().flags & FLAG_RESET_ON_FORK);
}

static void set_negative_nice_reset(void)
{
	set_attributes((struct sched_attributes){ .flags = FLAG_RESET_ON_FORK, .nice = -5 });
}

static void set_nice_reset(void)
{
	need_nice(4);
	set_attributes((struct sched_attributes){ .flags = FLAG_RESET_ON_FORK, .nice = 5 });
}

/* ---- Slice ------------------------------------------------------------------------------------- */

#define SLICE 37000000 /* ns; no machine's default */

static void set_slice(void)
{
	const struct sched_attributes now = attributes();

	set_attributes((struct sched_attributes){ .policy = now.policy, .runtime = SLICE, .nice = now.nice });
}

static void set_slice_reset(void)
{
	const struct sched_attributes now = attributes();

	set_attributes((struct sched_attributes){
		.policy = now.policy, .flags = FLAG_RESET_ON_FORK, .runtime = SLICE, .nice = now.nice });
}

static long long has_slice(void)
{
	return attributes().runtime == SLICE;
}

static void change_slice(void)
{
	const struct sched_attributes now = attributes();

	set_attributes((struct sched_attributes){ .policy = now.policy, .runtime = 2 * SLICE, .nice = now.nice });
}

static void clamp(uint64_t flags, uint32_t least, uint32_t most)
{
	const struct sched_attributes now = attributes();

	set_attributes((struct sched_attributes){
		.policy = now.policy, .flags = flags | FLAGS_CLAMP, .nice = now.nice, .least = least, .most = most });
}

static void set_clamps(void)
{
	clamp(0, 100, 700);
}

static void set_clamps_reset(void)
{
	clamp(FLAG_RESET_ON_FORK, 100, 700);
}

static void change_clamps(void)
{
	clamp(0, 50, 600);
}

static long long get_clamps(void)
{
	const struct sched_attributes now = attributes();

	return (long long)now.least << 16 | now.most;
}

/* ---- All at once -------------------------------------------------------------------------------- */

static void set_every_attribute(void)
{
	need_nice(6);
	set_attributes((struct sched_attributes){ .policy = SCHED_BATCH, .nice = 7, .runtime = SLICE });
}

static long long get_every_attribute(void)
{
	const struct sched_attributes now = attributes();
	const uint64_t members[] = { now.policy,  now.flags,	(uint64_t)now.nice, now.priority,
				     now.runtime, now.deadline, now.period };
	uint64_t sum = 0;

	for (size_t i = 0; i < ARRAY_SIZE(members); i++)
		sum = sum * 31 + members[i];
	return (long long)sum;
}

static void change_every_attribute(void)
{
	set_attributes((struct sched_attributes){ .policy = SCHED_IDLE, .nice = 9 });
}

/* ---- Tests ------------------------------------------------------------------------------------- */

static const struct attribute to_keep[] = {
	{ { "batch", .covers = "INH-SCHED-14" },
	  OF_THREAD,
	  KEPT,
	  .set = set_batch,
	  .get = get_policy,
	  .change = set_idle,
	  .exec = { KEPT, "INH-EXEC-14" } },
	{ { "idle", .covers = "INH-SCHED-14" },
	  OF_THREAD,
	  KEPT,
	  .set = set_idle,
	  .get = get_policy,
	  .exec = { KEPT, "INH-EXEC-14" } },
	{ { "fifo", .covers = "INH-SCHED-01", .init_caps = CAP(SYS_NICE), .features = FEATURES(NEEDS_REAL_TIME) },
	  OF_THREAD,
	  KEPT,
	  .set = set_fifo,
	  .get = get_policy,
	  .change = set_batch,
	  .exec = { KEPT, "INH-EXEC-14" } },
	{ { "rr", .covers = "INH-SCHED-01", .init_caps = CAP(SYS_NICE), .features = FEATURES(NEEDS_REAL_TIME) },
	  OF_THREAD,
	  KEPT,
	  .set = set_rr,
	  .get = get_policy,
	  .change = set_batch,
	  .exec = { KEPT, "INH-EXEC-14" } },
	{ { "nice", .covers = "INH-SCHED-02" },
	  OF_THREAD,
	  KEPT,
	  .set = set_nice,
	  .get = get_nice,
	  .change = change_nice,
	  .exec = { KEPT, "INH-EXEC-14" } },
	{ { "affinity", .covers = "INH-SCHED-03 INH-SCHED-04", .features = FEATURES(NEEDS_TWO_CPUS) },
	  OF_THREAD,
	  KEPT,
	  .set = set_affinity,
	  .get = get_affinity,
	  .change = change_affinity,
	  .exec = { KEPT, "INH-EXEC-14" } },
	{ { "ioprio", .covers = "INH-SCHED-13", .features = FEATURES(NEEDS_BLOCK) },
	  OF_IO,
	  KEPT,
	  .set = set_ioprio,
	  .get = get_ioprio,
	  .change = change_ioprio,
	  .exec = { KEPT, "INH-EXEC-14" } },
	{ { "every_attribute", .covers = "INH-SCHED-02 INH-SCHED-14" },
	  OF_THREAD,
	  KEPT,
	  .set = set_every_attribute,
	  .get = get_every_attribute,
	  .change = change_every_attribute },
	{ { "slice", .covers = "INH-SCHED-16" },
	  OF_THREAD,
	  KEPT,
	  .set = set_slice,
	  .get = has_slice,
	  .change = change_slice },
	{ { "clamps", .covers = "INH-SCHED-19", .features = FEATURES(NEEDS_CLAMPS) },
	  OF_THREAD,
	  KEPT,
	  .set = set_clamps,
	  .get = get_clamps,
	  .change = change_clamps },
	{ { "positive_nice_with_flag", .covers = "INH-SCHED-08" },
	  OF_THREAD,
	  KEPT,
	  .set = set_nice_reset,
	  .get = get_nice },
	{ { "batch_with_flag", .covers = "INH-SCHED-15" }, OF_THREAD, KEPT, .set = set_batch_reset, .get = get_policy },
	{ { "idle_with_flag", .covers = "INH-SCHED-15" }, OF_THREAD, KEPT, .set = set_idle_reset, .get = get_policy },
};

TEST(kept, .summary = "the child begins with its parent's scheduling policy and parameters",
     .features = FEATURES(NEEDS_POLICIES), ATTRIBUTES(to_keep))
{
	test_inheritance();
}

static const struct attribute to_reset[] = {
	{ { "fifo", .covers = "INH-SCHED-05", .init_caps = CAP(SYS_NICE), .features = FEATURES(NEEDS_REAL_TIME) },
	  OF_THREAD,
	  RESET,
	  .set = set_fifo_reset,
	  .get = get_policy },
	{ { "rr", .covers = "INH-SCHED-06", .init_caps = CAP(SYS_NICE), .features = FEATURES(NEEDS_REAL_TIME) },
	  OF_THREAD,
	  RESET,
	  .set = set_rr_reset,
	  .get = get_policy },
	{ { "deadline", .covers = "INH-SCHED-11", .init_caps = CAP(SYS_NICE), .features = FEATURES(NEEDS_DEADLINES) },
	  OF_THREAD,
	  RESET,
	  .set = set_deadline_reset,
	  .get = get_policy },
	{ { "negative_nice", .covers = "INH-SCHED-07", .init_caps = CAP(SYS_NICE) },
	  OF_THREAD,
	  RESET,
	  .set = set_negative_nice_reset,
	  .get = get_nice,
	  .fresh = 20 },
	{ { "flag", .covers = "INH-SCHED-09" },
	  OF_THREAD,
	  RESET,
	  .set = set_flag,
	  .get = get_flag,
	  .exec = { KEPT, "INH-EXEC-14" } },
	{ { "flag_by_attribute", .covers = "INH-SCHED-09" },
	  OF_THREAD,
	  RESET,
	  .set = set_flag_by_attribute,
	  .get = get_flag_by_attribute },
	{ { "slice", .covers = "INH-SCHED-17" }, OF_THREAD, RESET, .set = set_slice_reset, .get = has_slice },
	{ { "clamps", .covers = "INH-SCHED-20", .features = FEATURES(NEEDS_CLAMPS) },
	  OF_THREAD,
	  RESET,
	  .set = set_clamps_reset,
	  .get = get_clamps,
	  .fresh = 1024 },
};

TEST(reset, .summary = "with reset-on-fork the child has an ordinary policy and nice value, and no such flag",
     .features = FEATURES(NEEDS_POLICIES), ATTRIBUTES(to_reset))
{
	test_inheritance();
}

static const struct clearing {
	struct case_head head;
	int error;
} clearings[] = {
	{ { .name = "unprivileged" }, EPERM },
	{ { "with_sys_nice", .init_caps = CAP(SYS_NICE) }, 0 },
};

TEST(flag_cleared, .covers = "INH-SCHED-10",
     .summary = "only with CAP_SYS_NICE can a thread clear its reset-on-fork flag",
     .features = FEATURES(NEEDS_POLICIES), CASES_NEEDING(clearings))
{
	const struct clearing *clearing = this_case();
	const int priority = 0;

	set_flag();
	long result = SYSCALL3(SYS_sched_setscheduler, 0, SCHED_OTHER, &priority);
	if (clearing->error)
		EXPECT_FAILS(result, clearing->error);
	else
		EXPECT_OK(result);
	EXPECT_EQ(get_flag(), clearing->error ? SCHED_RESET_ON_FORK : 0);
}

/* "/autogroup-12 nice 0": the number, or -1. */
static long long autogroup(void)
{
	static const char before[] = "/autogroup-";
	char text[64];

	if (read_file("/proc/self/autogroup", text, sizeof(text)) <= 0)
		return -1;
	for (size_t i = 0; i < sizeof(before) - 1; i++)
		if (text[i] != before[i])
			return -1;
	return atoll(text + sizeof(before) - 1);
}

TEST(autogroup_kept, .covers = "INH-SCHED-12", .summary = "the child is in the autogroup of its parent's session",
     .features = FEATURES(NEEDS_PROC, NEEDS_AUTOGROUP), THROUGH(fork_doors))
{
	const struct fork_door *door = this_door();
	long long outside = autogroup();

	pid_t leader = fork_helper();
	if (leader == 0) {
		SETUP(setsid());
		long long inside = autogroup();
		EXPECT_GE(inside, 0);
		EXPECT_NE(inside, outside);
		long child = door->fork();
		if (child == 0) {
			EXPECT_EQ(autogroup(), inside);
			leave(0);
		}
		REQUIRE_GT(child, 0);
		EXPECT_EXITED(child, 0);
		leave(0);
	}
	EXPECT_EXITED(leader, 0);
}
