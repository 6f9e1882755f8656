// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* RLIMIT_NPROC: whose threads it counts, for whom it counts, and what is left of it for execve. */
#include "forkcheck.h"

#include <pthread.h>
#include <sys/resource.h>

enum { MAY_GO };

static void limit_processes(rlim_t limit)
{
	struct rlimit now;

	SETUP(getrlimit(RLIMIT_NPROC, &now));
	now.rlim_cur = limit;
	SETUP(setrlimit(RLIMIT_NPROC, &now));
}

/* A user ID that no other process has, whatever else runs on this machine: some number between 2^29 and 2^30. */
static uid_t lonely_uid(void)
{
	uid_t uid;

	SETUP_RAW(SYSCALL3(SYS_getrandom, &uid, sizeof(uid), 0));
	return uid >> 3 | 1U << 29;
}

static void become(uid_t uid)
{
	SETUP(setresuid(uid, uid, uid));
	set_capabilities(0);
}

static int wait_for_end(void *unused)
{
	(void)unused;
	await(MAY_GO);
	return 0;
}

TEST(equality_refused, .covers = "INH-LIM-07",
     .summary = "as soon as the user has as many processes as RLIMIT_NPROC says the next one is refused",
     .init_caps = CAP(SETUID), THROUGH(fork_doors))
{
	const struct fork_door *door = this_door();

	become(lonely_uid());
	limit_processes(2);
	long first = door->fork();
	if (first == 0) {
		await(MAY_GO);
		leave(0);
	}
	REQUIRE_GT(first, 0);
	long second = door->fork();
	EXPECT_REFUSED(second, EAGAIN);
	post(MAY_GO);
	EXPECT_EXITED(first, 0);
}

TEST(threads_count, .covers = "INH-LIM-03", .summary = "RLIMIT_NPROC counts threads, not only processes",
     .init_caps = CAP(SETUID), THROUGH(fork_doors))
{
	const struct fork_door *door = this_door();

	become(lonely_uid());
	limit_processes(2);
	pid_t thread = start_thread(wait_for_end, NULL);
	long refused = door->fork();
	EXPECT_REFUSED(refused, EAGAIN);
	post(MAY_GO);
	await_thread_gone(thread);
	long child = door->fork();
	if (child == 0)
		leave(0);
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
}

/* The first capability is one that does not help: so that all rows are for the initial namespace, where these count. */
static const struct subject {
	struct case_head head;
	int error;
} subjects[] = {
	{ { "other_capability", .covers = "INH-LIM-07", .init_caps = CAP(SYS_NICE) }, EAGAIN },
	{ { "sys_resource", .covers = "INH-LIM-05", .init_caps = CAP(SYS_RESOURCE) }, 0 },
	{ { "sys_admin", .covers = "INH-LIM-06", .init_caps = CAP(SYS_ADMIN) }, 0 },
};

static void fork_at_limit(const struct fork_door *door, int error)
{
	limit_processes(1);
	long child = door->fork();
	if (error) {
		EXPECT_REFUSED(child, error);
		return;
	}
	if (child == 0)
		leave(0);
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
}

TEST(capabilities, .summary = "CAP_SYS_RESOURCE and CAP_SYS_ADMIN each lift RLIMIT_NPROC", CASES_NEEDING(subjects),
     THROUGH(fork_doors))
{
	fork_at_limit(this_door(), ((const struct subject *)this_case())->error);
}

/* The capability, which does not matter, says that it is root of the initial user namespace. */
TEST(root, .covers = "INH-LIM-04", .summary = "RLIMIT_NPROC does not count for user ID 0", .as_root = true,
     .init_caps = CAP(SYS_NICE), THROUGH(fork_doors))
{
	fork_at_limit(this_door(), 0);
}

static void *nothing(void *unused)
{
	return unused;
}

TEST(by_pthread_create, .covers = "INH-LIM-11", .features = FEATURES(NEEDS_OTHER_USER),
     .summary = "pthread_create fails with EAGAIN at RLIMIT_NPROC")
{
	pthread_t thread;

	int made = pthread_create(&thread, NULL, nothing, NULL);
	REQUIRE_EQ(made, 0);
	SETUP_RAW(-pthread_join(thread, NULL));
	limit_processes(1);
	int refused = pthread_create(&thread, NULL, nothing, NULL);
	EXPECT_EQ(refused, EAGAIN);
}

/* ---- Beyond the limit by a change of user, and execve ------------------------------------------ */

static const struct lift {
	const char *name;
	bool fork; /* successfully, before execve */
	int error;
} lifts[] = {
	{ "refused", false, EAGAIN },
	{ "after_fork", true, 0 },
};

/* Is beyond the limit of its new user, lifts the limit for a moment, in which it forks or not, and executes. */
static void change_and_execute(const struct lift *lift, uid_t uid)
{
	limit_processes(1);
	EXPECT_RETURNS(setresuid(uid, uid, uid), 0);
	limit_processes(100);
	if (lift->fork) {
		pid_t child = fork_helper();
		if (child == 0)
			leave(0);
		EXPECT_EXITED(child, 0);
	}
	limit_processes(1);
	long result = execute_self(IMAGE_EXIT, 7);
	EXPECT_FAILS(result, lift->error);
	leave(0);
}

TEST(execve_after_setuid, .covers = "INH-LIM-09 INH-LIM-10", .as_root = true, .init_caps = CAP(SETUID),
     .summary = "a process that becomes a user beyond RLIMIT_NPROC can't execute a program until a fork has succeeded",
     CASES(lifts))
{
	const struct lift *lift = this_case();
	const uid_t uid = lonely_uid();
	pid_t others[3];

	/* Three of that user, who is beyond the limit by them. */
	for (size_t i = 0; i < ARRAY_SIZE(others); i++) {
		others[i] = fork_helper();
		if (others[i] == 0) {
			become(uid);
			post(1 + (unsigned)i);
			await(MAY_GO);
			leave(0);
		}
		await(1 + (unsigned)i);
	}
	pid_t changer = fork_helper();
	if (changer == 0)
		change_and_execute(lift, uid);
	EXPECT_EXITED(changer, lift->error ? 0 : 7);
	post(MAY_GO);
	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		EXPECT_EXITED(others[i], 0, i);
}
