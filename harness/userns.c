// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* User namespaces: the ways into a new one, and the files in /proc by which it gets its IDs. */
#include "forkcheck.h"

long write_map(pid_t pid, const char *file, const char *text)
{
	char path[64] = "/proc/self/";

	if (pid)
		proc_path(path, sizeof(path), pid, file);
	else
		append_text(path, sizeof(path), file);
	return write_file(path, text);
}

void give_up_setgroups(void)
{
	long result = write_map(0, "setgroups", "deny");

	if (result != -ENOENT) /* before Linux 3.19 there was no such file */
		SETUP_RAW(result);
}

void need_own_map(void)
{
	if (geteuid() == 0 && !(effective_capabilities() & CAP(SETFCAP)))
		SKIP(SKIP_PRIVILEGE, "CAP_SETFCAP", "user 0 may not map itself without it");
}

static long enter_by_clone(uint64_t more)
{
	return CLONE_HERE(VIA_CLONE, .flags = CLONE_NEWUSER | more, .exit_signal = SIGCHLD);
}

static long enter_by_clone3(uint64_t more)
{
	return CLONE_HERE(VIA_CLONE3, .flags = CLONE_NEWUSER | more, .exit_signal = SIGCHLD);
}

static long enter_by_unshare(uint64_t more)
{
	long result = -EIO;
	int ends[2];

	SETUP(pipe2(ends, O_CLOEXEC));
	pid_t child = fork_helper();
	if (child == 0) {
		result = sys_unshare((unsigned long)(CLONE_NEWUSER | more));
		SETUP(sys_write(ends[1], &result, sizeof(result)));
		if (result)
			leave(0);
	}
	sys_close(ends[1]);
	if (child)
		SETUP(sys_read(ends[0], &result, sizeof(result)));
	sys_close(ends[0]);
	if (child == 0 || result == 0)
		return child;
	checked_wait(child, NULL, 0);
	return result;
}

const struct user_door user_doors[3] = {
	[USER_CLONE] = { { .name = "clone" }, enter_by_clone },
	[USER_CLONE3] = { { "clone3", .features = FEATURES(NEEDS_CLONE3) }, enter_by_clone3 },
	[USER_UNSHARE] = { { .name = "unshare" }, enter_by_unshare },
};

long enter_as(const struct user_door *door, unsigned inside)
{
	uid_t uid = geteuid();
	gid_t gid = getegid();

	need_own_map();
	long child = door->enter(0);
	if (child == 0) {
		/* Where the call left the child in the old namespace, no preparation can help. */
		REQUIRE_EQ(effective_capabilities(), known_capabilities());
		SETUP_RAW(map_user_namespace(0, inside, GROUP_OF(inside), uid, gid));
	}
	return child;
}
