// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* setgroups(2) in a user namespace, and the file /proc/PID/setgroups that allows or denies it. */
#include "user_maps.h"

#include <grp.h>
#include <string.h>

enum { IS_READY, IS_MAPPED };

/* What the file says about the namespace of a process (0: the caller): 'a', 'd', or 0 for anything else. */
static char setting_of(pid_t pid)
{
	char path[64] = "/proc/self/setgroups", text[16] = "";

	if (pid)
		proc_path(path, sizeof(path), pid, "setgroups");
	read_file(path, text, sizeof(text));
	if (strcmp(text, "allow\n") == 0)
		return 'a';
	return strcmp(text, "deny\n") == 0 ? 'd' : 0;
}

static const struct setting {
	struct case_head head;
	const char *text;
	int want; /* errno of setgroups(2) once gid_map is written */
} settings[] = {
	{ { "untouched", .covers = "USERNS-75" }, NULL, 0 },
	{ { "allow", .covers = "USERNS-75" }, "allow", 0 },
	{ { "deny", .covers = "USERNS-39" }, "deny", EPERM },
};

/* In a new namespace, where the groups 0 to 999 are mapped after IS_READY. */
static void try_setgroups(int want)
{
	const gid_t mapped[] = { 5, 999 }, unmapped[] = { 5, 1000 };
	gid_t got[3] = { 0 };

	set_capabilities(CAP(SETGID));
	EXPECT_ERRNO(setgroups(0, NULL), EPERM);
	EXPECT_ERRNO(setgroups(2, mapped), EPERM);
	post(IS_READY);
	await(IS_MAPPED);
	if (want) {
		EXPECT_ERRNO(setgroups(0, NULL), want);
		EXPECT_ERRNO(setgroups(2, mapped), want);
		return;
	}
	EXPECT_ERRNO(setgroups(2, unmapped), EINVAL);
	int result = setgroups(2, mapped);
	EXPECT_EQ(result, 0);
	EXPECT_RETURNS(getgroups(ARRAY_SIZE(got), got), 2);
	/* In either order. */
	EXPECT_TRUE((got[0] == 5 && got[1] == 999) || (got[0] == 999 && got[1] == 5));
}

TEST(needs_gid_map, .covers = "USERNS-38", .caps = CAP(SETGID), .features = FEATURES(USER_NS, NEEDS_TWO_IDS),
     .summary = "setgroups fails before gid_map is written; then it takes mapped groups, unless the file says \"deny\"",
     CASES_NEEDING(settings))
{
	const struct setting *row = this_case();

	need_setgroups();
	long child = SETUP(CLONE_HERE(VIA_CLONE, .flags = CLONE_NEWUSER, .exit_signal = SIGCHLD));
	if (child == 0) {
		try_setgroups(row->want);
		leave(0);
	}
	REQUIRE_TRUE(await_unless_dead(IS_READY, (pid_t)child));
	if (row->text)
		EXPECT_OK(write_map((pid_t)child, "setgroups", row->text));
	SETUP(write_line((pid_t)child, "gid_map", 0, 4000, 1000));
	post(IS_MAPPED);
	EXPECT_EXITED(child, 0);
}

TEST(denied_without_privileges, .covers = "USERNS-38 USERNS-39", .features = FEATURES(USER_NS),
     .summary = "in a namespace whose groups were mapped without privileges setgroups fails, all capabilities or not")
{
	const gid_t mapped = 7;
	gid_t own = getegid();

	SETUP_RAW(sys_unshare(CLONE_NEWUSER));
	EXPECT_ERRNO(setgroups(0, NULL), EPERM);
	REQUIRE_OK(write_map(0, "setgroups", "deny"));
	SETUP_RAW(write_line(0, "gid_map", mapped, own, 1));
	EXPECT_ERRNO(setgroups(0, NULL), EPERM);
	EXPECT_ERRNO(setgroups(1, &mapped), EPERM);
}

TEST(allowed_at_first, .covers = "USERNS-74", .features = FEATURES(USER_NS),
     .summary = "the file of a new user namespace says \"allow\", and that may be written while it holds")
{
	need_setgroups();
	pid_t member = start_member();

	EXPECT_EQ(setting_of(member), 'a');
	long result = write_map(member, "setgroups", "allow");
	EXPECT_OK(result);
	EXPECT_EQ(setting_of(member), 'a');
	end_member(member);
}

static const struct state {
	const char *name;
	bool mapped;
} states[] = { { "before_gid_map", false }, { "after_gid_map", true } };

TEST(denied_for_good, .covers = "USERNS-40", .features = FEATURES(USER_NS), CASES(states),
     .summary = "after \"deny\", \"allow\" is refused with EPERM and \"deny\" stays")
{
	const struct state *row = this_case();
	pid_t member = start_member();

	long result = write_map(member, "setgroups", "deny");
	EXPECT_OK(result);
	REQUIRE_EQ(setting_of(member), 'd');
	if (row->mapped)
		SETUP_RAW(write_line(member, "gid_map", 7, getegid(), 1));
	result = write_map(member, "setgroups", "allow");
	EXPECT_FAILS(result, EPERM);
	EXPECT_EQ(setting_of(member), 'd');
	end_member(member);
}

TEST(no_denial_once_mapped, .covers = "USERNS-41", .caps = CAP(SETGID), .features = FEATURES(USER_NS),
     .summary = "\"deny\" is refused with EPERM once gid_map is written, and accepted before")
{
	need_setgroups();
	pid_t mapped = start_member(), unmapped = start_member();

	SETUP_RAW(write_line(mapped, "gid_map", 0, getegid(), 1));
	long result = write_map(mapped, "setgroups", "deny");
	EXPECT_FAILS(result, EPERM);
	EXPECT_EQ(setting_of(mapped), 'a');
	/* The map of users does not count. */
	SETUP_RAW(write_line(unmapped, "uid_map", 0, geteuid(), 1));
	result = write_map(unmapped, "setgroups", "deny");
	EXPECT_OK(result);
	EXPECT_EQ(setting_of(unmapped), 'd');
	end_member(mapped);
	end_member(unmapped);
}

TEST(inherited, .covers = "USERNS-42", .features = FEATURES(USER_NS),
     .summary = "a user namespace made inside one that denies setgroups denies it too, for good")
{
	uid_t uid = geteuid();
	gid_t gid = getegid();

	SETUP_RAW(sys_unshare(CLONE_NEWUSER));
	SETUP_RAW(map_user_namespace(0, 0, 0, uid, gid));
	REQUIRE_EQ(setting_of(0), 'd');
	pid_t member = start_member();
	EXPECT_EQ(setting_of(member), 'd');
	long result = write_map(member, "setgroups", "allow");
	EXPECT_FAILS(result, EPERM);
	EXPECT_EQ(setting_of(member), 'd');
	end_member(member);
}

TEST(not_shared_with_parent, .covers = "USERNS-76", .features = FEATURES(USER_NS),
     .summary = "\"deny\" changes neither the parent namespace nor another child of it")
{
	need_setgroups();
	char before = setting_of(0);
	pid_t member = start_member(), other = start_member();

	long result = write_map(member, "setgroups", "deny");
	REQUIRE_OK(result);
	EXPECT_EQ(setting_of(member), 'd');
	EXPECT_EQ(setting_of(other), 'a');
	EXPECT_EQ(setting_of(0), before);
	end_member(member);
	end_member(other);
}

static const char *const malformed[] = {
	"", "a", "DENY", "denying", "deny 1", " deny", "0", "allow\ndeny", "deny     "
};

TEST(malformed_setting, .covers = "USERNS-77", .features = FEATURES(USER_NS),
     .summary = "anything but \"allow\" and \"deny\" is refused with EINVAL, and so is a write not at the beginning")
{
	pid_t member = start_member();
	char path[64], before = setting_of(member);

	for (size_t i = 0; i < ARRAY_SIZE(malformed); i++) {
		long result = write_map(member, "setgroups", malformed[i]);
		EXPECT_RESULT(result, -EINVAL, malformed[i]);
	}
	int fd = (int)sys_open(proc_path(path, sizeof(path), member, "setgroups"), O_WRONLY | O_CLOEXEC);
	REQUIRE_GE(fd, 0);
	SETUP(lseek(fd, 1, SEEK_SET));
	long result = sys_write(fd, "deny", 4);
	EXPECT_FAILS(result, EINVAL);
	EXPECT_EQ(setting_of(member), before);
	result = write_map(member, "setgroups", "deny\n");
	EXPECT_OK(result);
	EXPECT_EQ(setting_of(member), 'd');
	end_member(member);
}

TEST(needs_sys_admin, .covers = "USERNS-78", .features = FEATURES(USER_NS),
     .summary =
	     "the file may be written with CAP_SYS_ADMIN in the namespace only: opening it without fails with EACCES")
{
	SETUP_RAW(sys_unshare(CLONE_NEWUSER));
	pid_t lacking = fork_helper();
	if (lacking == 0) {
		set_capabilities(effective_capabilities() & ~CAP(SYS_ADMIN));
		long fd = sys_open("/proc/self/setgroups", O_WRONLY | O_CLOEXEC);
		EXPECT_FAILS(fd, EACCES);
		EXPECT_NE(setting_of(0), 0);
		leave(0);
	}
	EXPECT_EXITED(lacking, 0);
	set_capabilities(CAP(SYS_ADMIN));
	long result = write_map(0, "setgroups", "deny");
	EXPECT_OK(result);
}
