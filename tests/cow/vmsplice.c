// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* Pages that one side put into a pipe by vmsplice(2): what the other side writes later does not get there. */
#include "regions.h"

#include <string.h>
#include <sys/uio.h>

#define OLD 'o'
#define SECRET 's'

enum { GIVEN, WRITTEN };

struct scene {
	unsigned char *page;
	size_t size; /* of what it is a part of */
	int pipe[2];
};

enum unmapped { NOTHING, PAGE, ALL };

static const struct row {
	struct case_head head;
	/* ALL: the giver has no other hold on the page than the pipe, the writer is its only user. */
	enum unmapped unmap;
	bool huge; /* the page is the first part of a huge one */
} rows[] = {
	{ { .name = "kept" }, NOTHING, false },
	{ { .name = "unmapped" }, ALL, false },
	{ { "huge", .features = FEATURES(NEEDS_THP) }, NOTHING, true },
	{ { "huge_unmapped", .features = FEATURES(NEEDS_THP) }, ALL, true },
	{ { "huge_unmapped_in_part", .features = FEATURES(NEEDS_THP) }, PAGE, true },
};

static struct scene set_up(void)
{
	const struct row *row = this_case();
	struct scene scene = { .size = page_size() };

	scene.page = row->huge ? map_huge(&scene.size) : map_apart(scene.size, 0);
	memset(scene.page, OLD, scene.size);
	SETUP(pipe(scene.pipe));
	return scene;
}

static void give(const struct scene *scene)
{
	struct iovec page = { scene->page, page_size() };

	SETUP_RAW(SYSCALL4(SYS_vmsplice, scene->pipe[1], &page, 1, 0));
}

static void let_go(const struct scene *scene)
{
	const struct row *row = this_case();

	if (row->unmap)
		SETUP_RAW(sys_munmap(scene->page, row->unmap == ALL ? scene->size : page_size()));
}

static void expect_old_in_pipe(const struct scene *scene)
{
	unsigned char *got = map_apart(page_size(), 0);

	EXPECT_EQ(sys_read(scene->pipe[0], got, page_size()), (long)page_size());
	EXPECT_BYTES(got, page_size(), OLD);
}

TEST(given_by_child, .covers = "COW-11", .features = FEATURES(NEEDS_VMSPLICE),
     .summary = "what the parent writes does not appear in a pipe into which the child put the page",
     CASES_NEEDING(rows))
{
	const struct scene scene = set_up();

	long child = sys_fork();
	if (child == 0) {
		give(&scene);
		let_go(&scene);
		post(GIVEN);
		await(WRITTEN);
		expect_old_in_pipe(&scene);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	await(GIVEN);
	memset(scene.page, SECRET, scene.size);
	post(WRITTEN);
	EXPECT_EXITED(child, 0);
}

TEST(given_by_parent, .covers = "COW-11", .features = FEATURES(NEEDS_VMSPLICE),
     .summary = "what the child writes does not appear in a pipe into which the parent put the page",
     CASES_NEEDING(rows))
{
	const struct scene scene = set_up();

	long child = sys_fork();
	if (child == 0) {
		await(GIVEN);
		memset(scene.page, SECRET, scene.size);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	give(&scene);
	let_go(&scene);
	post(GIVEN);
	EXPECT_EXITED(child, 0);
	expect_old_in_pipe(&scene);
}

TEST(given_before_fork, .covers = "COW-12", .features = FEATURES(NEEDS_VMSPLICE),
     .summary = "what the child writes does not appear in a pipe into which its parent put the page before the fork",
     CASES_NEEDING(rows))
{
	const struct scene scene = set_up();

	give(&scene);
	long child = sys_fork();
	if (child == 0) {
		await(GIVEN);
		memset(scene.page, SECRET, scene.size);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	let_go(&scene);
	post(GIVEN);
	EXPECT_EXITED(child, 0);
	expect_old_in_pipe(&scene);
}
