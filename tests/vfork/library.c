// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* What the C library does in a child of vfork: nothing by itself, and for the caller too when told to. */
#include "forkcheck.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

/* ---- Fork handlers ------------------------------------------------------------------------------ */

static volatile int prepared, after_in_parent, after_in_child;

static void prepare(void)
{
	prepared++;
}

static void in_parent(void)
{
	after_in_parent++;
}

static void in_child(void)
{
	after_in_child++;
}

/* In a child: what it sees of the handlers. */
static int none_ran(void *arg)
{
	(void)arg;
	EXPECT_EQ(prepared, 0);
	EXPECT_EQ(after_in_child, 0);
	return 0;
}

TEST(fork_handlers, .covers = "VFORK-013",
     .summary = "vfork() runs no handler of pthread_atfork(), in the caller or the child, as fork() does")
{
	SETUP(-pthread_atfork(prepare, in_parent, in_child));
	long child = vfork_doors[0].vfork(none_ran, NULL);
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	EXPECT_EQ(prepared, 0);
	EXPECT_EQ(after_in_parent, 0);
	EXPECT_EQ(after_in_child, 0);

	pid_t copy = fork();
	if (copy == 0) {
		EXPECT_EQ(after_in_child, 1);
		leave(0);
	}
	REQUIRE_GT(copy, 0);
	EXPECT_EXITED(copy, 0);
	EXPECT_EQ(prepared, 1);
	EXPECT_EQ(after_in_parent, 1);
}

/* ---- exit() ------------------------------------------------------------------------------------- */

static volatile pid_t exit_handler_ran;

static void exit_handler(void)
{
	exit_handler_ran = sys_getpid();
}

static int call_exit(void *arg)
{
	(void)arg;
	exit(4); /* NOLINT(clang-analyzer-unix.Vfork): it is what the test is about */
}

static int call_raw_exit(void *arg)
{
	(void)arg;
	return 4;
}

/* The bytes in an empty or short pipe; 0 if there are none. */
static long bytes_in(int pipe)
{
	char text[16];
	long result = sys_read(pipe, text, sizeof(text));

	return result == -EAGAIN ? 0 : result;
}

/*
 * A program that calls exit() in the child of vfork is wrong, and the page says why. Here a helper process
 * does so, ends without the C library, and looks at its own memory before.
 */
TEST(exit_functions, .covers = "VFORK-007",
     .summary = "exit() in the child runs the caller's exit handlers and writes out its buffers; _exit() does neither")
{
	static const char text[] = "four";
	int channel[2];

	SETUP(pipe2(channel, O_NONBLOCK));
	pid_t caller = fork_helper();
	if (caller == 0) {
		FILE *stream = fdopen(channel[1], "w");
		SETUP(stream ? atexit(exit_handler) : -1);
		SETUP(fwrite(text, 4, 1, stream) == 1 ? 0 : -1);

		long child = vfork_doors[0].vfork(call_raw_exit, NULL);
		REQUIRE_GT(child, 0);
		EXPECT_EXITED(child, 4);
		EXPECT_EQ(exit_handler_ran, 0);
		EXPECT_EQ(bytes_in(channel[0]), 0);

		child = vfork_doors[0].vfork(call_exit, NULL);
		REQUIRE_GT(child, 0);
		EXPECT_EXITED(child, 4);
		EXPECT_EQ(exit_handler_ran, child);
		EXPECT_EQ(bytes_in(channel[0]), 4);
		fflush(stream);
		EXPECT_EQ(bytes_in(channel[0]), 0); /* the caller has nothing left to write */
		leave(0);
	}
	EXPECT_EXITED(caller, 0);
}
