// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* Limits and counters of the whole system: pid_max, threads-max, /proc/stat, /proc/loadavg. */
#include "forkcheck.h"

#include <string.h>

#define PID_MAX "/proc/sys/kernel/pid_max"
#define THREADS_MAX "/proc/sys/kernel/threads-max"

static long long setting(const char *path)
{
	char text[32];

	SETUP_RAW(read_file(path, text, sizeof(text)));
	return atoll(text);
}

static const struct number {
	struct case_head head;
	int above; /* pid_max */
	int error;
} numbers[] = {
	{ { .name = "largest" }, -1, 0 },
	{ { "pid_max", .covers = "SETTID-10" }, 0, EINVAL },
};

TEST(largest_pid, .covers = "INH-LIM-12", .summary = "a PID may be one less than pid_max, and not more",
     .caps = CAP(SYS_ADMIN), .features = FEATURES(NEEDS_PROC, NEEDS_CLONE3), CASES_NEEDING(numbers))
{
	const struct number *number = this_case();
	pid_t wanted = (pid_t)setting(PID_MAX) + number->above;

	need_release(5, 5); /* set_tid */
	long child = CLONE_HERE(VIA_CLONE3, .exit_signal = SIGCHLD, .set_tid = &wanted, .set_tid_size = 1);
	if (number->error) {
		EXPECT_REFUSED(child, number->error);
		return;
	}
	if (child == 0)
		leave(0);
	REQUIRE_GT(child, 0);
	EXPECT_EQ(child, wanted);
	EXPECT_EXITED(child, 0);
}

static const struct value {
	struct case_head head;
	const char *path, *text;
} values[] = {
	{ { "threads_max", .covers = "INH-LIM-13" }, THREADS_MAX, "0" },
	{ { "pid_max", .covers = "INH-LIM-14" }, PID_MAX, "4194305" },
};

TEST(refused_value, .reaches = "settings of the machine",
     .summary = "values out of range are refused for threads-max and pid_max", .as_root = true, .alone = true,
     .features = FEATURES(NEEDS_PROC), CASES_NEEDING(values))
{
	const struct value *value = this_case();
	char before[32], after[32];

	need_feature(NEEDS_SYSCTL);
	SETUP_RAW(read_file(value->path, before, sizeof(before)));
	long same = write_file(value->path, before);
	long result = write_file(value->path, value->text);
	if (result == 0)
		write_file(value->path, before);
	EXPECT_OK(same);
	EXPECT_FAILS(result, EINVAL);
	SETUP_RAW(read_file(value->path, after, sizeof(after)));
	EXPECT_TRUE(!strcmp(before, after));
}

/* A number behind a word of /proc/stat. */
static long long forks(void)
{
	char text[16384];

	SETUP_RAW(read_file("/proc/stat", text, sizeof(text)));
	const char *line = strstr(text, "\nprocesses ");
	return line ? atoll(line + 11) : -1;
}

TEST(forks_counted, .covers = "INH-LIM-15", .summary = "the line processes of /proc/stat counts forks",
     .features = FEATURES(NEEDS_PROC), THROUGH(fork_doors))
{
	const struct fork_door *door = this_door();
	long long before = forks();

	for (int i = 0; i < 5; i++) {
		long child = door->fork();
		if (child == 0)
			leave(0);
		REQUIRE_GT(child, 0, i);
		EXPECT_EXITED(child, 0, i);
	}
	EXPECT_GT(before, 0);
	EXPECT_GE(forks(), before + 5);
}

/* The word after the last blank. */
static long long last_pid(void)
{
	char text[128];

	SETUP_RAW(read_file("/proc/loadavg", text, sizeof(text)));
	const char *blank = strrchr(text, ' ');
	return blank ? atoll(blank + 1) : -1;
}

TEST(last_pid_told, .covers = "INH-LIM-16",
     .summary = "the last field of /proc/loadavg is the PID that was given last in the reader's PID namespace",
     .caps = CAP(SYS_ADMIN), .features = FEATURES(NEEDS_PROC, NEEDS_PID_NS))
{
	pid_t init = (pid_t)SETUP(CLONE_HERE(VIA_CLONE, .flags = CLONE_NEWPID, .exit_signal = SIGCHLD));
	if (init == 0) {
		EXPECT_EQ(last_pid(), 1);
		for (int i = 0; i < 3; i++) {
			long child = sys_fork();
			if (child == 0)
				leave(0);
			REQUIRE_GT(child, 0, i);
			EXPECT_EXITED(child, 0, i);
			EXPECT_EQ(last_pid(), child, i);
		}
		leave(0);
	}
	EXPECT_EXITED(init, 0);
}
