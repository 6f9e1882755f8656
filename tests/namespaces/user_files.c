// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* Files and user namespaces: permissions, capabilities over files, set-user-ID programs. */
#include "forkcheck.h"
#include "namespaces.h"

#include <sys/mount.h>
#include <sys/sendfile.h>
#include <sys/stat.h>

#define USER_NS NEEDS_USER_NS, NEEDS_PROC, NEEDS_WORKDIR
#define OTHER_IDS NEEDS_TWO_IDS

enum { IS_MAPPED, MEMBER_MAY_GO };

static void make_file(const char *path, mode_t mode)
{
	SETUP(sys_close((int)SETUP(sys_openat(AT_FDCWD, path, O_CREAT | O_EXCL | O_WRONLY, 0600))));
	SETUP(chmod(path, mode));
}

static long open_file(const char *path)
{
	long fd = sys_open(path, O_RDONLY | O_CLOEXEC);

	return fd < 0 ? fd : sys_close((int)fd);
}

/* ---- Permissions ------------------------------------------------------------------------------- */

static const struct name {
	const char *name;
	unsigned divisor; /* of the test's own ID: 0 for root */
} names[] = { { "root", 0 }, { "other", 2 } };

TEST(outside_ids_count, .covers = "USERNS-45", .caps = CAP(CHOWN), .features = FEATURES(USER_NS, OTHER_IDS),
     .summary = "to be called like a file's owner in a user namespace does not give his access", CASES(names))
{
	const struct name *name = this_case();
	uid_t uid = geteuid(), theirs = name->divisor ? uid / name->divisor : 0;

	make_file("mine", 0600);
	make_file("theirs", 0600);
	SETUP(chown("theirs", theirs, (gid_t)-1));
	long child = enter_as(&user_doors[USER_CLONE], theirs);
	if (child == 0) {
		REQUIRE_EQ(geteuid(), theirs);
		long result = open_file("theirs");
		EXPECT_FAILS(result, EACCES);
		set_capabilities(0);
		result = open_file("theirs");
		EXPECT_FAILS(result, EACCES);
		result = open_file("mine");
		EXPECT_OK(result);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
}

TEST(made_inside, .covers = "USERCAP-10 USERNS-45", .features = FEATURES(USER_NS),
     .summary = "a file made in a user namespace belongs to what its maker is outside")
{
	uid_t uid = geteuid();
	gid_t gid = getegid();
	struct stat st;

	long child = enter_as(&user_doors[USER_CLONE], 7);
	if (child == 0) {
		make_file("file", 0600);
		SETUP(stat("file", &st));
		EXPECT_EQ(st.st_uid, 7);
		EXPECT_EQ(st.st_gid, GROUP_OF(7));
		leave(0);
	}
	REQUIRE_GT(child, 0);
	REQUIRE_EXITED(child, 0);
	SETUP(stat("file", &st));
	EXPECT_EQ(st.st_uid, uid);
	EXPECT_EQ(st.st_gid, gid);
}

/* ---- Capabilities over files ------------------------------------------------------------------- */

static const struct mapping {
	const char *name;
	bool owner, group; /* of the file */
} mappings[] = {
	{ "none", false, false },
	{ "owner_only", true, false },
	{ "group_only", false, true },
	{ "both", true, true },
};

/* 0 inside is `outside`, if not -1, and 1 is `more`, if not -1. */
static void map_ids(pid_t pid, const char *file, unsigned outside, unsigned more)
{
	char text[64] = "";

	if (outside != (unsigned)-1) {
		append_text(text, sizeof(text), "0 ");
		append_number(text, sizeof(text), outside);
		append_text(text, sizeof(text), " 1\n");
	}
	if (more != (unsigned)-1) {
		append_text(text, sizeof(text), "1 ");
		append_number(text, sizeof(text), more);
		append_text(text, sizeof(text), " 1\n");
	}
	if (text[0])
		SETUP_RAW(write_map(pid, file, text));
}

TEST(capabilities_over_own, .covers = "USERNS-44", .features = FEATURES(USER_NS), CASES(mappings),
     .summary =
	     "CAP_DAC_OVERRIDE of a user namespace opens a file without permissions if its owner and group are mapped")
{
	const struct mapping *mapping = this_case();
	uid_t uid = geteuid();
	gid_t gid = getegid();

	need_own_map();
	make_file("file", 0000);
	long result = open_file("file");
	EXPECT_FAILS(result, EACCES);
	long child = user_doors[USER_CLONE].enter(0);
	if (child == 0) {
		REQUIRE_EQ(effective_capabilities(), known_capabilities());
		map_ids(0, "uid_map", mapping->owner ? uid : (uid_t)-1, (uid_t)-1);
		if (mapping->group)
			give_up_setgroups();
		map_ids(0, "gid_map", mapping->group ? gid : (gid_t)-1, (gid_t)-1);
		result = open_file("file");
		if (mapping->owner && mapping->group)
			EXPECT_OK(result);
		else
			EXPECT_FAILS(result, EACCES);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
}

TEST(capabilities_over_others, .covers = "USERNS-44 USERCAP-07", .caps = CAP(CHOWN) | CAP(SETUID) | CAP(SETGID),
     .features = FEATURES(USER_NS, OTHER_IDS),
     .summary = "over a file of somebody else CAP_DAC_OVERRIDE wants owner and group mapped, CAP_FOWNER the owner",
     CASES(mappings))
{
	const struct mapping *mapping = this_case();
	uid_t uid = geteuid(), owner = uid / 2;
	gid_t gid = getegid(), group = gid / 2;

	make_file("file", 0600);
	SETUP(chown("file", owner, group));
	long child = user_doors[USER_CLONE].enter(0);
	if (child == 0) {
		await(IS_MAPPED);
		REQUIRE_EQ(geteuid(), 0);
		EXPECT_EQ(effective_capabilities(), known_capabilities());
		long result = open_file("file");
		if (mapping->owner && mapping->group)
			EXPECT_OK(result);
		else
			EXPECT_FAILS(result, EACCES);
		result = SYSCALL3(SYS_fchmodat, AT_FDCWD, "file", 0644);
		if (mapping->owner)
			EXPECT_OK(result);
		else
			EXPECT_FAILS(result, EPERM);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	map_ids((pid_t)child, "uid_map", uid, mapping->owner ? owner : (uid_t)-1);
	map_ids((pid_t)child, "gid_map", gid, mapping->group ? group : (gid_t)-1);
	post(IS_MAPPED);
	EXPECT_EXITED(child, 0);
}

/* ---- Set-user-ID and set-group-ID programs ----------------------------------------------------- */

/* A copy of this program, with these owners and both bits, where no mount option takes their effect. */
static void install_program(uid_t owner, gid_t group)
{
	struct stat st;

	SETUP(sys_unshare(CLONE_NEWNS));
	private_mounts();
	SETUP(mkdir("place", 0755));
	SETUP(mount("forkcheck", "place", "tmpfs", 0, "mode=0755"));
	int from = (int)SETUP(sys_open("/proc/self/exe", O_RDONLY));
	int to = (int)SETUP(sys_openat(AT_FDCWD, "place/program", O_CREAT | O_EXCL | O_WRONLY, 0755));
	SETUP(fstat(from, &st));
	for (off_t left = st.st_size; left > 0;) {
		long long sent = SETUP(sendfile(to, from, NULL, (size_t)left));
		if (sent == 0)
			BROKEN("the program's file is shorter than it says");
		left -= sent;
	}
	SETUP(fchown(to, owner, group));
	SETUP(fchmod(to, S_ISUID | S_ISGID | 0755));
	sys_close(from);
	sys_close(to);
}

/* What the program finds when the child executes it; the mappings are the parent's to write. */
static void run_program(long child, int ends[2], struct image_report *report)
{
	REQUIRE_GT(child, 0);
	sys_close(ends[1]);
	REQUIRE_EQ(sys_read(ends[0], report, sizeof(*report)), (long)sizeof(*report));
	EXPECT_EXITED(child, 0);
}

#define INSTALL_CAPS \
	(CAP(SYS_ADMIN) | CAP(CHOWN) | CAP(FOWNER) | CAP(FSETID) | CAP(DAC_OVERRIDE) | CAP(SETUID) | CAP(SETGID))

TEST(set_id_program, .reaches = "the machine's mounts", .covers = "USERNS-43 USERCAP-09", .caps = INSTALL_CAPS,
     .features = FEATURES(USER_NS, OTHER_IDS, NEEDS_MNT_NS, NEEDS_NEW_PRIVS),
     .summary = "a set-user-ID and set-group-ID program changes IDs if its owner and group are both mapped, else none",
     CASES(mappings))
{
	const struct mapping *mapping = this_case();
	uid_t uid = geteuid(), owner = uid / 2;
	gid_t gid = getegid(), group = gid / 2;
	bool effect = mapping->owner && mapping->group;
	struct image_report report = { 0 };
	int ends[2];

	install_program(owner, group);
	SETUP(pipe(ends));
	long child = user_doors[USER_CLONE].enter(0);
	if (child == 0) {
		await(IS_MAPPED);
		long result = execute_path("place/program", IMAGE_REPORT, ends[1]);
		REQUIRE_OK(result);
	}
	REQUIRE_GT(child, 0);
	map_ids((pid_t)child, "uid_map", uid, mapping->owner ? owner : (uid_t)-1);
	map_ids((pid_t)child, "gid_map", gid, mapping->group ? group : (gid_t)-1);
	post(IS_MAPPED);
	run_program(child, ends, &report);
	EXPECT_EQ(report.uid, 0);
	EXPECT_EQ(report.gid, 0);
	EXPECT_EQ(report.euid, effect ? 1 : 0);
	EXPECT_EQ(report.egid, effect ? 1 : 0);
}
