// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* Resource limits over fork: all are the parent's, in a copy; threads share theirs. */
#include "inherit.h"

#include <sys/resource.h>

/* The call's own structure, with 64 bits on every machine. */
struct limit {
	uint64_t soft, hard;
};

#define LIMITS 16

static struct limit limit_of(int resource)
{
	struct limit limit = { 0 };

	SETUP_RAW(SYSCALL4(SYS_prlimit64, 0, resource, NULL, &limit));
	return limit;
}

static void set_limit(int resource, struct limit limit)
{
	SETUP_RAW(SYSCALL4(SYS_prlimit64, 0, resource, &limit, NULL));
}

/* Other values for all, none of them so low that it could hinder the test. */
static void set_soft(void)
{
	for (int resource = 0; resource < LIMITS; resource++) {
		struct limit limit = limit_of(resource);
		if (limit.soft == UINT64_MAX)
			limit.soft = (1ULL << 50) + (unsigned)resource;
		else if (limit.soft)
			limit.soft--;
		else if (limit.hard)
			limit.soft = 1;
		if (limit.soft <= limit.hard)
			set_limit(resource, limit);
	}
}

static void set_hard(void)
{
	for (int resource = 0; resource < LIMITS; resource++) {
		struct limit limit = limit_of(resource);
		if (limit.hard == UINT64_MAX)
			limit.hard = (1ULL << 50) + (unsigned)resource;
		else if (limit.hard)
			limit.hard--;
		if (limit.soft > limit.hard)
			limit.soft = limit.hard;
		set_limit(resource, limit);
	}
}

/* One number that changes with any limit. */
static long long get_soft(void)
{
	uint64_t sum = 0;

	for (int resource = 0; resource < LIMITS; resource++)
		sum = sum * 31 + limit_of(resource).soft;
	return (long long)sum;
}

static long long get_hard(void)
{
	uint64_t sum = 0;

	for (int resource = 0; resource < LIMITS; resource++)
		sum = sum * 31 + limit_of(resource).hard;
	return (long long)sum;
}

/* All soft limits, then all hard ones: no two are the same. The kernel bounds one of them. */
static void set_every(void)
{
	for (unsigned resource = 0; resource < LIMITS; resource++) {
		const uint64_t base = resource == RLIMIT_NOFILE ? 1000 : 1ULL << 40;
		set_limit((int)resource, (struct limit){ base + resource, base + LIMITS + resource });
	}
}

static long long get_every(void)
{
	return get_soft() + 17 * get_hard();
}

static void lower_every(void)
{
	for (int resource = 0; resource < LIMITS; resource++) {
		struct limit limit = limit_of(resource);
		limit.soft--;
		limit.hard--;
		set_limit(resource, limit);
	}
}

static void lower_open_files(void)
{
	struct limit limit = limit_of(RLIMIT_NOFILE);

	limit.soft = --limit.hard;
	set_limit(RLIMIT_NOFILE, limit);
}

static long long get_open_files(void)
{
	const struct limit limit = limit_of(RLIMIT_NOFILE);

	const unsigned long long value = limit.soft * 31 + limit.hard;
	return (long long)value;
}

static const struct attribute to_keep[] = {
	{ { "soft", .covers = "INH-LIM-01 INH-LIM-02" },
	  OF_PROCESS,
	  KEPT,
	  .set = set_soft,
	  .get = get_soft,
	  .change = set_soft,
	  .exec = { KEPT, "INH-EXEC-07" } },
	{ { "hard", .covers = "INH-LIM-01 INH-LIM-02" },
	  OF_PROCESS,
	  KEPT,
	  .set = set_hard,
	  .get = get_hard,
	  .change = set_hard,
	  .exec = { KEPT, "INH-EXEC-07" } },
	{ { "every", .covers = "INH-LIM-01 INH-LIM-02", .init_caps = CAP(SYS_RESOURCE) },
	  OF_PROCESS,
	  KEPT,
	  .set = set_every,
	  .get = get_every,
	  .change = lower_every,
	  .exec = { KEPT, "INH-EXEC-07" } },
	{ { "open_files", .covers = "INH-LIM-02" },
	  OF_PROCESS,
	  KEPT,
	  .set = lower_open_files,
	  .get = get_open_files,
	  .change = lower_open_files,
	  .exec = { KEPT, "INH-EXEC-07" } },
};

TEST(kept, .summary = "the child begins with a copy of its parent's resource limits", ATTRIBUTES(to_keep))
{
	test_inheritance();
}

enum { LIMITS_ARE_SET };

static int set_in_thread(void *unused)
{
	(void)unused;
	set_soft();
	post(LIMITS_ARE_SET);
	return 0;
}

TEST(shared_by_threads, .covers = "INH-LIM-08", .summary = "limits that a thread sets are those of the whole process")
{
	long long before = get_soft();

	pid_t thread = start_thread(set_in_thread, NULL);
	await(LIMITS_ARE_SET);
	await_thread_gone(thread);
	EXPECT_NE(get_soft(), before);
}
