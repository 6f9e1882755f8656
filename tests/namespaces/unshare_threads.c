// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* What unshare(2) says to a caller with threads, or with processes that share its memory; and for whom it acts. */
#include "join.h"

#include <string.h>
#include <time.h>

#define THREAD_ONLY (CLONE_VM | CLONE_SIGHAND | CLONE_THREAD) /* no more than a thread must share */

static const struct row {
	struct case_head head;
	uint64_t sharing; /* of somebody else with the caller */
	unsigned long flags;
	long want;
} rows[] = {
	{ { "thread_beside_thread", .covers = "UNSH-17" }, THREAD_ONLY, CLONE_THREAD, -EINVAL },
	{ { "sighand_beside_thread", .covers = "UNSH-18" }, THREAD_ONLY, CLONE_SIGHAND, -EINVAL },
	{ { "vm_beside_thread", .covers = "UNSH-19" }, THREAD_ONLY, CLONE_VM, -EINVAL },
	{ { "newuser_beside_thread", .covers = "UNSH-12", .features = FEATURES(NEEDS_USER_NS) },
	  THREAD_ONLY,
	  CLONE_NEWUSER,
	  -EINVAL },
	{ { "newpid_beside_thread", .covers = "UNSHX-01", .features = FEATURES(NEEDS_PID_NS), .caps = CAP(SYS_ADMIN) },
	  THREAD_ONLY,
	  CLONE_NEWPID,
	  0 },
	{ { "vm_beside_process", .covers = "UNSH-20" }, CLONE_VM, CLONE_VM, -EINVAL },
	{ { "thread_beside_process", .covers = "UNSHX-02" }, CLONE_VM, CLONE_THREAD, 0 },
	{ { "sighand_beside_process", .covers = "UNSHX-02" }, CLONE_VM, CLONE_SIGHAND, 0 },
	{ { "newuser_beside_process", .covers = "UNSHX-02", .features = FEATURES(NEEDS_USER_NS) },
	  CLONE_VM,
	  CLONE_NEWUSER,
	  0 },
	{ { "sighand_beside_handlers", .covers = "UNSH-31" }, CLONE_VM | CLONE_SIGHAND, CLONE_SIGHAND, -EINVAL },
	{ { "vm_beside_handlers", .covers = "UNSH-20" }, CLONE_VM | CLONE_SIGHAND, CLONE_VM, -EINVAL },
	{ { "thread_beside_handlers", .covers = "UNSHX-02" }, CLONE_VM | CLONE_SIGHAND, CLONE_THREAD, 0 },
};

#define PATIENCE 2 /* seconds, of which the first may be over at once */

static time_t seconds(void)
{
	struct timespec now;

	SETUP(clock_gettime(CLOCK_MONOTONIC, &now));
	return now.tv_sec;
}

TEST(beside_another, .features = FEATURES(NEEDS_UNSHARE),
     .summary = "unshare refuses what it can't undo while it is shared, and only then", CASES_NEEDING(rows))
{
	const struct row *row = this_case();
	pid_t sharer = start_sharer(row->sharing);

	long result = sys_unshare(row->flags);
	if (row->want)
		EXPECT_FAILS(result, EINVAL);
	else
		EXPECT_OK(result);
	end_sharer(sharer, row->sharing);
	if (row->want) {
		/* What the other one shared the kernel drops a moment after its ID. */
		const time_t start = seconds();
		while ((result = sys_unshare(row->flags)) == -EINVAL && seconds() < start + PATIENCE)
			sys_sched_yield();
		EXPECT_OK(result);
	}
}

static const struct alone {
	const char *name;
	unsigned long flags;
} alone[] = {
	{ "thread", CLONE_THREAD },
	{ "sighand", CLONE_SIGHAND },
	{ "vm", CLONE_VM },
	{ "all", CLONE_THREAD | CLONE_SIGHAND | CLONE_VM },
};

TEST(nothing_to_undo, .covers = "UNSH-16", .features = FEATURES(NEEDS_PROC, NEEDS_UNSHARE),
     .summary = "unshare(CLONE_THREAD), (CLONE_SIGHAND) and (CLONE_VM) succeed without effect in a lone thread",
     CASES(alone))
{
	const struct alone *row = this_case();
	volatile int *word = shared(sizeof(*word));
	static volatile int own_word;
	struct sigaction action = { .sa_handler = SIG_IGN };
	pid_t pid = sys_getpid(), tid = sys_gettid();

	SETUP(sigaction(SIGUSR1, &action, NULL));
	*word = own_word = 7;
	long result = sys_unshare(row->flags);
	EXPECT_OK(result);
	EXPECT_EQ(sys_getpid(), pid);
	EXPECT_EQ(sys_gettid(), tid);
	EXPECT_EQ(own_word, 7);
	SETUP(sigaction(SIGUSR1, NULL, &action));
	EXPECT_TRUE(action.sa_handler == SIG_IGN);
	/* What was mapped to be shared is so still. */
	pid_t child = fork_helper();
	if (child == 0) {
		*word = 8;
		leave(0);
	}
	EXPECT_EXITED(child, 0);
	EXPECT_EQ(*word, 8);
}

/* ---- For whom it acts -------------------------------------------------------------------------- */

static const struct type {
	struct case_head head;
	unsigned long flag;
} types[] = {
	{ { "cgroup", .features = FEATURES(NEEDS_CGROUP_NS) }, CLONE_NEWCGROUP },
	{ { "ipc", .features = FEATURES(NEEDS_IPC_NS) }, CLONE_NEWIPC },
	{ { "mnt", .features = FEATURES(NEEDS_MNT_NS) }, CLONE_NEWNS },
	{ { "net", .features = FEATURES(NEEDS_NET_NS) }, CLONE_NEWNET },
	{ { "uts", .features = FEATURES(NEEDS_UTS_NS) }, CLONE_NEWUTS },
};

/* Puts what the link of a thread's namespace reads into text. */
static void read_link(pid_t tid, const char *type, char *text, size_t size)
{
	char path[64] = "/proc/self/task/";

	append_number(path, sizeof(path), tid);
	append_text(path, sizeof(path), "/ns/");
	append_text(path, sizeof(path), type);
	memset(text, 0, size);
	SETUP_RAW(SYSCALL4(SYS_readlinkat, AT_FDCWD, path, text, size - 1));
}

static int leave_namespace(void *arg)
{
	const struct type *type = arg;
	char before[32], after[32];

	read_link(sys_gettid(), type->head.name, before, sizeof(before));
	long result = sys_unshare(type->flag);
	EXPECT_OK(result);
	read_link(sys_gettid(), type->head.name, after, sizeof(after));
	EXPECT_TRUE(strcmp(before, after) != 0);
	return wait_to_go(NULL);
}

TEST(thread_leaves_namespace, .covers = "UNSH-25", .caps = CAP(SYS_ADMIN), .features = FEATURES(NEEDS_PROC),
     .summary = "a thread that unshares a namespace leaves the other threads of its process behind",
     CASES_NEEDING(types))
{
	const struct type *type = this_case();
	char before[32], after[32];

	read_link(sys_gettid(), type->head.name, before, sizeof(before));
	pid_t thread = start_thread(leave_namespace, (void *)type);
	await(SHARER_IS_READY);
	read_link(sys_gettid(), type->head.name, after, sizeof(after));
	EXPECT_TRUE(!strcmp(before, after));
	post(SHARER_MAY_GO);
	await_thread_gone(thread);
}

static int leave_files_and_fs(void *arg)
{
	const int *fds = arg;

	/* Still the caller's. */
	sys_umask(026);
	sys_close(fds[0]);
	long result = sys_unshare(CLONE_FILES | CLONE_FS);
	EXPECT_OK(result);
	EXPECT_EQ(sys_umask(077), 026);
	EXPECT_OK(sys_close(fds[1]));
	return 0;
}

TEST(thread_leaves_table, .covers = "UNSH-25", .features = FEATURES(NEEDS_UNSHARE),
     .summary = "a thread that unshares descriptors and umask changes its own from then on")
{
	int fds[2];

	SETUP(pipe(fds));
	sys_umask(022);
	pid_t thread = start_thread(leave_files_and_fs, fds);
	await_thread_gone(thread);
	EXPECT_EQ(sys_umask(0), 026);
	EXPECT_FAILS(sys_fcntl(fds[0], F_GETFD, 0), EBADF);
	EXPECT_OK(sys_fcntl(fds[1], F_GETFD, 0));
}
