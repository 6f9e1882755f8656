// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* What threads have used: each begins at zero, and the process keeps what those have used that have ended. */
#include "forkcheck.h"

#include <sys/resource.h>
#include <time.h>

#define BURN_NS 2000000

struct use {
	long long cpu; /* ns */
	long faults;
};

static long long clock_of(clockid_t clock)
{
	struct timespec now;

	SETUP_RAW(SYSCALL2(SYS_clock_gettime, clock, &now));
	return now.tv_sec * 1000000000LL + now.tv_nsec;
}

static struct use use_of(int who)
{
	const bool thread = who == RUSAGE_THREAD;
	struct rusage usage = { 0 };

	SETUP_RAW(SYSCALL2(SYS_getrusage, who, &usage));
	return (struct use){
		.cpu = clock_of(thread ? CLOCK_THREAD_CPUTIME_ID : CLOCK_PROCESS_CPUTIME_ID),
		.faults = usage.ru_minflt,
	};
}

/* Uses so much CPU time more, and touches that many pages. */
static void burn(void)
{
	const long pages = 64;
	const long long start = clock_of(CLOCK_THREAD_CPUTIME_ID);
	char *map = (char *)SETUP_RAW(sys_map_private(NULL, (size_t)pages * page_size(), PROT_READ | PROT_WRITE));

	for (long i = 0; i < pages; i++)
		((volatile char *)map)[(size_t)i * page_size()] = 1;
	while (clock_of(CLOCK_THREAD_CPUTIME_ID) < start + BURN_NS)
		;
}

static int look_and_burn(void *arg)
{
	struct use *use = arg;

	use[0] = use_of(RUSAGE_THREAD);
	burn();
	use[1] = use_of(RUSAGE_THREAD);
	return 0;
}

/* A thread's use at its beginning and at its end. */
static void run_thread(const struct clone_door *door, struct use use[2])
{
	long tid = CLONE_CALL(door->via, new_stack(), look_and_burn, use, .flags = THREAD_FLAGS);

	REQUIRE_GT(tid, 0);
	await_thread_gone((pid_t)tid);
}

/* The first thread that a process makes, which has burnt 2^round times, finds less. */
static bool finds_less(const struct clone_door *door, int round, bool last)
{
	struct use *use = shared(4 * sizeof(*use)), *before = use + 2, *after = use + 3;
	pid_t process = fork_helper();

	if (process == 0) {
		for (int i = 0; i < 1 << round; i++)
			burn();
		*before = use_of(RUSAGE_THREAD);
		run_thread(door, use);
		*after = use_of(RUSAGE_THREAD);
		leave(0);
	}
	REQUIRE_EXITED(process, 0, round);
	EXPECT_GE(use[1].cpu, BURN_NS, round);
	EXPECT_GE(after->cpu, before->cpu, round);
	if ((use[0].cpu >= before->cpu || use[0].faults >= before->faults) && !last)
		return false;
	EXPECT_LT(use[0].cpu, before->cpu, round);
	EXPECT_LT(use[0].faults, before->faults, round);
	return true;
}

TEST(own, .covers = "THR-USE-01",
     .summary = "the use of a new thread is counted from zero, and not for the thread that made it",
     THROUGH(clone_doors))
{
	const struct clone_door *door = this_door();

	/* On a slow machine a thread uses more until it can look. */
	for (int round = 0; !finds_less(door, round, round == 7);)
		round++;
}

TEST(ended, .covers = "THR-USE-02", .summary = "a process's use includes that of each thread which has ended",
     THROUGH(clone_doors))
{
	const struct clone_door *door = this_door();
	struct use use[2], sum = use_of(RUSAGE_THREAD);

	for (int i = 0; i < 3; i++) {
		run_thread(door, use);
		sum.cpu += use[1].cpu;
		sum.faults += use[1].faults;
		struct use process = use_of(RUSAGE_SELF);
		EXPECT_GE(process.cpu, sum.cpu, i);
		EXPECT_GE(process.faults, sum.faults, i);
	}
}

TEST(of_a_child, .covers = "THR-USE-03",
     .summary = "the use of a child's ended threads counts for its parent's children once the child was waited for",
     THROUGH(clone_doors))
{
	const struct clone_door *door = this_door();
	struct use *use = shared(3 * sizeof(*use));
	struct rusage usage;

	pid_t child = fork_helper();
	if (child == 0) {
		run_thread(door, use);
		use[2] = use_of(RUSAGE_THREAD); /* of the first thread, which alone is not enough */
		leave(0);
	}
	EXPECT_EQ(wait_for(child, NULL, 0, &usage), child);
	EXPECT_GE(usage.ru_minflt, use[1].faults + use[2].faults);
	EXPECT_GE((usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000000LL + usage.ru_utime.tv_usec +
			  usage.ru_stime.tv_usec + 2 /* for what is rounded off */,
		  (use[1].cpu + use[2].cpu) / 1000);
	struct rusage children;
	SETUP(getrusage(RUSAGE_CHILDREN, &children));
	EXPECT_EQ(children.ru_minflt, usage.ru_minflt);
	EXPECT_EQ(children.ru_maxrss, usage.ru_maxrss);
}
