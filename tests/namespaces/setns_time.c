// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* Joining time namespaces. */
#include "join.h"

#include <time.h>

#define JOIN_TIME JOIN, NEEDS_TIME_NS
#define OFFSET 1000000 /* seconds: more than a test lasts */

/* The seconds of a clock; the C library may read it without a system call. */
static int64_t by_library(int clock)
{
	struct timespec now;

	SETUP(clock_gettime(clock, &now));
	return now.tv_sec;
}

static int64_t by_kernel(int clock)
{
	int64_t now[2] = { 0 };

#ifdef SYS_clock_gettime64
	SETUP(SYSCALL2(SYS_clock_gettime64, clock, now));
#else
	SETUP(SYSCALL2(SYS_clock_gettime, clock, now));
#endif
	return now[0];
}

static const struct reader {
	const char *name;
	int64_t (*seconds)(int clock);
} readers[] = {
	{ "library", by_library },
	{ "system_call", by_kernel },
};

/* A time namespace over which the caller has power, wherever this runs; it is in it. Returns its file. */
static int enter_own_namespace(void)
{
	SETUP_RAW(sys_unshare(CLONE_NEWTIME));
	int fd = open_namespace(sys_getpid(), "time_for_children");
	SETUP_RAW(sys_setns(fd, CLONE_NEWTIME));
	return fd;
}

TEST(takes_effect, .covers = "SETNS-30", .caps = CAP(SYS_ADMIN) | CAP(SYS_TIME), .features = FEATURES(JOIN_TIME),
     .summary =
	     "a process that joins a time namespace reads its clocks from then on, and its own again when it is back",
     CASES(readers))
{
	const struct reader *reader = this_case();
	int own = enter_own_namespace();
	int64_t monotonic = reader->seconds(CLOCK_MONOTONIC), boot = reader->seconds(CLOCK_BOOTTIME);

	SETUP_RAW(sys_unshare(CLONE_NEWTIME));
	SETUP_RAW(write_file("/proc/self/timens_offsets", "monotonic 1000000 0\nboottime 3000000 0"));
	int fd = open_namespace(sys_getpid(), "time_for_children");
	EXPECT_LT(reader->seconds(CLOCK_MONOTONIC), monotonic + OFFSET);
	long result = sys_setns(fd, CLONE_NEWTIME);
	EXPECT_OK(result);
	EXPECT_EQ(namespace_of_self("time"), inode_of(fd));
	EXPECT_EQ(namespace_of_self("time_for_children"), inode_of(fd));
	EXPECT_GE(reader->seconds(CLOCK_MONOTONIC), monotonic + OFFSET);
	EXPECT_LT(reader->seconds(CLOCK_MONOTONIC), monotonic + 2 * OFFSET);
	EXPECT_GE(reader->seconds(CLOCK_BOOTTIME), boot + 3 * OFFSET);
	result = sys_setns(own, 0);
	EXPECT_OK(result);
	EXPECT_EQ(namespace_of_self("time"), inode_of(own));
	EXPECT_LT(reader->seconds(CLOCK_MONOTONIC), monotonic + OFFSET);
	EXPECT_LT(reader->seconds(CLOCK_BOOTTIME), boot + OFFSET);
}

static const struct refusal {
	struct case_head head;
	bool which; /* error it is, matters */
} refusals[] = {
	{ { "refused", .covers = "SETNS-28" }, false },
	{ { "error", .covers = "SETNS-31" }, true },
};

TEST(multithreaded, .caps = CAP(SYS_ADMIN), .features = FEATURES(JOIN_TIME),
     .summary = "a process with more than one thread joins no other time namespace: EUSERS", CASES_NEEDING(refusals))
{
	const struct refusal *row = this_case();
	const uint64_t flags = CLONE_VM | CLONE_SIGHAND | CLONE_THREAD;
	uint64_t before = namespace_of_self("time");
	/* First: some kernels make no threads once there is a namespace for children. */
	pid_t thread = start_sharer(flags);

	SETUP_RAW(sys_unshare(CLONE_NEWTIME));
	int fd = open_namespace(sys_getpid(), "time_for_children");
	long result = sys_setns(fd, CLONE_NEWTIME);
	if (row->which)
		EXPECT_FAILS(result, EUSERS);
	else
		EXPECT_LT(result, 0);
	EXPECT_EQ(namespace_of_self("time"), before);
	end_sharer(thread, flags);
	result = sys_setns(fd, CLONE_NEWTIME);
	EXPECT_OK(result);
	EXPECT_EQ(namespace_of_self("time"), inode_of(fd));
}
