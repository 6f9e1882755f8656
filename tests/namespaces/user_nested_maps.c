// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* IDs that go through two maps, one user namespace inside another, each of more lines than the kernel keeps unsorted (five). */
#include "user_maps.h"

#include <sys/prctl.h>
#include <sys/stat.h>

#define NESTED USER_NS, NEEDS_TWO_IDS, NEEDS_WORKDIR
#define FILE_CAPS (CAP(SETUID) | CAP(SETGID) | CAP(CHOWN) | CAP(FOWNER))

enum { MIDDLE_IS_UP, MIDDLE_IS_MAPPED, INNER_IS_UP, INNER_IS_MAPPED, IS_CHANGED, IS_SEEN };

#define IDS 7
/* What inner IDs 0 to 6 are in the namespace between, and what 0 is there outside, 1 that plus 10, and so on. */
static const struct kind {
	unsigned between[IDS], outside;
} users = { { 4, 6, 1, 0, 5, 2, 3 }, 3000 }, groups = { { 2, 5, 0, 6, 3, 4, 1 }, 4000 };
#define UNMAPPED 5 /* more than one of those outside */
#define OVERFLOW 65534U

/* An inner ID's number outside. */
static unsigned outside(const struct kind *kind, unsigned id)
{
	return kind->outside + 10 * kind->between[id];
}

/* Maps of one line for each ID. */
static void map_all(pid_t pid, bool inner)
{
	for (int i = 0; i < 2; i++) {
		const struct kind *kind = i ? &groups : &users;
		char text[512] = "";
		for (unsigned id = 0; id < IDS; id++)
			add_line(text, sizeof(text), id, inner ? kind->between[id] : kind->outside + 10 * id, 1);
		SETUP(write_map(pid, i ? "gid_map" : "uid_map", text));
	}
}

static void become(unsigned id)
{
	SETUP(SYSCALL3(SYS_setresgid, id, id, id));
	SETUP(SYSCALL3(SYS_setresuid, id, id, id));
	/* So that the files of /proc stay its own. */
	SETUP(sys_prctl(PR_SET_DUMPABLE, 1, 0, 0, 0));
}

/* By the number of a user outside. */
static const char *file_of(unsigned user)
{
	static char name[16];

	name[0] = 0;
	append_text(name, sizeof(name), "of");
	append_number(name, sizeof(name), user);
	return name;
}

static void make_file(unsigned user, unsigned group)
{
	SETUP(sys_close((int)SETUP(sys_openat(AT_FDCWD, file_of(user), O_CREAT | O_EXCL | O_WRONLY, 0600))));
	SETUP(chown(file_of(user), user, group));
}

/* Of each ID, and of one that is not mapped. */
static void make_files(void)
{
	for (unsigned id = 0; id < IDS; id++)
		make_file(outside(&users, id), outside(&groups, id));
	make_file(users.outside + UNMAPPED, groups.outside + UNMAPPED);
}

static struct stat stat_of(const char *name)
{
	struct stat st;

	SETUP(stat(name, &st));
	return st;
}

static long try_open(const char *name)
{
	long fd = sys_open(name, O_RDWR | O_CLOEXEC);

	return fd < 0 ? fd : sys_close((int)fd);
}

/* Runs in a process of the namespace inside a namespace, as its user 0, with all capabilities there. */
static void in_nested(void (*body)(void))
{
	SETUP(chmod(".", 0777));
	pid_t middle = fork_helper();
	if (middle == 0) {
		REQUIRE_OK(sys_unshare(CLONE_NEWUSER));
		post(MIDDLE_IS_UP);
		await(MIDDLE_IS_MAPPED);
		become(0);
		pid_t inner = fork_helper();
		if (inner == 0) {
			REQUIRE_OK(sys_unshare(CLONE_NEWUSER));
			post(INNER_IS_UP);
			await(INNER_IS_MAPPED);
			become(0);
			body();
			leave(0);
		}
		await(INNER_IS_UP);
		map_all(inner, true);
		post(INNER_IS_MAPPED);
		EXPECT_EXITED(inner, 0);
		leave(0);
	}
	await(MIDDLE_IS_UP);
	map_all(middle, false);
	post(MIDDLE_IS_MAPPED);
	EXPECT_EXITED(middle, 0);
}

/* ---- Upwards: what files are called inside --------------------------------------------------------- */

static void expect_names(void)
{
	for (unsigned id = 0; id < IDS; id++) {
		const struct stat st = stat_of(file_of(outside(&users, id)));
		EXPECT_EQ(st.st_uid, id, id);
		EXPECT_EQ(st.st_gid, id, id);
	}
	const struct stat st = stat_of(file_of(users.outside + UNMAPPED));
	EXPECT_EQ(st.st_uid, OVERFLOW);
	EXPECT_EQ(st.st_gid, OVERFLOW);
}

TEST(file_owners, .covers = "USERNS-81", .caps = FILE_CAPS, .features = FEATURES(NESTED),
     .summary = "each owner of a file is shown by the number that both maps give, an unmapped one by 65534")
{
	make_files();
	in_nested(expect_names);
}

/* ---- Downwards: what is made inside ---------------------------------------------------------------- */

static void make_one_of_each(void)
{
	for (unsigned id = 0; id < IDS; id++) {
		pid_t maker = fork_helper();
		if (maker == 0) {
			char name[16] = "by";
			append_number(name, sizeof(name), id);
			become(id);
			SETUP(sys_openat(AT_FDCWD, name, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600));
			leave(0);
		}
		EXPECT_EXITED(maker, 0, id);
	}
}

TEST(file_makers, .covers = "USERNS-82", .caps = FILE_CAPS, .features = FEATURES(NESTED),
     .summary = "files that an ID makes inside belong, outside, to the ID to which both maps lead")
{
	in_nested(make_one_of_each);
	for (unsigned id = 0; id < IDS; id++) {
		char name[16] = "by";
		append_number(name, sizeof(name), id);
		const struct stat st = stat_of(name);
		EXPECT_EQ(st.st_uid, outside(&users, id), id);
		EXPECT_EQ(st.st_gid, outside(&groups, id), id);
	}
}

/* ---- Power ----------------------------------------------------------------------------------------- */

static void try_files(void)
{
	/* By its capabilities over what is mapped. */
	for (unsigned id = 0; id < IDS; id++)
		EXPECT_OK(try_open(file_of(outside(&users, id))), id);
	EXPECT_FAILS(try_open(file_of(users.outside + UNMAPPED)), EACCES);
	/* Called like the owner outside of one of the maps alone: by a wrong direction this would be his. */
	EXPECT_FAILS(try_open(file_of(0)), EACCES);
	EXPECT_FAILS(try_open(file_of(1)), EACCES);
	/* Without capabilities: its own alone. */
	become(2);
	set_capabilities(0);
	for (unsigned id = 0; id < IDS; id++)
		EXPECT_RESULT(try_open(file_of(outside(&users, id))), id == 2 ? 0 : -EACCES, id);
}

TEST(file_access, .covers = "USERNS-83", .caps = FILE_CAPS, .features = FEATURES(NESTED),
     .summary = "power over files goes through both maps: over mapped owners' files, with capabilities, or one's own")
{
	make_files();
	make_file(0, 0);
	make_file(1, 1);
	in_nested(try_files);
}

/* ---- Processes ------------------------------------------------------------------------------------- */

static pid_t *member;

static void change_id(void)
{
	become(3);
	EXPECT_EQ(getuid(), 3);
	EXPECT_EQ(getgid(), 3);
	*member = sys_getpid();
	post(IS_CHANGED);
	await(IS_SEEN);
}

TEST(credentials, .covers = "USERNS-82", .caps = FILE_CAPS, .features = FEATURES(NESTED),
     .summary = "a process that takes an ID inside has, outside, the ID to which both maps lead")
{
	member = shared(sizeof(*member));
	pid_t observer = fork_helper();
	if (observer == 0) {
		char path[64];
		await(IS_CHANGED);
		proc_path(path, sizeof(path), *member, "status");
		EXPECT_EQ(proc_field(path, "Uid:", 10), outside(&users, 3));
		EXPECT_EQ(proc_field(path, "Gid:", 10), outside(&groups, 3));
		post(IS_SEEN);
		leave(0);
	}
	in_nested(change_id);
	EXPECT_EXITED(observer, 0);
}

/* ---- What the map between lacks -------------------------------------------------------------------- */

TEST(across_lines, .covers = "USERNS-84", .caps = CAP(SETUID) | CAP(SETGID), .features = FEATURES(NESTED),
     .summary = "a line of the inner map whose range lies in two lines of the map between is refused with EPERM")
{
	pid_t middle = fork_helper();
	if (middle == 0) {
		REQUIRE_OK(sys_unshare(CLONE_NEWUSER));
		post(MIDDLE_IS_UP);
		await(MIDDLE_IS_MAPPED);
		become(0);
		pid_t inner = fork_helper();
		if (inner == 0) {
			REQUIRE_OK(sys_unshare(CLONE_NEWUSER));
			post(INNER_IS_UP);
			await(INNER_IS_MAPPED);
			leave(0);
		}
		await(INNER_IS_UP);
		for (size_t i = 0; i < 2; i++) {
			const char *file = i ? "gid_map" : "uid_map";
			long result = write_map(inner, file, "0 3 2\n");
			EXPECT_FAILS(result, EPERM, file);
			result = write_map(inner, file, "0 7 2\n");
			EXPECT_OK(result, file);
		}
		post(INNER_IS_MAPPED);
		EXPECT_EXITED(inner, 0);
		leave(0);
	}
	await(MIDDLE_IS_UP);
	for (size_t i = 0; i < 2; i++)
		SETUP(write_map(middle, i ? "gid_map" : "uid_map",
				"0 3000 1\n1 3010 1\n2 3020 1\n3 3030 1\n4 3040 1\n5 3050 1\n7 3070 9\n"));
	post(MIDDLE_IS_MAPPED);
	EXPECT_EXITED(middle, 0);
}
