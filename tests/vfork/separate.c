// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* What the child of vfork has of its own, though the memory is its caller's. */
#include "forkcheck.h"

#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

/* ---- Descriptors -------------------------------------------------------------------------------- */

/* Numbers of descriptors; in shared memory, so that the caller learns them whatever else is shared. */
struct descriptors {
	int closed, replaced, marked, offset; /* of the caller */
	int opened, duplicated;		      /* by the child */
};

static int change_descriptors(void *arg)
{
	struct descriptors *fd = arg;

	EXPECT_OK(sys_close(fd->closed));
	fd->opened = (int)SETUP_RAW(sys_open("/", O_RDONLY | O_DIRECTORY));
	EXPECT_EQ(fd->opened, fd->closed); /* the lowest free number in the child's table */
	fd->duplicated = (int)SETUP_RAW(sys_dup(fd->opened));
	EXPECT_OK(sys_dup3(fd->opened, fd->replaced, O_CLOEXEC));
	EXPECT_OK(sys_fcntl(fd->marked, F_SETFD, FD_CLOEXEC));
	EXPECT_EQ(sys_lseek(fd->offset, 3, SEEK_SET), 3);
	return 0;
}

/* What a descriptor leads to, or 0. */
static ino_t inode_of(int fd)
{
	struct stat st;

	return fstat(fd, &st) ? 0 : st.st_ino;
}

TEST(descriptors, .covers = "VFORK-008 VFORK-016 VFORK-035", .features = FEATURES(NEEDS_WORKDIR), THROUGH(vfork_doors),
     .summary = "descriptors that the child closes, opens, duplicates, replaces or marks are so in the child only; the "
		"offset of an open file is one for both")
{
	const struct vfork_door *door = this_door();
	struct descriptors *fd = shared(sizeof(*fd));

	fd->offset = (int)SETUP(sys_openat(AT_FDCWD, "file", O_CREAT | O_RDWR, 0600));
	fd->closed = (int)SETUP(sys_dup(fd->offset));
	fd->replaced = (int)SETUP(sys_dup(fd->offset));
	fd->marked = (int)SETUP(sys_dup(fd->offset));
	ino_t file = inode_of(fd->offset);

	long child = door->vfork(change_descriptors, fd);
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	EXPECT_EQ(inode_of(fd->closed), file);
	EXPECT_EQ(inode_of(fd->replaced), file);
	EXPECT_EQ(sys_fcntl(fd->replaced, F_GETFD, 0), 0);
	EXPECT_EQ(sys_fcntl(fd->marked, F_GETFD, 0), 0);
	EXPECT_FAILS(sys_fcntl(fd->duplicated, F_GETFD, 0), EBADF);
	EXPECT_EQ(sys_lseek(fd->offset, 0, SEEK_CUR), 3);
}

/* ---- Working directory and umask ---------------------------------------------------------------- */

static int change_directory(void *arg)
{
	char cwd[128];

	EXPECT_GT(sys_getcwd(cwd, sizeof(cwd)), 0);
	EXPECT_EQ(strcmp(cwd, arg), 0);
	EXPECT_OK(sys_chdir("/"));
	EXPECT_GT(sys_getcwd(cwd, sizeof(cwd)), 0);
	EXPECT_EQ(strcmp(cwd, "/"), 0);
	return 0;
}

TEST(directory, .covers = "VFORK-010", .features = FEATURES(NEEDS_WORKDIR), THROUGH(vfork_doors),
     .summary = "the child begins in its caller's working directory, and changes its own only")
{
	const struct vfork_door *door = this_door();
	char before[128], after[128];

	SETUP(mkdir("inside", 0700));
	SETUP(sys_chdir("inside"));
	SETUP(sys_getcwd(before, sizeof(before)));
	long child = door->vfork(change_directory, before);
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	EXPECT_GT(sys_getcwd(after, sizeof(after)), 0);
	EXPECT_EQ(strcmp(after, before), 0);
}

static int change_umask(void *arg)
{
	(void)arg;
	EXPECT_EQ(sys_umask(0022), 0125);
	EXPECT_EQ(sys_umask(0022), 0022);
	return 0;
}

TEST(creation_mask, .covers = "VFORK-036",
     .summary = "the child begins with its caller's umask, and changes its own only", THROUGH(vfork_doors))
{
	const struct vfork_door *door = this_door();

	sys_umask(0125);
	long child = door->vfork(change_umask, NULL);
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	EXPECT_EQ(sys_umask(0125), 0125);
}

/* ---- Signals ------------------------------------------------------------------------------------ */

/* The kernel's structure begins with the handler on all of our architectures. */
struct kernel_action {
	unsigned long handler, rest[7];
};

static unsigned long handler_of(int sig)
{
	struct kernel_action action = { 0 };

	SETUP_RAW(SYSCALL4(SYS_rt_sigaction, sig, NULL, &action, sizeof(sigset64)));
	return action.handler;
}

static void set_handler(int sig, unsigned long handler)
{
	struct kernel_action action = { .handler = handler };

	SETUP_RAW(SYSCALL4(SYS_rt_sigaction, sig, &action, NULL, sizeof(sigset64)));
}

static volatile int handled;

static void count(int sig)
{
	(void)sig;
	handled++;
}

static int change_dispositions(void *arg)
{
	(void)arg;
	EXPECT_EQ(handler_of(SIGUSR1), (unsigned long)count);
	EXPECT_EQ(handler_of(SIGUSR2), (unsigned long)SIG_IGN);
	EXPECT_EQ(handler_of(SIGTERM), (unsigned long)SIG_DFL);
	set_handler(SIGUSR1, (unsigned long)SIG_IGN);
	set_handler(SIGUSR2, (unsigned long)SIG_DFL);
	set_handler(SIGTERM, (unsigned long)SIG_IGN);
	EXPECT_EQ(handler_of(SIGUSR1), (unsigned long)SIG_IGN);
	SETUP_RAW(checked_tgkill(sys_getpid(), sys_gettid(), SIGUSR1));
	EXPECT_EQ(handled, 0);
	return 0;
}

TEST(dispositions, .covers = "VFORK-009", THROUGH(vfork_doors),
     .summary = "the child begins with its caller's signal dispositions, and changes its own only")
{
	const struct vfork_door *door = this_door();

	SETUP(sigaction(SIGUSR1, &(struct sigaction){ .sa_handler = count }, NULL));
	set_handler(SIGUSR2, (unsigned long)SIG_IGN);
	set_handler(SIGTERM, (unsigned long)SIG_DFL);
	long child = door->vfork(change_dispositions, NULL);
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	EXPECT_EQ(handler_of(SIGUSR1), (unsigned long)count);
	EXPECT_EQ(handler_of(SIGUSR2), (unsigned long)SIG_IGN);
	EXPECT_EQ(handler_of(SIGTERM), (unsigned long)SIG_DFL);
	SETUP(checked_tgkill(sys_getpid(), sys_gettid(), SIGUSR1));
	EXPECT_EQ(handled, 1);
}

static int change_mask(void *arg)
{
	const sigset64 *expected = arg, mine = SIGBIT(SIGUSR2);
	sigset64 mask;

	SETUP_RAW(sys_sigprocmask(SIG_SETMASK, &mine, &mask));
	EXPECT_EQ(mask, *expected);
	SETUP_RAW(sys_sigprocmask(SIG_BLOCK, NULL, &mask));
	EXPECT_EQ(mask, mine);
	return 0;
}

TEST(blocked_signals, .covers = "VFORK-037", THROUGH(vfork_doors),
     .summary = "the child begins with its caller's blocked signals, and changes its own only")
{
	const struct vfork_door *door = this_door();
	sigset64 before = SIGBIT(SIGUSR1) | SIGBIT(40), after = 0;

	SETUP(sys_sigprocmask(SIG_SETMASK, &before, NULL));
	long child = door->vfork(change_mask, &before);
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	SETUP(sys_sigprocmask(SIG_BLOCK, NULL, &after));
	EXPECT_EQ(after, before);
}

/* ---- The process itself ------------------------------------------------------------------------- */

#define FEWER 512 /* descriptors; the runner sees to more */

static int change_process(void *arg)
{
	struct {
		uint64_t soft, hard;
	} limit = { FEWER, FEWER };
	char name[16] = "";

	(void)arg;
	SETUP_RAW(sys_prctl(PR_SET_NAME, (unsigned long)"childs", 0, 0, 0));
	SETUP_RAW(sys_prctl(PR_GET_NAME, (unsigned long)name, 0, 0, 0));
	EXPECT_EQ(strcmp(name, "childs"), 0);
	EXPECT_OK(sys_setpgid(0, 0));
	EXPECT_EQ(sys_getpgid(0), sys_getpid());
	SETUP_RAW(SYSCALL4(SYS_prlimit64, 0, RLIMIT_NOFILE, &limit, NULL));
	EXPECT_OK(SYSCALL3(SYS_setpriority, PRIO_PROCESS, 0, 19));
	return 0;
}

TEST(process, .covers = "VFORK-038", THROUGH(vfork_doors),
     .summary = "process group, resource limits, nice value and thread name that the child gives itself are not the "
		"caller's")
{
	const struct vfork_door *door = this_door();
	struct rlimit before, after;
	pid_t group = sys_getpgid(0);
	long nice = SYSCALL2(SYS_getpriority, PRIO_PROCESS, 0);
	char name[16] = "";

	SETUP(getrlimit(RLIMIT_NOFILE, &before));
	REQUIRE_GT(before.rlim_max, FEWER);
	SETUP(sys_prctl(PR_SET_NAME, (unsigned long)"callers", 0, 0, 0));
	long child = door->vfork(change_process, NULL);
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	EXPECT_EQ(sys_getpgid(0), group);
	SETUP(getrlimit(RLIMIT_NOFILE, &after));
	EXPECT_EQ(after.rlim_max, before.rlim_max);
	EXPECT_EQ(SYSCALL2(SYS_getpriority, PRIO_PROCESS, 0), nice);
	SETUP(sys_prctl(PR_GET_NAME, (unsigned long)name, 0, 0, 0));
	EXPECT_EQ(strcmp(name, "callers"), 0);
}
