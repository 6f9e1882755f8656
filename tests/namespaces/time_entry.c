// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* Time namespaces: which calls make one, and when a process enters it. */
#include "time.h"

#include <sys/stat.h>

enum { CHILD_RUNS, MAY_GO };

static uint64_t own(void)
{
	return namespace_of_self("time");
}

static uint64_t for_children(void)
{
	return namespace_of_self("time_for_children");
}

/* ---- Making one ------------------------------------------------------------------------------------ */

TEST(by_clone3, .covers = "TIMENS-18", .features = FEATURES(TIME_NS, NEEDS_CLONE3),
     .summary = "clone3 with CLONE_NEWTIME puts the child into a new time namespace, and the caller's children are not",
     CASES_NEEDING(time_powers))
{
	const struct time_power *power = this_case();
	uint64_t before = own(), before_for_children = for_children();

	long child = CLONE_HERE(VIA_CLONE3, .flags = CLONE_NEWTIME | power->flags, .exit_signal = SIGCHLD);
	if (child == 0) {
		EXPECT_NE(own(), before);
		EXPECT_NE(own(), 0U);
		EXPECT_EQ(for_children(), own());
		EXPECT_FAILS(write_offsets("monotonic 10 0\n"), EACCES);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	EXPECT_EQ(own(), before);
	EXPECT_EQ(for_children(), before_for_children);
}

TEST(clone3_needs_sys_admin, .covers = "TIMENS-26", .features = FEATURES(TIME_NS, NEEDS_CLONE3, NEEDS_USER_NS),
     .summary = "clone3 with CLONE_NEWTIME needs CAP_SYS_ADMIN, and no other capability will do")
{
	SETUP(sys_unshare(CLONE_NEWUSER));
	const uint64_t all = effective_capabilities();
	set_capabilities(all & ~CAP(SYS_ADMIN));
	long child = CLONE_HERE(VIA_CLONE3, .flags = CLONE_NEWTIME, .exit_signal = SIGCHLD);
	EXPECT_REFUSED(child, EPERM);
	child = CLONE_HERE(VIA_CLONE3, .exit_signal = SIGCHLD);
	if (child == 0)
		leave(0);
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
}

TEST(not_by_clone, .covers = "TIMENS-19", .features = FEATURES(TIME_NS), .caps = CAP(SYS_ADMIN),
     .summary = "clone has no CLONE_NEWTIME: the bit makes an exit signal that is refused or means none")
{
	uint64_t before = own(), before_for_children = for_children();

	long child = sys_clone(CLONE_NEWTIME | SIGCHLD, NULL, NULL, NULL, 0);
	if (child == 0) {
		EXPECT_EQ(own(), before);
		EXPECT_EQ(for_children(), before_for_children);
		leave(0);
	}
	if (child < 0)
		EXPECT_FAILS(child, EINVAL);
	else
		EXPECT_EXITED(child, 0);
	EXPECT_EQ(for_children(), before_for_children);
}

/* ---- Entering it ----------------------------------------------------------------------------------- */

static int channel[2];

/* Of another process. */
static uint64_t time_of(pid_t pid)
{
	char path[64];
	struct stat st;

	return stat(proc_path(path, sizeof(path), pid, "ns/time"), &st) ? 0 : st.st_ino;
}

static int look_and_execute(void *before)
{
	*(uint64_t *)before = own();
	execute_self(IMAGE_PAUSE, channel[1]);
	return 1;
}

/* The child executes, tells so by the channel, and is then in the namespace that was made for children. */
static void expect_entered(pid_t child)
{
	char byte;

	SETUP(sys_close(channel[1]));
	EXPECT_EQ(sys_read(channel[0], &byte, 1), 1);
	EXPECT_EQ(time_of(child), for_children());
	EXPECT_NE(time_of(child), own());
	checked_kill(child, SIGKILL);
	EXPECT_KILLED(child, SIGKILL);
}

TEST(vfork_enters_by_exec, .covers = "TIMENS-20", .features = FEATURES(TIME_NS, NEEDS_ORDINARY_USER, NEEDS_READABLE),
     .summary = "after unshare a child of vfork is in the caller's time namespace until it executes a program",
     .caps = TIME_CAPS, THROUGH(vfork_doors))
{
	const struct vfork_door *door = this_door();
	uint64_t *in_child = shared(sizeof(*in_child));

	SETUP(pipe(channel));
	unshare_time(0);
	EXPECT_OK(write_offsets("monotonic 10 0\n"));
	long child = door->vfork(look_and_execute, in_child);
	REQUIRE_GT(child, 0);
	EXPECT_EQ(*in_child, own());
	expect_entered((pid_t)child);
	EXPECT_FAILS(write_offsets("monotonic 11 0\n"), EACCES);
}

TEST(caller_enters_by_exec, .covers = "TIMENS-24", .features = FEATURES(TIME_NS, NEEDS_ORDINARY_USER, NEEDS_READABLE),
     .caps = CAP(SYS_ADMIN),
     .summary = "a process that executes a program enters the time namespace that it made for its children")
{
	uint64_t *before = shared(sizeof(*before)), *made = shared(sizeof(*made));
	char byte;

	SETUP(pipe(channel));
	pid_t child = fork_helper();
	if (child == 0) {
		unshare_time(0);
		*made = for_children();
		leave(look_and_execute(before));
	}
	SETUP(sys_close(channel[1]));
	EXPECT_EQ(sys_read(channel[0], &byte, 1), 1);
	EXPECT_EQ(*before, own());
	EXPECT_NE(*made, own());
	EXPECT_EQ(time_of(child), *made);
	checked_kill(child, SIGKILL);
	EXPECT_KILLED(child, SIGKILL);
}

static const struct sharing {
	const char *name;
	uint64_t flags;
	int exit_signal;
} sharings[] = {
	{ "memory", CLONE_VM, SIGCHLD },
	{ "thread", THREAD_FLAGS, 0 },
};

static int stay(void *unused)
{
	(void)unused;
	post(CHILD_RUNS);
	await(MAY_GO);
	return 0;
}

static void await_end(const struct sharing *sharing, pid_t child)
{
	if (sharing->exit_signal)
		EXPECT_EXITED(child, 0);
	else
		await_thread_gone(child);
}

TEST(sharer_stays, .covers = "TIMENS-25", .features = FEATURES(TIME_NS), .caps = TIME_CAPS,
     .summary = "after unshare a child or thread that shares the caller's memory is in the caller's time namespace",
     CASES(sharings), THROUGH(clone_doors))
{
	const struct sharing *sharing = this_case();
	const struct clone_door *door = this_door();

	unshare_time(0);
	long child = CLONE_CALL(door->via, new_stack(), stay, NULL, .flags = sharing->flags,
				.exit_signal = sharing->exit_signal);
	REQUIRE_GT(child, 0);
	await(CHILD_RUNS);
	EXPECT_EQ(time_of((pid_t)child), own());
	EXPECT_NE(time_of((pid_t)child), for_children());
	EXPECT_OK(write_offsets("monotonic 10 0\n"));
	post(MAY_GO);
	await_end(sharing, (pid_t)child);
}

TEST(sharer_refused, .covers = "TIMENS-21", .features = FEATURES(TIME_NS), .caps = CAP(SYS_ADMIN),
     .summary = "after unshare a child or thread that would share the caller's memory is refused", CASES(sharings),
     THROUGH(clone_doors))
{
	const struct sharing *sharing = this_case();
	const struct clone_door *door = this_door();

	post(MAY_GO);
	long child = CLONE_CALL(door->via, new_stack(), stay, NULL, .flags = sharing->flags,
				.exit_signal = sharing->exit_signal);
	REQUIRE_GT(child, 0);
	await_end(sharing, (pid_t)child);
	unshare_time(0);
	child = CLONE_CALL(door->via, new_stack(), stay, NULL, .flags = sharing->flags,
			   .exit_signal = sharing->exit_signal);
	EXPECT_FAILS(child, EINVAL);
	if (child > 0)
		await_end(sharing, (pid_t)child);
}
