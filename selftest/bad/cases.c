// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* Cases that need and cover something of their own, and go through doors: for the unit tests of the suite. */
#include "forkcheck.h"

static const struct row {
	struct case_head head;
	int number;
} rows[] = {
	{ { .name = "one" }, 1 },
	{ { "two", .covers = "CLONE-FILES-06", .caps = CAP(KILL), .features = FEATURES(NEEDS_PROC) }, 2 },
	{ { "other", .arch = "none" }, 3 },
};

static const struct door {
	struct case_head head;
	int number;
} doors[] = {
	{ { .name = "front" }, 1 },
	{ { .name = "back" }, 2 },
};

static bool in_order(const void *row, const void *door)
{
	return ((const struct door *)door)->number <= ((const struct row *)row)->number;
}

TEST(crossed, .covers = "CLONE-FILES-01", .caps = CAP(CHOWN), .summary = "a case is told its row and its door",
     CASES_NEEDING(rows), THROUGH(doors), .passes = in_order)
{
	const struct row *row = this_case();
	const struct door *door = this_door();

	EXPECT_LE(door->number, row->number);
}
