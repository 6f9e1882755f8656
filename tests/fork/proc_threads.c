// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* /proc's view of the threads of a process. */
#include "forkcheck.h"

#include <string.h>

#define PROC NEEDS_PROC
#define THREADS 3

enum { THREADS_MAY_END };

struct entries {
	int numbers; /* entries that are numbers */
	int of_id;   /* ... that are this one */
};

/* Reads a directory by a raw call, so that a process with raw threads may ask. */
static struct entries look_for(pid_t id, const char *path)
{
	/* struct linux_dirent64, which C libraries declare under different names */
	struct entry {
		uint64_t ino, off;
		uint16_t length;
		uint8_t type;
		char name[];
	};
	char buf[2048] __attribute__((aligned(8)));
	struct entries found = { 0 };
	long fd = sys_open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC), len;

	REQUIRE_OK(fd);
	while ((len = SYSCALL3(SYS_getdents64, fd, buf, sizeof(buf))) > 0) {
		for (long at = 0; at < len; at += ((struct entry *)(buf + at))->length) {
			const char *c = ((struct entry *)(buf + at))->name;
			pid_t number = 0;
			for (; *c >= '0' && *c <= '9'; c++)
				number = number * 10 + (*c - '0');
			found.numbers += number > 0;
			found.of_id += number == id;
		}
	}
	EXPECT_OK(len);
	sys_close((int)fd);
	return found;
}

static int wait_in_thread(void *unused)
{
	(void)unused;
	await(THREADS_MAY_END);
	return 0;
}

/* Starts a thread by the call under test. */
static pid_t start_waiting_thread(void)
{
	long tid = CLONE_CALL(VIA_CLONE, new_stack(), wait_in_thread, NULL, .flags = THREAD_FLAGS);
	REQUIRE_GT(tid, 0);
	return (pid_t)tid;
}

static void end_thread(pid_t tid)
{
	post(THREADS_MAY_END);
	await_thread_gone(tid);
}

TEST(task_entries, .covers = "THR-06", .features = FEATURES(PROC),
     .summary = "/proc/PID/task has exactly one entry for each thread, until that ends")
{
	pid_t tid[THREADS];

	for (int i = 0; i < THREADS; i++)
		tid[i] = start_waiting_thread();
	EXPECT_EQ(look_for(sys_getpid(), "/proc/self/task").numbers, 1 + THREADS);
	EXPECT_EQ(look_for(sys_getpid(), "/proc/self/task").of_id, 1);
	for (int i = 0; i < THREADS; i++)
		EXPECT_EQ(look_for(tid[i], "/proc/self/task").of_id, 1, i);

	for (int i = 0; i < THREADS; i++)
		end_thread(tid[i]);
	EXPECT_EQ(look_for(sys_getpid(), "/proc/self/task").numbers, 1);
	EXPECT_EQ(look_for(sys_getpid(), "/proc/self/task").of_id, 1);
}

TEST(not_listed, .covers = "THR-07", .features = FEATURES(PROC),
     .summary = "/proc/TID of a thread can be opened, but /proc lists only the process")
{
	pid_t tid = start_waiting_thread();
	char path[64];

	EXPECT_EQ(proc_field(proc_path(path, sizeof(path), tid, "status"), "Pid:", 10), tid);
	EXPECT_EQ(look_for(sys_getpid(), "/proc").of_id, 1);
	EXPECT_EQ(look_for(tid, "/proc").of_id, 0);
	end_thread(tid);
}

/* What the calling thread finds behind /proc/thread-self, into a buffer of 64 bytes. */
static int read_thread_self(void *link)
{
	long len = SYSCALL4(SYS_readlinkat, AT_FDCWD, "/proc/thread-self", link, 63);

	REQUIRE_GT(len, 0);
	((char *)link)[len] = 0;
	return 0;
}

static const char *expected_link(pid_t tid)
{
	static char link[64];

	link[0] = 0;
	append_number(link, sizeof(link), sys_getpid());
	append_text(link, sizeof(link), "/task/");
	append_number(link, sizeof(link), tid);
	return link;
}

TEST(thread_self, .covers = "THR-08", .features = FEATURES(PROC),
     .summary = "/proc/thread-self points at PID/task/TID of the thread that reads it")
{
	char of_main[64] = "", of_thread[64] = "";

	read_thread_self(of_main);
	EXPECT_EQ(strcmp(of_main, expected_link(sys_getpid())), 0);

	long tid = CLONE_CALL(VIA_CLONE, new_stack(), read_thread_self, of_thread, .flags = THREAD_FLAGS);
	REQUIRE_GT(tid, 0);
	await_thread_gone((pid_t)tid);
	EXPECT_EQ(strcmp(of_thread, expected_link((pid_t)tid)), 0);
}

/* The calling thread's own status, of a process with two threads. */
static int check_status_file(void *unused)
{
	const char *path = "/proc/thread-self/status";

	(void)unused;
	EXPECT_EQ(proc_field(path, "Tgid:", 10), sys_getpid());
	EXPECT_EQ(proc_field(path, "Pid:", 10), sys_gettid());
	EXPECT_EQ(proc_field(path, "PPid:", 10), sys_getppid());
	EXPECT_EQ(proc_field(path, "Threads:", 10), 2);
	return 0;
}

TEST(status_file, .covers = "THR-09", .features = FEATURES(PROC),
     .summary = "Tgid, Pid, PPid and Threads in a thread's status are what getpid, gettid, getppid and counting give")
{
	long child = sys_fork();
	if (child == 0) {
		pid_t tid = start_waiting_thread();
		check_status_file(NULL);
		end_thread(tid);

		long second = CLONE_CALL(VIA_CLONE, new_stack(), check_status_file, NULL, .flags = THREAD_FLAGS);
		REQUIRE_GT(second, 0);
		await_thread_gone((pid_t)second);
		EXPECT_EQ(proc_field("/proc/self/status", "Threads:", 10), 1);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
}

TEST(after_leader, .covers = "THR-15", .features = FEATURES(PROC),
     .summary = "/proc/PID/task still lists the other threads when the main one has ended")
{
	int *tid = shared(sizeof(*tid));
	char path[64];

	pid_t child = fork_helper();
	if (child == 0) {
		*tid = start_waiting_thread();
		sys_exit(0);
	}
	await_state(child, 0, "Z");
	EXPECT_EQ(look_for(*tid, proc_path(path, sizeof(path), child, "task")).of_id, 1);
	post(THREADS_MAY_END);
	EXPECT_EXITED(child, 0);
}
