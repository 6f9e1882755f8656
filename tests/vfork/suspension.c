// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* The caller of vfork is suspended until its child exits or executes a program. */
#include "forkcheck.h"
#include "suspended.h"

#include <string.h>

static int exit_when_told(void *arg)
{
	struct story *story = arg;

	child_waits(story);
	story->turn = 1;
	return 0;
}

TEST(until_exit, .covers = "VFORK-001 VFORK-012",
     .summary = "the caller of vfork does not run before the child has called _exit()",
     .features = FEATURES(NEEDS_PROC), THROUGH(vfork_doors))
{
	const struct vfork_door *door = this_door();
	struct story *story = shared(sizeof(*story));

	pid_t caller = fork_helper();
	if (caller == 0) {
		long child = door->vfork(exit_when_told, story);
		EXPECT_EQ(story->turn, 1); /* the caller's first act: the child's last act must have come before */
		story->turn = 2;
		REQUIRE_GT(child, 0);
		EXPECT_EXITED(child, 0);
		leave(0);
	}
	EXPECT_TRUE(seen_suspended(caller, story));
	post(CHILD_MAY_GO);
	EXPECT_EXITED(caller, 0);
	EXPECT_EQ(story->turn, 2);
}

TEST(child_stopped, .covers = "VFORK-028", .summary = "a child that is stopped has not released the caller",
     .features = FEATURES(NEEDS_PROC, NEEDS_UNTRACED), THROUGH(vfork_doors))
{
	const struct vfork_door *door = this_door();
	struct story *story = shared(sizeof(*story));

	pid_t caller = fork_helper();
	if (caller == 0) {
		long child = door->vfork(exit_when_told, story);
		EXPECT_EQ(story->turn, 1);
		story->turn = 2;
		REQUIRE_GT(child, 0);
		EXPECT_EXITED(child, 0);
		leave(0);
	}
	REQUIRE_TRUE(await_unless_dead(CHILD_RUNS, caller));
	SETUP(checked_kill(story->child, SIGSTOP));
	await_state(story->child, 0, "T");
	EXPECT_TRUE(seen_suspended(caller, story));
	SETUP(checked_kill(story->child, SIGCONT));
	EXPECT_TRUE(seen_suspended(caller, story));
	post(CHILD_MAY_GO);
	EXPECT_EXITED(caller, 0);
	EXPECT_EQ(story->turn, 2);
}

/* ---- Programs that can't be executed ------------------------------------------------------------ */

static const struct failure {
	struct case_head head;
	const char *path, *content;
	int err;
	const struct vfork_door *door;
} failures[] = {
	{ { .name = "missing" }, "/no/such/program", NULL, ENOENT, &vfork_doors[0] },
	{ { .name = "directory" }, "/", NULL, EACCES, &vfork_doors[1] },
	{ { .name = "garbage", .features = FEATURES(NEEDS_WORKDIR, NEEDS_EXEC_WORKDIR) },
	  "garbage",
	  "\001garbage",
	  ENOEXEC,
	  &vfork_doors[0] },
	{ { .name = "interpreter", .features = FEATURES(NEEDS_WORKDIR, NEEDS_EXEC_WORKDIR) },
	  "script",
	  "#!/no/such/program\n",
	  ENOENT,
	  &vfork_doors[1] },
};

static volatile int from_child;
static int descriptor;

static void ignore_signal(int sig)
{
	(void)sig;
}

/* The child is as it was before: its PID, a close-on-exec descriptor, a handler, the caller's memory. */
static int fail_to_execute(void *arg)
{
	struct story *story = arg;
	const struct failure *failure = story->row;
	char *const nothing[] = { NULL };
	pid_t me = sys_getpid();
	unsigned long action[8] = { 0 };

	long result = sys_execve(failure->path, nothing, nothing);
	EXPECT_FAILS(result, failure->err);
	EXPECT_EQ(sys_getpid(), me);
	EXPECT_EQ(sys_fcntl(descriptor, F_GETFD, 0), FD_CLOEXEC);
	SETUP_RAW(SYSCALL4(SYS_rt_sigaction, SIGUSR1, NULL, action, sizeof(sigset64)));
	EXPECT_EQ(action[0], (unsigned long)ignore_signal);
	from_child = 7;
	child_waits(story);
	story->turn = 1;
	return 0;
}

/* A file that may be executed, as far as its mode goes. */
static void make_file(const char *path, const char *content)
{
	int fd = (int)SETUP(sys_openat(AT_FDCWD, path, O_CREAT | O_WRONLY | O_CLOEXEC, 0755));

	SETUP(sys_close(fd));
	SETUP(write_file(path, content));
}

TEST(exec_fails, .covers = "VFORK-024 EXEC-06",
     .summary = "a child that fails to execute a program continues, and the caller stays suspended",
     .features = FEATURES(NEEDS_PROC), CASES_NEEDING(failures))
{
	const struct failure *failure = this_case();
	struct story *story = shared(sizeof(*story));

	if (!strcmp(failure->path, "script"))
		need_feature(NEEDS_SCRIPTS);
	if (failure->content)
		make_file(failure->path, failure->content);
	story->row = failure;
	descriptor = (int)SETUP(sys_open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
	SETUP(sigaction(SIGUSR1, &(struct sigaction){ .sa_handler = ignore_signal }, NULL) ? -errno : 0);

	pid_t caller = fork_helper();
	if (caller == 0) {
		long child = failure->door->vfork(fail_to_execute, story);
		EXPECT_EQ(story->turn, 1);
		story->turn = 2;
		EXPECT_EQ(from_child, 7);
		REQUIRE_GT(child, 0);
		EXPECT_EXITED(child, 0);
		leave(0);
	}
	EXPECT_TRUE(seen_suspended(caller, story));
	post(CHILD_MAY_GO);
	EXPECT_EXITED(caller, 0);
	EXPECT_EQ(story->turn, 2);
}
