// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* What _exit() does to the process that calls it. */
#include "forkcheck.h"

#include <unistd.h>

enum { MAY_GO };

static const struct ending {
	const char *name;
	int sig;
} endings[] = {
	{ "exit", 0 },
	{ "killed", SIGKILL },
};

TEST(closes, .covers = "EXIT-02", .summary = "the end of a process closes its descriptors, before it can be waited for",
     CASES(endings))
{
	const struct ending *row = this_case();
	int ends[2];
	char byte;

	SETUP(pipe2(ends, O_NONBLOCK));
	pid_t child = start_child(MAY_GO, 0);
	SETUP(sys_close(ends[1]));
	EXPECT_FAILS(sys_read(ends[0], &byte, 1), EAGAIN); /* the child has the other end open */
	if (row->sig)
		SETUP(checked_kill(child, row->sig));
	else
		post(MAY_GO);
	await_zombie(child);
	EXPECT_EQ(sys_read(ends[0], &byte, 1), 0);
	EXPECT_EQ(checked_wait(child, NULL, 0), child);
}

static int exit_in_thread(void *arg)
{
	(void)arg;
	_exit(7);
}

TEST(ends_all_threads, .covers = "EXIT-08",
     .summary = "_exit() of the C library ends all threads, from whichever it is called")
{
	pid_t child = fork_helper();

	if (child == 0) {
		await_thread_gone(start_thread(exit_in_thread, NULL));
		leave(1); /* that thread has ended alone */
	}
	EXPECT_EXITED(child, 7);
}
