// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* The controlling terminal over fork: the child has its parent's, until it begins a session of its own. */
#include "inherit.h"

#include <sys/ioctl.h>

static int terminal = -1, master = -1;

static long sys_ioctl(int fd, unsigned long operation, void *arg)
{
	return SYSCALL3(SYS_ioctl, fd, operation, arg);
}

/* As the leader of a new session, takes the terminal of a new pair. The test's process leads a group: it can't. */
static void take_terminal(void)
{
	SETUP_RAW(sys_setsid());
	master = (int)SETUP(posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC));
	SETUP(grantpt(master));
	SETUP(unlockpt(master));
	terminal = (int)SETUP(open(ptsname(master), O_RDWR | O_NOCTTY | O_CLOEXEC));
	SETUP_RAW(sys_ioctl(terminal, TIOCSCTTY, NULL));
}

/* The session that it controls, as only a member of that is told. */
static long long session_of_terminal(void)
{
	int session = 0;
	long result = sys_ioctl(terminal, TIOCGSID, &session);

	return result < 0 ? result : session;
}

static void begin_session(void)
{
	sys_setsid();
}

static const struct attribute to_keep[] = {
	{ { "session", .covers = "POSIX-015" },
	  OF_PROCESS,
	  KEPT,
	  .set = take_terminal,
	  .get = session_of_terminal,
	  .change = begin_session,
	  .doors = COPYING | DOOR(BY_VFORK) | DOOR(BY_VM) },
	{ { "session_by_thread", .covers = "POSIX-015" },
	  OF_PROCESS,
	  KEPT,
	  .set = take_terminal,
	  .get = session_of_terminal,
	  .doors = DOOR(BY_THREAD) },
};

/* The descriptors are open all the time: when the last of them is closed, the session is hung up. */
TEST(kept, .summary = "the child has its parent's controlling terminal until it begins a session of its own",
     .features = FEATURES(NEEDS_PTY), ATTRIBUTES(to_keep))
{
	pid_t leader = fork_helper();

	if (leader == 0) {
		test_inheritance();
		leave(0);
	}
	EXPECT_EXITED(leader, 0);
}

#define ROWS 17 /* by which the terminal is known */

/* The height of what /dev/tty leads to, or an error. */
static long height_of_tty(void)
{
	struct winsize size = { 0 };
	long fd = sys_open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
	long result = fd < 0 ? fd : sys_ioctl((int)fd, TIOCGWINSZ, &size);

	if (fd >= 0)
		sys_close((int)fd);
	return result < 0 ? result : size.ws_row;
}

/* In the leader of a session, in which the child is no leader of anything. */
static void expect_terminal(const struct fork_door *door)
{
	struct winsize size = { .ws_row = ROWS };

	take_terminal();
	SETUP_RAW(sys_ioctl(master, TIOCSWINSZ, &size));
	SETUP_RAW(height_of_tty());
	long child = door->fork();
	if (child == 0) {
		EXPECT_EQ(height_of_tty(), ROWS);
		SETUP_RAW(sys_setsid());
		EXPECT_FAILS(height_of_tty(), ENXIO);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	EXPECT_EQ(height_of_tty(), ROWS);
}

TEST(device, .covers = "POSIX-015", .features = FEATURES(NEEDS_PTY),
     .summary = "/dev/tty leads the child to its parent's terminal, and to none once it has begun a session",
     THROUGH(fork_doors))
{
	pid_t leader = fork_helper();

	if (leader == 0) {
		expect_terminal(this_door());
		leave(0);
	}
	EXPECT_EXITED(leader, 0);
}
