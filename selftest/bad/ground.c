// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* Tests that spoil the ground for the next one, or hit the ones beside them. Each looks first whether its own ground is clean. */
#include "forkcheck.h"

#include <linux/fs.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/utsname.h>

static char here[128];

static void look_around(void)
{
	struct utsname name;
	struct stat st;

	SETUP(getcwd(here, sizeof(here)) ? 0 : -1);
	EXPECT_TRUE(strstr(here, "/forkcheck."));
	EXPECT_ERRNO(stat("left", &st), ENOENT);
	EXPECT_EQ(mkdir("left", 0755), 0);
	EXPECT_EQ(rmdir("left"), 0);
	EXPECT_EQ(access("/proc/self/stat", R_OK), 0);
	EXPECT_EQ(access("/dev/null", R_OK | W_OK), 0);
	EXPECT_EQ(uname(&name), 0);
	EXPECT_TRUE(strcmp(name.nodename, "spoilt"));
}

/* ---- As an ordinary user -------------------------------------------------------------------------------- */

/* Longer than any path may be. */
static void dig(void)
{
	char name[201];

	memset(name, 'd', 200);
	name[200] = 0;
	SETUP(mkdir("left", 0755));
	SETUP(chdir("left"));
	for (int i = 0; i < 100; i++) {
		SETUP(mkdir(name, 0));
		SETUP(chmod(name, 0700));
		SETUP(chdir(name));
	}
}

static void shut(void)
{
	SETUP(mkdir("left", 0755));
	SETUP(mkdir("left/inner", 0));
	SETUP(chmod("left", 0));
	SETUP(chmod(".", 0));
}

static void fill(void)
{
	SETUP(mkdir("left", 0755));
	for (int i = 0; i < 5000; i++) {
		char name[32];
		snprintf(name, sizeof(name), "left/%d", i);
		SETUP(close(SETUP(open(name, O_CREAT | O_WRONLY, 0600))));
	}
}

static void nothing(void)
{
}

static const struct spoiler {
	struct case_head head;
	void (*spoil)(void);
} by_user[] = {
	{ { .name = "deep" }, dig },
	{ { .name = "shut" }, shut },
	{ { .name = "many" }, fill },
	{ { .name = "none" }, nothing },
};

TEST(user, .features = FEATURES(NEEDS_WORKDIR), CASES_NEEDING(by_user))
{
	const struct spoiler *spoiler = this_case();

	look_around();
	spoiler->spoil();
}

/* ---- As root -------------------------------------------------------------------------------------------- */

static void unmount_tmp(void)
{
	umount2("/tmp", MNT_DETACH);
}

static void cover_dev(void)
{
	SETUP(mount("spoilt", "/dev", "tmpfs", 0, ""));
}

static void mount_here(void)
{
	SETUP(mkdir("left", 0755));
	SETUP(mount("spoilt", "left", "tmpfs", 0, ""));
}

static void mount_over(void)
{
	SETUP(mount("/", here, NULL, MS_BIND, NULL));
}

static void name_host(void)
{
	SETUP(sethostname("spoilt", 6));
}

static void set_immutable(void)
{
	int flags = FS_IMMUTABLE_FL;

	SETUP(mkdir("left", 0755));
	int fd = (int)SETUP(open("left/file", O_CREAT | O_RDWR, 0600));
	if (ioctl(fd, FS_IOC_SETFLAGS, &flags))
		SKIP(SKIP_SURROUNDINGS, "inode-flags", "this filesystem does not have the flag");
	SETUP(ioctl((int)SETUP(open("left", O_RDONLY)), FS_IOC_SETFLAGS, &flags));
}

static void move_away(void)
{
	char other[160];

	snprintf(other, sizeof(other), "%s.moved", here);
	SETUP(rename(here, other));
}

static void stop_runner(void)
{
	raw_kill(1, SIGTERM);
	raw_kill(1, SIGHUP);
	raw_kill(1, SIGSTOP);
}

static const struct spoiler by_root[] = {
	{ { "tmp", .caps = CAP(SYS_ADMIN) }, unmount_tmp },
	{ { "dev", .caps = CAP(SYS_ADMIN) }, cover_dev },
	{ { "mount", .caps = CAP(SYS_ADMIN) }, mount_here },
	{ { "mount_over", .caps = CAP(SYS_ADMIN) }, mount_over },
	{ { "host", .caps = CAP(SYS_ADMIN) }, name_host },
	{ { "immutable", .caps = CAP(LINUX_IMMUTABLE) }, set_immutable },
	{ { "moved", .caps = CAP(DAC_OVERRIDE) }, move_away },
	{ { "signals", .caps = CAP(KILL) }, stop_runner },
	{ { .name = "none" }, nothing },
};

TEST(root, .as_root = true, .features = FEATURES(NEEDS_WORKDIR), CASES_NEEDING(by_root),
     .reaches = "mounts, the name and the first process of the machine")
{
	const struct spoiler *spoiler = this_case();

	look_around();
	spoiler->spoil();
}

/* ---- Beside others -------------------------------------------------------------------------------------- */

/* Long enough that another one runs meanwhile. */
static void stay(int ms)
{
	poll(NULL, 0, ms);
}

TEST(kills_others, .as_root = true, .caps = CAP(KILL), .reaches = "every process")
{
	EXPECT_EQ(1, 1);
	stay(200);
	raw_kill(-1, SIGKILL);
}

TEST(is_hit, .timeout_ms = 4000)
{
	EXPECT_EQ(1, 1);
	stay(500);
}

TEST(stops_others, .as_root = true, .caps = CAP(KILL), .reaches = "every process")
{
	EXPECT_EQ(1, 1);
	stay(200);
	for (pid_t pid = 2; pid < 2000; pid++)
		if (pid != sys_getpid() && pid != sys_getppid())
			raw_kill(pid, SIGSTOP);
}

TEST(is_stopped, .timeout_ms = 4000)
{
	EXPECT_EQ(1, 1);
	stay(500);
}

TEST(traces_the_runner, .as_root = true, .caps = CAP(SYS_PTRACE), .timeout_ms = 5000,
     .reaches = "the first process of the machine")
{
	EXPECT_EQ(1, 1);
	SETUP(ptrace(PTRACE_SEIZE, 1, 0, 0));
	SETUP(ptrace(PTRACE_INTERRUPT, 1, 0, 0));
	for (;;)
		pause();
}

/* Only while it is traced does a signal from inside stop the first process of a PID namespace. Alone, as it has one tracer. */
TEST(stops_the_runner, .as_root = true, .alone = true, .caps = CAP(SYS_PTRACE) | CAP(KILL), .timeout_ms = 5000,
     .reaches = "the first process of the machine")
{
	SETUP(ptrace(PTRACE_SEIZE, 1, 0, 0));
	SETUP_RAW(checked_kill(1, SIGSTOP));
	EXPECT_EQ(wait_for(1, NULL, __WALL, NULL), 1);
	SETUP(ptrace(PTRACE_CONT, 1, 0, SIGSTOP));
	EXPECT_EQ(wait_for(1, NULL, __WALL, NULL), 1);
}

TEST(neighbour)
{
	look_around();
}
