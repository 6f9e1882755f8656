// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* The scheduling policy and the timer slack that a child has inherited are not only shown, but act. */
#include "forkcheck.h"

#include <sched.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <time.h>

/* ---- Policies --------------------------------------------------------------------------------------- */

/* Several times what an ordinary thread may run before another one has its turn, ns. */
#define SPELL 60000000

static const struct policy {
	struct case_head head;
	int policy;
	bool reset; /* the child has an ordinary one */
} policies[] = {
	{ { .name = "fifo" }, SCHED_FIFO, false },
	{ { .name = "rr" }, SCHED_RR, false },
	{ { "fifo_reset", .covers = "INH-SCHED-05" }, SCHED_FIFO | SCHED_RESET_ON_FORK, true },
	{ { "rr_reset", .covers = "INH-SCHED-06" }, SCHED_RR | SCHED_RESET_ON_FORK, true },
};

static long long time_used(void)
{
	struct timespec used;

	SETUP_RAW(SYSCALL2(SYS_clock_gettime, CLOCK_THREAD_CPUTIME_ID, &used));
	return used.tv_sec * 1000000000LL + used.tv_nsec;
}

/* All that is made from here on runs on one processor. */
static void take_one_processor(void)
{
	unsigned cpu = 0;
	unsigned long set[16] = { 0 };

	SETUP_RAW(SYSCALL3(SYS_getcpu, &cpu, NULL, NULL));
	set[cpu / (8 * sizeof(*set))] = 1UL << cpu % (8 * sizeof(*set));
	SETUP_RAW(SYSCALL3(SYS_sched_setaffinity, 0, sizeof(set), set));
}

/* An ordinary process that is never idle, and shows whenever it gets to run. */
static pid_t start_competitor(volatile long *turns)
{
	pid_t competitor = fork_helper();

	if (competitor == 0)
		for (;;)
			++*turns;
	while (!*turns)
		sys_sched_yield();
	return competitor;
}

TEST(policy, .covers = "INH-SCHED-21", .init_caps = CAP(SYS_NICE), .features = FEATURES(NEEDS_POLICIES, NEEDS_UNTRACED),
     .alone = true,
     .summary =
	     "a child with a real-time policy lets no ordinary process run, one whose parent's is reset on fork does",
     CASES_NEEDING(policies))
{
	const struct policy *row = this_case();
	volatile long *turns = shared(sizeof(*turns));
	const int priority = 1;

	take_one_processor();
	pid_t competitor = start_competitor(turns);
	SETUP_RAW(SYSCALL3(SYS_sched_setscheduler, 0, row->policy, &priority));
	long child = sys_fork();
	if (child == 0) {
		const long before = *turns;
		const long long end = time_used() + SPELL;
		while (*turns == before && (row->reset || time_used() < end))
			;
		if (!row->reset)
			EXPECT_EQ(*turns, before);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	SETUP_RAW(checked_kill(competitor, SIGKILL));
	EXPECT_KILLED(competitor, SIGKILL);
}

/* ---- Slack ------------------------------------------------------------------------------------------ */

/* One that nobody else on the machine has: 1 to 11 ms, in ns. */
static unsigned long some_slack(void)
{
	uint32_t number;

	SETUP(getrandom(&number, sizeof(number), 0) == sizeof(number) ? 0 : -1);
	return 1000000 + number % 10000000;
}

static const long sleeps[] = { SYS_nanosleep, SYS_clock_nanosleep,
#ifdef SYS_clock_nanosleep_time64
			       SYS_clock_nanosleep_time64,
#endif
			       -1 };

/* Whether some timer of the machine may expire so much later than it should. */
static bool some_timer_has(unsigned long long slack)
{
	static char text[1 << 20];
	const char mark[] = "# expires at ";

	if (read_file("/proc/timer_list", text, sizeof(text)) <= 0)
		SKIP(SKIP_SURROUNDINGS, "/proc/timer_list", "does not list timers");
	for (char *at = text; (at = strstr(at, mark));) {
		unsigned long long soonest = strtoull(at + strlen(mark), &at, 10);
		if (*at == '-' && strtoull(at + 1, NULL, 10) - soonest == slack)
			return true;
	}
	return false;
}

static pid_t sleeper(const struct fork_door *door, unsigned long slack)
{
	long child = door->fork();

	if (child == 0) {
		if (slack)
			SETUP_RAW(sys_prctl(PR_SET_TIMERSLACK, slack, 0, 0, 0));
		SETUP(nanosleep(&(struct timespec){ 10000, 0 }, NULL));
		leave(0);
	}
	REQUIRE_GT(child, 0);
	await_asleep_in((pid_t)child, sleeps);
	return (pid_t)child;
}

static void end(pid_t child)
{
	SETUP_RAW(checked_kill(child, SIGKILL));
	EXPECT_KILLED(child, SIGKILL);
}

TEST(slack, .covers = "INH-PRCTL-37", .init_caps = CAP(DAC_OVERRIDE),
     .features = FEATURES(NEEDS_PROC, NEEDS_PROC_SYSCALL),
     .summary = "the kernel's timers for a child have the slack that it has inherited, or has set itself",
     THROUGH(fork_doors), .passes = each_call)
{
	const struct fork_door *door = this_door();
	const unsigned long slack = some_slack(), other = slack + 1;

	SETUP_RAW(sys_prctl(PR_SET_TIMERSLACK, slack, 0, 0, 0));
	EXPECT_TRUE(!some_timer_has(slack));
	pid_t child = sleeper(door, other);
	EXPECT_TRUE(some_timer_has(other));
	EXPECT_TRUE(!some_timer_has(slack));
	end(child);
	child = sleeper(door, 0);
	EXPECT_TRUE(some_timer_has(slack));
	end(child);
	EXPECT_TRUE(!some_timer_has(slack));
}
