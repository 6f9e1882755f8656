// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
#include <fts.h>
#include <linux/magic.h>
#include <mntent.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include "clear.h"
#include "directory.h"
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
	if (!*cell->workdir || is_directory_empty())
		return;
	if (access(".", X_OK) && !lstat(cell->workdir, &st) && S_ISDIR(st.st_mode))
		chmod(cell->workdir, 0755);
	empty_directory(".");
}
