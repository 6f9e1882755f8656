// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* What tells of events, over fork: timers, message queues and sets of epoll are common, signals go to their owner. */
#include "inherit.h"

#include <mqueue.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <time.h>

static int fd = -1;

/* ---- What is set by one is so for the other ---------------------------------------------------- */

/* As in inherit_descriptors.c, a change by the child is not checked there. */

static void set_interval(long seconds)
{
	const long setting[4] = { seconds, 0, seconds, 0 }; /* interval and first time, as the old call has them */

	SYSCALL4(SYS_timerfd_settime, fd, 0, setting, NULL);
}

static void set_timer(void)
{
	fd = (int)SETUP(timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC));
	set_interval(10000);
}

static void change_timer(void)
{
	set_interval(20000);
}

/* Its interval. */
static long long get_timer(void)
{
	long setting[4] = { 0 };
	long result = SYSCALL2(SYS_timerfd_gettime, fd, setting);

	return result < 0 ? result : setting[0];
}

static void open_queue(void)
{
	struct mq_attr attr = { .mq_maxmsg = 1, .mq_msgsize = 1 };
	char name[64] = "/forkcheck.";

	append_number(name, sizeof(name), sys_getpid());
	append_text(name, sizeof(name), ".");
	append_number(name, sizeof(name), test_random());
	fd = (int)SETUP(mq_open(name, O_RDWR | O_CREAT | O_EXCL, 0600, &attr));
	SETUP(mq_unlink(name));
}

static void set_queue_flags(void)
{
	const struct mq_attr attr = { .mq_flags = O_NONBLOCK };

	SYSCALL3(SYS_mq_getsetattr, fd, &attr, NULL);
}

static long long get_queue_flags(void)
{
	struct mq_attr attr = { 0 };
	long result = SYSCALL3(SYS_mq_getsetattr, fd, NULL, &attr);

	return result < 0 ? result : attr.mq_flags;
}

static const struct attribute to_share[] = {
	{ { "timerfd_setting", .covers = "INH-FD-25" },
	  OF_FILE,
	  SHARED,
	  .set = set_timer,
	  .get = get_timer,
	  .change = change_timer,
	  .doors = EACH_KIND },
	{ { "mqueue_flags", .covers = "FORK-045", .features = FEATURES(NEEDS_POSIX_MQUEUE) },
	  OF_FILE,
	  SHARED,
	  .set = open_queue,
	  .get = get_queue_flags,
	  .change = set_queue_flags,
	  .doors = EACH_KIND },
};

TEST(shared_object, .summary = "what the child sets through its copy of the descriptor holds for the parent",
     ATTRIBUTES(to_share))
{
	test_inheritance();
}

/* ---- Signals ----------------------------------------------------------------------------------- */

#define SIGNALS (SIGBIT(SIGUSR1) | SIGBIT(SIGUSR2))

static void open_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigaddset(&set, SIGUSR2);
	SETUP_RAW(sys_sigprocmask(SIG_BLOCK, &(sigset64){ SIGNALS }, NULL));
	fd = (int)SETUP(signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC));
}

/* The signal that the descriptor gives the caller; -EAGAIN where there is none. */
static long take_signal(void)
{
	struct signalfd_siginfo info = { 0 };
	long result = sys_read(fd, &info, sizeof(info));

	return result < 0 ? result : (long)info.ssi_signo;
}

static int expect_own_signal(void *unused)
{
	(void)unused;
	EXPECT_FAILS(take_signal(), EAGAIN);
	SETUP_RAW(checked_kill(sys_getpid(), SIGUSR2));
	EXPECT_EQ(take_signal(), SIGUSR2);
	EXPECT_FAILS(take_signal(), EAGAIN);
	return 0;
}

TEST(own_signals, .covers = "INH-FD-02",
     .summary = "from one signalfd the child reads the signals that it gets, and the parent its own",
     THROUGH(fork_doors))
{
	const struct fork_door *door = this_door();

	open_signals();
	SETUP_RAW(checked_kill(sys_getpid(), SIGUSR1));
	long child = door->fork();
	if (child == 0)
		leave(expect_own_signal(NULL));
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	EXPECT_EQ(take_signal(), SIGUSR1);
	EXPECT_FAILS(take_signal(), EAGAIN);
}

TEST(own_signals_vfork, .covers = "INH-FD-02",
     .summary = "a child that only shares the memory too reads its own signals from its copy of a signalfd",
     THROUGH(vfork_doors))
{
	const struct vfork_door *door = this_door();

	open_signals();
	SETUP_RAW(checked_kill(sys_getpid(), SIGUSR1));
	long child = door->vfork(expect_own_signal, NULL);
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	EXPECT_EQ(take_signal(), SIGUSR1);
}

/* ---- Sets of epoll ----------------------------------------------------------------------------- */

enum { PARENT_HAS_CLOSED, PARENT_HAS_LOOKED, CHILD_HAS_LOOKED, OWNER_IS_CHILD, DATA_IS_SENT };

static int set = -1;

static void open_set(void)
{
	set = (int)SETUP(epoll_create1(EPOLL_CLOEXEC));
}

static long change_set(int operation, int which, uint64_t data)
{
	struct epoll_event event = { .events = EPOLLIN, .data.u64 = data };

	return epoll_ctl(set, operation, which, &event) ? -errno : 0;
}

/* The data of what is ready now; -EAGAIN where nothing is. */
static long look(void)
{
	struct epoll_event event = { 0 };
	long result = SYSCALL6(SYS_epoll_pwait, set, &event, 1, 0, NULL, 0);

	return result < 0 ? result : result ? (long)event.data.u64 : -EAGAIN;
}

TEST(signals_not_told, .covers = "INH-FD-03",
     .summary = "the parent's epoll set does not tell the child of signals that the child can read from its signalfd",
     THROUGH(fork_doors))
{
	const struct fork_door *door = this_door();

	open_signals();
	open_set();
	SETUP_RAW(change_set(EPOLL_CTL_ADD, fd, 5));
	long child = door->fork();
	if (child == 0) {
		SETUP_RAW(checked_kill(sys_getpid(), SIGUSR2));
		EXPECT_FAILS(look(), EAGAIN);
		EXPECT_EQ(take_signal(), SIGUSR2);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	SETUP_RAW(checked_kill(sys_getpid(), SIGUSR2));
	EXPECT_EQ(look(), 5);
	EXPECT_EQ(take_signal(), SIGUSR2);
}

/* A pipe with something in it. */
static int full_pipe(int ends[2])
{
	SETUP(pipe2(ends, O_CLOEXEC));
	SETUP(write(ends[1], "x", 1));
	return ends[0];
}

TEST(one_set, .covers = "INH-FD-05",
     .summary = "what the child adds to the epoll set, or removes, is added or removed for the parent",
     THROUGH(fork_doors))
{
	const struct fork_door *door = this_door();
	int ends[2], in = full_pipe(ends);

	open_set();
	long adding = door->fork();
	if (adding == 0) {
		EXPECT_OK(change_set(EPOLL_CTL_ADD, in, 6));
		leave(0);
	}
	REQUIRE_GT(adding, 0);
	EXPECT_EXITED(adding, 0);
	EXPECT_EQ(look(), 6);
	EXPECT_FAILS(change_set(EPOLL_CTL_ADD, in, 7), EEXIST);

	long removing = door->fork();
	if (removing == 0) {
		EXPECT_EQ(look(), 6);
		EXPECT_OK(change_set(EPOLL_CTL_DEL, in, 0));
		leave(0);
	}
	REQUIRE_GT(removing, 0);
	EXPECT_EXITED(removing, 0);
	EXPECT_FAILS(look(), EAGAIN);
	EXPECT_OK(change_set(EPOLL_CTL_ADD, in, 7));
}

TEST(last_copy, .covers = "INH-FD-06",
     .summary = "a descriptor that the parent has closed stays in the epoll set until the child's copy is closed too",
     THROUGH(fork_doors))
{
	const struct fork_door *door = this_door();
	int ends[2], in = full_pipe(ends);

	open_set();
	SETUP_RAW(change_set(EPOLL_CTL_ADD, in, 8));
	long child = door->fork();
	if (child == 0) {
		await(PARENT_HAS_CLOSED);
		EXPECT_EQ(look(), 8);
		post(CHILD_HAS_LOOKED);
		await(PARENT_HAS_LOOKED);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	SETUP(close(in));
	EXPECT_FAILS(change_set(EPOLL_CTL_DEL, in, 0), EBADF);
	post(PARENT_HAS_CLOSED);
	await(CHILD_HAS_LOOKED);
	EXPECT_EQ(look(), 8);
	post(PARENT_HAS_LOOKED);
	EXPECT_EXITED(child, 0);
	EXPECT_FAILS(look(), EAGAIN);
}

/* ---- Signals for what can be read -------------------------------------------------------------- */

#define NOTICE 40

/* The descriptor that a pending notice is about; -EAGAIN where there is none. */
static long take_notice(void)
{
	siginfo_t info;
	long result = sys_sigpoll(SIGBIT(NOTICE), &info);

	return result == NOTICE ? info.si_fd : result;
}

/* A pair of sockets, the first of which tells its owner by a signal when it can be read. */
static void open_telling(int ends[2])
{
	SETUP_RAW(sys_sigprocmask(SIG_BLOCK, &(sigset64){ SIGBIT(NOTICE) }, NULL));
	SETUP(socketpair(AF_UNIX, SOCK_DGRAM, 0, ends));
	SETUP_RAW(sys_fcntl(ends[0], F_SETOWN, sys_getpid()));
	SETUP_RAW(sys_fcntl(ends[0], F_SETSIG, NOTICE));
	SETUP_RAW(sys_fcntl(ends[0], F_SETFL, O_ASYNC));
}

TEST(owner_stays, .covers = "FORK-040 FORK-041",
     .summary = "the child does not become the owner of its descriptors: the parent gets the signal for input",
     THROUGH(fork_doors))
{
	const struct fork_door *door = this_door();
	int ends[2];

	open_telling(ends);
	long child = door->fork();
	if (child == 0) {
		EXPECT_EQ(sys_write(ends[1], "x", 1), 1);
		EXPECT_FAILS(take_notice(), EAGAIN);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	EXPECT_EQ(take_notice(), ends[0]);
	EXPECT_FAILS(take_notice(), EAGAIN);
}

TEST(owner_by_child, .covers = "FORK-040 FORK-041",
     .summary = "a child that makes itself the owner gets the signal in place of the parent", THROUGH(fork_doors))
{
	const struct fork_door *door = this_door();
	int ends[2];

	open_telling(ends);
	long child = door->fork();
	if (child == 0) {
		EXPECT_OK(sys_fcntl(ends[0], F_SETOWN, sys_getpid()));
		post(OWNER_IS_CHILD);
		await(DATA_IS_SENT);
		EXPECT_EQ(take_notice(), ends[0]);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	await(OWNER_IS_CHILD);
	EXPECT_EQ(sys_write(ends[1], "x", 1), 1);
	post(DATA_IS_SENT);
	EXPECT_EXITED(child, 0);
	EXPECT_FAILS(take_notice(), EAGAIN);
}
