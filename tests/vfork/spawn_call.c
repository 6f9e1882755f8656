// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* posix_spawn() as a call: its result, its errors, the way it makes the child, arguments and environment. */
#include "forkcheck.h"
#include "spawn.h"
#include "suspended.h"

#include <pthread.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>

static char *const no_environment[] = { NULL };

/* ---- Success ------------------------------------------------------------------------------------ */

TEST(success, .covers = "SPAWN-01",
     .summary = "posix_spawn() returns 0 and stores the PID of a child of the caller, which runs the program")
{
	struct spawning spawning;
	pid_t child = 0;

	spawn_image(&spawning, IMAGE_REPORT);
	int result = posix_spawn(&child, self_program(), NULL, NULL, spawning.args.argv, no_environment);
	REQUIRE_EQ(result, 0);
	struct image_report report = spawn_report(&spawning);
	EXPECT_EQ(report.pid, child);
	EXPECT_EQ(report.ppid, sys_getpid());
	EXPECT_EXITED(child, 0);
	EXPECT_NO_CHILD();
}

TEST(status, .covers = "SPAWN-01", .summary = "the program's status is that of an ordinary child")
{
	struct image_arguments args;
	pid_t child = 0;
	int status = 0;

	image_arguments(&args, IMAGE_EXIT, 9);
	int result = posix_spawn(&child, self_program(), NULL, NULL, args.argv, no_environment);
	REQUIRE_EQ(result, 0);
	REQUIRE_GT(child, 0);
	EXPECT_EQ(wait_for(child, &status, 0, NULL), child);
	EXPECT_EQ(status, W_EXITCODE(9, 0));
}

/* Whether a file of /proc holds exactly these bytes. */
static bool file_is(pid_t pid, const char *name, const char *bytes, size_t size)
{
	char path[64], text[128];

	proc_path(path, sizeof(path), pid, name);
	long length = SETUP(read_file(path, text, sizeof(text)));
	return length == (long)size && !memcmp(text, bytes, size);
}

TEST(environment, .covers = "SPAWN-18", .features = FEATURES(NEEDS_PROC, NEEDS_READABLE),
     .summary = "the program's environment is the one given, not the caller's")
{
	static const char wanted[] = "FIRST=1\0SECOND=2";
	char *const given[] = { "FIRST=1", "SECOND=2", NULL };
	struct spawning spawning;
	pid_t child = 0;

	SETUP(setenv("THIRD", "3", 1));
	spawn_image(&spawning, IMAGE_PAUSE);
	int result = posix_spawn(&child, self_program(), NULL, NULL, spawning.args.argv, given);
	REQUIRE_EQ(result, 0);
	spawn_await(&spawning);
	EXPECT_TRUE(file_is(child, "environ", wanted, sizeof(wanted)));
	checked_kill(child, SIGKILL);
	EXPECT_KILLED(child, SIGKILL);
}

TEST(search, .covers = "SPAWN-20", .features = FEATURES(NEEDS_PROC),
     .summary = "posix_spawnp() looks for the program in the directories of PATH, posix_spawn() does not")
{
	struct image_arguments args;
	pid_t child = 0;

	image_arguments(&args, IMAGE_EXIT, 9);
	SETUP(setenv("PATH", "/no/such/directory:/proc/self", 1));
	int result = posix_spawnp(&child, "exe", NULL, NULL, args.argv, no_environment);
	REQUIRE_EQ(result, 0);
	EXPECT_EXITED(child, 9);
	result = posix_spawn(&child, "exe", NULL, NULL, args.argv, no_environment);
	EXPECT_EQ(result, ENOENT);
	result = posix_spawnp(&child, "no-such-program", NULL, NULL, args.argv, no_environment);
	EXPECT_EQ(result, ENOENT);
	EXPECT_NO_CHILD();
}

/* ---- Errors ------------------------------------------------------------------------------------- */

static const struct failure {
	const char *name, *path;
	int err;
} failures[] = {
	{ "missing", "/no/such/program", ENOENT },
	{ "directory", "/", EACCES },
};

TEST(no_program, .covers = "SPAWN-02 SPAWN-03", CASES(failures),
     .summary = "where the program can't be executed posix_spawn() returns the error's number, and no child is left")
{
	const struct failure *failure = this_case();
	struct image_arguments args;
	pid_t child = 0;

	image_arguments(&args, IMAGE_EXIT, 9);
	int result = posix_spawn(&child, failure->path, NULL, NULL, args.argv, no_environment);
	EXPECT_EQ(result, failure->err);
	EXPECT_NO_CHILD();
}

TEST(no_process, .covers = "SPAWN-02 SPAWN-19", .features = FEATURES(NEEDS_OTHER_USER),
     .summary = "where RLIMIT_NPROC allows no child posix_spawn() returns EAGAIN")
{
	struct image_arguments args;
	struct rlimit before, limit;
	pid_t child = 0;

	image_arguments(&args, IMAGE_EXIT, 9);
	SETUP(getrlimit(RLIMIT_NPROC, &before));
	limit = (struct rlimit){ 1, before.rlim_max };
	SETUP(setrlimit(RLIMIT_NPROC, &limit));
	int result = posix_spawn(&child, self_program(), NULL, NULL, args.argv, no_environment);
	EXPECT_EQ(result, EAGAIN);
	EXPECT_NO_CHILD();
	SETUP(setrlimit(RLIMIT_NPROC, &before));
	result = posix_spawn(&child, self_program(), NULL, NULL, args.argv, no_environment);
	REQUIRE_EQ(result, 0);
	EXPECT_EXITED(child, 9);
}

/* ---- How ---------------------------------------------------------------------------------------- */

static volatile int handlers_run;

static void count(void)
{
	handlers_run++;
}

TEST(fork_handlers, .covers = "SPAWN-05", .summary = "posix_spawn() runs no handler of pthread_atfork()")
{
	struct image_arguments args;
	pid_t child = 0;

	SETUP(-pthread_atfork(count, count, count));
	image_arguments(&args, IMAGE_EXIT, 9);
	int result = posix_spawn(&child, self_program(), NULL, NULL, args.argv, no_environment);
	REQUIRE_EQ(result, 0);
	EXPECT_EXITED(child, 9);
	EXPECT_EQ(handlers_run, 0);
}

enum { THREAD_MAY_GO = OTHER_EVENTS, THREAD_HAS_RUN };

/* The exit status, as the program will find it among its arguments. */
static int change_argument(void *arg)
{
	char *number = arg;

	await(THREAD_MAY_GO);
	number[0] = '7';
	post(THREAD_HAS_RUN);
	return 0;
}

/*
 * A file action that opens a FIFO holds the child back until somebody opens the other end. Meanwhile another
 * thread of the caller changes an argument; the child, which has yet to execute the program with it, sees that.
 */
TEST(suspended, .covers = "SPAWN-04", .features = FEATURES(NEEDS_PROC, NEEDS_WORKDIR),
     .summary = "the caller of posix_spawn() is suspended in clone until the program is executed, and the child has "
		"the caller's memory until then")
{
	struct story *story = shared(sizeof(*story));

	SETUP(mkfifo("fifo", 0600));
	pid_t caller = fork_helper();
	if (caller == 0) {
		posix_spawn_file_actions_t actions;
		struct image_arguments args;
		pid_t child = 0;
		image_arguments(&args, IMAGE_EXIT, 3);
		SETUP(-posix_spawn_file_actions_init(&actions));
		SETUP(-posix_spawn_file_actions_addopen(&actions, 40, "fifo", O_RDONLY, 0));
		start_thread(change_argument, args.number);
		int result = posix_spawn(&child, self_program(), &actions, NULL, args.argv, no_environment);
		EXPECT_EQ(story->turn, 1);
		story->turn = 2;
		REQUIRE_EQ(result, 0);
		EXPECT_EXITED(child, 7);
		leave(0);
	}
	EXPECT_TRUE(await_blocked(caller, vfork_calls, &story->turn, 0));
	post(THREAD_MAY_GO);
	EXPECT_TRUE(await_unless_dead(THREAD_HAS_RUN, caller));
	EXPECT_TRUE(await_blocked(caller, vfork_calls, &story->turn, 0));
	story->turn = story->turn ? story->turn : 1;
	int writer = (int)SETUP(sys_open("fifo", O_RDWR | O_CLOEXEC)); /* never waits for a reader */
	EXPECT_EXITED(caller, 0);
	EXPECT_EQ(story->turn, 2);
	SETUP(sys_close(writer));
}
