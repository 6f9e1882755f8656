// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* The maps of a user namespace: what they show and to whom, and who may write what into them. */
#include "user_maps.h"

#include <sys/prctl.h>

enum { IS_READY, MAY_GO };

static const struct creator {
	struct case_head head;
	enum clone_via via;
	bool unshare;
} creators[] = {
	{ { .name = "clone" }, VIA_CLONE, false },
	{ { "clone3", .features = FEATURES(NEEDS_CLONE3) }, VIA_CLONE3, false },
	{ { .name = "unshare" }, .unshare = true },
};

static void expect_empty(pid_t pid)
{
	struct map map;

	for (size_t i = 0; i < ARRAY_SIZE(id_maps); i++) {
		read_map(pid, id_maps[i].name, &map);
		EXPECT_EQ(map.lines, 0, id_maps[i].name);
	}
}

TEST(empty_at_first, .covers = "USERNS-20", .features = FEATURES(USER_NS),
     .summary = "the maps of a new user namespace are empty, as its first process and its creator see them",
     CASES_NEEDING(creators))
{
	const struct creator *row = this_case();
	struct map map;

	long child = CLONE_HERE(row->via, .flags = row->unshare ? 0 : CLONE_NEWUSER, .exit_signal = SIGCHLD);
	if (child == 0) {
		if (row->unshare)
			REQUIRE_OK(sys_unshare(CLONE_NEWUSER));
		expect_empty(0);
		post(IS_READY);
		await(MAY_GO);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	REQUIRE_TRUE(await_unless_dead(IS_READY, (pid_t)child));
	expect_empty((pid_t)child);
	post(MAY_GO);
	EXPECT_EXITED(child, 0);
	/* The twin: the namespace around has IDs. */
	read_map(0, "uid_map", &map);
	EXPECT_GE(map.lines, 1);
}

static const struct kind {
	struct case_head head;
} kinds[] = {
	{ { "uid_map", .covers = "USERNS-21" } },
	{ { "gid_map", .covers = "USERNS-60" } },
	{ { "projid_map", .covers = "USERNS-49" } },
};

static void prepare(const char *file, pid_t pid)
{
	if (file[0] == 'p')
		need_project_ids();
	if (file[0] == 'g')
		deny_setgroups(pid);
}

TEST(once, .summary = "a map is written once: a second write is refused, be it the same text, and changes nothing",
     .features = FEATURES(USER_NS), CASES_NEEDING(kinds))
{
	const char *file = this_map();
	pid_t member = start_member();
	struct map map;

	prepare(file, member);
	long result = write_line(member, file, 7, own_id(file), 1);
	EXPECT_OK(result);
	result = write_line(member, file, 7, own_id(file), 1);
	EXPECT_FAILS(result, EPERM);
	result = write_line(member, file, 8, own_id(file), 1);
	EXPECT_FAILS(result, EPERM);
	read_map(member, file, &map);
	expect_line(file, &map, 7, own_id(file), 1);
	end_member(member);
}

/* ---- Without privileges ------------------------------------------------------------------------ */

TEST(creators_own_id, .covers = "USERNS-22", .features = FEATURES(USER_NS),
     .summary = "without privileges the creator or a member of the namespace may map the creator's effective ID",
     CASES(id_maps))
{
	const char *file = this_map();
	unsigned own = own_id(file);
	pid_t member = start_member();
	struct map map;

	prepare(file, member);
	long result = write_line(member, file, 7, own, 1);
	EXPECT_OK(result);
	read_map(member, file, &map);
	expect_line("the member's", &map, 7, own, 1);
	end_member(member);

	SETUP_RAW(sys_unshare(CLONE_NEWUSER));
	prepare(file, 0);
	result = write_line(0, file, 7, own, 1);
	EXPECT_OK(result);
	read_map(0, file, &map);
	expect_line("the caller's", &map, 7, own, 1);
}

static const struct excess {
	struct case_head head;
	const char *file;
	int first, count; /* of the line that should be "7 OWN 1": first is counted from one's own */
	bool second_line;
} excesses[] = {
	{ { "other_user", .caps = FOR_OTHERS | CAP(SETGID) }, "uid_map", 1, 1, false },
	{ { "two_users", .caps = FOR_OTHERS | CAP(SETGID) }, "uid_map", 0, 2, false },
	{ { "two_lines_of_users", .caps = FOR_OTHERS | CAP(SETGID) }, "uid_map", 0, 1, true },
	{ { "other_group", .caps = FOR_OTHERS | CAP(SETUID) }, "gid_map", 1, 1, false },
	{ { "two_groups", .caps = FOR_OTHERS | CAP(SETUID) }, "gid_map", 0, 2, false },
	{ { "two_lines_of_groups", .caps = FOR_OTHERS | CAP(SETUID) }, "gid_map", 0, 1, true },
};

TEST(no_more_than_own_id, .covers = "USERNS-22", .features = FEATURES(USER_NS),
     .summary = "without CAP_SETUID (CAP_SETGID) in the parent namespace, no other ID and no second one may be mapped",
     CASES_NEEDING(excesses))
{
	const struct excess *row = this_case();
	unsigned own = own_id(row->file);
	pid_t member = start_member();
	char text[128] = "";

	deny_setgroups(member);
	add_line(text, sizeof(text), 7, own + row->first, row->count);
	if (row->second_line)
		add_line(text, sizeof(text), 8, own + 1, 1);
	long result = write_map(member, row->file, text);
	EXPECT_FAILS(result, EPERM);
	result = write_line(member, row->file, 7, own, 1);
	EXPECT_OK(result);
	end_member(member);
}

/* Becomes somebody whose real and saved IDs are other ones than the effective. */
static void change_effective_ids(void)
{
	SETUP(setresgid((gid_t)-1, OTHER_ID, (gid_t)-1));
	SETUP(setresuid((uid_t)-1, OTHER_ID, (uid_t)-1));
	/* It makes a process undumpable, whose files in /proc are root's. */
	SETUP(prctl(PR_SET_DUMPABLE, 1));
}

TEST(effective_not_real, .covers = "USERNS-22", .caps = CAP(SETUID) | CAP(SETGID),
     .features = FEATURES(USER_NS, NEEDS_TWO_IDS),
     .summary = "without privileges the effective ID may be mapped, not the real one", CASES(id_maps))
{
	const char *file = this_map();
	unsigned real = own_id(file);

	change_effective_ids();
	set_capabilities(0);
	pid_t member = start_member();
	prepare(file, member);
	long result = write_line(member, file, 7, real, 1);
	EXPECT_FAILS(result, EPERM);
	result = write_line(member, file, 7, OTHER_ID, 1);
	EXPECT_OK(result);
	end_member(member);
}

TEST(by_creator_only, .covers = "USERNS-61", .caps = CAP(SETUID) | CAP(SETGID) | FOR_OTHERS,
     .features = FEATURES(USER_NS, NEEDS_TWO_IDS),
     .summary = "without CAP_SETUID (CAP_SETGID) only the creator of the namespace may map its own ID", CASES(id_maps))
{
	const char *file = this_map();
	pid_t member = start_member();

	prepare(file, member);
	pid_t other = fork_helper();
	if (other == 0) {
		change_effective_ids();
		set_capabilities(FOR_OTHERS);
		long result = write_line(member, file, 7, OTHER_ID, 1);
		EXPECT_FAILS(result, EPERM);
		leave(0);
	}
	EXPECT_EXITED(other, 0);
	set_capabilities(0);
	long result = write_line(member, file, 7, own_id(file), 1);
	EXPECT_OK(result);
	end_member(member);
}

TEST(groups_need_deny, .covers = "USERNS-23", .features = FEATURES(USER_NS),
     .summary = "without CAP_SETGID in the parent namespace gid_map is refused until setgroups says \"deny\"",
     .caps = FOR_OTHERS | CAP(SETUID))
{
	need_setgroups();
	pid_t member = start_member();

	long result = write_line(member, "gid_map", 7, getegid(), 1);
	EXPECT_FAILS(result, EPERM);
	result = write_map(member, "setgroups", "deny");
	EXPECT_OK(result);
	result = write_line(member, "gid_map", 7, getegid(), 1);
	EXPECT_OK(result);
	end_member(member);
}

/* ---- With privileges --------------------------------------------------------------------------- */

static const struct kind privileged[] = {
	{ { "uid_map", .caps = CAP(SETUID) } },
	{ { "gid_map", .caps = CAP(SETGID) } },
};

static long lines_like(const struct map *map, const struct map_line *want)
{
	long found = 0;

	for (long i = 0; i < map->lines; i++) {
		const struct map_line *line = &map->line[i];
		found += line->inside == want->inside && line->outside == want->outside && line->count == want->count;
	}
	return found;
}

/* In no particular order, and up to the last ID there is inside. */
static const struct map_line ranges[] = { { 0, 4000, 1000 }, { 4294967288U, 60000, 7 }, { 5000, 100, 50 } };

TEST(any_ranges, .covers = "USERNS-24 USERNS-71", .features = FEATURES(USER_NS, NEEDS_TWO_IDS),
     .summary = "CAP_SETUID (CAP_SETGID) in the parent namespace, and nothing else, lets a writer map any ranges",
     CASES_NEEDING(privileged))
{
	const char *file = this_map();
	pid_t member = start_member();
	char text[128] = "";
	struct map map;

	for (size_t i = 0; i < ARRAY_SIZE(ranges); i++)
		add_line(text, sizeof(text), ranges[i].inside, ranges[i].outside, ranges[i].count);
	long result = write_map(member, file, text);
	EXPECT_OK(result);
	read_map(member, file, &map);
	EXPECT_EQ(map.lines, ARRAY_SIZE(ranges));
	/* Nothing says in which order they are shown. */
	for (size_t i = 0; i < ARRAY_SIZE(ranges); i++)
		EXPECT_EQ(lines_like(&map, &ranges[i]), 1, i);
	end_member(member);
}
