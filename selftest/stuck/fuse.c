// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* Tests whose processes not even SIGKILL ends: the run must go on without them. selftest/safety.t clears them away. */
#include "forkcheck.h"

#include <linux/fuse.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>

/* ---- A filesystem that does not answer ---------------------------------------------------------------- */

static union {
	struct fuse_in_header head;
	char bytes[FUSE_MIN_READ_BUFFER * 16];
} request;

/* The first request of the kernel, which alone is answered. */
static void answer_init(int fuse)
{
	struct {
		struct fuse_out_header head;
		struct fuse_init_out init;
	} answer = { 0 };

	SETUP(read(fuse, &request, sizeof(request)));
	answer.head.len = sizeof(answer);
	answer.head.unique = request.head.unique;
	answer.init.major = FUSE_KERNEL_VERSION;
	answer.init.minor = FUSE_KERNEL_MINOR_VERSION;
	answer.init.max_write = 4096;
	SETUP(write(fuse, &answer, sizeof(answer)));
}

/* The number that /sys/fs/fuse/connections knows it by, for whoever has to clear it away. */
static void tell_connection(void)
{
	FILE *mounts = fopen("/proc/self/mountinfo", "re");
	char line[1024];
	unsigned minor;

	while (mounts && fgets(line, sizeof(line), mounts))
		if (strstr(line, " - fuse silent ") && sscanf(line, "%*d %*d 0:%u", &minor) == 1)
			dprintf(STDOUT_FILENO, "connection %u\n", minor);
	if (mounts)
		fclose(mounts);
}

/*
 * A child waits for an answer that never comes: the request has been read, so that not even SIGKILL ends the wait; and
 * the child has the other end itself, so that the death of all others does not end it either.
 */
static void leave_stuck_child(void)
{
	char options[128];
	int fuse = open("/dev/fuse", O_RDWR);

	if (fuse < 0)
		SKIP(SKIP_SURROUNDINGS, "fuse", "may not be mounted");
	snprintf(options, sizeof(options), "fd=%d,rootmode=40000,user_id=0,group_id=0", fuse);
	SETUP(mkdir("silent", 0755));
	SETUP(mount("silent", "silent", "fuse", MS_NOSUID | MS_NODEV, options));
	tell_connection();
	answer_init(fuse);
	pid_t child = fork_helper();
	if (child == 0) {
		struct stat st;
		stat("silent/file", &st);
		leave(0);
	}
	SETUP(read(fuse, &request, sizeof(request)));
	EXPECT_EQ(1, 1);
}

TEST(waits_for_it, .as_root = true, .caps = CAP(SYS_ADMIN) | CAP(DAC_OVERRIDE), .timeout_ms = 2000,
     .reaches = "the machine, by a process that can't be killed")
{
	leave_stuck_child();
	for (;;)
		pause();
}

TEST(leaves_it, .as_root = true, .caps = CAP(SYS_ADMIN) | CAP(DAC_OVERRIDE), .timeout_ms = 60000,
     .reaches = "the machine, by a process that can't be killed")
{
	leave_stuck_child();
}

TEST(neighbour, .features = FEATURES(NEEDS_WORKDIR))
{
	struct stat st;

	EXPECT_EQ(stat("silent", &st), -1);
}
