// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* CLONE_THREAD: the process of a thread, its own number, and what the flag needs. */
#include "forkcheck.h"

struct identity {
	pid_t pid, tid, ppid;
};

static int tell(void *arg)
{
	struct identity *told = arg;

	*told = (struct identity){ sys_getpid(), sys_gettid(), sys_getppid() };
	return 0;
}

TEST(of_a_thread, .covers = "CLONE-THREAD-01 CLONE-THREAD-02 CLONE-THREAD-04",
     .summary = "a thread has its caller's PID and parent, and the number that clone returned as TID",
     THROUGH(clone_doors))
{
	const struct clone_door *door = this_door();
	struct identity *told = shared(sizeof(*told));

	long tid = CLONE_CALL(door->via, new_stack(), tell, told, .flags = THREAD_FLAGS);
	REQUIRE_GT(tid, 0);
	await_thread_gone((pid_t)tid);
	EXPECT_EQ(told->pid, sys_getpid());
	EXPECT_EQ(told->tid, tid);
	EXPECT_NE(told->tid, sys_getpid());
	EXPECT_EQ(told->ppid, sys_getppid());
}

TEST(of_a_process, .covers = "CLONE-THREAD-03 THR-05",
     .summary = "without CLONE_THREAD the child, whatever else it shares, leads a process of its own",
     THROUGH(clone_doors))
{
	const struct clone_door *door = this_door();
	struct identity *told = shared(sizeof(*told));

	long child = CLONE_CALL(door->via, new_stack(), tell, told, .flags = THREAD_FLAGS & ~CLONE_THREAD,
				.exit_signal = SIGCHLD);
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	EXPECT_EQ(told->pid, child);
	EXPECT_EQ(told->tid, child);
	EXPECT_EQ(told->ppid, sys_getpid());
}

TEST(needs_handlers, .covers = "CLONE-THREAD-11 CLONE-SIGHAND-06",
     .summary = "CLONE_THREAD needs CLONE_SIGHAND, which needs CLONE_VM", THROUGH(clone_doors))
{
	const struct clone_door *door = this_door();
	struct identity *told = shared(sizeof(*told));

	long tid = CLONE_CALL(door->via, new_stack(), tell, told, .flags = CLONE_VM | CLONE_THREAD);
	EXPECT_FAILS(tid, EINVAL);
	tid = CLONE_CALL(door->via, new_stack(), tell, told, .flags = CLONE_SIGHAND | CLONE_THREAD);
	EXPECT_FAILS(tid, EINVAL);
	tid = CLONE_CALL(door->via, new_stack(), tell, told, .flags = CLONE_VM | CLONE_SIGHAND | CLONE_THREAD);
	REQUIRE_GT(tid, 0);
	await_thread_gone((pid_t)tid);
}

struct forker {
	struct identity *told;
	volatile long child;
};

static int fork_and_wait(void *arg)
{
	struct forker *forker = arg;

	forker->child = sys_fork();
	if (forker->child == 0)
		leave(tell(forker->told));
	return 0;
}

TEST(of_its_child, .covers = "THR-16",
     .summary = "a child forked by a thread leads a process, its parent is the thread's process")
{
	struct forker forker = { .told = shared(sizeof(struct identity)) };

	pid_t tid = start_thread(fork_and_wait, &forker);
	await_thread_gone(tid);
	REQUIRE_GT(forker.child, 0);
	EXPECT_EXITED(forker.child, 0);
	EXPECT_EQ(forker.told->pid, forker.child);
	EXPECT_EQ(forker.told->tid, forker.child);
	EXPECT_EQ(forker.told->ppid, sys_getpid());
}
