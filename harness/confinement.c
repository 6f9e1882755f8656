// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/*
 * Which namespaces can't be made where the run begins. The limits there can't be seen in the pen or in a cell.
 *
 * In a chroot, where the root directory is not that of the mount namespace, there can be no user namespace. Any of three things proves it: nothing is mounted at the root directory; what is mounted there is elsewhere for process 1
 * (mounts have numbers that no two of a machine share); entering the mount namespace anew leads to another root.
 */
#include <fcntl.h>
#include <linux/landlock.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cell.h"
#include "die.h"

/* The mount with this number in a list below /proc, or the one on top of "/" where it is 0. Returns its number. */
static long find_mount(int proc, const char *list, long wanted, char point[256])
{
	char line[4096], at[256];
	long id, found = 0;
	int fd = openat(proc, list, O_RDONLY | O_CLOEXEC);
	FILE *file = fd < 0 ? NULL : fdopen(fd, "r");

	if (!file)
		return -1;
	while (fgets(line, sizeof(line), file)) {
		if (sscanf(line, "%ld %*d %*s %*s %255s", &id, at) != 2 ||
		    (wanted ? id != wanted : strcmp(at, "/") != 0))
			continue;
		found = id;
		memcpy(point, at, sizeof(at));
	}
	fclose(file);
	return found;
}

/* Enters it and comes back: who may do the one may do the other. No fork, which is under test. */
static bool another_by_entering(int proc, long mine)
{
	int root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC), here = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
	int ns = openat(proc, "self/ns/mnt", O_RDONLY | O_CLOEXEC);
	char point[256];
	long there = mine;

	if (root >= 0 && ns >= 0 && !sys_setns(ns, CLONE_NEWNS)) {
		there = find_mount(proc, "self/mountinfo", 0, point);
		if (fchdir(root) || chroot("."))
			die("cannot go back to the root directory: %s", strerror(errno));
		/* It may be one that cannot be entered. */
		(void)!(here >= 0 ? fchdir(here) : 0);
	}
	close(root);
	close(here);
	close(ns);
	return there > 0 && there != mine;
}

static bool in_chroot(void)
{
	char point[256] = "/";
	int proc = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);

	if (proc < 0)
		return false;
	long mine = find_mount(proc, "self/mountinfo", 0, point);
	bool another = mine == 0;
	if (mine > 0 && find_mount(proc, "1/mountinfo", mine, point) > 0)
		another = strcmp(point, "/") != 0;
	if (mine > 0 && !another)
		another = another_by_entering(proc, mine);
	close(proc);
	return another;
}

static const struct {
	unsigned long flag;
	const char *limit, *why;
} types[] = {
#define TYPE(flag_, name)                                                                            \
	{                                                                                            \
		flag_, "/proc/sys/user/max_" name "_namespaces", "user.max_" name "_namespaces is 0" \
	}
	TYPE(CLONE_NEWCGROUP, "cgroup"), TYPE(CLONE_NEWIPC, "ipc"), TYPE(CLONE_NEWNS, "mnt"),
	TYPE(CLONE_NEWNET, "net"),	 TYPE(CLONE_NEWPID, "pid"), TYPE(CLONE_NEWTIME, "time"),
	TYPE(CLONE_NEWUSER, "user"),	 TYPE(CLONE_NEWUTS, "uts"),
#undef TYPE
};

/* How many Landlock domains, one in the other, a process may be in. */
#define LANDLOCK_LAYERS 16

/* Puts the calling process, for good, into domains that restrict next to nothing, until there may be no more. Returns how many. */
static int enter_domains(void)
{
	const struct landlock_ruleset_attr attr = { .handled_access_fs = LANDLOCK_ACCESS_FS_MAKE_BLOCK };
	int ruleset = (int)SYSCALL3(SYS_landlock_create_ruleset, &attr, sizeof(attr.handled_access_fs), 0);
	int layers = 0;

	if (ruleset < 0 || sys_prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		return LANDLOCK_LAYERS;
	while (layers < LANDLOCK_LAYERS && !SYSCALL2(SYS_landlock_restrict_self, ruleset, 0))
		layers++;
	return layers;
}

/* What only a new process can find out. Landlock itself does not tell, but counts; a tracer may have all children, or only the runner. */
enum { LANDLOCKED = 1, TRACED = 2 };

static int child_finds(void)
{
	int traced = proc_field("/proc/self/status", "TracerPid:", 10) > 0 ? TRACED : 0;

	return traced | (enter_domains() < LANDLOCK_LAYERS ? LANDLOCKED : 0);
}

static int a_child_finds(void)
{
	int status;
	pid_t child = fork();

	if (child == 0)
		_exit(child_finds());
	return child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status) ? WEXITSTATUS(status) : 0;
}

struct confinement confinement_now(bool by_child)
{
	const int found = by_child ? a_child_finds() : 0;
	struct confinement now = { .chrooted = in_chroot(),
				   .landlocked = found & LANDLOCKED,
				   .traced = found & TRACED };
	char text[16];

	for (size_t i = 0; i < ARRAY_SIZE(types); i++)
		if (read_file(types[i].limit, text, sizeof(text)) > 0 && !strcmp(text, "0\n"))
			now.types |= types[i].flag;
	return now;
}

static struct confinement known;

void confinement_set(struct confinement outside)
{
	known = outside;
}

struct confinement confinement_known(void)
{
	return known;
}

bool children_are_traced(void)
{
	return known.traced;
}

bool root_is_elsewhere(void)
{
	return known.chrooted;
}

const char *confinement_forbids(unsigned long flag)
{
	if (flag == CLONE_NEWUSER && known.chrooted)
		return "in a chroot, where there can be none";
	if (flag == CLONE_NEWNS && known.landlocked)
		return "in a Landlock domain, where no mount may be changed";
	for (size_t i = 0; i < ARRAY_SIZE(types); i++)
		if (types[i].flag == flag && known.types & flag)
			return types[i].why;
	return NULL;
}

bool proc_is_covered(void)
{
	FILE *list = fopen("/proc/self/mountinfo", "re");
	char line[4096], point[256];
	long id, parent, proc = -1;
	bool covered = false;

	while (list && fgets(line, sizeof(line), list)) {
		if (sscanf(line, "%ld %ld %*s %*s %255s", &id, &parent, point) != 3)
			continue;
		if (strcmp(point, "/proc") == 0)
			proc = id, covered = false; /* over all before */
		else if (parent == proc && strncmp(point, "/proc/", 6) == 0)
			covered = true;
	}
	if (list)
		fclose(list);
	return covered;
}
