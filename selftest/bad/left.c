// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* Tests that leave something where all processes of a machine could find it. Their neighbour finds nothing. */
#include "forkcheck.h"

#include <mqueue.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/stat.h>

#define KEY 0x66636b6c

static void leave_file(const char *path)
{
	SETUP(close(SETUP(open(path, O_CREAT | O_EXCL | O_WRONLY, 0600))));
}

static void leave_memory_file(void)
{
	if (access("/dev/shm", W_OK | X_OK))
		SKIP(SKIP_SURROUNDINGS, "/dev/shm", "may not be written");
	leave_file("/dev/shm/forkcheck-left");
}

static void leave_folder(void)
{
	if (access("/var/tmp", W_OK | X_OK))
		SKIP(SKIP_SURROUNDINGS, "/var/tmp", "may not be written");
	SETUP(mkdir("/var/tmp/forkcheck-left", 0700));
	leave_file("/var/tmp/forkcheck-left/file");
}

static void leave_objects(void)
{
	SETUP(semget(KEY, 1, IPC_CREAT | IPC_EXCL | 0600));
	SETUP(shmget(KEY, page_size(), IPC_CREAT | IPC_EXCL | 0600));
	SETUP(msgget(KEY, IPC_CREAT | IPC_EXCL | 0600));
}

static void leave_queue(void)
{
	struct mq_attr attr = { .mq_maxmsg = 1, .mq_msgsize = 1 };

	SETUP(mq_open("/forkcheck-left", O_CREAT | O_EXCL | O_RDWR, 0600, &attr));
}

static const struct place {
	struct case_head head;
	void (*leave)(void);
} places[] = {
	{ { .name = "memory_file" }, leave_memory_file },
	{ { .name = "folder" }, leave_folder },
	{ { .name = "objects", .features = FEATURES(NEEDS_SYSVIPC) }, leave_objects },
	{ { .name = "queue", .features = FEATURES(NEEDS_POSIX_MQUEUE) }, leave_queue },
};

static void leave_one(void)
{
	const struct place *place = this_case();

	EXPECT_EQ(1, 1);
	place->leave();
}

TEST(user, .features = FEATURES(NEEDS_WORKDIR), CASES_NEEDING(places), .reaches = "what all processes share")
{
	leave_one();
}

TEST(root, .as_root = true, .features = FEATURES(NEEDS_WORKDIR), CASES_NEEDING(places),
     .reaches = "what all processes share")
{
	leave_one();
}

/* For a run that is killed meanwhile. */
static void hold_all(void)
{
	char group[LEFTOVER_PATH];

	EXPECT_EQ(1, 1);
	SETUP(mkdir("folder", 0700));
	SETUP(semget(IPC_PRIVATE, 1, 0600));
	make_cgroup("pids", group, sizeof(group));
	for (;;)
		pause();
}

TEST(holds_all, .timeout_ms = 300, .features = FEATURES(NEEDS_WORKDIR, NEEDS_SYSVIPC))
{
	hold_all();
}

TEST(holds_all_as_root, .as_root = true, .timeout_ms = 300, .features = FEATURES(NEEDS_WORKDIR, NEEDS_SYSVIPC))
{
	hold_all();
}

TEST(neighbour, .features = FEATURES(NEEDS_SYSVIPC))
{
	struct stat st;

	EXPECT_ERRNO(stat("/dev/shm/forkcheck-left", &st), ENOENT);
	EXPECT_ERRNO(stat("/var/tmp/forkcheck-left", &st), ENOENT);
	EXPECT_ERRNO(semget(KEY, 0, 0), ENOENT);
	EXPECT_ERRNO(shmget(KEY, 0, 0), ENOENT);
	EXPECT_ERRNO(msgget(KEY, 0), ENOENT);
}
