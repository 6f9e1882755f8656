// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* Attributes of posix_spawn(): signals, groups and sessions, IDs, scheduling. */
#include "forkcheck.h"
#include "spawn.h"

#include <string.h>

static char *const no_environment[] = { NULL };

static posix_spawnattr_t attributes_with(short flags)
{
	posix_spawnattr_t attributes;

	SETUP(-posix_spawnattr_init(&attributes));
	SETUP(-posix_spawnattr_setflags(&attributes, flags));
	return attributes;
}

/* Spawns a program that reports, and waits for its end. */
static struct image_report spawn_with(const posix_spawnattr_t *attributes)
{
	struct spawning spawning;
	pid_t child = 0;

	spawn_image(&spawning, IMAGE_REPORT);
	int result = posix_spawn(&child, self_program(), NULL, attributes, spawning.args.argv, no_environment);
	REQUIRE_EQ(result, 0);
	struct image_report report = spawn_report(&spawning);
	EXPECT_EQ(report.pid, child);
	EXPECT_EXITED(child, 0);
	return report;
}

/* ---- Signals ------------------------------------------------------------------------------------ */

TEST(signal_mask, .covers = "SPAWN-06 SPAWN-07",
     .summary = "with POSIX_SPAWN_SETSIGMASK the program has the mask of the attributes, else the caller's, which "
		"remains as it is")
{
	posix_spawnattr_t attributes = attributes_with(POSIX_SPAWN_SETSIGMASK);
	sigset64 mask = SIGBIT(SIGUSR1), after = 0;
	sigset_t other;

	SETUP(sys_sigprocmask(SIG_SETMASK, &mask, NULL));
	EXPECT_EQ(spawn_with(NULL).blocked, SIGBIT(SIGUSR1));
	sigemptyset(&other);
	sigaddset(&other, SIGUSR2);
	SETUP(-posix_spawnattr_setsigmask(&attributes, &other));
	EXPECT_EQ(spawn_with(&attributes).blocked, SIGBIT(SIGUSR2));
	SETUP(-posix_spawnattr_setflags(&attributes, 0));
	EXPECT_EQ(spawn_with(&attributes).blocked, SIGBIT(SIGUSR1));
	SETUP(sys_sigprocmask(SIG_BLOCK, NULL, &after));
	EXPECT_EQ(after, mask);
}

static void handler(int sig)
{
	(void)sig;
}

TEST(default_signals, .covers = "SPAWN-08",
     .summary = "with POSIX_SPAWN_SETSIGDEF the listed signals have their defaults in the program, ignored ones that "
		"are not listed stay ignored, and the caller's dispositions remain")
{
	static const sigset64 looked_at = SIGBIT(SIGUSR1) | SIGBIT(SIGUSR2) | SIGBIT(SIGTERM);
	posix_spawnattr_t attributes = attributes_with(POSIX_SPAWN_SETSIGDEF);
	struct sigaction after;
	sigset_t listed;

	SETUP(sigaction(SIGUSR1, &(struct sigaction){ .sa_handler = SIG_IGN }, NULL));
	SETUP(sigaction(SIGUSR2, &(struct sigaction){ .sa_handler = SIG_IGN }, NULL));
	SETUP(sigaction(SIGTERM, &(struct sigaction){ .sa_handler = handler }, NULL));
	EXPECT_EQ(spawn_with(NULL).ignored & looked_at, SIGBIT(SIGUSR1) | SIGBIT(SIGUSR2));
	sigemptyset(&listed);
	sigaddset(&listed, SIGUSR1);
	SETUP(-posix_spawnattr_setsigdefault(&attributes, &listed));
	struct image_report report = spawn_with(&attributes);
	EXPECT_EQ(report.ignored & looked_at, SIGBIT(SIGUSR2));
	EXPECT_EQ(report.caught, 0);
	SETUP(sigaction(SIGUSR1, NULL, &after));
	EXPECT_TRUE(after.sa_handler == SIG_IGN);
	SETUP(sigaction(SIGTERM, NULL, &after));
	EXPECT_TRUE(after.sa_handler == handler);
}

/* ---- Groups and sessions ------------------------------------------------------------------------ */

TEST(process_group, .covers = "SPAWN-09 SPAWN-10 SPAWN-21",
     .summary = "with POSIX_SPAWN_SETPGROUP the program is in a group of its own or in the one named, already when "
		"posix_spawn() returns, else in the caller's")
{
	posix_spawnattr_t attributes = attributes_with(POSIX_SPAWN_SETPGROUP);
	struct spawning spawning;
	pid_t leader = 0, member = 0;

	EXPECT_EQ(spawn_with(NULL).pgid, sys_getpgid(0));
	SETUP(-posix_spawnattr_setpgroup(&attributes, 0));
	spawn_image(&spawning, IMAGE_PAUSE);
	int result = posix_spawn(&leader, self_program(), NULL, &attributes, spawning.args.argv, no_environment);
	REQUIRE_EQ(result, 0);
	EXPECT_EQ(sys_getpgid(leader), leader);

	SETUP(-posix_spawnattr_setpgroup(&attributes, leader));
	result = posix_spawn(&member, self_program(), NULL, &attributes, spawning.args.argv, no_environment);
	REQUIRE_EQ(result, 0);
	EXPECT_EQ(sys_getpgid(member), leader);
	EXPECT_EQ(spawn_with(&attributes).pgid, leader);
	checked_kill(leader, SIGKILL);
	checked_kill(member, SIGKILL);
	EXPECT_KILLED(leader, SIGKILL);
	EXPECT_KILLED(member, SIGKILL);

	/* Now there is no such group. */
	result = posix_spawn(&member, self_program(), NULL, &attributes, spawning.args.argv, no_environment);
	EXPECT_EQ(result, EPERM);
	EXPECT_NO_CHILD();
}

TEST(session, .covers = "SPAWN-11",
     .summary = "with POSIX_SPAWN_SETSID the program leads a new session and a new group, else it is in the caller's")
{
	posix_spawnattr_t attributes = attributes_with(POSIX_SPAWN_SETSID);

	struct image_report report = spawn_with(&attributes);
	EXPECT_EQ(report.sid, report.pid);
	EXPECT_EQ(report.pgid, report.pid);
	report = spawn_with(NULL);
	EXPECT_EQ(report.sid, (pid_t)SYSCALL1(SYS_getsid, 0));
	EXPECT_EQ(report.pgid, sys_getpgid(0));
}

/* ---- IDs ---------------------------------------------------------------------------------------- */

#define OTHER_ID 1

TEST(ids, .covers = "SPAWN-12", .caps = CAP(SETUID) | CAP(SETGID), .features = FEATURES(NEEDS_TWO_IDS),
     .summary = "with POSIX_SPAWN_RESETIDS the program's effective IDs are the caller's real ones, else its effective "
		"ones")
{
	posix_spawnattr_t attributes = attributes_with(POSIX_SPAWN_RESETIDS);
	uid_t uid = getuid();
	gid_t gid = getgid();

	SETUP(setegid(OTHER_ID));
	SETUP(seteuid(OTHER_ID));
	struct image_report report = spawn_with(NULL);
	EXPECT_EQ(report.euid, OTHER_ID);
	EXPECT_EQ(report.egid, OTHER_ID);
	report = spawn_with(&attributes);
	EXPECT_EQ(report.euid, uid);
	EXPECT_EQ(report.egid, gid);
	EXPECT_EQ(geteuid(), OTHER_ID);
	EXPECT_EQ(getegid(), OTHER_ID);
}

/* ---- Scheduling --------------------------------------------------------------------------------- */

static const struct scheduling {
	struct case_head head;
	int before, before_priority; /* the caller's */
	short flags;
	int policy, priority; /* in the attributes */
	int then, then_priority;
} schedulings[] = {
	{ { "policy", .covers = "SPAWN-13" },
	  SCHED_BATCH,
	  0,
	  POSIX_SPAWN_SETSCHEDULER,
	  SCHED_OTHER,
	  0,
	  SCHED_OTHER,
	  0 },
	{ { "realtime", .covers = "SPAWN-13", .init_caps = CAP(SYS_NICE), .features = FEATURES(NEEDS_REAL_TIME) },
	  SCHED_OTHER,
	  0,
	  POSIX_SPAWN_SETSCHEDULER,
	  SCHED_FIFO,
	  3,
	  SCHED_FIFO,
	  3 },
	{ { "parameters", .covers = "SPAWN-22", .init_caps = CAP(SYS_NICE), .features = FEATURES(NEEDS_REAL_TIME) },
	  SCHED_RR,
	  2,
	  POSIX_SPAWN_SETSCHEDPARAM,
	  SCHED_FIFO,
	  3,
	  SCHED_RR,
	  3 },
	{ { "inherited", .covers = "SPAWN-23" }, SCHED_BATCH, 0, 0, SCHED_OTHER, 0, SCHED_BATCH, 0 },
};

TEST(scheduling,
     .summary = "the program has the scheduling policy and priority that the attributes and their flags "
		"give it, else the caller's",
     .features = FEATURES(NEEDS_POLICIES), CASES_NEEDING(schedulings))
{
	const struct scheduling *row = this_case();
	posix_spawnattr_t attributes = attributes_with(row->flags);
	struct sched_param parameters = { .sched_priority = row->before_priority };
	struct spawning spawning;
	pid_t child = 0;

	SETUP(SYSCALL3(SYS_sched_setscheduler, 0, row->before, &parameters));
	parameters.sched_priority = row->priority;
	SETUP(-posix_spawnattr_setschedpolicy(&attributes, row->policy));
	SETUP(-posix_spawnattr_setschedparam(&attributes, &parameters));
	spawn_image(&spawning, IMAGE_PAUSE);
	int result = posix_spawn(&child, self_program(), NULL, &attributes, spawning.args.argv, no_environment);
	REQUIRE_EQ(result, 0);
	spawn_await(&spawning);
	EXPECT_EQ(SYSCALL1(SYS_sched_getscheduler, child), row->then);
	EXPECT_OK(SYSCALL2(SYS_sched_getparam, child, &parameters));
	EXPECT_EQ(parameters.sched_priority, row->then_priority);
	EXPECT_EQ(SYSCALL1(SYS_sched_getscheduler, 0), row->before);
	checked_kill(child, SIGKILL);
	EXPECT_KILLED(child, SIGKILL);
}
