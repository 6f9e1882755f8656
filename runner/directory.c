// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "directory.h"
#include "syscalls.h"

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

/* The C library would allocate memory to read it, which nearly every cell can do without. */
bool is_directory_empty(void)
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
