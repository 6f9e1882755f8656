// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* The ways into new namespaces, and mounts in a namespace of one's own. */
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "namespaces.h"

/* Who the process is outside of the user namespace that it makes. */
static uid_t outer_uid;
static gid_t outer_gid;

static void note_ids(void)
{
	outer_uid = getuid();
	outer_gid = getgid();
}

static long enter_by_clone(uint64_t flags)
{
	note_ids();
	return CLONE_HERE(VIA_CLONE, .flags = flags, .exit_signal = SIGCHLD);
}

static long enter_by_clone3(uint64_t flags)
{
	note_ids();
	return CLONE_HERE(VIA_CLONE3, .flags = flags, .exit_signal = SIGCHLD);
}

static long enter_by_unshare(uint64_t flags)
{
	long result = -EIO;
	int told[2];

	note_ids();
	SETUP_RAW(SYSCALL2(SYS_pipe2, told, O_CLOEXEC));
	pid_t child = fork_helper();
	if (child == 0) {
		result = sys_unshare((unsigned long)flags);
		SETUP_RAW(sys_write(told[1], &result, sizeof(result)));
		sys_close(told[0]);
		sys_close(told[1]);
		if (result)
			leave(0);
		return 0;
	}
	sys_close(told[1]);
	SETUP_RAW(sys_read(told[0], &result, sizeof(result)));
	sys_close(told[0]);
	if (result == 0)
		return child;
	checked_wait(child, NULL, 0);
	return result < 0 ? result : -EIO;
}

const struct namespace_door namespace_doors[3] = {
	{ { .name = "clone" }, enter_by_clone },
	{ { "clone3", .features = FEATURES(NEEDS_CLONE3) }, enter_by_clone3 },
	{ { .name = "unshare" }, enter_by_unshare },
};

void map_to_root(void)
{
	SETUP_RAW(map_user_namespace(0, 0, 0, outer_uid, outer_gid));
}

void own_user_namespace(void)
{
	note_ids();
	set_capabilities(0);
	SETUP_RAW(sys_unshare(CLONE_NEWUSER));
	map_to_root();
}

/* Whether some mount tells others what is done to it. Without a list nobody knows. */
static bool has_peers(void)
{
	FILE *list = fopen("/proc/self/mountinfo", "re");
	char line[2048];
	bool found = !list;

	while (list && !found && fgets(line, sizeof(line), list))
		found = strstr(line, " shared:");
	if (list)
		fclose(list);
	return found;
}

void private_mounts(void)
{
	/* In a chroot there may be no mount at "/" to be changed; the runner has done it then. */
	if (has_peers())
		SETUP(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL));
}

void own_mounts(void)
{
	uint64_t before = namespace_of_self("mnt");
	char here[256];

	SETUP_RAW(sys_unshare(CLONE_NEWNS));
	if (namespace_of_self("mnt") == before)
		BROKEN("unshare(CLONE_NEWNS) made no new mount namespace"); /* mounts would stay behind */
	private_mounts();
	SETUP_RAW(sys_getcwd(here, sizeof(here)));
	SETUP(mount("forkcheck", here, "tmpfs", 0, "mode=0755"));
	SETUP_RAW(sys_chdir(here));
}

void add_mount(const char *dir)
{
	SETUP(mkdir(dir, 0755));
	SETUP(mount("forkcheck", dir, "tmpfs", 0, "mode=0755"));
}

bool is_mounted(const char *dir)
{
	struct stat here, there;

	SETUP(stat(".", &here));
	SETUP(stat(dir, &there));
	return here.st_dev != there.st_dev;
}

static long number_after(const char *fields, const char *key)
{
	const char *at = strstr(fields, key);

	return at ? atol(at + strlen(key)) : 0;
}

static bool parse_mount(char *line, const char *path, struct mount_entry *entry)
{
	char *rest = strstr(line, " - "), point[256];
	int used = 0;

	if (!rest)
		return false;
	rest[1] = 0;
	memset(entry, 0, sizeof(*entry));
	if (sscanf(line, "%ld %ld %*s %255s %255s %127s%n", &entry->id, &entry->parent, entry->root, point,
		   entry->options, &used) != 5 ||
	    strcmp(point, path) != 0)
		return false;
	entry->shared = number_after(line + used, " shared:");
	entry->master = number_after(line + used, " master:");
	entry->unbindable = strstr(line + used, " unbindable ");
	return true;
}

bool find_mount_entry(pid_t pid, const char *dir, struct mount_entry *entry)
{
	char path[256], list[64] = "/proc/self/mountinfo", line[2048];
	struct mount_entry one;
	bool found = false;

	SETUP_RAW(sys_getcwd(path, sizeof(path)));
	append_text(path, sizeof(path), "/");
	append_text(path, sizeof(path), dir);
	if (pid)
		proc_path(list, sizeof(list), pid, "mountinfo");
	FILE *file = fopen(list, "re");
	SETUP(file ? 0 : -1);
	while (fgets(line, sizeof(line), file)) {
		if (!parse_mount(line, path, &one))
			continue;
		*entry = one;
		found = true;
	}
	fclose(file);
	return found;
}
