// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* Expectation files, and what surprises. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "die.h"
#include "expectation.h"
#include "units.h"

static const struct circumstances here = { .arch = "x86_64", .release = { 6, 1 }, .privileged = true };

static void load_text(struct expectations *expectations, const char *text)
{
	char path[] = "/tmp/expectations.XXXXXX";
	int fd = mkstemp(path);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
	/* Read, then removed even where reading ends the program. */
	FILE *keep = fopen(path, "r");
	unlink(path);
	snprintf(path, sizeof(path), "/dev/fd/%d", fileno(keep));
	expectations_load(expectations, (const char *const[]){ path }, 1, &suite, &here);
	fclose(keep);
}

static const struct expectation *expectation_of(const struct expectations *expectations, const char *id)
{
	return expectation_for(expectations, suite_find(&suite, id));
}

START_TEST(the_first_line_that_applies_counts)
{
	struct expectations e;

	load_text(&e, "# comment\n\n"
		      "bad.verdicts.hangs FAIL if release<6.1 : not here\n"
		      "bad.verdicts.hangs TIMEOUT|FAIL if release>=6.1,arch=x86_64,privileged : here\n"
		      "bad.* CRASH : the rest\n"
		      "gone.* FAIL : stale\n");
	ck_assert_uint_eq(e.count, 4);
	ck_assert_str_eq(expectation_of(&e, "bad.verdicts.hangs")->reason, "here");
	ck_assert_str_eq(expectation_of(&e, "bad.verdicts.fails")->reason, "the rest");
	ck_assert(!e.entry[0].stale && !e.entry[1].stale && !e.entry[2].stale && e.entry[3].stale);
	expectations_free(&e);
}
END_TEST

static const char *const wrong_lines[] = {
	"bad.* FAIL\n",
	"bad.* FAIL :\n",
	"bad.* : no verdict\n",
	"bad.* PASS : a pass is no deviation\n",
	"bad.* PASS|PASS : nor are two\n",
	"bad.* WRONG : no such verdict\n",
	"bad.* FAIL if moon=full : no such condition\n",
	"bad.* FAIL when arch=arm : no such word\n",
	"bad.* FAIL if arch=x86_64 junk : a word too many\n",
};

START_TEST(a_wrong_line_is_an_error)
{
	struct expectations e;

	load_text(&e, wrong_lines[_i]);
}
END_TEST

START_TEST(verdicts_surprise_or_not)
{
	const struct expectation fails = { .verdicts = 1u << VERDICT_FAIL };

	ck_assert_int_eq(surprise(NULL, VERDICT_PASS), AS_EXPECTED);
	ck_assert_int_eq(surprise(NULL, VERDICT_SKIP), AS_EXPECTED);
	ck_assert_int_eq(surprise(NULL, VERDICT_LEAK), NEW_FAILURE);
	ck_assert_int_eq(surprise(&fails, VERDICT_FAIL), AS_EXPECTED);
	ck_assert_int_eq(surprise(&fails, VERDICT_SKIP), AS_EXPECTED);
	ck_assert_int_eq(surprise(&fails, VERDICT_CRASH), CHANGED_FAILURE);
	ck_assert_int_eq(surprise(&fails, VERDICT_PASS), UNEXPECTED_PASS);

	const struct expectation comes_and_goes = { .verdicts = 1u << VERDICT_FAIL | 1u << VERDICT_PASS };

	ck_assert_int_eq(surprise(&comes_and_goes, VERDICT_FAIL), AS_EXPECTED);
	ck_assert_int_eq(surprise(&comes_and_goes, VERDICT_PASS), AS_EXPECTED);
	ck_assert_int_eq(surprise(&comes_and_goes, VERDICT_CRASH), CHANGED_FAILURE);
}
END_TEST

void add_expecting(Suite *all)
{
	TCase *expectation = tcase_create("expectations");

	tcase_add_checked_fixture(expectation, load, unload);
	tcase_add_test(expectation, the_first_line_that_applies_counts);
	tcase_add_loop_exit_test(expectation, a_wrong_line_is_an_error, EXIT_USAGE, 0, ARRAY_SIZE(wrong_lines));
	tcase_add_test(expectation, verdicts_surprise_or_not);
	suite_add_tcase(all, expectation);
}
