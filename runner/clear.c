// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
#include <dirent.h>
#include <errno.h>
#include <fts.h>
#include <linux/fs.h>
#include <linux/magic.h>
#include <mntent.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include "clear.h"
#include "shared.h"

static void left(const char *what)
{
	record_text(RECORD_LEFT, SITE_NONE, what);
}

/* ---- Control groups ------------------------------------------------------------------------------ */

static void kill_group(const char *path)
{
	char file[LEFTOVER_PATH + 32];
	FILE *procs;
	int pid;

	snprintf(file, sizeof(file), "%s/cgroup.procs", path);
	procs = fopen(file, "re");
	while (procs && fscanf(procs, "%d", &pid) == 1)
		if (pid > 1 && pid != sys_getpid())
			raw_kill(pid, SIGKILL);
	if (procs)
		fclose(procs);
}

/*
 * What a test has noted is any path. This is one of its groups: a directory of a cgroup filesystem, by whatever way, whose name
 * only make_cgroup() in this cell gives.
 */
static bool is_own_group(const char *path, uid_t uid)
{
	const char *name = strrchr(path, '/');
	char prefix[32];
	struct statfs fs;
	struct stat st;

	snprintf(prefix, sizeof(prefix), "/forkcheck.%u.", uid);
	return *path == '/' && !strncmp(name, prefix, strlen(prefix)) && !lstat(path, &st) && S_ISDIR(st.st_mode) &&
	       !statfs(path, &fs) && (fs.f_type == CGROUP_SUPER_MAGIC || fs.f_type == CGROUP2_SUPER_MAGIC);
}

/* A group named by make_cgroup(), of one of these users, or of that process. */
static bool is_made_by(const char *name, uid_t first, unsigned count, pid_t maker)
{
	unsigned uid;
	int pid;

	return sscanf(name, "forkcheck.%u.%d.", &uid, &pid) == 2 && (uid - first < count || (maker && pid == maker));
}

static bool clear_hierarchy(char *top, uid_t first, unsigned count, pid_t maker, bool killing)
{
	char *const tops[] = { top, NULL };
	FTS *tree = fts_open(tops, FTS_PHYSICAL | FTS_XDEV, NULL);
	bool clear = true;
	FTSENT *entry;

	while (tree && (entry = fts_read(tree))) {
		if (entry->fts_info != FTS_DP || !is_made_by(entry->fts_name, first, count, maker))
			continue;
		if (killing)
			kill_group(entry->fts_accpath);
		clear &= !rmdir(entry->fts_accpath);
	}
	if (tree)
		fts_close(tree);
	return clear;
}

bool clear_groups(uid_t first, unsigned count, pid_t maker, bool killing)
{
	FILE *mounts = setmntent("/proc/self/mounts", "re");
	struct mntent *mount;
	bool clear = true;

	while (mounts && (mount = getmntent(mounts)))
		if (!strncmp(mount->mnt_type, "cgroup", strlen("cgroup")))
			clear &= clear_hierarchy(mount->mnt_dir, first, count, maker, killing);
	if (mounts)
		endmntent(mounts);
	return clear;
}

/* A test need not remove its control groups: that the runner does it is what it was promised. */
static void remove_groups(uid_t uid)
{
	unsigned noted = record_page->leftovers;

	for (unsigned i = noted < LEFTOVER_SLOTS ? noted : LEFTOVER_SLOTS; i-- > 0;) {
		char path[LEFTOVER_PATH];
		memcpy(path, record_page->leftover[i], sizeof(path));
		path[LEFTOVER_PATH - 1] = 0;
		if (!is_own_group(path, uid))
			continue;
		for (int tries = 0; rmdir(path) && errno == EBUSY && tries < 1000; tries++) {
			kill_group(path);
			raw_wait4(-1, NULL, WNOHANG | __WALL, NULL);
			sys_sched_yield();
		}
		if (!access(path, F_OK))
			left("a control group that can't be removed");
	}
}

/* ---- Files --------------------------------------------------------------------------------------- */

static void make_mutable(int fd)
{
	int none = 0;

	ioctl(fd, FS_IOC_SETFLAGS, &none);
}

/* Removes an entry that is no directory. */
static bool remove_file(int dir, const char *name)
{
	if (!unlinkat(dir, name, 0))
		return true;
	if (errno != EPERM)
		return false;
	int fd = openat(dir, name, O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return false;
	make_mutable(fd);
	close(fd);
	return !unlinkat(dir, name, 0);
}

static bool is_dot(const char *name)
{
	return !strcmp(name, ".") || !strcmp(name, "..");
}

/* A directory to read from, and to take entries out of. */
static DIR *open_directory(int above, const char *name)
{
	int fd = openat(above, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0 && errno == EACCES && !fchmodat(above, name, 0700, 0))
		fd = openat(above, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return NULL;
	fchmod(fd, 0755);
	make_mutable(fd);
	return fdopendir(fd);
}

static bool on_one_device(int a, int b)
{
	struct stat x, y;

	return !fstat(a, &x) && !fstat(b, &y) && x.st_dev == y.st_dev;
}

/* What is in a directory of top is removed, or goes up into top: so depth does not matter, nor the length of paths. */
static void lift(int top, const char *name, unsigned *lifted)
{
	DIR *dir = open_directory(top, name);
	struct dirent *entry;
	bool here = dir && on_one_device(top, dirfd(dir));

	while (here && (entry = readdir(dir))) {
		char fresh[32];
		if (is_dot(entry->d_name) || remove_file(dirfd(dir), entry->d_name) ||
		    !unlinkat(dirfd(dir), entry->d_name, AT_REMOVEDIR))
			continue;
		snprintf(fresh, sizeof(fresh), ".lifted.%u", (*lifted)++);
		renameat(dirfd(dir), entry->d_name, top, fresh);
	}
	if (dir)
		closedir(dir);
}

/* Once over all that is in a directory. Returns whether there is less in it. */
static bool remove_some(DIR *dir, const char *path, unsigned *lifted)
{
	struct dirent *entry;
	bool less = false;

	while ((entry = readdir(dir))) {
		char whole[512];
		if (is_dot(entry->d_name))
			continue;
		if (remove_file(dirfd(dir), entry->d_name)) {
			less = true;
			continue;
		}
		snprintf(whole, sizeof(whole), "%s/%s", path, entry->d_name);
		while (!umount2(whole, MNT_DETACH | UMOUNT_NOFOLLOW))
			;
		lift(dirfd(dir), entry->d_name, lifted);
		less |= !unlinkat(dirfd(dir), entry->d_name, AT_REMOVEDIR);
	}
	return less;
}

void empty_directory(const char *path)
{
	unsigned lifted = 0;
	bool less = true;

	while (less) {
		DIR *dir = open_directory(AT_FDCWD, path);
		if (!dir)
			return;
		less = remove_some(dir, path, &lifted);
		closedir(dir);
	}
}

/* Nothing is in the current directory. Reading it by the C library would take memory, which nearly every cell can do without. */
static bool is_empty(void)
{
	struct dirent64 entries[2];
	int fd = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	long n = 0;
	bool empty = fd >= 0;

	while (empty && (n = SYSCALL3(SYS_getdents64, fd, entries, sizeof(entries))) > 0) {
		const struct dirent64 *entry = entries, *end = (const void *)((const char *)entries + n);
		for (; entry < end; entry = (const void *)((const char *)entry + entry->d_reclen))
			empty &= is_dot(entry->d_name);
	}
	close(fd);
	return empty && n == 0;
}

void clear_after(const struct cell *cell)
{
	struct stat st;

	if (record_page)
		remove_groups(cell->uid);
	if (cell->shares_nothing)
		shared_clear_own(left);
	if (cell->uid_is_ours)
		shared_clear(cell->uid, 1, left);
	/* The directory itself, wherever its path may lead by now. Who may not enter it may not open it up but by its path. */
	if (!*cell->workdir || is_empty())
		return;
	if (access(".", X_OK) && !lstat(cell->workdir, &st) && S_ISDIR(st.st_mode))
		chmod(cell->workdir, 0755);
	empty_directory(".");
}
