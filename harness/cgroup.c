// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* Control groups of either version, as far as tests of process creation need them. */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "cell.h"

static bool has_word(const char *text, const char *word, const char *separators)
{
	size_t len = strlen(word);

	for (const char *at = text; (at = strstr(at, word)); at += len) {
		bool begins = at == text || strchr(separators, at[-1]);
		bool ends = !at[len] || strchr(separators, at[len]);
		if (begins && ends)
			return true;
	}
	return false;
}

/* Where a hierarchy is mounted: one with the controller ("" for version 2). */
static bool find_mount(const char *controller, char *point, size_t size)
{
	FILE *file = fopen("/proc/self/mounts", "re");
	char device[64], where[256], type[32], options[256];
	bool found = false;

	while (file && !found && fscanf(file, "%63s %255s %31s %255s %*d %*d", device, where, type, options) == 4) {
		if (*controller)
			found = !strcmp(type, "cgroup") && has_word(options, controller, ",");
		else
			found = !strcmp(type, "cgroup2");
	}
	if (file)
		fclose(file);
	if (found)
		snprintf(point, size, "%s", where);
	return found;
}

/* The group of a process in that hierarchy, as a path below its root. */
static bool find_own_of(pid_t pid, const char *controller, char *own, size_t size)
{
	char line[512], path[64];
	FILE *file = fopen(proc_path(path, sizeof(path), pid, "cgroup"), "re");
	bool found = false;

	while (file && !found && fgets(line, sizeof(line), file)) {
		char *list = strchr(line, ':');
		char *path = list ? strchr(list + 1, ':') : NULL;
		if (!path)
			continue;
		*path++ = 0;
		list++;
		path[strcspn(path, "\n")] = 0;
		found = *controller ? has_word(list, controller, ",") : !*list;
		if (found)
			snprintf(own, size, "%s", strcmp(path, "/") ? path : "");
	}
	if (file)
		fclose(file);
	return found;
}

static bool find_own(const char *controller, char *own, size_t size)
{
	return find_own_of(sys_getpid(), controller, own, size);
}

static bool find_group(const char *controller, char *path, size_t size)
{
	char point[256], own[256];
	struct stat st;

	if (!find_mount(controller, point, sizeof(point)) || !find_own(controller, own, sizeof(own)))
		return false;
	snprintf(path, size, "%s%s", point, own);
	/* In a container the mount may show less than the path tells. */
	if (stat(path, &st))
		snprintf(path, size, "%s", point);
	return true;
}

long write_cgroup(const char *group, const char *file, const char *text)
{
	char path[LEFTOVER_PATH + 64];

	snprintf(path, sizeof(path), "%s/%s", group, file);
	return write_file(path, text);
}

long long read_cgroup(const char *group, const char *file)
{
	char path[LEFTOVER_PATH + 64], text[64];

	snprintf(path, sizeof(path), "%s/%s", group, file);
	if (read_file(path, text, sizeof(text)) <= 0 || text[0] < '0' || text[0] > '9')
		return -1;
	return atoll(text);
}

/* Version 2: groups get a controller only below a group that hands it on. */
static bool hands_on(const char *group, const char *controller)
{
	char path[LEFTOVER_PATH + 64], text[256];

	snprintf(path, sizeof(path), "%s/cgroup.subtree_control", group);
	return read_file(path, text, sizeof(text)) > 0 && has_word(text, controller, " \n");
}

long cgroup_base(const char *controller, char *path, size_t size)
{
	char point[256];

	if (find_group(controller, path, size))
		return 0;
	if (!*controller || !find_mount("", point, sizeof(point)) || !find_group("", path, size))
		return -ENOENT;
	while (!hands_on(path, controller)) {
		char *slash = strrchr(path, '/');
		if (!slash || strlen(path) <= strlen(point))
			return -ENOENT;
		*slash = 0;
	}
	return 0;
}

long make_cgroup_in(const char *parent, char *path, size_t size)
{
	static unsigned made;

	/* The user is another one in each cell, whatever runs beside this; the process may have the same ID in another run. */
	int n = snprintf(path, size, "%s/forkcheck.%u.%d.%u", parent, ordinary_uid(), sys_getpid(), made++);
	if (n < 0 || (size_t)n >= size || n >= LEFTOVER_PATH)
		return -ENAMETOOLONG;
	uint32_t slot = record_page ? record_page->leftovers : 0;
	if (!record_page || slot >= LEFTOVER_SLOTS)
		return -ENOSPC;
	memcpy(record_page->leftover[slot], path, (size_t)n + 1);
	record_page->leftovers = slot + 1;
	return mkdir(path, 0755) ? -errno : 0;
}

long make_cgroup(const char *controller, char *path, size_t size)
{
	char base[LEFTOVER_PATH];
	long r = cgroup_base(controller, base, sizeof(base));

	return r ? r : make_cgroup_in(base, path, size);
}

bool is_cgroup2(const char *group)
{
	char path[LEFTOVER_PATH + 64];

	snprintf(path, sizeof(path), "%s/cgroup.controllers", group);
	return !access(path, F_OK);
}

void thaw(pid_t pid)
{
	char point[256], own[256], path[512], file[544];

	if (!find_mount("freezer", point, sizeof(point)) || !find_own_of(pid, "freezer", own, sizeof(own)))
		return;
	snprintf(path, sizeof(path), "%s%s", point, own);
	/* One above it may be what is frozen. */
	while (strlen(path) > strlen(point)) {
		snprintf(file, sizeof(file), "%s/freezer.state", path);
		write_file(file, "THAWED");
		*strrchr(path, '/') = 0;
	}
}
