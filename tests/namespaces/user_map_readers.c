// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* What the maps of a user namespace show depends on who looks at them. */
#include "user_maps.h"

enum { IS_READY, MAY_GO };

/* Gives a namespace one ID, of all three kinds. */
static void map_one(pid_t pid, unsigned inside, unsigned uid, unsigned gid, unsigned project)
{
	SETUP_RAW(map_user_namespace(pid, inside, inside, uid, gid));
	/* Only where the test is about it: around the test there may be no project IDs. */
	if (this_map()[0] == 'p')
		SETUP_RAW(write_line(pid, "projid_map", inside, project, 1));
}

static void enter_user_namespace(unsigned inside)
{
	uid_t uid = geteuid();
	gid_t gid = getegid();

	SETUP_RAW(sys_unshare(CLONE_NEWUSER));
	map_one(0, inside, uid, gid, 0);
}

/* A member of a namespace where 20 will be what the caller calls 10; it looks at its own map and at the caller's. */
static pid_t start_reader(const char *file, pid_t parent)
{
	pid_t reader = (pid_t)SETUP(CLONE_HERE(VIA_CLONE, .flags = CLONE_NEWUSER, .exit_signal = SIGCHLD));

	if (reader == 0) {
		struct map map;
		await(IS_READY);
		read_map(0, file, &map);
		expect_line("its own, by a member", &map, 20, 10, 1);
		read_map(parent, file, &map);
		expect_line("the parent's, by a child namespace", &map, 10, 20, 1);
		await(MAY_GO);
		leave(0);
	}
	return reader;
}

TEST(seen_from, .covers = "USERNS-32", .features = FEATURES(USER_NS), CASES(all_maps),
     .summary = "outside IDs are shown as the reader's namespace has them, and to a member as its parent's has them")
{
	const char *file = this_map();
	unsigned own = own_id(file);
	volatile pid_t *member = shared(sizeof(*member));
	struct map map;

	if (file[0] == 'p')
		need_project_ids();
	pid_t outside = fork_helper();
	if (outside == 0) {
		await(IS_READY);
		read_map(*member, file, &map);
		expect_line("a grandchild's, from outside", &map, 20, own, 1);
		leave(0);
	}
	enter_user_namespace(10);
	*member = start_reader(file, sys_getpid());
	map_one(*member, 20, 10, 10, 10);
	post(IS_READY);
	read_map(*member, file, &map);
	expect_line("the child's, by its parent", &map, 20, 10, 1);
	read_map(0, file, &map);
	expect_line("one's own", &map, 10, own, 1);
	EXPECT_EXITED(outside, 0);
	post(MAY_GO);
	EXPECT_EXITED(*member, 0);
}

TEST(unmapped_for_reader, .covers = "USERNS-72", .features = FEATURES(USER_NS), CASES(all_maps),
     .summary = "an outside ID that the reader's namespace does not have is shown as 4294967295")
{
	const char *file = this_map();
	struct map map;

	if (file[0] == 'p')
		need_project_ids();
	unsigned own = own_id(file);
	pid_t member = start_member();
	map_one(member, 20, geteuid(), getegid(), 0);
	pid_t other = fork_helper();
	if (other == 0) {
		SETUP_RAW(sys_unshare(CLONE_NEWUSER));
		read_map(member, file, &map);
		expect_line("a sibling's", &map, 20, 4294967295U, 1);
		leave(0);
	}
	EXPECT_EXITED(other, 0);
	read_map(member, file, &map);
	expect_line("the member's, by its parent", &map, 20, own, 1);
	end_member(member);
}

TEST(opener_counts, .covers = "USERNS-73", .features = FEATURES(USER_NS), CASES(id_maps),
     .summary = "the namespace in which the map was opened counts, not that of the process that reads")
{
	const char *file = this_map();
	unsigned own = own_id(file);
	pid_t member = start_member();
	char path[64], text[64] = "";
	struct map map = { 0 };

	map_one(member, 20, geteuid(), getegid(), 0);
	int fd = (int)SETUP_RAW(sys_open(proc_path(path, sizeof(path), member, file), O_RDONLY | O_CLOEXEC));
	enter_user_namespace(10);
	long result = sys_read(fd, text, sizeof(text) - 1);
	EXPECT_GT(result, 0);
	parse_map(text, &map);
	expect_line("opened outside", &map, 20, own, 1);
	read_map(member, file, &map);
	expect_line("opened inside", &map, 20, 10, 1);
	end_member(member);
}

TEST(identity, .covers = "USERNS-33", .features = FEATURES(NEEDS_PROC), CASES(all_maps),
     .summary = "in the initial user namespace each map is one line, 0 0 4294967295")
{
	struct map map;

	if (!in_first_user_namespace())
		SKIP(SKIP_SURROUNDINGS, "user-ns", "not the initial user namespace");
	read_map(0, this_map(), &map);
	expect_line("the initial namespace's", &map, 0, 0, 4294967295U);
}
