// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* Programs that explore found, or that were worth keeping: the *.program files here. They are played as explore does. */
#include "forkcheck.h"

#include <string.h>

#include "arena.h"
#include "cell.h"
#include "player.h"

static const struct row {
	struct case_head head;
	const char *text;
} programs[] = {
#include "explored_programs.h"
};

static struct program program;
static struct difference *difference;

static int perform(void *unused)
{
	(void)unused;
	return play_surely(&program, difference) ? 0 : 1;
}

TEST(played, .features = FEATURES(NEEDS_PROC, NEEDS_PID_NS, NEEDS_MNT_NS, NEEDS_NS_ROOT, NEEDS_UNTRACED),
     .caps = CAP(SYS_ADMIN),
     .summary =
	     "each step of a program, and what all can see of themselves after it, is as the model of the documentation says",
     CASES_NEEDING(programs))
{
	const struct row *row = this_case();
	struct release release = release_now();
	struct text_error error;
	char text[256] = "";
	int status = -1;

	registry_begin();
	surroundings.major = release.major;
	surroundings.minor = release.minor;
	if (!program_parse(row->text, &program, &error) ||
	    !program_valid(&program, release.major, release.minor, false))
		BROKEN("the program makes no sense");
	difference = shared(sizeof(*difference));
	pid_t conductor = (pid_t)SETUP_RAW(arena_start(-1, perform, NULL));
	SETUP_RAW(checked_wait(conductor, &status, 0));
	if (status == W_EXITCODE(NO_STAGE, 0))
		BROKEN("no place to play");
	if (difference->kind != NO_DIFFERENCE) {
		append_number(text, sizeof(text), difference->step + 1);
		append_text(text, sizeof(text), ": ");
		difference_text(difference, text + strlen(text), sizeof(text) - strlen(text));
	}
	EXPECT_EQ(difference->kind, NO_DIFFERENCE, text);
	EXPECT_EQ(status, 0);
}
