// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* userfaultfd and fork: who learns of it, and whose faults come where. */
#include <linux/userfaultfd.h>
#include <string.h>
#include <sys/ioctl.h>

#include "forkcheck.h"

#ifndef UFFD_USER_MODE_ONLY
#define UFFD_USER_MODE_ONLY 1
#endif

#define UFFD NEEDS_USERFAULTFD

/* What UFFDIO_API answers to a request for these features: 0 or -errno. */
static long ask_for(int fd, uint64_t features)
{
	struct uffdio_api api = { .api = UFFD_API, .features = features };

	return SYSCALL3(SYS_ioctl, fd, UFFDIO_API, &api);
}

/* A page that nobody has touched yet. */
static volatile char *map_page(void)
{
	char *page = mmap(NULL, page_size(), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (page == MAP_FAILED)
		BROKEN("no memory to watch");
	return page;
}

static void watch(int fd, volatile char *page)
{
	struct uffdio_register range = { .range = { (uintptr_t)page, page_size() },
					 .mode = UFFDIO_REGISTER_MODE_MISSING };

	SETUP_RAW(SYSCALL3(SYS_ioctl, fd, UFFDIO_REGISTER, &range));
}

/* Resolves a fault: the page's contents are `value`. */
static void fill(int fd, volatile char *page, char value)
{
	char source[page_size()];
	struct uffdio_copy copy;
	long r;

	memset(source, value, page_size());
	do {
		copy = (struct uffdio_copy){ .dst = (uintptr_t)page, .src = (uintptr_t)source, .len = page_size() };
		r = SYSCALL3(SYS_ioctl, fd, UFFDIO_COPY, &copy);
	} while (r == -EAGAIN); /* a fork is not over yet */
	SETUP_RAW(r);
}

/* What the process whose memory is watched, or a child of it, has done. */
enum { CALL_RETURNED, CHILD_TOUCHED, THREAD_TOUCHED, ALL_OVER, NOTHING_CAME };

/* The next event of a descriptor that does not block, if it comes before that was posted. */
static bool await_message(int fd, unsigned before, struct uffd_msg *message)
{
	for (;;) {
		bool last = posted(before);
		long r = sys_read(fd, message, sizeof(*message));
		if (r == sizeof(*message))
			return true;
		if (r != -EAGAIN)
			SETUP_RAW(r);
		if (last)
			return false;
		sys_sched_yield();
	}
}

/* ---- Without events of forks ------------------------------------------------------------------- */

/* What needs no privilege: faults of programs only, not of the kernel on their behalf. */
static int open_for_user_faults(void)
{
	need_release(5, 11);
	return (int)SETUP_RAW(SYSCALL1(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK | UFFD_USER_MODE_ONLY));
}

static int touch(void *arg)
{
	struct {
		volatile char *page;
		char seen;
	} *look = arg;

	look->seen = *look->page;
	post(THREAD_TOUCHED);
	return 0;
}

TEST(not_inherited, .covers = "UFFD-03", .features = FEATURES(UFFD),
     .summary = "without UFFD_FEATURE_EVENT_FORK the child's range is not watched, and the parent's still is",
     THROUGH(fork_doors))
{
	const struct fork_door *door = this_door();
	struct {
		volatile char *page;
		char seen;
	} look = { map_page(), 0 };
	struct uffd_msg message;
	int fd = open_for_user_faults();

	SETUP_RAW(ask_for(fd, 0));
	watch(fd, look.page);
	long child = door->fork();
	if (child == 0) {
		EXPECT_EQ(*look.page, 0);
		post(CHILD_TOUCHED);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	bool came = await_message(fd, CHILD_TOUCHED, &message);
	EXPECT_TRUE(!came);
	if (!came) {
		start_thread(touch, &look);
		REQUIRE_TRUE(await_message(fd, THREAD_TOUCHED, &message));
		EXPECT_EQ(message.event, UFFD_EVENT_PAGEFAULT);
		fill(fd, look.page, 'p');
		await(THREAD_TOUCHED);
		EXPECT_EQ(look.seen, 'p');
	}
	sys_close(fd); /* lets go of all who wait */
	EXPECT_EXITED(child, 0);
}

static int read_page(void *page)
{
	return *(volatile char *)page;
}

TEST(sigbus_not_inherited, .covers = "UFFD-03", .features = FEATURES(UFFD),
     .summary = "a range whose faults are SIGBUS is an ordinary one in the child, unless it shares the memory",
     THROUGH(fork_doors))
{
	const struct fork_door *door = this_door();
	volatile char *page = map_page();
	int fd = open_for_user_faults();

	SETUP_RAW(ask_for(fd, UFFD_FEATURE_SIGBUS));
	watch(fd, page);
	long child = door->fork();
	if (child == 0)
		leave(read_page((void *)page));
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	child = CLONE_CALL(VIA_CLONE, new_stack(), read_page, (void *)page, .flags = CLONE_VM, .exit_signal = SIGCHLD);
	REQUIRE_GT(child, 0);
	EXPECT_KILLED(child, SIGBUS);
}

TEST(events_need_ptrace, .covers = "UFFD-04", .features = FEATURES(UFFD),
     .summary = "UFFD_FEATURE_EVENT_FORK without CAP_SYS_PTRACE is refused with EPERM, and no features are not")
{
	int fd = open_for_user_faults();

	long result = ask_for(fd, UFFD_FEATURE_EVENT_FORK);
	EXPECT_FAILS(result, EPERM);
	result = ask_for(fd, 0);
	EXPECT_OK(result);
}

TEST(events_need_ptrace_then, .covers = "UFFD-04", .features = FEATURES(UFFD), .init_caps = CAP(SYS_PTRACE),
     .summary = "the caller of UFFDIO_API needs CAP_SYS_PTRACE, not the process that opened the descriptor")
{
	int first = (int)SETUP_RAW(SYSCALL1(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK));
	int second = (int)SETUP_RAW(SYSCALL1(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK));

	long result = ask_for(first, UFFD_FEATURE_EVENT_FORK);
	EXPECT_OK(result);
	set_capabilities(0);
	result = ask_for(second, UFFD_FEATURE_EVENT_FORK);
	EXPECT_FAILS(result, EPERM);
}

/* ---- With them --------------------------------------------------------------------------------- */

/*
 * The test's process forks, and waits meanwhile, so that another one has to read: the monitor, its child.
 * Only the monitor keeps the descriptor: should it end, the kernel lets go of all who wait for it.
 */
struct watched {
	volatile char *page;
	volatile int returned; /* what fork returned */
};

static pid_t start_monitor(struct watched *watched, void (*monitor)(int fd, struct watched *watched))
{
	int fd = (int)SETUP_RAW(SYSCALL1(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK));
	long result = ask_for(fd, UFFD_FEATURE_EVENT_FORK);

	REQUIRE_OK(result);
	pid_t pid = fork_helper();
	if (pid == 0) {
		monitor(fd, watched);
		leave(0);
	}
	watch(fd, watched->page);
	sys_close(fd);
	return pid;
}

static struct watched *new_watched(void)
{
	struct watched *watched = shared(sizeof(*watched));

	watched->page = map_page();
	return watched;
}

/* In the monitor: the descriptor that the event of a fork carries. */
static int await_fork(int fd, unsigned before)
{
	struct uffd_msg message;

	REQUIRE_TRUE(await_message(fd, before, &message));
	REQUIRE_EQ(message.event, UFFD_EVENT_FORK);
	REQUIRE_NE((int)message.arg.fork.ufd, fd);
	return (int)message.arg.fork.ufd;
}

/* In the monitor: resolves the fault that must come. */
static void await_fault(int fd, unsigned before, volatile char *page, char value)
{
	struct uffd_msg message;

	REQUIRE_TRUE(await_message(fd, before, &message));
	REQUIRE_EQ(message.event, UFFD_EVENT_PAGEFAULT);
	EXPECT_EQ(message.arg.pagefault.address / page_size(), (uintptr_t)page / page_size());
	fill(fd, page, value);
}

static void resolve_both(int fd, struct watched *watched)
{
	int child_fd = await_fork(fd, CALL_RETURNED);

	await_fault(child_fd, CHILD_TOUCHED, watched->page, 'c');
	await_fault(fd, ALL_OVER, watched->page, 'p');
}

TEST(event, .covers = "UFFD-01 UFFD-02", .features = FEATURES(UFFD), .init_caps = CAP(SYS_PTRACE),
     .summary = "fork gives the monitor an event with a descriptor of its own for the child's faults",
     THROUGH(fork_doors))
{
	const struct fork_door *door = this_door();
	struct watched *watched = new_watched();
	pid_t monitor = start_monitor(watched, resolve_both);

	long child = door->fork();
	if (child == 0) {
		EXPECT_EQ(*watched->page, 'c');
		post(CHILD_TOUCHED);
		leave(0);
	}
	post(CALL_RETURNED);
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	EXPECT_EQ(*watched->page, 'p');
	post(ALL_OVER);
	EXPECT_EXITED(monitor, 0);
}

static void follow_to_grandchild(int fd, struct watched *watched)
{
	int child_fd = await_fork(fd, CALL_RETURNED);
	int grandchild_fd = await_fork(child_fd, ALL_OVER);

	await_fault(grandchild_fd, ALL_OVER, watched->page, 'g');
}

TEST(event_of_child, .covers = "UFFD-07", .features = FEATURES(UFFD), .init_caps = CAP(SYS_PTRACE),
     .summary = "the child's own forks come as events to the descriptor that its fork event carried")
{
	struct watched *watched = new_watched();
	pid_t monitor = start_monitor(watched, follow_to_grandchild);

	long child = sys_fork();
	if (child == 0) {
		long grandchild = sys_fork();
		if (grandchild == 0) {
			EXPECT_EQ(*watched->page, 'g');
			leave(0);
		}
		REQUIRE_GT(grandchild, 0);
		EXPECT_EXITED(grandchild, 0);
		leave(0);
	}
	post(CALL_RETURNED);
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	post(ALL_OVER);
	EXPECT_EXITED(monitor, 0);
}

static void read_when_blocked(int fd, struct watched *watched)
{
	static const long fork_calls[] = {
#ifdef SYS_fork
		SYS_fork,
#endif
		SYS_clone, SYS_clone3, -1
	};

	EXPECT_TRUE(await_blocked(sys_getppid(), fork_calls, &watched->returned, 0));
	await_fork(fd, CALL_RETURNED);
}

TEST(blocks, .covers = "UFFD-06", .features = FEATURES(UFFD, NEEDS_PROC), .init_caps = CAP(SYS_PTRACE),
     .summary = "fork does not return before the monitor has read the event", THROUGH(fork_doors))
{
	const struct fork_door *door = this_door();
	struct watched *watched = new_watched();
	pid_t monitor = start_monitor(watched, read_when_blocked);

	long child = door->fork();
	if (child == 0)
		leave(0);
	watched->returned = 1;
	post(CALL_RETURNED);
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	EXPECT_EXITED(monitor, 0);
}

/* The first call makes no event, the second does. */
static void see_second_only(int fd, struct watched *watched)
{
	struct uffd_msg message;

	(void)watched;
	EXPECT_TRUE(!await_message(fd, CHILD_TOUCHED, &message));
	post(NOTHING_CAME);
	await_fork(fd, CALL_RETURNED);
}

static void fork_with_event(pid_t monitor)
{
	await(NOTHING_CAME);
	long child = sys_fork();
	if (child == 0)
		leave(0);
	post(CALL_RETURNED);
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	EXPECT_EXITED(monitor, 0);
}

TEST(vfork_is_silent, .covers = "UFFD-05", .features = FEATURES(UFFD), .init_caps = CAP(SYS_PTRACE),
     .summary = "a vfork child, which shares its parent's memory, makes no event, and a fork does",
     THROUGH(vfork_doors))
{
	const struct vfork_door *door = this_door();
	pid_t monitor = start_monitor(new_watched(), see_second_only);

	long child = door->vfork(return_zero, NULL);
	post(CHILD_TOUCHED);
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	fork_with_event(monitor);
}

TEST(thread_is_silent, .covers = "UFFD-05", .features = FEATURES(UFFD), .init_caps = CAP(SYS_PTRACE),
     .summary = "a thread makes no event, and a fork does", THROUGH(clone_doors))
{
	const struct clone_door *door = this_door();
	pid_t monitor = start_monitor(new_watched(), see_second_only);

	long tid = CLONE_CALL(door->via, new_stack(), return_zero, NULL, .flags = THREAD_FLAGS);
	post(CHILD_TOUCHED);
	REQUIRE_GT(tid, 0);
	fork_with_event(monitor);
}

TEST(dontfork_is_silent, .covers = "UFFD-08", .features = FEATURES(UFFD, NEEDS_MADVISE), .init_caps = CAP(SYS_PTRACE),
     .summary = "a fork whose child gets none of the watched ranges makes no event")
{
	struct watched *watched = new_watched();
	pid_t monitor = start_monitor(watched, see_second_only);

	REQUIRE_OK(sys_madvise((void *)watched->page, page_size(), MADV_DONTFORK));
	long child = sys_fork();
	if (child == 0)
		leave(0);
	post(CHILD_TOUCHED);
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	REQUIRE_OK(sys_madvise((void *)watched->page, page_size(), MADV_DOFORK));
	fork_with_event(monitor);
}
