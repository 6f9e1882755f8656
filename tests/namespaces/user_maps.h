/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * A member is a child in a new user namespace that does nothing but belong to it, so that the files of that
 * namespace can be written and read.
 */
#ifndef TESTS_USER_MAPS_H
#define TESTS_USER_MAPS_H

#include "forkcheck.h"

#define USER_NS NEEDS_USER_NS, NEEDS_PROC

/* A user and group that no test begins as. */
#define OTHER_ID 1

/* Much, but neither CAP_SETUID nor CAP_SETGID: those are what counts. */
#define FOR_OTHERS (CAP(DAC_OVERRIDE) | CAP(SYS_ADMIN) | CAP(SETFCAP) | CAP(SETPCAP) | CAP(SYS_PTRACE) | CAP(CHOWN))

/* The maps, for CASES(): all, and the two for which the IDs and capabilities of the writer count. */
static const struct map_file {
	const char *name;
} all_maps[] = { { "uid_map" }, { "gid_map" }, { "projid_map" } }, id_maps[] = { { "uid_map" }, { "gid_map" } };

/* The name of the row, in a test of these, or of any table whose rows are named so. */
static inline const char *this_map(void)
{
	return ((const struct map_file *)this_case())->name;
}

enum { MEMBERS_MAY_END = EVENTS - 1 };

static inline pid_t start_member(void)
{
	pid_t member = (pid_t)SETUP(CLONE_HERE(VIA_CLONE, .flags = CLONE_NEWUSER, .exit_signal = SIGCHLD));

	if (member == 0) {
		await(MEMBERS_MAY_END);
		leave(0);
	}
	return member;
}

static inline void end_member(pid_t member)
{
	post(MEMBERS_MAY_END);
	EXPECT_EXITED(member, 0);
}

/* The ID that the caller may map without privileges: its effective one. Of project IDs it may map any. */
static inline unsigned own_id(const char *file)
{
	if (file[0] == 'u')
		return geteuid();
	return file[0] == 'g' ? getegid() : 0;
}

static inline void add_line(char *text, size_t size, long long inside, long long outside, long long count)
{
	append_number(text, size, inside);
	append_text(text, size, " ");
	append_number(text, size, outside);
	append_text(text, size, " ");
	append_number(text, size, count);
	append_text(text, size, "\n");
}

/* Writes a map of one line. Returns 0 or -errno. */
static inline long write_line(pid_t pid, const char *file, long long inside, long long outside, long long count)
{
	char text[64] = "";

	add_line(text, sizeof(text), inside, outside, count);
	return write_map(pid, file, text);
}

/* Without privileges this comes before gid_map is written. */
static inline void deny_setgroups(pid_t pid)
{
	long result = write_map(pid, "setgroups", "deny");

	if (result != -ENOENT) /* before Linux 3.19 */
		SETUP(result);
}

#define MAP_LINES_MAX 341

struct map {
	long lines; /* or -errno */
	struct map_line {
		unsigned inside, outside, count;
	} line[MAP_LINES_MAX];
};

static inline void parse_map(const char *text, struct map *map)
{
	char *next;

	for (map->lines = 0; map->lines < MAP_LINES_MAX; map->lines++) {
		struct map_line *line = &map->line[map->lines];
		line->inside = (unsigned)strtoul(text, &next, 10);
		if (next == text)
			return;
		line->outside = (unsigned)strtoul(next, &next, 10);
		line->count = (unsigned)strtoul(next, &next, 10);
		text = next;
	}
}

/* Reads a map as the caller sees it; pid 0: the caller's own namespace. */
static inline void read_map(pid_t pid, const char *file, struct map *map)
{
	char path[64] = "/proc/self/", text[MAP_LINES_MAX * 36];

	if (pid)
		proc_path(path, sizeof(path), pid, file);
	else
		append_text(path, sizeof(path), file);
	*map = (struct map){ .lines = read_file(path, text, sizeof(text)) };
	if (map->lines > 0)
		parse_map(text, map);
}

/* A map must be this one line. The text tells which map it is. */
static inline void expect_line(const char *text, const struct map *map, unsigned inside, unsigned outside,
			       unsigned count)
{
	EXPECT_EQ(map->lines, 1, text);
	EXPECT_EQ(map->line[0].inside, inside, text);
	EXPECT_EQ(map->line[0].outside, outside, text);
	EXPECT_EQ(map->line[0].count, count, text);
}

/* The number of the first user namespace's inode never changes. */
static inline bool in_first_user_namespace(void)
{
	return namespace_of_self("user") == 0xEFFFFFFDU;
}

/* What a namespace around the test lacks can't be handed on. */
static inline void need_project_ids(void)
{
	struct map map;

	read_map(0, "projid_map", &map);
	REQUIRE_GE(map.lines, 0);
	if (map.lines == 0 && !in_first_user_namespace())
		SKIP(SKIP_SURROUNDINGS, "projid_map", "this user namespace maps no project IDs");
}

static inline void need_setgroups(void)
{
	char text[8] = "";

	read_file("/proc/self/setgroups", text, sizeof(text));
	if (text[0] == 'd' && !in_first_user_namespace())
		SKIP(SKIP_SURROUNDINGS, "setgroups", "is denied in this user namespace");
}

#endif
