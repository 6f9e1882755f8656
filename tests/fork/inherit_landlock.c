// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* Which processes and threads a Landlock domain restricts. */
#include "inherit.h"

#include <linux/landlock.h>
#include <sys/prctl.h>

enum { MAY_LOOK };

#define READ_FILE LANDLOCK_ACCESS_FS_READ_FILE
#define READ_DIR LANDLOCK_ACCESS_FS_READ_DIR

static long open_and_close(const char *path, int flags)
{
	long fd = sys_open(path, flags);

	if (fd < 0)
		return fd;
	sys_close((int)fd);
	return 0;
}

static long read_dir(void)
{
	return open_and_close("/", O_RDONLY | O_DIRECTORY);
}

/* Which of the two rights are gone, as bits; or an error that is none of Landlock's. */
static long long get_refused(void)
{
	long dir = read_dir(), file = open_and_close("/proc/self/stat", O_RDONLY);

	if ((dir && dir != -EACCES) || (file && file != -EACCES))
		return dir ? dir : file;
	return (dir ? READ_DIR : 0) | (file ? READ_FILE : 0);
}

/* Takes these rights from the calling thread; but not for what is below `except`, if that is given. */
static void restrict_self(uint64_t rights, const char *except)
{
	const struct landlock_ruleset_attr attr = { .handled_access_fs = rights };
	int ruleset = (int)SETUP_RAW(SYSCALL3(SYS_landlock_create_ruleset, &attr, sizeof(attr.handled_access_fs), 0));

	if (except) {
		struct landlock_path_beneath_attr rule = { .allowed_access = rights };
		rule.parent_fd = (int)SETUP_RAW(sys_open(except, O_PATH));
		SETUP_RAW(SYSCALL4(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0));
		sys_close(rule.parent_fd);
	}
	SETUP_RAW(sys_prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
	SETUP_RAW(SYSCALL2(SYS_landlock_restrict_self, ruleset, 0));
	sys_close(ruleset);
}

static void forbid_dirs(void)
{
	restrict_self(READ_DIR, NULL);
}

static void forbid_files(void)
{
	restrict_self(READ_FILE, NULL);
}

/* A domain that restricts nothing by itself. */
static void allow_all(void)
{
	restrict_self(READ_DIR | READ_FILE, "/");
}

/* ---- Children and new threads -------------------------------------------------------------------- */

static const struct attribute to_keep[] = {
	{ { "domain", .covers = "INH-SEC-08", .features = FEATURES(NEEDS_LANDLOCK, NEEDS_PROC) },
	  OF_THREAD,
	  KEPT,
	  .set = forbid_dirs,
	  .get = get_refused,
	  .change = forbid_files,
	  .exec = { KEPT, "INH-SEC-26" } },
};

TEST(kept, .summary = "the child is restricted as its parent, and what it adds restricts only the child",
     ATTRIBUTES(to_keep))
{
	test_inheritance();
}

TEST(not_undone, .covers = "INH-SEC-10", .features = FEATURES(NEEDS_LANDLOCK, NEEDS_PROC),
     .summary = "a child may take more rights from itself, but can't give back what its parent took",
     THROUGH(fork_doors))
{
	const struct fork_door *door = this_door();

	allow_all();
	EXPECT_EQ(get_refused(), 0);
	forbid_dirs();
	long child = door->fork();
	if (child == 0) {
		allow_all();
		EXPECT_EQ(get_refused(), READ_DIR);
		forbid_files();
		EXPECT_EQ(get_refused(), READ_DIR | READ_FILE);
		allow_all();
		EXPECT_EQ(get_refused(), READ_DIR | READ_FILE);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	EXPECT_EQ(get_refused(), READ_DIR);
}

/* The image has to read itself, and then would read /proc. */
static void forbid_other_files(void)
{
	restrict_self(READ_FILE, self_program());
}

TEST(after_exec, .covers = "INH-SEC-26", .features = FEATURES(NEEDS_LANDLOCK, NEEDS_PROC),
     .summary = "the program that is executed is restricted, too")
{
	struct image_report report;

	report_after(NULL, &report);
	EXPECT_EQ(report.threads, 1);
	report_after(forbid_other_files, &report);
	EXPECT_EQ(report.threads, -1);
}

/* ---- Threads ------------------------------------------------------------------------------------- */

static int look(void *result)
{
	await(MAY_LOOK);
	*(volatile long *)result = read_dir();
	return 0;
}

static const struct moment {
	struct case_head head;
	bool before;
} moments[] = {
	{ { "new", .covers = "INH-SEC-08" }, false },
	{ { "running", .covers = "INH-SEC-09" }, true },
};

TEST(threads, .features = FEATURES(NEEDS_LANDLOCK),
     .summary = "threads made later are restricted as the one that made them, those that ran before are not",
     CASES_NEEDING(moments), THROUGH(clone_doors))
{
	const struct moment *moment = this_case();
	const struct clone_door *door = this_door();
	volatile long *result = shared(sizeof(*result));

	*result = -ENODATA;
	if (!moment->before)
		forbid_dirs();
	long tid = CLONE_CALL(door->via, new_stack(), look, (void *)result, .flags = THREAD_FLAGS);
	REQUIRE_GT(tid, 0);
	if (moment->before)
		forbid_dirs();
	post(MAY_LOOK);
	await_thread_gone((pid_t)tid);
	EXPECT_FAILS(read_dir(), EACCES);
	if (moment->before)
		EXPECT_OK(*result);
	else
		EXPECT_FAILS(*result, EACCES);
}
