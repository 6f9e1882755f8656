// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* A child of vfork as a child: its PID, its parent, SIGCHLD, its status. */
#include "forkcheck.h"

#include <sys/resource.h>

/* In shared memory: what the child tells must arrive, whatever else is shared. */
struct ids {
	pid_t pid, tid, parent;
};

static int tell_ids(void *arg)
{
	struct ids *ids = arg;

	*ids = (struct ids){ sys_getpid(), sys_gettid(), sys_getppid() };
	return 7;
}

TEST(ids, .covers = "VFORK-018", .summary = "vfork returns the PID of the new process, whose parent is the caller",
     THROUGH(vfork_doors))
{
	const struct vfork_door *door = this_door();
	struct ids *ids = shared(sizeof(*ids));
	pid_t me = sys_getpid();

	long child = door->vfork(tell_ids, ids);
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 7);
	EXPECT_NE(child, me);
	EXPECT_EQ(ids->pid, child);
	EXPECT_EQ(ids->tid, child);
	EXPECT_EQ(ids->parent, me);
	EXPECT_EQ(sys_getpid(), me);
}

TEST(returned_zero, .covers = "VFORK-018", .summary = "vfork() returns 0 in the child")
{
	volatile int *zero = shared(sizeof(*zero));
	pid_t caller = sys_getpid();

	pid_t child = vfork();
	if (sys_getpid() != caller) {
		*zero = child == 0;
		sys_exit_group(0); /* NOLINT(clang-analyzer-unix.Vfork): raw-safe by contract */
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	EXPECT_EQ(*zero, 1);
}

TEST(ordinary_child, .covers = "VFORK-023 VFORK-012", THROUGH(vfork_doors),
     .summary = "the end of a vfork child gives one SIGCHLD with its status, and a wait without options reaps it")
{
	const struct vfork_door *door = this_door();
	struct ids *ids = shared(sizeof(*ids));
	const sigset64 sigchld = SIGBIT(SIGCHLD);
	siginfo_t info = { 0 };
	int status = 0;

	SETUP(sys_sigprocmask(SIG_BLOCK, &sigchld, NULL));
	long child = door->vfork(tell_ids, ids);
	REQUIRE_GT(child, 0);
	await_zombie((pid_t)child); /* its memory is released before it is one */
	EXPECT_EQ(sys_sigpoll(sigchld, &info), SIGCHLD);
	EXPECT_EQ(info.si_pid, child);
	EXPECT_EQ(info.si_code, CLD_EXITED);
	EXPECT_EQ(info.si_status, 7);
	EXPECT_FAILS(sys_sigpoll(sigchld, &info), EAGAIN);
	EXPECT_FAILS(wait_for((pid_t)child, &status, __WCLONE, NULL), ECHILD);
	EXPECT_EQ(wait_for((pid_t)child, &status, 0, NULL), child);
	EXPECT_EQ(status, W_EXITCODE(7, 0));
	EXPECT_NO_CHILD();
}

TEST(ignored, .covers = "VFORK-023", THROUGH(vfork_doors),
     .summary = "where SIGCHLD is ignored a vfork child leaves no zombie, and wait fails when it is gone")
{
	const struct vfork_door *door = this_door();
	struct ids *ids = shared(sizeof(*ids));
	int status = 0;

	SETUP(sigaction(SIGCHLD, &(struct sigaction){ .sa_handler = SIG_IGN }, NULL));
	long child = door->vfork(tell_ids, ids);
	REQUIRE_GT(child, 0);
	EXPECT_FAILS(wait_for((pid_t)child, &status, 0, NULL), ECHILD);
	EXPECT_TRUE(await_vanished((pid_t)child));
}

static int exit_as_told(void *arg)
{
	return *(const int *)arg;
}

TEST(many, .covers = "VFORK-018 VFORK-023", THROUGH(vfork_doors),
     .summary = "children of vfork that nobody waits for yet are all kept, each with its status")
{
	const struct vfork_door *door = this_door();
	int *statuses = shared(8 * sizeof(*statuses));
	long children[8];

	for (unsigned i = 0; i < ARRAY_SIZE(children); i++) {
		statuses[i] = 10 + (int)i;
		children[i] = door->vfork(exit_as_told, &statuses[i]);
		REQUIRE_GT(children[i], 0, i);
		for (unsigned j = 0; j < i; j++)
			EXPECT_NE(children[j], children[i], j);
	}
	for (unsigned i = ARRAY_SIZE(children); i-- > 0;)
		EXPECT_EXITED(children[i], 10 + (int)i, i);
	EXPECT_NO_CHILD();
}
