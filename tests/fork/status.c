// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* What a parent learns of a child of fork at its end. */
#include "forkcheck.h"

#include <sys/resource.h>
#include <sys/times.h>

TEST(exit_codes, .covers = "WAIT-14", .summary = "each of the 256 exit statuses reaches the parent, and no higher bit")
{
	for (int i = 0; i < 256; i++) {
		int status = -1;
		long child = sys_fork();
		if (child == 0)
			leave(i | (int)(test_random() << 8));
		REQUIRE_GT(child, 0, i);
		REQUIRE_EQ(checked_wait((pid_t)child, &status, 0), child, i);
		EXPECT_EQ(status, W_EXITCODE(i, 0), i);
	}
}

static const struct disposition {
	const char *name;
	struct sigaction action;
	bool zombie;
} dispositions[] = {
	{ "ignored", { .sa_handler = SIG_IGN }, false },
	{ "nocldwait", { .sa_handler = SIG_DFL, .sa_flags = SA_NOCLDWAIT }, false },
	{ "default", { .sa_handler = SIG_DFL }, true },
};

TEST(sigchld_ignored, .covers = "FORK-064",
     .summary = "with SIGCHLD set to SIG_IGN, or with SA_NOCLDWAIT, a child leaves no zombie, otherwise it does",
     CASES(dispositions))
{
	const struct disposition *row = this_case();
	int ends[2];
	char byte;

	SETUP(sigaction(SIGCHLD, &row->action, NULL));
	SETUP(pipe(ends));
	long child = sys_fork();
	if (child == 0) {
		sys_close(ends[0]);
		leave(3);
	}
	SETUP(sys_close(ends[1]));
	REQUIRE_GT(child, 0);
	SETUP(sys_read(ends[0], &byte, 1)); /* the child is ending */
	int status = 0;
	long reaped = checked_wait((pid_t)child, &status, 0);
	if (row->zombie) {
		EXPECT_EQ(reaped, child);
		EXPECT_EQ(status, W_EXITCODE(3, 0));
	} else {
		EXPECT_FAILS(reaped, ECHILD);
		EXPECT_TRUE(await_vanished((pid_t)child));
	}
	EXPECT_NO_CHILD();
}

static long microseconds(int who)
{
	struct rusage usage;

	SETUP(getrusage(who, &usage));
	return (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000000 + usage.ru_utime.tv_usec +
	       usage.ru_stime.tv_usec;
}

#define WORK 1000 /* microseconds of processor time */
#define PATIENCE 10000000

TEST(cpu_time_after_wait, .covers = "POSIX-018",
     .summary = "a child's processor time counts for the parent's children once it was waited for, and not before")
{
	long before = microseconds(RUSAGE_CHILDREN);
	long *used = shared(sizeof(*used));

	long child = sys_fork();
	if (child == 0) {
		for (int i = 0; i < PATIENCE && *used < WORK; i++)
			*used = microseconds(RUSAGE_SELF);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	await_zombie((pid_t)child);
	REQUIRE_GE(*used, WORK);
	EXPECT_EQ(microseconds(RUSAGE_CHILDREN), before);
	EXPECT_EXITED(child, 0);
	EXPECT_GE(microseconds(RUSAGE_CHILDREN), before + *used - 2); /* each of two parts is rounded */
}
