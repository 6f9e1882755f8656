// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* unshare(CLONE_NEWUSER): what the caller gets, and from where it may not be called. */
#include "join.h"

#define USER_NS NEEDS_USER_NS, NEEDS_PROC

TEST(caller_moves, .covers = "UNSH-02 UNSH-10 UNSH-11", .features = FEATURES(USER_NS),
     .summary = "unshare(CLONE_NEWUSER) puts an ordinary caller, and only it, into a new user namespace with all "
		"capabilities there")
{
	uint64_t before = namespace_of_self("user"), mnt = namespace_of_self("mnt");
	pid_t child = fork_helper();

	if (child == 0) {
		await(HOST_MAY_GO);
		EXPECT_EQ(namespace_of_self("user"), before);
		EXPECT_EQ(effective_capabilities(), 0);
		leave(0);
	}
	REQUIRE_EQ(effective_capabilities(), 0);
	long result = sys_unshare(CLONE_NEWUSER);
	EXPECT_OK(result);
	EXPECT_NE(namespace_of_self("user"), 0);
	EXPECT_NE(namespace_of_self("user"), before);
	EXPECT_EQ(namespace_of_self("mnt"), mnt);
	EXPECT_EQ(effective_capabilities(), known_capabilities());
	EXPECT_EQ(permitted_capabilities(), known_capabilities());
	end_host(child);
}

TEST(unmapped_ids, .covers = "UNSH-15", .features = FEATURES(USER_NS),
     .summary = "unshare(CLONE_NEWUSER) is refused while the caller's IDs mean nothing in the namespace it is in")
{
	uid_t uid = geteuid();
	gid_t gid = getegid();

	SETUP_RAW(sys_unshare(CLONE_NEWUSER));
	uint64_t first = namespace_of_self("user");
	long result = sys_unshare(CLONE_NEWUSER);
	EXPECT_FAILS(result, EPERM);
	EXPECT_EQ(namespace_of_self("user"), first);
	SETUP_RAW(map_user_namespace(0, uid, gid, uid, gid));
	result = sys_unshare(CLONE_NEWUSER);
	EXPECT_OK(result);
	EXPECT_NE(namespace_of_self("user"), first);
}

static const struct unmapped {
	const char *name, *file;
} halves[] = {
	{ "user", "/proc/self/uid_map" },
	{ "group", "/proc/self/gid_map" },
};

TEST(half_mapped_ids, .covers = "UNSH-15", .features = FEATURES(USER_NS),
     .summary = "unshare(CLONE_NEWUSER) is refused where just one of user and group ID is mapped", CASES(halves))
{
	const struct unmapped *mapped = this_case();
	char line[64] = "0 ";

	append_number(line, sizeof(line), mapped == &halves[0] ? (long long)geteuid() : (long long)getegid());
	append_text(line, sizeof(line), " 1");
	SETUP_RAW(sys_unshare(CLONE_NEWUSER));
	write_file("/proc/self/setgroups", "deny"); /* not there before Linux 3.19, and not needed then */
	SETUP_RAW(write_file(mapped->file, line));
	long result = sys_unshare(CLONE_NEWUSER);
	EXPECT_FAILS(result, EPERM);
}

TEST(changed_root, .covers = "UNSH-14", .caps = CAP(SYS_CHROOT), .features = FEATURES(USER_NS, NEEDS_WORKDIR),
     .summary = "unshare(CLONE_NEWUSER) is refused to a caller whose root directory was changed")
{
	pid_t child = fork_helper();

	if (child == 0) {
		long result = sys_unshare(CLONE_NEWUSER);
		EXPECT_OK(result);
		leave(0);
	}
	EXPECT_EXITED(child, 0);
	SETUP_RAW(sys_chroot("."));
	long result = sys_unshare(CLONE_NEWUSER);
	EXPECT_FAILS(result, EPERM);
}
