// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* What is told: names, numbers, reasons, reports; and what is read of a command line. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "init.h"
#include "names.h"
#include "release.h"
#include "reporting.h"
#include "skip.h"
#include "spec.h"
#include "units.h"

START_TEST(releases_compare)
{
	struct release r = { 0 };

	ck_assert(release_parse("6.18.44-fc-v657", &r) && r.major == 6 && r.minor == 18);
	ck_assert(release_parse("4.4", &r) && r.major == 4);
	ck_assert(!release_parse("-", &r) && !release_parse("x", &r) && !release_parse("", &r));
	ck_assert_int_lt(release_compare((struct release){ 5, 19 }, (struct release){ 6, 1 }), 0);
	ck_assert_int_gt(release_compare((struct release){ 6, 10 }, (struct release){ 6, 9 }), 0);
	ck_assert_int_eq(release_compare((struct release){ 6, 9 }, (struct release){ 6, 9 }), 0);
}
END_TEST

START_TEST(statements_are_sorted_and_found)
{
	ck_assert_uint_gt(statement_count, 900);
	for (size_t i = 1; i < statement_count; i++)
		ck_assert_int_lt(strcmp(statements[i - 1].id, statements[i].id), 0);
	for (size_t i = 0; i < statement_count; i++)
		ck_assert_ptr_eq(statement_find(statements[i].id), &statements[i]);
	ck_assert_ptr_null(statement_find("NO-SUCH-ID"));
}
END_TEST

START_TEST(values_are_told_by_name)
{
	char text[80];

	value_text(text, sizeof(text), FORM_ERRNO, -EINVAL);
	ck_assert_str_eq(text, "EINVAL");
	value_text(text, sizeof(text), FORM_ERRNO, 5);
	ck_assert_str_eq(text, "success (5)");
	value_text(text, sizeof(text), FORM_STATUS, SIGSEGV);
	ck_assert_str_eq(text, "killed by SIGSEGV");
	value_text(text, sizeof(text), FORM_NUMBER, -EPERM);
	ck_assert_str_eq(text, "-1 (-EPERM)");
	value_text(text, sizeof(text), FORM_UNSIGNED, -1);
	ck_assert_str_eq(text, "18446744073709551615 (0xffffffffffffffff)");
	value_text(text, sizeof(text), FORM_UNSIGNED, 7);
	ck_assert_str_eq(text, "7");
}
END_TEST

/* What is written is read back, whatever the sentence says. */
START_TEST(skips_have_a_class_and_a_thing)
{
	static const char sentence[] = "kcmp(2): CONFIG_KCMP is off, since [5.3] ";
	static const char *const things[] = { "kcmp", "CAP_CHOWN CAP_KILL", "/dev/shm", "" };
	const enum skip_class class = (enum skip_class)_i;

	for (size_t i = 0; i < ARRAY_SIZE(things); i++) {
		char why[160];
		ck_assert_int_eq(skip_reason(why, sizeof(why), class, things[i], "%s", sentence), class);
		const struct skip skip = skip_read(why);
		ck_assert_int_eq(skip.class, class);
		ck_assert_str_eq(skip.sentence, sentence);
		ck_assert_uint_eq(skip.thing_length, class ? strlen(things[i]) : 0);
		ck_assert(!strncmp(skip.thing, things[i], skip.thing_length));
	}
}
END_TEST

START_TEST(other_reasons_have_no_class)
{
	static const char *const reasons[] = {
		"[configuration] none of ours", "[config", "[", "", "[config]", "config kcmp"
	};

	for (size_t i = 0; i < ARRAY_SIZE(reasons); i++) {
		ck_assert_int_eq(skip_read(reasons[i]).class, SKIP_NONE);
		ck_assert_str_eq(skip_read(reasons[i]).sentence, reasons[i]);
	}
	ck_assert(skip_is_absence(SKIP_CONFIG));
	ck_assert(!skip_is_absence(SKIP_PRIVILEGE));
	ck_assert(!skip_is_absence(SKIP_NONE));
}
END_TEST

/* By their values, whatever their types. */
START_TEST(numbers_compare)
{
	ck_assert_int_eq(compare_numbers(1, false, 1, true), 0);
	ck_assert_int_lt(compare_numbers(-1, false, 0, true), 0);
	ck_assert_int_gt(compare_numbers(-1, true, 0, false), 0);
	ck_assert_int_gt(compare_numbers(-1, true, -1, false), 0);
	ck_assert_int_eq(compare_numbers(-1, true, -1, true), 0);
	ck_assert_int_lt(compare_numbers(-2, false, -1, false), 0);
	ck_assert_int_gt(compare_numbers(INT64_MIN, true, INT64_MAX, false), 0);
	ck_assert_int_lt(compare_numbers(INT64_MIN, false, INT64_MAX, true), 0);
}
END_TEST

/* What a kernel hands over of a command line, and what it means; joined by '|'. */
static const struct {
	char *argv[6];
	const char *want;
} quoted_rows[] = {
	{ { "init", "-j2", "'clone.*'", NULL }, "init|-j2|clone.*" },
	{ { "init", "'!clone'.x", "a", NULL }, "init|!clone.x|a" },
	{ { "init", "'a", "b", "c'", "d", NULL }, "init|a b c|d" },
	{ { "init", "--again='a", "b'c", "''", NULL }, "init|--again=a bc|" },
	{ { "init", "'open", NULL }, "init|open" },
};

START_TEST(quotes_of_a_kernel_command_line_are_taken_off)
{
	char *argv[6], got[128] = "", words[6][32];
	int argc = 0;

	for (; quoted_rows[_i].argv[argc]; argc++)
		argv[argc] = strcpy(words[argc], quoted_rows[_i].argv[argc]);
	argv[argc] = NULL;
	argc = init_arguments(argc, argv);
	ck_assert_ptr_null(argv[argc]);
	for (int i = 0; i < argc; i++)
		snprintf(got + strlen(got), sizeof(got) - strlen(got), "%s%s", i ? "|" : "", argv[i]);
	ck_assert_str_eq(got, quoted_rows[_i].want);
}
END_TEST

/* A nested report, checked as a whole. */
START_TEST(ktap_nests)
{
	static const char want[] = "KTAP version 1\n"
				   "1..1\n"
				   "  KTAP version 1\n"
				   "  # Subtest: bad\n"
				   "  1..1\n"
				   "    KTAP version 1\n"
				   "    # Subtest: verdicts\n"
				   "    1..2\n"
				   "    ok 1 passes\n"
				   "    not ok 2 fails # TIMEOUT too long\n"
				   "  not ok 1 verdicts\n"
				   "not ok 1 bad\n";
	const struct item *order[2] = { suite_find(&suite, "bad.verdicts.passes"),
					suite_find(&suite, "bad.verdicts.fails") };
	char got[2048] = "";
	int ends[2];

	ck_assert_int_eq(pipe(ends), 0);
	struct report report = { .teller = { { .format = &format_ktap, .out = { .fd = ends[1], .name = "pipe" } } },
				 .tellers = 1 };
	report_open(&report, 1);
	report_round(&report, 1, order, 2);
	report_result(&report, &(struct result){ .item = order[0] });
	report_result(&report, &(struct result){ .item = order[1],
						 .verdict = VERDICT_TIMEOUT,
						 .surprise = NEW_FAILURE,
						 .why = "too long" });
	report_round_end(&report);
	close(ends[1]);
	ck_assert_int_gt(read(ends[0], got, sizeof(got) - 1), 0);
	close(ends[0]);
	ck_assert_str_eq(got, want);
}
END_TEST

void add_telling(Suite *all)
{
	TCase *rest = tcase_create("rest");

	tcase_add_checked_fixture(rest, load, unload);
	tcase_add_test(rest, releases_compare);
	tcase_add_test(rest, statements_are_sorted_and_found);
	tcase_add_test(rest, values_are_told_by_name);
	tcase_add_test(rest, numbers_compare);
	tcase_add_loop_test(rest, skips_have_a_class_and_a_thing, SKIP_NONE, SKIP_CLASSES);
	tcase_add_test(rest, other_reasons_have_no_class);
	tcase_add_test(rest, ktap_nests);
	tcase_add_loop_test(rest, quotes_of_a_kernel_command_line_are_taken_off, 0, ARRAY_SIZE(quoted_rows));
	suite_add_tcase(all, rest);
}
