// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* IDs as a user namespace's processes see them, and the calls that change IDs there. */
#include "user_maps.h"

#include <sys/fsuid.h>
#include <sys/stat.h>

enum { IS_MAPPED, IS_CHANGED, MAY_GO };

#define UNCHANGED ((unsigned)-1)

struct ids {
	unsigned real, effective, saved;
};

static struct ids ids_now(bool group)
{
	struct ids ids = { UNCHANGED, UNCHANGED, UNCHANGED };

	if (group)
		SETUP(getresgid(&ids.real, &ids.effective, &ids.saved));
	else
		SETUP(getresuid(&ids.real, &ids.effective, &ids.saved));
	return ids;
}

static void expect_ids(const char *when, bool group, struct ids want)
{
	struct ids got = ids_now(group);

	EXPECT_EQ(got.real, want.real, when);
	EXPECT_EQ(got.effective, want.effective, when);
	EXPECT_EQ(got.saved, want.saved, when);
}

/* The ID shown in place of one that the reader's namespace does not have. */
static unsigned overflow_id(bool group)
{
	char text[16] = "";
	long length = read_file(group ? "/proc/sys/kernel/overflowgid" : "/proc/sys/kernel/overflowuid", text,
				sizeof(text));

	return length > 0 ? (unsigned)atoi(text) : 65534;
}

static void expect_all(const char *when, bool group, unsigned id)
{
	const char *key = group ? "Gid:" : "Uid:";

	expect_ids(when, group, (struct ids){ id, id, id });
	EXPECT_EQ(group ? getgid() : getuid(), id, when);
	EXPECT_EQ(group ? getegid() : geteuid(), id, when);
	EXPECT_EQ(proc_field("/proc/self/status", key, 10), id, when);
}

TEST(shown, .covers = "USERNS-34 USERNS-35", .features = FEATURES(USER_NS),
     .summary =
	     "a process has the overflow IDs until the maps are written, each map for its own kind, then those mapped")
{
	uid_t uid = geteuid();
	gid_t gid = getegid();

	expect_all("users outside", false, uid);
	expect_all("groups outside", true, gid);
	SETUP_RAW(sys_unshare(CLONE_NEWUSER));
	expect_all("users before", false, overflow_id(false));
	expect_all("groups before", true, overflow_id(true));
	SETUP_RAW(write_line(0, "uid_map", 7, uid, 1));
	expect_all("users after", false, 7);
	expect_all("groups between", true, overflow_id(true));
	deny_setgroups(0);
	SETUP_RAW(write_line(0, "gid_map", 8, gid, 1));
	expect_all("users at last", false, 7);
	expect_all("groups after", true, 8);
}

TEST(of_files, .covers = "USERNS-34 USERNS-35", .features = FEATURES(USER_NS, NEEDS_WORKDIR),
     .summary = "stat shows the owner and group of a file as the caller's namespace has them, else the overflow IDs")
{
	uid_t uid = geteuid();
	gid_t gid = getegid();
	struct stat root, st;

	/* The group of a new file may be the directory's. */
	int fd = (int)SETUP(open("file", O_CREAT | O_RDWR | O_CLOEXEC, 0600));
	SETUP(fchown(fd, uid, gid));
	SETUP(stat("/", &root));
	SETUP_RAW(sys_unshare(CLONE_NEWUSER));
	SETUP(fstat(fd, &st));
	EXPECT_EQ(st.st_uid, overflow_id(false));
	EXPECT_EQ(st.st_gid, overflow_id(true));
	SETUP_RAW(map_user_namespace(0, 7, 9, uid, gid));
	SETUP(fstat(fd, &st));
	EXPECT_EQ(st.st_uid, 7);
	EXPECT_EQ(st.st_gid, 9);
	SETUP(stat("/", &st));
	/* Somebody else's, as far as that can be told: the test itself may be one whom nobody knows. */
	if (root.st_uid != uid)
		EXPECT_EQ(st.st_uid, overflow_id(false));
	if (root.st_gid != gid)
		EXPECT_EQ(st.st_gid, overflow_id(true));
}

TEST(given_to_files, .covers = "USERNS-79", .features = FEATURES(USER_NS, NEEDS_WORKDIR),
     .summary = "chown takes IDs of the caller's namespace, and refuses those that are not mapped with EINVAL")
{
	uid_t uid = geteuid();
	gid_t gid = getegid();
	struct stat st;

	int fd = (int)SETUP(open("file", O_CREAT | O_RDWR | O_CLOEXEC, 0600));
	pid_t child = fork_helper();
	if (child == 0) {
		SETUP_RAW(sys_unshare(CLONE_NEWUSER));
		SETUP_RAW(map_user_namespace(0, 7, 9, uid, gid));
		EXPECT_ERRNO(fchown(fd, 9, 9), EINVAL);
		EXPECT_ERRNO(fchown(fd, 7, 7), EINVAL);
		int result = fchown(fd, 7, 9);
		EXPECT_EQ(result, 0);
		leave(0);
	}
	EXPECT_EXITED(child, 0);
	SETUP(fstat(fd, &st));
	EXPECT_EQ(st.st_uid, uid);
	EXPECT_EQ(st.st_gid, gid);
}

/* ---- Calls that change IDs --------------------------------------------------------------------- */

static int set_user(unsigned id)
{
	return setuid(id);
}

static int set_real_user(unsigned id)
{
	return setreuid(id, UNCHANGED);
}

static int set_effective_user(unsigned id)
{
	return setreuid(UNCHANGED, id);
}

static int set_saved_user(unsigned id)
{
	return setresuid(UNCHANGED, UNCHANGED, id);
}

static int set_users(unsigned id)
{
	return setresuid(id, id, id);
}

static int set_group(unsigned id)
{
	return setgid(id);
}

static int set_real_group(unsigned id)
{
	return setregid(id, UNCHANGED);
}

static int set_effective_group(unsigned id)
{
	return setregid(UNCHANGED, id);
}

static int set_saved_group(unsigned id)
{
	return setresgid(UNCHANGED, UNCHANGED, id);
}

static int set_groups(unsigned id)
{
	return setresgid(id, id, id);
}

/* After set(5) by a process whose three IDs are 0. setreuid and setregid change the saved ID with others. */
static const struct call {
	const char *name;
	int (*set)(unsigned id);
	bool group;
	struct ids after;
} calls[] = {
	{ "setuid", set_user, false, { 5, 5, 5 } },
	{ "setreuid_real", set_real_user, false, { 5, 0, 0 } },
	{ "setreuid_effective", set_effective_user, false, { 0, 5, 5 } },
	{ "setresuid_saved", set_saved_user, false, { 0, 0, 5 } },
	{ "setresuid", set_users, false, { 5, 5, 5 } },
	{ "setgid", set_group, true, { 5, 5, 5 } },
	{ "setregid_real", set_real_group, true, { 5, 0, 0 } },
	{ "setregid_effective", set_effective_group, true, { 0, 5, 5 } },
	{ "setresgid_saved", set_saved_group, true, { 0, 0, 5 } },
	{ "setresgid", set_groups, true, { 5, 5, 5 } },
};

/* With all capabilities, and no map of the kind of ID that the call changes; the other kind is mapped. */
TEST(change_before_map, .covers = "USERNS-36", .features = FEATURES(USER_NS), CASES(calls),
     .summary = "where no IDs are mapped yet they can't be changed: EINVAL, with all capabilities")
{
	const struct call *row = this_case();
	unsigned overflow = overflow_id(row->group), own = row->group ? getegid() : geteuid();
	uid_t uid = geteuid();

	SETUP_RAW(sys_unshare(CLONE_NEWUSER));
	if (row->group)
		SETUP_RAW(write_line(0, "uid_map", 0, uid, 1));
	EXPECT_ERRNO(row->set(0), EINVAL);
	EXPECT_ERRNO(row->set(own), EINVAL);
	EXPECT_ERRNO(row->set(overflow), EINVAL);
	expect_ids("afterwards", row->group, (struct ids){ overflow, overflow, overflow });
}

TEST(change_unmapped, .covers = "USERNS-37", .features = FEATURES(USER_NS), CASES(calls),
     .summary = "IDs that are not mapped can't be taken: EINVAL, with all capabilities; the mapped one can")
{
	const struct call *row = this_case();
	unsigned overflow = overflow_id(row->group), own = row->group ? getegid() : geteuid();
	uid_t uid = geteuid();
	gid_t gid = getegid();

	SETUP_RAW(sys_unshare(CLONE_NEWUSER));
	SETUP_RAW(map_user_namespace(0, 0, 0, uid, gid));
	EXPECT_ERRNO(row->set(1), EINVAL);
	EXPECT_ERRNO(row->set(own), EINVAL);
	EXPECT_ERRNO(row->set(overflow), EINVAL);
	expect_ids("afterwards", row->group, (struct ids){ 0, 0, 0 });
	int result = row->set(0);
	EXPECT_EQ(result, 0);
}

/* A child in a namespace where 0 to 999 are the 4000 to 4999 of outside, and these IDs of its own 0. */
static void change_inside(const struct call *row)
{
	SETUP(setresgid(0, 0, 0));
	SETUP(setresuid(0, 0, 0));
	EXPECT_ERRNO(row->set(1000), EINVAL);
	EXPECT_ERRNO(row->set(4005), EINVAL);
	expect_ids("before", row->group, (struct ids){ 0, 0, 0 });
	int result = row->set(5);
	EXPECT_EQ(result, 0);
	expect_ids("after", row->group, row->after);
}

TEST(change_mapped, .covers = "USERNS-37", .caps = CAP(SETUID) | CAP(SETGID), CASES(calls),
     .features = FEATURES(USER_NS, NEEDS_TWO_IDS),
     .summary = "an ID out of the mapped range can be taken, and is seen outside as what it is mapped to")
{
	const struct call *row = this_case();
	char path[64];

	long child = SETUP(CLONE_HERE(VIA_CLONE, .flags = CLONE_NEWUSER, .exit_signal = SIGCHLD));
	if (child == 0) {
		await(IS_MAPPED);
		change_inside(row);
		post(IS_CHANGED);
		await(MAY_GO);
		leave(0);
	}
	SETUP(write_line((pid_t)child, "uid_map", 0, 4000, 1000));
	SETUP(write_line((pid_t)child, "gid_map", 0, 4000, 1000));
	post(IS_MAPPED);
	await_unless_dead(IS_CHANGED, (pid_t)child);
	proc_path(path, sizeof(path), (pid_t)child, "status");
	EXPECT_EQ(proc_field(path, row->group ? "Gid:" : "Uid:", 10), 4000 + row->after.real);
	post(MAY_GO);
	EXPECT_EXITED(child, 0);
}

static const struct kind {
	const char *name;
	bool group;
	int (*set)(unsigned id);
} kinds[] = { { "setfsuid", false, setfsuid }, { "setfsgid", true, setfsgid } };

/* These two have no errors: they return the old ID, changed or not. */
TEST(change_file_ids, .covers = "USERNS-36 USERNS-37", .features = FEATURES(USER_NS), CASES(kinds),
     .summary = "setfsuid and setfsgid change nothing before the map is written nor with an unmapped ID afterwards")
{
	const struct kind *row = this_case();
	unsigned overflow = overflow_id(row->group);
	uid_t uid = geteuid();
	gid_t gid = getegid();

	SETUP_RAW(sys_unshare(CLONE_NEWUSER));
	EXPECT_EQ((unsigned)row->set(0), overflow);
	EXPECT_EQ((unsigned)row->set(UNCHANGED), overflow);
	SETUP_RAW(map_user_namespace(0, 7, 7, uid, gid));
	/* Had the call before the map taken effect, this would not be 7. */
	EXPECT_EQ((unsigned)row->set(8), 7);
	EXPECT_EQ((unsigned)row->set(UNCHANGED), 7);
}

TEST(change_file_ids_mapped, .covers = "USERNS-37", .caps = CAP(SETUID) | CAP(SETGID), CASES(kinds),
     .features = FEATURES(USER_NS, NEEDS_TWO_IDS), .summary = "setfsuid and setfsgid take a mapped ID")
{
	const struct kind *row = this_case();

	long child = SETUP(CLONE_HERE(VIA_CLONE, .flags = CLONE_NEWUSER, .exit_signal = SIGCHLD));
	if (child == 0) {
		await(IS_MAPPED);
		SETUP(setresgid(0, 0, 0));
		SETUP(setresuid(0, 0, 0));
		EXPECT_EQ(row->set(5), 0);
		EXPECT_EQ(row->set((unsigned)-1), 5);
		leave(0);
	}
	SETUP(write_line((pid_t)child, "uid_map", 0, 4000, 1000));
	SETUP(write_line((pid_t)child, "gid_map", 0, 4000, 1000));
	post(IS_MAPPED);
	EXPECT_EXITED(child, 0);
}
