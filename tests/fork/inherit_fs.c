// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* Working directory, root and umask, environment and exit handlers: a child begins with copies of them. */
#include "inherit.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

/* ---- Directories and umask ---------------------------------------------------------------------- */

static void make_directories(void)
{
	SETUP(mkdir("parent", 0700));
	SETUP(mkdir("child", 0700));
}

/* What is at the path: all our directories are on one file system. */
static long long inode(const char *path)
{
	struct stat st;

	SETUP_RAW(stat(path, &st));
	return (long long)st.st_ino;
}

static void set_cwd(void)
{
	make_directories();
	SETUP_RAW(sys_chdir("parent"));
}

static long long get_cwd(void)
{
	return inode(".");
}

static void change_cwd(void)
{
	SETUP_RAW(sys_chdir("../child"));
}

static void remove_cwd(void)
{
	set_cwd();
	SETUP_RAW(rmdir("../parent"));
}

/* 0 where "." is somewhere that has no path: getcwd(2) gives ENOENT, and yet it is there. */
static long long cwd_is_removed(void)
{
	char path[256];

	return inode(".") ? sys_getcwd(path, sizeof(path)) + ENOENT : -1;
}

static void leave_removed_cwd(void)
{
	SETUP_RAW(sys_chdir("/"));
}

/* The working directory stays, so that the child too can reach a directory outside its root. */
static void set_root(void)
{
	make_directories();
	SETUP_RAW(sys_chroot("parent"));
}

static long long get_root(void)
{
	return inode("/");
}

static void change_root(void)
{
	SETUP_RAW(sys_chroot("child"));
}

static void set_umask(void)
{
	sys_umask(0135);
}

static long long get_umask(void)
{
	mode_t mask = (mode_t)sys_umask(0);

	sys_umask(mask);
	return mask;
}

static void change_umask(void)
{
	sys_umask(0246);
}

static const struct attribute to_keep[] = {
	{ { "cwd", .covers = "INH-FS-01 INH-FS-04", .features = FEATURES(NEEDS_WORKDIR) },
	  OF_FS,
	  KEPT,
	  .set = set_cwd,
	  .get = get_cwd,
	  .change = change_cwd,
	  .exec = { KEPT, "INH-EXEC-05" } },
	{ { "removed_cwd", .covers = "INH-FS-09", .features = FEATURES(NEEDS_WORKDIR) },
	  OF_FS,
	  KEPT,
	  .set = remove_cwd,
	  .get = cwd_is_removed,
	  .change = leave_removed_cwd,
	  .exec = { KEPT, "INH-EXEC-05" } },
	{ { "root", .covers = "INH-FS-02", .features = FEATURES(NEEDS_WORKDIR), .caps = CAP(SYS_CHROOT) },
	  OF_FS,
	  KEPT,
	  .set = set_root,
	  .get = get_root,
	  .change = change_root,
	  .exec = { KEPT, "INH-EXEC-05" } },
	{ { "umask", .covers = "INH-FS-03 INH-FS-05" },
	  OF_FS,
	  KEPT,
	  .set = set_umask,
	  .get = get_umask,
	  .change = change_umask,
	  .exec = { KEPT, "INH-EXEC-05" } },
};

TEST(kept, .summary = "the child begins with its parent's directories and umask, and changes only its own",
     ATTRIBUTES(to_keep))
{
	test_inheritance();
}

static mode_t mode_of_new(const char *name)
{
	struct stat st;

	SETUP(open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0777));
	SETUP(stat(name, &st));
	return st.st_mode & 0777;
}

TEST(umask_in_force, .covers = "INH-FS-03 INH-FS-05", .features = FEATURES(NEEDS_WORKDIR),
     .summary = "files that the child makes have the modes that its parent's umask leaves, later its own",
     THROUGH(fork_doors))
{
	const struct fork_door *door = this_door();

	sys_umask(0135);
	long child = door->fork();
	if (child == 0) {
		EXPECT_EQ(mode_of_new("first"), 0642);
		sys_umask(0246);
		EXPECT_EQ(mode_of_new("second"), 0531);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	EXPECT_EQ(mode_of_new("third"), 0642);
}

/* ---- Environment --------------------------------------------------------------------------------- */

enum { PARENT_CHANGED };

static bool is(const char *name, const char *value)
{
	const char *found = getenv(name);

	return value ? found && !strcmp(found, value) : !found;
}

TEST(environment, .covers = "INH-FS-06",
     .summary = "the child has a copy of the environment: what either sets or removes there the other does not see",
     THROUGH(fork_doors))
{
	const struct fork_door *door = this_door();

	SETUP(setenv("FORKCHECK_KEPT", "before", 1));
	SETUP(setenv("FORKCHECK_GONE", "before", 1));
	long child = door->fork();
	if (child == 0) {
		await(PARENT_CHANGED);
		EXPECT_TRUE(is("FORKCHECK_KEPT", "before"));
		EXPECT_TRUE(is("FORKCHECK_GONE", "before"));
		EXPECT_TRUE(is("FORKCHECK_NEW", NULL));
		/* In place, too: the strings themselves are not shared. */
		getenv("FORKCHECK_KEPT")[0] = 'B';
		EXPECT_OK(setenv("FORKCHECK_NEW", "child", 1));
		EXPECT_TRUE(is("FORKCHECK_KEPT", "Before"));
		EXPECT_TRUE(is("FORKCHECK_NEW", "child"));
		leave(0);
	}
	REQUIRE_GT(child, 0);
	SETUP(setenv("FORKCHECK_NEW", "parent", 1));
	SETUP(unsetenv("FORKCHECK_GONE"));
	post(PARENT_CHANGED);
	EXPECT_EXITED(child, 0);
	EXPECT_TRUE(is("FORKCHECK_KEPT", "before"));
	EXPECT_TRUE(is("FORKCHECK_GONE", NULL));
	EXPECT_TRUE(is("FORKCHECK_NEW", "parent"));
}

/* ---- Exit handlers ------------------------------------------------------------------------------- */

/* Which handlers ran, in order, in which process. */
static struct ran {
	int count;
	char handlers[4];
	pid_t pid;
	int status;
} * ran;

static void note(char handler)
{
	ran->pid = sys_getpid();
	if (ran->count < (int)sizeof(ran->handlers))
		ran->handlers[ran->count++] = handler;
}

static void by_atexit(void)
{
	note('a');
}

static void by_on_exit(int status, void *arg)
{
	note(*(char *)arg);
	ran->status = status;
}

static void by_child(void)
{
	note('c');
}

#ifndef __GLIBC__
static int on_exit(void (*handler)(int, void *), void *arg)
{
	(void)handler;
	(void)arg;
	return -1;
}
#endif

static void register_handlers(void)
{
	static char name = 'o';

	SETUP(atexit(by_atexit) ? -1 : 0);
	SETUP(on_exit(by_on_exit, &name) ? -1 : 0);
}

/* In a process of its own, which ends without the C library, so that only a child's handlers are seen. */
static pid_t start_registered(void)
{
#ifndef __GLIBC__
	SKIP(SKIP_CONFIG, "on_exit", "this C library does not have it");
#endif
	ran = shared(sizeof(*ran));
	pid_t parent = fork_helper();
	if (parent == 0)
		register_handlers();
	return parent;
}

TEST(exit_handlers, .covers = "INH-FS-07",
     .summary = "exit() in the child runs what its parent has registered by atexit() and on_exit(), the last one first",
     THROUGH(fork_doors))
{
	const struct fork_door *door = this_door();

	pid_t parent = start_registered();
	if (parent == 0) {
		long child = door->fork();
		if (child == 0) {
			SETUP(atexit(by_child) ? -1 : 0);
			exit(7);
		}
		REQUIRE_GT(child, 0);
		EXPECT_EXITED(child, 7);
		EXPECT_EQ(ran->count, 3);
		EXPECT_TRUE(!memcmp(ran->handlers, "coa", 3));
		EXPECT_EQ(ran->pid, child);
		EXPECT_EQ(ran->status, 7);
		leave(0);
	}
	EXPECT_EXITED(parent, 0);
}

/* A copy: what the child has run or registered changes nothing for its parent. */
TEST(exit_handlers_of_parent, .covers = "INH-FS-07",
     .summary = "the parent's own exit handlers still run after its child's, without one that the child registered",
     THROUGH(fork_doors))
{
	const struct fork_door *door = this_door();

	pid_t parent = start_registered();
	if (parent == 0) {
		long child = door->fork();
		if (child == 0) {
			SETUP(atexit(by_child) ? -1 : 0);
			exit(7);
		}
		REQUIRE_GT(child, 0);
		EXPECT_EXITED(child, 7);
		ran->count = 0;
		exit(8);
	}
	EXPECT_EXITED(parent, 8);
	EXPECT_EQ(ran->count, 2);
	EXPECT_TRUE(!memcmp(ran->handlers, "oa", 2));
	EXPECT_EQ(ran->pid, parent);
}

TEST(no_exit_handlers, .covers = "INH-FS-08",
     .summary = "_exit() in the child runs no exit handlers, neither inherited ones nor its own", THROUGH(fork_doors))
{
	const struct fork_door *door = this_door();

	pid_t parent = start_registered();
	if (parent == 0) {
		long child = door->fork();
		if (child == 0) {
			SETUP(atexit(by_child) ? -1 : 0);
			_exit(7);
		}
		REQUIRE_GT(child, 0);
		EXPECT_EXITED(child, 7);
		EXPECT_EQ(ran->count, 0);
		leave(0);
	}
	EXPECT_EXITED(parent, 0);
}
