// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* execve in a process with several threads: what it leaves, several at once, and one that fails. */
#include "forkcheck.h"

#include <string.h>

enum { READY, MAY_GO, STILL_THERE, NEVER, FIRST_ROUND };

/* ---- Record locks -------------------------------------------------------------------------------- */

static const struct executor {
	struct case_head head;
	bool thread_idle, by_thread;
} executors[] = {
	{ { .name = "alone", .covers = "INH-FD-30" }, false, false },
	{ { .name = "beside_a_thread", .covers = "INH-FD-31" }, true, false },
	{ { .name = "by_another_thread", .covers = "INH-FD-31" }, true, true },
};

static int stay(void *unused)
{
	(void)unused;
	post(READY);
	await(NEVER);
	return 0;
}

static int execute_and_pause(void *channel)
{
	execute_self(IMAGE_PAUSE, *(const int *)channel);
	sys_exit_group(1);
}

static int lock_file(void)
{
	int file = (int)SETUP(open("locked", O_RDWR | O_CREAT, 0600)); /* not to be closed by execve */
	struct flock lock = { .l_type = F_WRLCK, .l_len = 1 };

	SETUP(fcntl(file, F_SETLK, &lock));
	return file;
}

static short lock_seen(void)
{
	int file = (int)SETUP(open("locked", O_RDWR | O_CLOEXEC));
	struct flock lock = { .l_type = F_WRLCK, .l_len = 1 };

	SETUP(fcntl(file, F_GETLK, &lock));
	SETUP(close(file));
	return lock.l_type;
}

TEST(record_locks, .features = FEATURES(NEEDS_WORKDIR), CASES_NEEDING(executors),
     .summary = "record locks are kept over execve, also with several threads, whichever of them executes")
{
	const struct executor *row = this_case();
	static int ends[2];
	char byte;

	SETUP(pipe(ends));
	pid_t child = fork_helper();
	if (child == 0) {
		lock_file();
		SETUP(sys_close(ends[0]));
		if (row->thread_idle) {
			start_thread(stay, NULL);
			await(READY);
		}
		if (row->by_thread) {
			start_thread(execute_and_pause, &ends[1]);
			await(NEVER);
		}
		execute_and_pause(&ends[1]);
	}
	SETUP(sys_close(ends[1]));
	REQUIRE_EQ(sys_read(ends[0], &byte, 1), 1);
	EXPECT_EQ(lock_seen(), F_WRLCK);
	SETUP_RAW(checked_kill(child, SIGKILL));
	EXPECT_KILLED(child, SIGKILL);
	EXPECT_EQ(lock_seen(), F_UNLCK);
}

/* ---- At once ------------------------------------------------------------------------------------- */

#define THREADS 3
#define ROUNDS 10

static struct order {
	int channel;
	unsigned
		event; /* that starts them all, when all are there: what shares directories with one that executes can't be made */
} order;

static int execute_when_told(void *unused)
{
	(void)unused;
	await(order.event);
	execute_self(IMAGE_REPORT, order.channel);
	await(NEVER); /* refused, since another one is executing */
	return 0;
}

static _Noreturn void execute_from_all(void)
{
	for (int i = 0; i < THREADS; i++)
		start_thread(execute_when_told, NULL);
	post(order.event);
	execute_when_told(NULL);
	leave(1);
}

TEST(at_once, .covers = "EXEC-12",
     .summary = "of several threads that call execve at once one executes its program, alone")
{
	for (int round = 0; round < ROUNDS; round++) {
		struct image_report report = { 0 };
		int ends[2];
		char byte;

		SETUP(pipe(ends));
		order = (struct order){ ends[1], FIRST_ROUND + (unsigned)round };
		pid_t child = fork_helper();
		if (child == 0) {
			SETUP(sys_close(ends[0]));
			execute_from_all();
		}
		SETUP(sys_close(ends[1]));
		EXPECT_EQ(sys_read(ends[0], &report, sizeof(report)), (long)sizeof(report), round);
		EXPECT_EQ(sys_read(ends[0], &byte, 1), 0, round);
		EXPECT_EXITED(child, 0, round);
		EXPECT_EQ(report.pid, child, round);
		EXPECT_EQ(report.tid, child, round);
		SETUP(sys_close(ends[0]));
	}
}

/* ---- One that fails ------------------------------------------------------------------------------ */

static int answer(void *unused)
{
	(void)unused;
	post(READY);
	await(MAY_GO);
	post(STILL_THERE);
	await(NEVER);
	return 0;
}

TEST(refused, .covers = "EXEC-13", .features = FEATURES(NEEDS_PROC),
     .summary = "an execve that fails leaves the other threads of its process running")
{
	pid_t child = fork_helper();

	if (child == 0) {
		start_thread(answer, NULL);
		await(READY);
		long result = sys_execve("/no/such/file", (char *[]){ NULL }, (char *[]){ NULL });
		EXPECT_FAILS(result, ENOENT);
		EXPECT_EQ(proc_field("/proc/self/status", "Threads:", 10), 2);
		post(MAY_GO);
		await(STILL_THERE);
		leave(0);
	}
	EXPECT_EXITED(child, 0);
}
