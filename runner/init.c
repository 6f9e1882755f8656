// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <termios.h>

#include "forkcheck.h"
#include "init.h"
#include "outside.h"

static void put(const char *type, const char *dir, const char *data)
{
	mkdir(dir, 0755);
	mount(type, dir, type, 0, data);
}

/* Control groups of version 2, with the controllers that the tests ask for, those of them that the kernel has. */
static void put_cgroups(void)
{
	static const char *const controllers[] = { "+pids", "+cpuset", "+memory" };

	/* Namespaces as bounds of delegation, as service managers have it; Linux 4.13. */
	mkdir("/sys/fs/cgroup", 0755);
	if (mount("cgroup2", "/sys/fs/cgroup", "cgroup2", 0, "nsdelegate"))
		put("cgroup2", "/sys/fs/cgroup", NULL);
	for (size_t i = 0; i < ARRAY_SIZE(controllers); i++)
		write_file("/sys/fs/cgroup/cgroup.subtree_control", controllers[i]);
}

/* Standard descriptors, and no translation of line ends on the way. */
static void open_console(void)
{
	struct termios modes;

	if (sys_fcntl(STDOUT_FILENO, F_GETFD, 0) < 0) {
		int fd = open("/dev/console", O_RDWR | O_NOCTTY);
		for (int i = 0; fd >= 0 && i < 3; i++)
			dup2(fd, i);
		if (fd > 2)
			close(fd);
	}
	if (!tcgetattr(STDOUT_FILENO, &modes)) {
		modes.c_oflag &= ~(tcflag_t)OPOST;
		tcsetattr(STDOUT_FILENO, TCSANOW, &modes);
	}
}

bool init_begin(void)
{
	if (sys_getpid() != 1 || !access("/proc/self", F_OK))
		return false;
	put("proc", "/proc", NULL);
	put("sysfs", "/sys", NULL);
	put("devtmpfs", "/dev", NULL);
	mkdir("/dev/pts", 0755);
	put("devpts", "/dev/pts", NULL);
	put("tmpfs", "/dev/shm", "mode=1777");
	put("tmpfs", "/tmp", "mode=1777");
	put_cgroups();
	open_console();
	return true;
}

void init_end(int status)
{
	printf("### forkcheck exit %d\n", status);
	fflush(stdout);
	tcdrain(STDOUT_FILENO);
	/* In a container with no /proc this was the first process, but not of a kernel. */
	uint64_t ns = namespace_of_self("pid");
	if (ns && ns != INITIAL_PID_NS)
		exit(status);
	sync();
	reboot(RB_POWER_OFF);
	exit(status);
}

/* Takes the quotes off, in place. Returns whether one is still open at the end. */
static bool unquote(char *text)
{
	char *to = text;
	bool open = false;

	for (; *text; text++) {
		if (*text == '\'')
			open = !open;
		else
			*to++ = *text;
	}
	*to = 0;
	return open;
}

int init_arguments(int argc, char **argv)
{
	int kept = 1;

	for (int i = 1; i < argc; i++) {
		char *whole = argv[i];
		while (unquote(whole) && i + 1 < argc) {
			char *joined = NULL;
			/* The quote is open again, for the next look. */
			if (asprintf(&joined, "'%s %s", whole, argv[++i]) < 0)
				break;
			whole = joined;
		}
		argv[kept++] = whole;
	}
	argv[kept] = NULL;
	return kept;
}
