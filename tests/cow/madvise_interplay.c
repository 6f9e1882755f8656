// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* The two settings that fork honours are independent; and where there is no copy of memory they mean nothing. */
#include "madvise.h"

/* What a page's advice, in the order given, comes to. */
struct setting {
	bool dont_fork, wipe;
};

static const int advices[] = { MADV_DONTFORK, MADV_DOFORK, MADV_WIPEONFORK, MADV_KEEPONFORK };

static void apply(struct setting *setting, int advice)
{
	if (advice == MADV_DONTFORK || advice == MADV_DOFORK)
		setting->dont_fork = advice == MADV_DONTFORK;
	else
		setting->wipe = advice == MADV_WIPEONFORK;
}

/* In the child: the first page that is not as its setting says; count, if all are. */
static int wrong_page(char *map, const struct setting *settings, int count)
{
	for (int n = 0; n < count; n++) {
		const char *page = page_of(map, (size_t)n);
		const char want = settings[n].wipe ? 0 : PATTERN;
		if (settings[n].dont_fork != (look_at(page) == -ENOMEM))
			return n;
		if (!settings[n].dont_fork && (page[0] != want || memcmp(page, page + 1, page_size() - 1)))
			return n;
	}
	return count;
}

TEST(independent, .covers = "MADV-42", .features = FEATURES(ADVICE),
     .summary = "neither MADV_DOFORK nor MADV_KEEPONFORK undoes the other's setting")
{
	char *map = map_pages(2);

	REQUIRE_OK(sys_madvise(map, 2 * page_size(), MADV_DONTFORK));
	REQUIRE_OK(sys_madvise(map, 2 * page_size(), MADV_WIPEONFORK));
	long result = sys_madvise(map, page_size(), MADV_DOFORK);
	REQUIRE_OK(result);
	result = sys_madvise(page_of(map, 1), page_size(), MADV_KEEPONFORK);
	REQUIRE_OK(result);
	long child = sys_fork();
	if (child == 0) {
		EXPECT_OK(look_at(map));
		EXPECT_BYTES(map, page_size(), 0);
		EXPECT_FAILS(look_at(page_of(map, 1)), ENOMEM);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	EXPECT_BYTES(map, 2 * page_size(), PATTERN);
}

#define SEQUENCES 64 /* of three out of four */

TEST(any_order, .covers = "MADV-42 MADV-04 MADV-14", .features = FEATURES(ADVICE),
     .summary = "of any three advices in any order the last one of each pair decides, for each page separately")
{
	char *map = map_pages(SEQUENCES);
	struct setting settings[SEQUENCES] = { 0 };

	for (size_t n = 0; n < SEQUENCES; n++) {
		for (size_t digits = n, i = 0; i < 3; i++, digits /= 4) {
			long result = sys_madvise(page_of(map, n), page_size(), advices[digits % 4]);
			REQUIRE_OK(result, digits);
			apply(&settings[n], advices[digits % 4]);
		}
	}
	long child = sys_fork();
	if (child == 0) {
		EXPECT_EQ(wrong_page(map, settings, SEQUENCES), SEQUENCES);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	EXPECT_BYTES(map, SEQUENCES * page_size(), PATTERN);
}

#define PAGES 32

TEST(any_ranges, .covers = "MADV-42 MADV-03 MADV-46", .features = FEATURES(ADVICE),
     .summary = "advice on ranges that overlap in any way comes to the last of each pair for each page")
{
	char *map = map_pages(PAGES);
	struct setting settings[PAGES] = { 0 };

	for (int round = 0; round < 4; round++) {
		for (int i = 0; i < 16; i++) {
			size_t first = test_random() % PAGES, count = 1 + test_random() % (PAGES - first);
			int advice = advices[test_random() % 4];
			long result = sys_madvise(page_of(map, first), count * page_size(), advice);
			REQUIRE_OK(result, i);
			for (size_t n = first; n < first + count; n++)
				apply(&settings[n], advice);
		}
		long child = sys_fork();
		if (child == 0) {
			EXPECT_EQ(wrong_page(map, settings, PAGES), PAGES, round);
			leave(0);
		}
		REQUIRE_GT(child, 0, round);
		EXPECT_EXITED(child, 0, round);
		EXPECT_BYTES(map, PAGES * page_size(), PATTERN, round);
	}
}

/* ---- Moved and resized ------------------------------------------------------------------------- */

static const struct move {
	const char *name;
	int advice;
} moves[] = { { "dontfork", MADV_DONTFORK }, { "wipeonfork", MADV_WIPEONFORK } };

TEST(moved, .covers = "MADV-47", .features = FEATURES(ADVICE),
     .summary = "a setting goes with the pages that mremap moves, and holds for what it adds", CASES(moves))
{
	const struct move *move = this_case();
	struct setting settings[4] = { 0 };
	char *map = map_pages(3), *place = map_pages(4);

	for (int n = 0; n < 4; n++)
		apply(&settings[n], move->advice);
	REQUIRE_OK(sys_madvise(map, 3 * page_size(), move->advice));
	void *moved = mremap(map, 3 * page_size(), 4 * page_size(), MREMAP_MAYMOVE | MREMAP_FIXED, place);
	REQUIRE_TRUE(moved == place);
	EXPECT_BYTES(place, 3 * page_size(), PATTERN);
	memset(page_of(place, 3), PATTERN, page_size());
	long child = sys_fork();
	if (child == 0) {
		EXPECT_EQ(wrong_page(place, settings, 4), 4);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	EXPECT_BYTES(place, 4 * page_size(), PATTERN);
}

/* ---- Without a copy of memory ------------------------------------------------------------------ */

struct pair {
	char *absent, *wiped;
};

static struct pair advised_pair(void)
{
	char *map = map_pages(2);

	REQUIRE_OK(sys_madvise(map, page_size(), MADV_DONTFORK));
	REQUIRE_OK(sys_madvise(page_of(map, 1), page_size(), MADV_WIPEONFORK));
	return (struct pair){ .absent = map, .wiped = page_of(map, 1) };
}

static int sees_contents(void *arg)
{
	const struct pair *pair = arg;

	EXPECT_OK(look_at(pair->absent));
	EXPECT_BYTES(pair->wiped, page_size(), PATTERN);
	pair->wiped[0] = 1;
	if (look_at(pair->absent) == 0) {
		EXPECT_BYTES(pair->absent, page_size(), PATTERN);
		pair->absent[0] = 1;
	}
	return 0;
}

TEST(vfork_child, .covers = "MADV-41", .features = FEATURES(ADVICE),
     .summary = "a vfork child, which shares its parent's memory, has both ranges as they are", THROUGH(vfork_doors))
{
	const struct vfork_door *door = this_door();
	struct pair pair = advised_pair();

	long child = door->vfork(sees_contents, &pair);
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	EXPECT_EQ(pair.absent[0], 1);
	EXPECT_EQ(pair.wiped[0], 1);
}

TEST(clone_vm_child, .covers = "MADV-41", .features = FEATURES(ADVICE),
     .summary = "a CLONE_VM child has both ranges as they are", THROUGH(clone_doors))
{
	const struct clone_door *door = this_door();
	struct pair pair = advised_pair();

	long child = CLONE_CALL(door->via, new_stack(), sees_contents, &pair, .flags = CLONE_VM,
				.exit_signal = SIGCHLD);
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	EXPECT_EQ(pair.absent[0], 1);
	EXPECT_EQ(pair.wiped[0], 1);
}

TEST(clone_without_vm, .covers = "MADV-01 MADV-07", .features = FEATURES(ADVICE),
     .summary = "clone without CLONE_VM honours both settings, whatever other flags it has", THROUGH(clone_doors))
{
	const struct clone_door *door = this_door();
	struct pair pair = advised_pair();

	long child = CLONE_HERE(door->via, .flags = CLONE_VFORK | CLONE_FILES | CLONE_FS, .exit_signal = SIGCHLD);
	if (child == 0) {
		EXPECT_FAILS(look_at(pair.absent), ENOMEM);
		EXPECT_BYTES(pair.wiped, page_size(), 0);
		leave(0);
	}
	REQUIRE_GT(child, 0);
	EXPECT_EXITED(child, 0);
	EXPECT_BYTES(pair.absent, 2 * page_size(), PATTERN);
}
