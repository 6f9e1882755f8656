// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* Where a writer of a user namespace's maps has to be, and which capabilities he must have there. */
#include "user_maps.h"

enum { IS_READY, MAY_GO };

static int open_map(pid_t pid, const char *file)
{
	char path[64];

	return (int)sys_open(proc_path(path, sizeof(path), pid, file), O_WRONLY | O_CLOEXEC);
}

static const char *line_for(const char *file)
{
	static char text[64];

	text[0] = 0;
	add_line(text, sizeof(text), 7, own_id(file), 1);
	return text;
}

/* Moves the caller into a new user namespace in which its IDs are the same as outside. */
static void keep_ids(const char *file)
{
	uid_t uid = geteuid();
	gid_t gid = getegid();

	SETUP_RAW(sys_unshare(CLONE_NEWUSER));
	SETUP_RAW(write_line(0, "uid_map", uid, uid, 1));
	deny_setgroups(0);
	SETUP_RAW(write_line(0, "gid_map", gid, gid, 1));
	if (file[0] == 'p')
		SETUP_RAW(write_line(0, file, 0, 0, 1));
}

/* ---- Where ------------------------------------------------------------------------------------- */

TEST(not_from_further_out, .covers = "USERNS-65", .features = FEATURES(USER_NS),
     .summary = "a map is written from inside or from the parent namespace; a process further out is refused",
     CASES(all_maps))
{
	const char *file = this_map();
	pid_t *member = shared(sizeof(*member));

	if (file[0] == 'p')
		need_project_ids();
	const char *line = line_for(file);
	pid_t parent = fork_helper();
	if (parent == 0) {
		keep_ids(file);
		*member = start_member();
		deny_setgroups(*member);
		post(IS_READY);
		await(MAY_GO);
		long result = write_map(*member, file, line);
		EXPECT_OK(result);
		end_member(*member);
		leave(0);
	}
	REQUIRE_TRUE(await_unless_dead(IS_READY, parent));
	long result = write_map(*member, file, line);
	EXPECT_FAILS(result, EPERM);
	post(MAY_GO);
	EXPECT_EXITED(parent, 0);
}

TEST(not_from_beside, .covers = "USERNS-65", .features = FEATURES(USER_NS),
     .summary = "a process in another child of the parent namespace is refused", CASES(all_maps))
{
	const char *file = this_map();

	if (file[0] == 'p')
		need_project_ids();
	const char *line = line_for(file);
	pid_t member = start_member();
	if (file[0] == 'g')
		deny_setgroups(member);
	pid_t other = fork_helper();
	if (other == 0) {
		keep_ids(file);
		long result = write_map(member, file, line);
		EXPECT_FAILS(result, EPERM);
		leave(0);
	}
	EXPECT_EXITED(other, 0);
	long result = write_map(member, file, line);
	EXPECT_OK(result);
	end_member(member);
}

TEST(mapped_in_parent, .covers = "USERNS-31", .features = FEATURES(USER_NS),
     .summary = "IDs that the parent namespace does not have can't be mapped, not even as part of a range",
     CASES(all_maps))
{
	const char *file = this_map();

	if (file[0] == 'p')
		need_project_ids();
	uid_t uid = geteuid();
	gid_t gid = getegid();
	SETUP_RAW(sys_unshare(CLONE_NEWUSER));
	if (file[0] == 'p')
		SETUP_RAW(write_line(0, file, 7, 0, 1));
	SETUP_RAW(map_user_namespace(0, 7, 7, uid, gid));
	/* From here on the caller has all capabilities in the parent namespace. */
	pid_t member = start_member();
	long result = write_line(member, file, 0, 8, 1);
	EXPECT_FAILS(result, EPERM);
	result = write_line(member, file, 0, 6, 2);
	EXPECT_FAILS(result, EPERM);
	result = write_line(member, file, 0, 7, 2);
	EXPECT_FAILS(result, EPERM);
	result = write_map(member, file, "0 7 1\n1 8 1\n");
	EXPECT_FAILS(result, EPERM);
	result = write_line(member, file, 0, 7, 1);
	EXPECT_OK(result);
	end_member(member);
}

/* ---- With which capabilities ------------------------------------------------------------------- */

TEST(inside_needs_sys_admin, .covers = "USERNS-63", .features = FEATURES(USER_NS),
     .summary = "a member of the namespace needs CAP_SYS_ADMIN there to write its maps, and no other capability",
     CASES(id_maps))
{
	const char *file = this_map();
	const char *line = line_for(file);

	SETUP_RAW(sys_unshare(CLONE_NEWUSER));
	if (file[0] == 'g')
		deny_setgroups(0);
	pid_t lacking = fork_helper();
	if (lacking == 0) {
		set_capabilities(effective_capabilities() & ~CAP(SYS_ADMIN));
		long result = write_map(0, file, line);
		EXPECT_FAILS(result, EPERM);
		leave(0);
	}
	EXPECT_EXITED(lacking, 0);
	set_capabilities(CAP(SYS_ADMIN));
	long result = write_map(0, file, line);
	EXPECT_OK(result);
}

TEST(projects_need_none, .covers = "USERNS-64", .features = FEATURES(USER_NS),
     .summary = "projid_map may be written without any capability, with any range that the parent namespace has")
{
	struct map map;

	need_project_ids();
	SETUP_RAW(sys_unshare(CLONE_NEWUSER));
	read_map(0, "projid_map", &map);
	EXPECT_EQ(map.lines, 0);
	set_capabilities(0);
	long result = write_line(0, "projid_map", 7, 0, 2);
	EXPECT_OK(result);
	read_map(0, "projid_map", &map);
	expect_line("the caller's", &map, 7, 0, 2);
}

static const struct zero {
	struct case_head head;
	bool inside; /* the writer; else in the parent namespace */
	int count;   /* of IDs from 0 on */
	long want;
} zeros[] = {
	{ { "parent", .caps = CAP(SETFCAP) }, false, 1, 0 },
	{ { "parent_without", .caps = FOR_OTHERS & ~CAP(SETFCAP) }, false, 1, -EPERM },
	{ { "range", .caps = CAP(SETUID) | CAP(SETFCAP) }, false, 10, 0 },
	{ { "range_without", .caps = CAP(SETUID) }, false, 10, -EPERM },
	{ { "member", .caps = CAP(SETFCAP) }, true, 1, 0 },
	{ { "member_without", .caps = FOR_OTHERS & ~CAP(SETFCAP) }, true, 1, -EPERM },
};

TEST(zero_needs_setfcap, .covers = "USERNS-30", .as_root = true, .features = FEATURES(USER_NS, NEEDS_TWO_IDS),
     .summary =
	     "user ID 0 of the parent is mapped by a writer there with CAP_SETFCAP, or by a member whose creator had it",
     CASES_NEEDING(zeros))
{
	const struct zero *row = this_case();
	pid_t member = 0;

	if (row->inside)
		SETUP_RAW(sys_unshare(CLONE_NEWUSER));
	else
		member = start_member();
	char text[64] = "";
	add_line(text, sizeof(text), 7, 0, row->count);
	long result = write_map(member, "uid_map", text);
	EXPECT_RESULT(result, row->want, "uid_map");
	/* The rule is about users only. */
	deny_setgroups(member);
	result = write_line(member, "gid_map", 7, 0, 1);
	EXPECT_OK(result);
	if (member)
		end_member(member);
}

TEST(opener_and_writer, .covers = "USERNS-62", .caps = CAP(SETUID) | CAP(SETGID),
     .features = FEATURES(USER_NS, NEEDS_TWO_IDS),
     .summary = "for other IDs both the opener of the map and its writer must have the capability", CASES(id_maps))
{
	const char *file = this_map();
	pid_t member = start_member();
	volatile int *fd = shared(sizeof(*fd));

	pid_t opener = (pid_t)SETUP(CLONE_HERE(VIA_CLONE, .flags = CLONE_FILES, .exit_signal = SIGCHLD));
	if (opener == 0) {
		set_capabilities(0);
		*fd = open_map(member, file);
		leave(0);
	}
	EXPECT_EXITED(opener, 0);
	SETUP_RAW(*fd);
	long result = sys_write(*fd, "7 4000 2", 8);
	EXPECT_FAILS(result, EPERM);

	*fd = (int)SETUP_RAW(open_map(member, file));
	pid_t writer = fork_helper();
	if (writer == 0) {
		set_capabilities(0);
		result = sys_write(*fd, "7 4000 2", 8);
		EXPECT_FAILS(result, EPERM);
		leave(0);
	}
	EXPECT_EXITED(writer, 0);
	result = sys_write(*fd, "7 4000 2", 8);
	EXPECT_OK(result);
	end_member(member);
}
