// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* What may be written into a user namespace's maps: the form of the lines, their number, one write at the beginning. */
#include "user_maps.h"

#include <string.h>

#define BOTH_IDS (CAP(SETUID) | CAP(SETGID))
#define WITH_RANGES .features = FEATURES(NEEDS_TWO_IDS), .caps = BOTH_IDS

enum { IS_MAPPED, IS_CHANGED, MAY_GO };

static const struct malformed {
	struct case_head head;
	const char *text; /* @ stands for an ID that the writer may map */
} malformed[] = {
	{ { "empty", .covers = "USERNS-66" }, "" },
	{ { "newline_only", .covers = "USERNS-66" }, "\n" },
	/* With the capabilities, or it would not be the one line that everybody may write either. */
	{ { "no_length", .covers = "USERNS-25", .caps = BOTH_IDS }, "0 @ 0" },
	{ { "no_length_of_second", .covers = "USERNS-25", WITH_RANGES }, "0 @ 1\n1 1000 0\n" },
	{ { "two_fields", .covers = "USERNS-67" }, "0 @" },
	{ { "four_fields", .covers = "USERNS-67" }, "0 @ 1 1" },
	{ { "word", .covers = "USERNS-67" }, "root @ 1" },
	{ { "negative", .covers = "USERNS-67" }, "-1 @ 1" },
	{ { "hexadecimal", .covers = "USERNS-80" }, "0x0 @ 1" },
	{ { "trailing", .covers = "USERNS-67" }, "0 @ 1x" },
	{ { "commas", .covers = "USERNS-67" }, "0,@,1" },
	{ { "blank_line", .covers = "USERNS-67" }, "0 @ 1\n\n" },
	{ { "last_id_inside", .covers = "USERNS-68" }, "4294967295 @ 1" },
	{ { "last_id_in_range", .covers = "USERNS-68", WITH_RANGES }, "4294967290 1000 6" },
	{ { "wraps_inside", .covers = "USERNS-68", WITH_RANGES }, "4294967290 1000 10" },
	{ { "last_id_outside", .covers = "USERNS-68", WITH_RANGES }, "0 4294967295 1" },
	{ { "wraps_outside", .covers = "USERNS-68", WITH_RANGES }, "0 60000 4294967295" },
	{ { "overlap_inside", .covers = "USERNS-26", WITH_RANGES }, "0 1000 10\n9 2000 10\n" },
	{ { "overlap_outside", .covers = "USERNS-26", WITH_RANGES }, "0 1000 10\n100 1009 10\n" },
	{ { "overlap_before", .covers = "USERNS-26", WITH_RANGES }, "9 2000 10\n0 1000 10\n" },
	{ { "contained", .covers = "USERNS-26", WITH_RANGES }, "0 1000 100\n1000 1050 1\n" },
	{ { "same_line_twice", .covers = "USERNS-26", WITH_RANGES }, "0 1000 1\n0 1000 1\n" },
};

/* Writes the text with an ID in place of @. */
static long write_text(pid_t pid, const char *file, const char *text)
{
	char written[128] = "";

	for (const char *c = text; *c; c++) {
		if (*c == '@')
			append_number(written, sizeof(written), own_id(file));
		else
			append_text(written, sizeof(written), (char[]){ *c, 0 });
	}
	return write_map(pid, file, written);
}

TEST(malformed_ids, .features = FEATURES(USER_NS),
     .summary = "a map that is not made of valid lines is refused with EINVAL, and a valid one accepted afterwards",
     CASES_NEEDING(malformed))
{
	const struct malformed *row = this_case();
	pid_t member = start_member();

	deny_setgroups(member);
	for (size_t i = 0; i < ARRAY_SIZE(id_maps); i++) {
		const char *file = id_maps[i].name;
		long result = write_text(member, file, row->text);
		EXPECT_RESULT(result, -EINVAL, file);
		result = write_text(member, file, "0 @ 1");
		EXPECT_RESULT(result, 0, file);
	}
	end_member(member);
}

TEST(malformed_projects, .covers = "USERNS-69", .features = FEATURES(USER_NS, NEEDS_TWO_IDS),
     .summary = "the same texts are refused for projid_map")
{
	need_project_ids();
	pid_t member = start_member();

	for (size_t i = 0; i < ARRAY_SIZE(malformed); i++) {
		long result = write_text(member, "projid_map", malformed[i].text);
		EXPECT_RESULT(result, -EINVAL, malformed[i].head.name);
	}
	long result = write_text(member, "projid_map", "0 @ 1");
	EXPECT_OK(result);
	end_member(member);
}

static const struct well_formed {
	struct case_head head;
	const char *text;
	unsigned ids; /* in it */
} well_formed[] = {
	{ { "final_newline", .covers = "USERNS-67" }, "0 @ 1\n", 1 },
	{ { "blanks", .covers = "USERNS-67" }, "  0 \t @   1  \n", 1 },
	{ { "leading_zeros", .covers = "USERNS-80" }, "00 0@ 01", 1 },
	{ { "last_id_but_one", .covers = "USERNS-68" }, "4294967294 @ 1", 1 },
	{ { "adjacent", .covers = "USERNS-26", WITH_RANGES }, "0 1000 10\n10 1010 10\n20 990 10\n", 30 },
};

TEST(well_formed_ids, .features = FEATURES(USER_NS), CASES_NEEDING(well_formed),
     .summary = "three numbers with any white space between, a last newline or none, and ranges that touch are valid")
{
	const struct well_formed *row = this_case();
	pid_t member = start_member();
	struct map map;

	deny_setgroups(member);
	for (size_t i = 0; i < ARRAY_SIZE(id_maps); i++) {
		const char *file = id_maps[i].name;
		unsigned ids = 0;
		long result = write_text(member, file, row->text);
		EXPECT_RESULT(result, 0, file);
		read_map(member, file, &map);
		for (long n = 0; n < map.lines; n++)
			ids += map.line[n].count;
		EXPECT_EQ(ids, row->ids, file);
	}
	end_member(member);
}

/* ---- How many lines ---------------------------------------------------------------------------- */

#define LINES_MAX 340

/* Outside 1 to `lines`, in no order. */
static unsigned mapped_to(unsigned inside, unsigned lines)
{
	return 1 + inside * 7 % lines;
}

static long write_lines(pid_t pid, const char *file, unsigned lines)
{
	char text[4096] = "";

	for (unsigned i = 0; i < lines; i++)
		add_line(text, sizeof(text), i, mapped_to(i, lines), 1);
	return write_map(pid, file, text);
}

static unsigned right_lines(const struct map *map)
{
	bool seen[LINES_MAX] = { false };
	unsigned right = 0;

	for (long i = 0; i < map->lines; i++) {
		const struct map_line *line = &map->line[i];
		if (line->inside >= LINES_MAX || seen[line->inside])
			continue;
		seen[line->inside] = true;
		right += line->outside == mapped_to(line->inside, LINES_MAX) && line->count == 1;
	}
	return right;
}

/* In the new namespace: takes an ID out of the middle of the map, as its last act with capabilities. */
static void change_id(const char *file, unsigned inside)
{
	long result = file[0] == 'u' ? setresuid(inside, inside, inside) : setresgid(inside, inside, inside);

	EXPECT_OK(result);
	EXPECT_EQ(own_id(file), inside);
}

TEST(number_of_lines, .covers = "USERNS-27", .caps = BOTH_IDS, .features = FEATURES(USER_NS, NEEDS_TWO_IDS),
     .summary = "a map may have 340 lines, all of which count, and not 341", CASES(id_maps))
{
	const char *file = this_map();
	char path[64];
	struct map map;

	long child = SETUP(CLONE_HERE(VIA_CLONE, .flags = CLONE_NEWUSER, .exit_signal = SIGCHLD));
	if (child == 0) {
		await(IS_MAPPED);
		change_id(file, 200);
		post(IS_CHANGED);
		await(MAY_GO);
		leave(0);
	}
	long result = write_lines((pid_t)child, file, LINES_MAX + 1);
	EXPECT_FAILS(result, EINVAL);
	result = write_lines((pid_t)child, file, LINES_MAX);
	EXPECT_OK(result);
	read_map((pid_t)child, file, &map);
	EXPECT_EQ(map.lines, LINES_MAX);
	EXPECT_EQ(right_lines(&map), LINES_MAX);
	post(IS_MAPPED);
	await_unless_dead(IS_CHANGED, (pid_t)child);
	proc_path(path, sizeof(path), (pid_t)child, "status");
	EXPECT_EQ(proc_field(path, file[0] == 'u' ? "Uid:" : "Gid:", 10), mapped_to(200, LINES_MAX));
	post(MAY_GO);
	EXPECT_EXITED(child, 0);
}

/* ---- How it is written ------------------------------------------------------------------------- */

static int open_map(pid_t pid, const char *file)
{
	char path[64];

	return (int)SETUP_RAW(sys_open(proc_path(path, sizeof(path), pid, file), O_WRONLY | O_CLOEXEC));
}

TEST(not_at_offset, .covers = "USERNS-28", .features = FEATURES(USER_NS), CASES(id_maps),
     .summary = "a map that is not written from the beginning of its file is refused with EINVAL")
{
	const char *file = this_map();
	pid_t member = start_member();
	char line[64] = "";

	deny_setgroups(member);
	add_line(line, sizeof(line), 0, own_id(file), 1);
	int fd = open_map(member, file);
	SETUP(lseek(fd, 1, SEEK_SET));
	long result = sys_write(fd, line, strlen(line));
	EXPECT_FAILS(result, EINVAL);
	SETUP(lseek(fd, 0, SEEK_SET));
	result = sys_write(fd, line, strlen(line));
	EXPECT_EQ(result, (long)strlen(line));
	end_member(member);
}

TEST(not_by_pwrite, .covers = "USERNS-70", .features = FEATURES(USER_NS), CASES(id_maps),
     .summary = "pwrite cannot write a map from anywhere but the beginning of its file")
{
	const char *file = this_map();
	pid_t member = start_member();
	char line[64] = "";

	deny_setgroups(member);
	add_line(line, sizeof(line), 0, own_id(file), 1);
	int fd = open_map(member, file);
	long result = pwrite(fd, line, strlen(line), 1);
	EXPECT_EQ(result, -1);
	/* Linux says that the file has no such thing as an offset, user_namespaces(7) that the map is invalid. */
	EXPECT_TRUE(errno == ESPIPE || errno == EINVAL);
	result = sys_write(fd, line, strlen(line));
	EXPECT_EQ(result, (long)strlen(line));
	end_member(member);
}

TEST(less_than_a_page, .covers = "USERNS-29", .features = FEATURES(USER_NS), CASES(id_maps),
     .summary = "a write of a whole page is refused with EINVAL, one that is a byte shorter is not")
{
	const char *file = this_map();
	pid_t member = start_member();
	char *text = shared(page_size() + 1), end[32] = " ";

	deny_setgroups(member);
	append_number(end, sizeof(end), own_id(file));
	append_text(end, sizeof(end), " 1\n");
	memset(text, ' ', page_size());
	text[0] = '7';
	memcpy(text + page_size() - strlen(end), end, strlen(end));
	int fd = open_map(member, file);
	long result = sys_write(fd, text, page_size());
	EXPECT_FAILS(result, EINVAL);
	/* Without the final newline. */
	result = sys_write(fd, text, page_size() - 1);
	EXPECT_EQ(result, (long)page_size() - 1);
	end_member(member);
}
