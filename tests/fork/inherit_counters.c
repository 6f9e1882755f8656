// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* What a process has used: it begins at zero in a child of fork. */
#include "forkcheck.h"

#include <sys/resource.h>
#include <sys/times.h>
#include <time.h>

/* ---- Of the process itself --------------------------------------------------------------------- */

static long long rusage_time(void)
{
	struct rusage usage;

	SETUP(getrusage(RUSAGE_SELF, &usage));
	return (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000000LL + usage.ru_utime.tv_usec +
	       usage.ru_stime.tv_usec;
}

static long long rusage_faults(void)
{
	struct rusage usage;

	SETUP(getrusage(RUSAGE_SELF, &usage));
	return usage.ru_minflt;
}

static long long times_ticks(void)
{
	struct tms ticks;

	times(&ticks);
	return ticks.tms_utime + ticks.tms_stime;
}

static long long clock_of(clockid_t clock)
{
	struct timespec now;

	SETUP(clock_gettime(clock, &now));
	return now.tv_sec * 1000000000LL + now.tv_nsec;
}

static long long process_clock(void)
{
	return clock_of(CLOCK_PROCESS_CPUTIME_ID);
}

static long long thread_clock(void)
{
	return clock_of(CLOCK_THREAD_CPUTIME_ID);
}

static long long bytes_read(void)
{
	return proc_field("/proc/self/io", "rchar:", 10);
}

static void use_processor(void)
{
	for (int i = 0; i < 100; i++)
		sys_getppid();
}

static void touch_pages(void)
{
	const size_t size = 64 * page_size();
	volatile char *map = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	SETUP(map == MAP_FAILED ? -1 : 0);
	for (size_t i = 0; i < size; i += page_size())
		map[i] = 1;
	SETUP(munmap((void *)map, size));
}

static void read_program(void)
{
	static char block[65536];
	int fd = (int)SETUP(open("/proc/self/exe", O_RDONLY | O_CLOEXEC));

	SETUP(read(fd, block, sizeof(block)));
	close(fd);
}

static const struct counter {
	struct case_head head;
	long long (*used)(void);
	void (*use)(void);
	long long least; /* worth to begin with */
	int rounds;	 /* of use() that must be worth that, or it is not counted here */
} counters[] = {
	{ { "rusage_time", .covers = "FORK-016" }, rusage_time, use_processor, 1000, 50000 },
	{ { "rusage_faults", .covers = "FORK-016" }, rusage_faults, touch_pages, 256, 100 },
	{ { "times", .covers = "FORK-017" }, times_ticks, use_processor, 1, 50000 },
	{ { "process_clock", .covers = "POSIX-007" }, process_clock, use_processor, 1000000, 50000 },
	{ { "thread_clock", .covers = "POSIX-008" }, thread_clock, use_processor, 1000000, 50000 },
	{ { "bytes_read", .covers = "INH-USE-01", .features = FEATURES(NEEDS_PROC, NEEDS_TASK_IO, NEEDS_READABLE) },
	  bytes_read,
	  read_program,
	  65536,
	  100 },
};

static void use_until(const struct counter *counter, long long enough)
{
	for (int rounds = 0; counter->used() < enough; rounds++) {
		if (rounds == counter->rounds && counter->used() < counter->least)
			BROKEN("what this process uses is not counted");
		counter->use();
	}
}

/* The child of a parent that has used so much and had no child before finds less. */
static bool finds_less(const struct counter *counter, const struct fork_door *door, long long enough, bool last)
{
	long long *seen = shared(2 * sizeof(*seen));

	seen[0] = -1;
	pid_t parent = fork_helper();
	if (parent == 0) {
		use_until(counter, enough);
		seen[1] = counter->used();
		long child = door->fork();
		if (child == 0) {
			seen[0] = counter->used();
			leave(0);
		}
		REQUIRE_GT(child, 0, enough);
		REQUIRE_EXITED(child, 0, enough);
		leave(0);
	}
	REQUIRE_EXITED(parent, 0, enough);
	if (seen[0] >= seen[1] && !last)
		return false;
	EXPECT_GE(seen[0], 0, enough);
	EXPECT_LT(seen[0], seen[1], enough);
	return true;
}

/*
 * A child that had its parent's count would find at least that much, whenever it looks. One that began at zero finds
 * what it has used itself, which is less once the parent has used enough: how much that is differs from machine to machine.
 */
TEST(own, .summary = "a child's own resource use is counted from zero", CASES_NEEDING(counters), THROUGH(fork_doors))
{
	const struct counter *counter = this_case();
	const struct fork_door *door = this_door();
	const long long most = 64 * counter->least;

	for (long long enough = counter->least; !finds_less(counter, door, enough, enough >= most);)
		enough *= 4;
}

/* ---- Of its children --------------------------------------------------------------------------- */

struct children_used {
	long long ticks, usecs;
};

static struct children_used children_used(void)
{
	struct rusage usage;
	struct tms ticks;

	times(&ticks);
	SETUP(getrusage(RUSAGE_CHILDREN, &usage));
	return (struct children_used){
		.ticks = ticks.tms_cutime + ticks.tms_cstime,
		.usecs = (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000000LL + usage.ru_utime.tv_usec +
			 usage.ru_stime.tv_usec,
	};
}

TEST(children, .covers = "FORK-016 FORK-017",
     .summary = "the use of the parent's children does not count as that of the child's children", THROUGH(fork_doors))
{
	const struct fork_door *door = this_door();

	pid_t user = fork_helper();
	if (user == 0) {
		while (times_ticks() < 1)
			use_processor();
		leave(0);
	}
	EXPECT_EXITED(user, 0);
	struct children_used parent = children_used();
	EXPECT_GT(parent.ticks, 0);
	EXPECT_GT(parent.usecs, 0);
	long child = door->fork();
	if (child == 0) {
		struct children_used used = children_used();
		EXPECT_EQ(used.ticks, 0);
		EXPECT_EQ(used.usecs, 0);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
}
