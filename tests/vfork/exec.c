// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* The end of the sharing: a vfork child that has executed a program has memory of its own. */
#include "forkcheck.h"

#include <string.h>

/* ---- Identity ----------------------------------------------------------------------------------- */

static int execute_report(void *arg)
{
	SETUP_RAW(execute_self(IMAGE_REPORT, *(int *)arg));
	return 1;
}

TEST(keeps_pid, .covers = "EXEC-05", THROUGH(vfork_doors),
     .summary = "the program that a vfork child executes has the PID that vfork returned, and the caller as its parent")
{
	const struct vfork_door *door = this_door();
	struct image_report report = { 0 };
	int channel[2];

	SETUP(pipe(channel));
	long child = door->vfork(execute_report, &channel[1]);
	REQUIRE_GT(child, 0);
	SETUP(sys_close(channel[1]));
	EXPECT_EQ(sys_read(channel[0], &report, sizeof(report)), (long)sizeof(report));
	EXPECT_EXITED(child, 0);
	EXPECT_EQ(report.pid, child);
	EXPECT_EQ(report.tid, child);
	EXPECT_EQ(report.ppid, sys_getpid());
	EXPECT_EQ(report.pgid, sys_getpgid(0));
}

/* ---- Memory ------------------------------------------------------------------------------------- */

/* Maps a page of a new file of this name. The C library's mmap() has no state where it succeeds. */
static void map_file(const char *name)
{
	int fd = (int)SETUP_RAW(sys_openat(AT_FDCWD, name, O_CREAT | O_RDWR | O_CLOEXEC, 0600));

	if (mmap(NULL, page_size(), PROT_READ, MAP_SHARED, fd, 0) == MAP_FAILED)
		BROKEN("no mapping of a file");
	SETUP_RAW(sys_close(fd));
}

/* Whether the memory of a process has a mapping of a file of this name. */
static bool maps(pid_t pid, const char *name)
{
	char path[64], text[16384];

	proc_path(path, sizeof(path), pid, "maps");
	SETUP_RAW(read_file(path, text, sizeof(text)));
	return strstr(text, name);
}

static volatile char *by_child; /* a mapping that the child makes */
static volatile int word;
static int channel[2];

enum { CHILD_RUNS, CHILD_MAY_EXECUTE };

static int map_and_execute(void *arg)
{
	volatile pid_t *pid = arg;

	*pid = sys_getpid();
	word = 1;
	by_child = (char *)SETUP_RAW(sys_map_private(NULL, page_size(), PROT_READ | PROT_WRITE));
	*by_child = 2;
	post(CHILD_RUNS);
	await(CHILD_MAY_EXECUTE);
	SETUP_RAW(execute_self(IMAGE_PAUSE, channel[1]));
	return 1;
}

static int watch_before(void *arg)
{
	volatile pid_t *pid = arg;

	await(CHILD_RUNS);
	map_file("during"); /* the child can only have this if the memory is the same */
	EXPECT_TRUE(maps(*pid, "/during"));
	post(CHILD_MAY_EXECUTE);
	return 0;
}

TEST(memory_apart, .covers = "VFORK-022 EXEC-04", .features = FEATURES(NEEDS_PROC, NEEDS_WORKDIR, NEEDS_READABLE),
     THROUGH(vfork_doors),
     .summary = "before it executes a program the child has the caller's mappings, also new ones, afterwards none; "
		"the caller keeps all, as the child left it")
{
	static const char *const files[] = { "/before", "/during", "/after" };
	const struct vfork_door *door = this_door();
	volatile pid_t *pid = shared(sizeof(*pid));
	char byte;

	map_file("before");
	SETUP(pipe(channel));
	pid_t watcher = start_thread(watch_before, (void *)pid);
	long child = door->vfork(map_and_execute, (void *)pid);
	REQUIRE_GT(child, 0);
	SETUP(sys_close(channel[1]));
	EXPECT_EQ(sys_read(channel[0], &byte, 1), 1); /* from the new program */
	await_thread_gone(watcher);
	map_file("after");
	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		EXPECT_TRUE(maps(sys_getpid(), files[i]), i);
		EXPECT_TRUE(!maps((pid_t)child, files[i]), i);
	}
	checked_kill((pid_t)child, SIGKILL);
	EXPECT_KILLED(child, SIGKILL);
	EXPECT_EQ(word, 1);
	REQUIRE_TRUE(by_child != NULL);
	EXPECT_EQ(*by_child, 2);
}
