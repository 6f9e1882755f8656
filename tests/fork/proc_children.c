// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* /proc/PID/task/TID/children: which thread made which child. */
#include "forkcheck.h"

#define CHILDREN NEEDS_PROC, NEEDS_PROC_CHILDREN
#define MANY 20

struct list {
	int count;
	pid_t pid[64];
};

/* Reads the file of a thread of the calling process. */
static struct list children_of(pid_t tid)
{
	char path[80] = "/proc/self/task/", text[1024];
	struct list list = { 0 };

	append_number(path, sizeof(path), tid);
	append_text(path, sizeof(path), "/children");
	REQUIRE_OK(read_file(path, text, sizeof(text)));
	for (const char *c = text; *c && list.count < (int)ARRAY_SIZE(list.pid); c++) {
		if (*c == ' ') {
			list.count++;
			continue;
		}
		REQUIRE_TRUE(*c >= '0' && *c <= '9', *c);
		list.pid[list.count] = list.pid[list.count] * 10 + (*c - '0');
	}
	return list;
}

static bool contains(const struct list *list, pid_t pid)
{
	for (int i = 0; i < list->count; i++)
		if (list->pid[i] == pid)
			return true;
	return false;
}

enum { CHILDREN_MAY_END, THREAD_HAS_FORKED, THREAD_MAY_END };

static pid_t fork_waiting_child(void)
{
	long child = sys_fork();
	if (child == 0) {
		await(CHILDREN_MAY_END);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	return (pid_t)child;
}

static int fork_in_thread(void *child)
{
	*(int *)child = fork_waiting_child();
	post(THREAD_HAS_FORKED);
	await(THREAD_MAY_END);
	return 0;
}

TEST(by_thread, .covers = "THR-12 TASKCHILD-01", .features = FEATURES(CHILDREN),
     .summary = "the list of a thread has exactly the children that the thread made, no threads and no grandchildren")
{
	int *of_thread = shared(sizeof(*of_thread));
	pid_t me = sys_getpid();

	pid_t first = fork_waiting_child();
	pid_t tid = start_thread(fork_in_thread, of_thread);
	await(THREAD_HAS_FORKED);

	const struct list mine = children_of(me), of_other = children_of(tid);
	EXPECT_EQ(mine.count, 1);
	EXPECT_EQ(mine.pid[0], first);
	EXPECT_EQ(of_other.count, 1);
	EXPECT_EQ(of_other.pid[0], *of_thread);

	post(CHILDREN_MAY_END);
	EXPECT_EXITED(first, 0);
	EXPECT_EXITED(*of_thread, 0);
	post(THREAD_MAY_END);
	await_thread_gone(tid);
	EXPECT_EQ(children_of(me).count, 0);
}

TEST(parent_by_clone, .covers = "TASKCHILD-02", .features = FEATURES(CHILDREN),
     .summary = "a child made with CLONE_PARENT stands in the list of the caller's parent", THROUGH(clone_doors))
{
	const struct clone_door *door = this_door();
	int *sibling = shared(sizeof(*sibling));

	pid_t child = fork_helper();
	if (child == 0) {
		long pid = CLONE_HERE(door->via, .flags = CLONE_PARENT,
				      .exit_signal = door->via == VIA_CLONE ? SIGCHLD : 0);
		if (pid == 0) {
			await(CHILDREN_MAY_END);
			leave(0);
		}
		REQUIRE_GT(pid, 0);
		*sibling = (int)pid;
		EXPECT_EQ(children_of(sys_getpid()).count, 0);
		leave(0);
	}
	EXPECT_EXITED(child, 0);
	REQUIRE_GT(*sibling, 0);
	const struct list mine = children_of(sys_getpid());
	EXPECT_EQ(mine.count, 1);
	EXPECT_EQ(mine.pid[0], *sibling);
	post(CHILDREN_MAY_END);
	EXPECT_EXITED(*sibling, 0);
}

TEST(all_stopped, .covers = "THR-13", .features = FEATURES(CHILDREN),
     .summary = "the list of children that are all stopped is complete")
{
	pid_t child[MANY];

	for (int i = 0; i < MANY; i++) {
		child[i] = fork_waiting_child();
		SETUP(checked_kill(child[i], SIGSTOP));
	}
	for (int i = 0; i < MANY; i++) {
		int status = 0;
		SETUP(checked_wait(child[i], &status, WUNTRACED));
		EXPECT_EQ(status, W_STOPCODE(SIGSTOP), i);
	}
	const struct list list = children_of(sys_getpid());
	EXPECT_EQ(list.count, MANY);
	for (int i = 0; i < MANY; i++)
		EXPECT_TRUE(contains(&list, child[i]), i);

	post(CHILDREN_MAY_END);
	for (int i = 0; i < MANY; i++) {
		SETUP(checked_kill(child[i], SIGCONT));
		EXPECT_EXITED(child[i], 0, i);
	}
}
