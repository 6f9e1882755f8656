// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* File actions of posix_spawn(). */
#include "forkcheck.h"
#include "spawn.h"

#include <string.h>
#include <sys/stat.h>

/* Numbers of descriptors that nobody else uses, in the range of a report. */
enum { SOURCE = 40, TARGET, MARKED, ADDED, FREE };

static char *const no_environment[] = { NULL };

static posix_spawn_file_actions_t no_actions(void)
{
	posix_spawn_file_actions_t actions;

	SETUP(-posix_spawn_file_actions_init(&actions));
	return actions;
}

static void open_at(int number, int flags)
{
	int fd = (int)SETUP(sys_open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC));

	SETUP(sys_dup3(fd, number, flags));
	SETUP(sys_close(fd));
}

/* Spawns a program that reports, and waits for its end. */
static struct image_report spawn_with(const posix_spawn_file_actions_t *actions)
{
	struct spawning spawning;
	pid_t child = 0;

	spawn_image(&spawning, IMAGE_REPORT);
	int result = posix_spawn(&child, self_program(), actions, NULL, spawning.args.argv, no_environment);
	REQUIRE_EQ(result, 0);
	struct image_report report = spawn_report(&spawning);
	EXPECT_EQ(report.pid, child);
	EXPECT_EXITED(child, 0);
	return report;
}

/* ---- What they do ------------------------------------------------------------------------------- */

TEST(in_child_only, .covers = "SPAWN-15",
     .summary = "actions open, duplicate and close in the program, and not in the caller")
{
	posix_spawn_file_actions_t actions = no_actions();

	open_at(SOURCE, 0);
	open_at(MARKED, 0);
	struct image_report report = spawn_with(NULL);
	EXPECT_EQ(report.open[SOURCE], 1);
	EXPECT_EQ(report.open[MARKED], 1);
	EXPECT_EQ(report.open[TARGET], 0);
	EXPECT_EQ(report.open[ADDED], 0);

	SETUP(-posix_spawn_file_actions_adddup2(&actions, SOURCE, TARGET));
	SETUP(-posix_spawn_file_actions_addclose(&actions, MARKED));
	SETUP(-posix_spawn_file_actions_addopen(&actions, ADDED, "/", O_RDONLY | O_DIRECTORY, 0));
	report = spawn_with(&actions);
	EXPECT_EQ(report.open[SOURCE], 1);
	EXPECT_EQ(report.open[TARGET], 1);
	EXPECT_EQ(report.open[MARKED], 0);
	EXPECT_EQ(report.open[ADDED], 1);

	EXPECT_FAILS(sys_fcntl(TARGET, F_GETFD, 0), EBADF);
	EXPECT_OK(sys_fcntl(MARKED, F_GETFD, 0));
	EXPECT_FAILS(sys_fcntl(ADDED, F_GETFD, 0), EBADF);
}

TEST(order, .covers = "SPAWN-14", .summary = "actions run in the order in which they were added")
{
	posix_spawn_file_actions_t forwards = no_actions(), backwards = no_actions();
	struct image_arguments args;
	pid_t child = 0;

	open_at(SOURCE, 0);
	SETUP(-posix_spawn_file_actions_adddup2(&forwards, SOURCE, TARGET));
	SETUP(-posix_spawn_file_actions_addclose(&forwards, SOURCE));
	struct image_report report = spawn_with(&forwards);
	EXPECT_EQ(report.open[SOURCE], 0);
	EXPECT_EQ(report.open[TARGET], 1);

	SETUP(-posix_spawn_file_actions_addclose(&backwards, SOURCE));
	SETUP(-posix_spawn_file_actions_adddup2(&backwards, SOURCE, TARGET));
	image_arguments(&args, IMAGE_EXIT, 9);
	int result = posix_spawn(&child, self_program(), &backwards, NULL, args.argv, no_environment);
	EXPECT_EQ(result, EBADF);
	EXPECT_NO_CHILD();
}

TEST(close_on_exec, .covers = "SPAWN-16",
     .summary = "a descriptor with close-on-exec serves the actions, and is not open in the program")
{
	posix_spawn_file_actions_t actions = no_actions();

	open_at(MARKED, O_CLOEXEC);
	SETUP(-posix_spawn_file_actions_adddup2(&actions, MARKED, TARGET));
	struct image_report report = spawn_with(&actions);
	EXPECT_EQ(report.open[MARKED], 0);
	EXPECT_EQ(report.open[TARGET], 1);
}

TEST(onto_itself, .covers = "SPAWN-24",
     .summary = "duplicating a descriptor with close-on-exec onto itself leaves it open in the program")
{
	posix_spawn_file_actions_t actions = no_actions();

	open_at(MARKED, O_CLOEXEC);
	SETUP(-posix_spawn_file_actions_adddup2(&actions, MARKED, MARKED));
	EXPECT_EQ(spawn_with(&actions).open[MARKED], 1);
	EXPECT_EQ(sys_fcntl(MARKED, F_GETFD, 0), FD_CLOEXEC);
}

TEST(opened_file, .covers = "SPAWN-25", .features = FEATURES(NEEDS_WORKDIR),
     .summary = "an action opens the path as it was when added, with its flags and mode, in place of what the number "
		"was before")
{
	posix_spawn_file_actions_t actions = no_actions();
	char path[] = "one";
	struct stat st = { 0 };

	umask(0);
	open_at(TARGET, O_CLOEXEC);
	SETUP(-posix_spawn_file_actions_addopen(&actions, TARGET, path, O_WRONLY | O_CREAT | O_EXCL, 0640));
	memcpy(path, "two", sizeof(path));
	EXPECT_EQ(spawn_with(&actions).open[TARGET], 1);
	EXPECT_ERRNO(stat("two", &st), ENOENT);
	EXPECT_RETURNS(stat("one", &st), 0);
	EXPECT_EQ(st.st_mode & 07777, 0640);
}

TEST(directory, .covers = "SPAWN-26", .features = FEATURES(NEEDS_WORKDIR),
     .summary = "an action that changes the working directory does so for those after it and for the program, and not "
		"for the caller")
{
	posix_spawn_file_actions_t actions = no_actions();
	char before[128], after[128];
	struct stat st = { 0 };

	SETUP(sys_getcwd(before, sizeof(before)));
	SETUP(mkdir("inside", 0700));
	SETUP(-posix_spawn_file_actions_addopen(&actions, TARGET, "one", O_WRONLY | O_CREAT, 0600));
	SETUP(-posix_spawn_file_actions_addchdir_np(&actions, "inside"));
	SETUP(-posix_spawn_file_actions_addopen(&actions, ADDED, "two", O_WRONLY | O_CREAT, 0600));
	struct image_report report = spawn_with(&actions);
	EXPECT_RETURNS(stat("one", &st), 0);
	EXPECT_RETURNS(stat("inside/two", &st), 0);
	EXPECT_NE(strcmp(report.cwd, before), 0);
	EXPECT_TRUE(sys_getcwd(after, sizeof(after)) > 0 && !strcmp(after, before));
}

TEST(directory_by_descriptor, .covers = "SPAWN-28", .features = FEATURES(NEEDS_WORKDIR),
     .summary =
	     "a change of directory by a descriptor acts on the actions after it and on the program, not on the caller")
{
	posix_spawn_file_actions_t actions = no_actions();
	char before[256] = "", after[256] = "";
	struct stat st;

	SETUP(mkdir("inside", 0700));
	SETUP(sys_getcwd(before, sizeof(before)));
	int directory = (int)SETUP(sys_open("inside", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
	SETUP(-posix_spawn_file_actions_addfchdir_np(&actions, directory));
	SETUP(-posix_spawn_file_actions_addopen(&actions, ADDED, "two", O_WRONLY | O_CREAT, 0600));
	const struct image_report report = spawn_with(&actions);
	EXPECT_RETURNS(stat("inside/two", &st), 0);
	EXPECT_NE(strcmp(report.cwd, before), 0);
	EXPECT_TRUE(sys_getcwd(after, sizeof(after)) > 0 && !strcmp(after, before));
}

#if defined(__GLIBC__) && __GLIBC_PREREQ(2, 34)
TEST(closed_from, .covers = "SPAWN-29",
     .summary = "an action that closes from a number on closes all from there, in the program only")
{
	posix_spawn_file_actions_t actions = no_actions();

	open_at(SOURCE, 0);
	open_at(MARKED, 0);
	EXPECT_EQ(spawn_with(NULL).open[MARKED], 1);
	/* The channel of the report is below. */
	SETUP(-posix_spawn_file_actions_addclosefrom_np(&actions, MARKED));
	const struct image_report report = spawn_with(&actions);
	EXPECT_EQ(report.open[SOURCE], 1);
	EXPECT_EQ(report.open[MARKED], 0);
	EXPECT_OK(sys_fcntl(MARKED, F_GETFD, 0));
}
#endif

/* ---- Where they fail ---------------------------------------------------------------------------- */

enum action { DUPLICATE, OPEN, CHANGE_DIRECTORY };

static const struct failure {
	const char *name;
	enum action action;
	const char *path;
	int err;
} failures[] = {
	{ "dup2_of_nothing", DUPLICATE, NULL, EBADF },
	{ "open_missing", OPEN, "/no/such/file", ENOENT },
	{ "chdir_missing", CHANGE_DIRECTORY, "/no/such/directory", ENOENT },
};

TEST(failing, .covers = "SPAWN-17", CASES(failures),
     .summary = "when an action fails posix_spawn() returns its error, leaves no child, and executes nothing")
{
	const struct failure *failure = this_case();
	posix_spawn_file_actions_t actions = no_actions();
	struct spawning spawning;
	pid_t child = 0;
	char byte;

	if (failure->action == DUPLICATE)
		SETUP(-posix_spawn_file_actions_adddup2(&actions, FREE, TARGET));
	else if (failure->action == OPEN)
		SETUP(-posix_spawn_file_actions_addopen(&actions, TARGET, failure->path, O_WRONLY, 0));
	else
		SETUP(-posix_spawn_file_actions_addchdir_np(&actions, failure->path));
	spawn_image(&spawning, IMAGE_REPORT);
	int result = posix_spawn(&child, self_program(), &actions, NULL, spawning.args.argv, no_environment);
	EXPECT_EQ(result, failure->err);
	EXPECT_NO_CHILD();
	SETUP(sys_close(spawning.channel[1]));
	EXPECT_EQ(sys_read(spawning.channel[0], &byte, 1), 0);
}

TEST(closing_nothing, .covers = "SPAWN-27",
     .summary = "an action that closes a descriptor which is not open does not make posix_spawn() fail")
{
	posix_spawn_file_actions_t actions = no_actions();

	SETUP(-posix_spawn_file_actions_addclose(&actions, FREE));
	EXPECT_EQ(spawn_with(&actions).open[FREE], 0);
}
