// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* Waits that are refused, what they leave alone, and pointers: NULL ones and bad ones. */
#include "forkcheck.h"

#include <limits.h>
#include <string.h>
#include <sys/resource.h>

/* ---- No such child ----------------------------------------------------------------------------- */

#define WAIT4 (-1) /* in place of an id type */

enum whom { NUMBER, SELF, PARENT };

static const struct stranger {
	struct case_head head;
	int type;
	enum whom whom;
	int id;
} strangers[] = {
	{ { .name = "wait4_any", .covers = "WAIT-26" }, WAIT4, NUMBER, -1 },
	{ { .name = "wait4_own_group", .covers = "WAIT-26" }, WAIT4, NUMBER, 0 },
	{ { .name = "wait4_no_group", .covers = "WAIT-27" }, WAIT4, NUMBER, -INT_MAX },
	{ { .name = "wait4_no_process", .covers = "WAIT-27" }, WAIT4, NUMBER, INT_MAX },
	{ { .name = "wait4_self", .covers = "WAIT-27" }, WAIT4, SELF, 0 },
	{ { .name = "wait4_parent", .covers = "WAIT-27" }, WAIT4, PARENT, 0 },
	{ { .name = "waitid_any", .covers = "WAIT-26" }, P_ALL, NUMBER, 0 },
	{ { .name = "waitid_no_group", .covers = "WAIT-27" }, P_PGID, NUMBER, INT_MAX },
	{ { .name = "waitid_no_process", .covers = "WAIT-27" }, P_PID, NUMBER, INT_MAX },
	{ { .name = "waitid_self", .covers = "WAIT-27" }, P_PID, SELF, 0 },
	{ { .name = "waitid_parent", .covers = "WAIT-27" }, P_PID, PARENT, 0 },
};

static long wait_for_stranger(const struct stranger *row)
{
	int id = row->whom == SELF ? sys_getpid() : row->whom == PARENT ? sys_getppid() : row->id;

	if (row->type == WAIT4)
		return wait_for(id, NULL, 0, NULL);
	return waitid_for(row->type, id, NULL, WEXITED, NULL);
}

static bool means_any(const struct stranger *row)
{
	return row->whom == NUMBER && row->id <= 0 && row->id >= -1;
}

TEST(no_child, .summary = "a wait fails with ECHILD where the caller has no child, or none that is meant",
     CASES_NEEDING(strangers))
{
	const struct stranger *row = this_case();

	long result = wait_for_stranger(row);
	EXPECT_FAILS(result, ECHILD);
	if (means_any(row))
		return;
	pid_t child = start_child(0, 0);
	result = wait_for_stranger(row);
	EXPECT_FAILS(result, ECHILD);
	post(0);
	await_zombie(child);
	result = wait_for_stranger(row);
	EXPECT_FAILS(result, ECHILD);
	EXPECT_EXITED(child, 0);
}

TEST(grandchild, .covers = "WAIT-28", .summary = "a grandchild can't be waited for, dead or alive, but by its parent")
{
	enum { MADE, MAY_GO, DEAD, MAY_REAP };
	pid_t *grandchild = shared(sizeof(*grandchild));
	pid_t child = fork_helper();

	if (child == 0) {
		*grandchild = start_child(MAY_GO, 0);
		post(MADE);
		await_zombie(*grandchild);
		post(DEAD);
		await(MAY_REAP);
		EXPECT_EXITED(*grandchild, 0);
		leave(0);
	}
	await(MADE);
	EXPECT_FAILS(wait_for(*grandchild, NULL, 0, NULL), ECHILD);
	EXPECT_FAILS(waitid_for(P_PID, *grandchild, NULL, WEXITED | __WALL, NULL), ECHILD);
	post(MAY_GO);
	await(DEAD);
	EXPECT_FAILS(wait_for(*grandchild, NULL, __WALL, NULL), ECHILD);
	EXPECT_EQ(wait_for(-1, NULL, WNOHANG, NULL), 0);
	post(MAY_REAP);
	EXPECT_EXITED(child, 0);
}

TEST(descriptor_of_stranger, .covers = "WAITID-07",
     .summary = "waitid with the pidfd of a process that is no child fails with ECHILD")
{
	const pid_t strangers[] = { sys_getppid(), sys_getpid() };

	for (size_t i = 0; i < ARRAY_SIZE(strangers); i++) {
		long fd = sys_pidfd_open(strangers[i], 0);
		REQUIRE_OK(fd, i);
		long result = waitid_for(P_PIDFD, (int)fd, NULL, WEXITED, NULL);
		EXPECT_FAILS(result, ECHILD, i);
	}
}

TEST(descriptor_of_reaped, .covers = "WAITID-25",
     .summary = "waitid with the pidfd of a child that has been reaped fails with ECHILD")
{
	pid_t child = start_child(0, 0);

	long fd = sys_pidfd_open(child, 0);
	REQUIRE_OK(fd);
	post(0);
	EXPECT_EXITED(child, 0);
	long result = waitid_for(P_PIDFD, (int)fd, NULL, WEXITED, NULL);
	EXPECT_FAILS(result, ECHILD);
}

/* ---- Wrong arguments --------------------------------------------------------------------------- */

static const struct wrong {
	struct case_head head;
	int type, id, options, error;
} wrongs[] = {
#define W WEXITED
	{ { .name = "wait4_unknown", .covers = "WAIT-29" }, WAIT4, -1, 0x40000, EINVAL },
	{ { .name = "wait4_wexited", .covers = "WAIT-47" }, WAIT4, -1, WEXITED, EINVAL },
	{ { .name = "wait4_wnowait", .covers = "WAIT-47" }, WAIT4, -1, WNOWAIT, EINVAL },
	{ { .name = "wait4_int_min", .covers = "WAIT-30" }, WAIT4, INT_MIN, 0, ESRCH },
	{ { .name = "waitid_none", .covers = "WAITID-09" }, P_ALL, 0, 0, EINVAL },
	{ { .name = "waitid_wnohang", .covers = "WAITID-09" }, P_ALL, 0, WNOHANG, EINVAL },
	{ { .name = "waitid_wnowait", .covers = "WAITID-09" }, P_ALL, 0, WNOWAIT | __WALL, EINVAL },
	{ { .name = "waitid_unknown", .covers = "WAITID-26" }, P_ALL, 0, W | 0x40000, EINVAL },
	{ { .name = "waitid_type", .covers = "WAITID-27" }, 99, 0, W, EINVAL },
	{ { .name = "waitid_pid_0", .covers = "WAITID-27" }, P_PID, 0, W, EINVAL },
	{ { .name = "waitid_pid_negative", .covers = "WAITID-27" }, P_PID, -1, W, EINVAL },
	{ { .name = "waitid_group_negative", .covers = "WAITID-27" }, P_PGID, -1, W, EINVAL },
	{ { .name = "waitid_fd_negative", .covers = "WAITID-28" }, P_PIDFD, -1, W, EINVAL },
	{ { .name = "waitid_fd_closed", .covers = "WAITID-08" }, P_PIDFD, 1023, W, EBADF },
	{ { .name = "waitid_fd_other", .covers = "WAITID-08" }, P_PIDFD, 0, W, EBADF },
};

TEST(refused, .summary = "wrong arguments are refused, and the dead child is there still", CASES_NEEDING(wrongs))
{
	const struct wrong *row = this_case();
	int id = row->id, pipe_ends[2];
	pid_t child = start_child(0, 0);
	long result;

	if (row->type == P_PIDFD && id == 0) {
		SETUP(pipe(pipe_ends));
		id = pipe_ends[0];
	}
	post(0);
	await_zombie(child);
	if (row->type == WAIT4)
		result = wait_for(id, NULL, row->options, NULL);
	else
		result = waitid_for(row->type, id, NULL, row->options, NULL);
	EXPECT_FAILS(result, row->error);
	EXPECT_EXITED(child, 0);
}

/* ---- Pointers ---------------------------------------------------------------------------------- */

/* A child that is dead, with status 3. */
static pid_t dead_child(void)
{
	pid_t child = start_child(0, 3);

	post(0);
	await_zombie(child);
	return child;
}

TEST(null_pointers, .covers = "WAIT-12 WAITID-21 WAITID-23",
     .summary = "NULL for status, siginfo and rusage is allowed, and the wait does all else")
{
	struct rusage usage;
	int status = -1;
	siginfo_t info = { 0 };
	pid_t child = dead_child();

	EXPECT_EQ(wait_for(-1, NULL, 0, NULL), child);
	child = dead_child();
	EXPECT_EQ(wait_for(-1, NULL, 0, &usage), child);
	child = dead_child();
	EXPECT_EQ(wait_for(-1, &status, 0, NULL), child);
	EXPECT_EQ(status, W_EXITCODE(3, 0));
	dead_child();
	EXPECT_EQ(waitid_for(P_ALL, 0, NULL, WEXITED, NULL), 0);
	EXPECT_NO_CHILD();
	dead_child();
	EXPECT_EQ(waitid_for(P_ALL, 0, NULL, WEXITED, &usage), 0);
	child = dead_child();
	EXPECT_EQ(waitid_for(P_ALL, 0, &info, WEXITED, NULL), 0);
	EXPECT_EQ(info.si_pid, child);
	EXPECT_NO_CHILD();
}

enum pointer { STATUS, INFO, WAIT4_USAGE, WAITID_USAGE };

static const struct bad_pointer {
	const char *name;
	enum pointer which;
} bad_pointers[] = {
	{ "wait4_status", STATUS },
	{ "wait4_rusage", WAIT4_USAGE },
	{ "waitid_info", INFO },
	{ "waitid_rusage", WAITID_USAGE },
};

static long wait_with(enum pointer which, void *pointer)
{
	switch (which) {
	case STATUS:
		return wait_for(-1, pointer, 0, NULL);
	case WAIT4_USAGE:
		return wait_for(-1, NULL, 0, pointer);
	case INFO:
		return waitid_for(P_ALL, 0, pointer, WEXITED, NULL);
	case WAITID_USAGE:
		return waitid_for(P_ALL, 0, NULL, WEXITED, pointer);
	}
	return -ENOSYS;
}

TEST(unusable_pointers, .covers = "WAIT-48",
     .summary = "a wait that can't store what it found fails with EFAULT, and the child is gone", CASES(bad_pointers))
{
	const struct bad_pointer *row = this_case();
	void *nowhere = mmap(NULL, page_size(), PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (nowhere == MAP_FAILED)
		BROKEN("no memory");
	dead_child();
	long result = wait_with(row->which, nowhere);
	EXPECT_FAILS(result, EFAULT);
	EXPECT_NO_CHILD();
	SETUP(mprotect(nowhere, page_size(), PROT_READ | PROT_WRITE));
	dead_child();
	result = wait_with(row->which, nowhere);
	EXPECT_OK(result);
	EXPECT_NO_CHILD();
}
