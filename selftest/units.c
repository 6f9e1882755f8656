// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* Unit tests of the runner's parts. They are linked with the tests that are wrong on purpose. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "applies.h"
#include "expectation.h"
#include "die.h"
#include "init.h"
#include "names.h"
#include "outcome.h"
#include "reporting.h"
#include "select.h"
#include "spec.h"

static struct suite suite;

static void load(void)
{
	suite_load(&suite);
}

static void unload(void)
{
	suite_free(&suite);
}

/* ---- Selection --------------------------------------------------------------------------------- */

static size_t chosen_by(int count, char *const *selectors)
{
	const struct item **chosen = calloc(suite.count, sizeof(*chosen));
	size_t n = select_items(&suite, selectors, count, chosen);

	free(chosen);
	return n;
}

START_TEST(nothing_said_selects_all)
{
	ck_assert_uint_eq(chosen_by(0, NULL), suite.count);
}
END_TEST

START_TEST(a_glob_selects)
{
	ck_assert_uint_eq(chosen_by(1, (char *[]){ "bad.verdicts.fails_in_*" }), 4);
	ck_assert_uint_eq(chosen_by(1, (char *[]){ "bad.verdicts.fails" }), 1);
	ck_assert_uint_eq(chosen_by(1, (char *[]){ "bad" }), suite.count);
}
END_TEST

START_TEST(later_selectors_win)
{
	ck_assert_uint_eq(chosen_by(2, (char *[]){ "bad.verdicts.fails_in_*", "!*_child" }), 2);
	ck_assert_uint_eq(chosen_by(2, (char *[]){ "!*", "bad.verdicts.hangs" }), 1);
	ck_assert_uint_eq(chosen_by(1, (char *[]){ "!bad.verdicts.hangs" }), suite.count - 1);
}
END_TEST

START_TEST(statements_select)
{
	ck_assert_uint_eq(chosen_by(1, (char *[]){ "spec:FORK-001" }), 1);
	ck_assert_uint_eq(chosen_by(1, (char *[]){ "spec:FORK-*" }), 1);
}
END_TEST

START_TEST(a_selector_without_match_is_an_error)
{
	chosen_by(1, (char *[]){ "no.such.test" });
}
END_TEST

START_TEST(shards_are_a_partition)
{
	size_t sum = 0;

	for (unsigned shard = 1; shard <= 3; shard++) {
		const struct item **chosen = calloc(suite.count, sizeof(*chosen));
		size_t n = select_items(&suite, NULL, 0, chosen);
		n = select_shard(chosen, n, shard, 3);
		ck_assert_uint_lt(n, suite.count);
		sum += n;
		free(chosen);
	}
	ck_assert_uint_eq(sum, suite.count);
}
END_TEST

START_TEST(shuffling_is_a_permutation_by_seed)
{
	const struct item **a = calloc(suite.count, sizeof(*a)), **b = calloc(suite.count, sizeof(*b));
	size_t n = select_items(&suite, NULL, 0, a);

	select_items(&suite, NULL, 0, b);
	shuffle_items(a, n, 1);
	shuffle_items(b, n, 1);
	ck_assert_mem_eq(a, b, n * sizeof(*a));
	shuffle_items(b, n, 2);
	ck_assert_mem_ne(a, b, n * sizeof(*a));
	for (size_t i = 0; i < n; i++) {
		size_t found = 0;
		for (size_t k = 0; k < n; k++)
			found += b[k] == a[i];
		ck_assert_uint_eq(found, 1);
	}
	free(a);
	free(b);
}
END_TEST

/* ---- Cases ------------------------------------------------------------------------------------- */

START_TEST(rows_go_through_their_doors)
{
	ck_assert_uint_eq(chosen_by(1, (char *[]){ "bad.cases.crossed" }), 5);
	ck_assert_ptr_nonnull(suite_find(&suite, "bad.cases.crossed.one.front"));
	ck_assert_ptr_null(suite_find(&suite, "bad.cases.crossed.one.back"));
	ck_assert_ptr_nonnull(suite_find(&suite, "bad.cases.crossed.two.back"));
}
END_TEST

START_TEST(a_row_adds_to_its_test)
{
	const struct item *one = suite_find(&suite, "bad.cases.crossed.one.front");
	const struct item *two = suite_find(&suite, "bad.cases.crossed.two.back");

	ck_assert_str_eq(one->covers, "CLONE-FILES-01");
	ck_assert_str_eq(two->covers, "CLONE-FILES-01 CLONE-FILES-06");
	ck_assert_uint_eq(one->caps, CAP(CHOWN));
	ck_assert_uint_eq(two->caps, CAP(CHOWN) | CAP(KILL));
	ck_assert(!one->features[NEEDS_PROC]);
	ck_assert(two->features[NEEDS_PROC]);
	ck_assert_uint_eq(chosen_by(1, (char *[]){ "spec:CLONE-FILES-01" }), 5);
	ck_assert_uint_eq(chosen_by(1, (char *[]){ "spec:CLONE-FILES-06" }), 2);
}
END_TEST

START_TEST(a_row_applies_by_itself)
{
	const struct privileges none = { 0 }, all = { .caps = ~0ULL };
	const struct pen pen = { .closed = true };
	char why[160];

	ck_assert(inapplicable(suite_find(&suite, "bad.cases.crossed.one.front"), &none, &pen, why, sizeof(why)));
	ck_assert_str_eq(why, "[privilege] needs CAP_CHOWN");
	ck_assert(inapplicable(suite_find(&suite, "bad.cases.crossed.two.front"), &none, &pen, why, sizeof(why)));
	ck_assert_str_eq(why, "[privilege] needs CAP_CHOWN CAP_KILL");
	ck_assert(!inapplicable(suite_find(&suite, "bad.cases.crossed.two.front"), &all, &pen, why, sizeof(why)));
	ck_assert(inapplicable(suite_find(&suite, "bad.cases.crossed.other.back"), &all, &pen, why, sizeof(why)));
	ck_assert_str_eq(why, "[architecture] for none, this is " ARCH_NAME);
}
END_TEST

START_TEST(what_reaches_out_wants_a_pen)
{
	const struct privileges all = { .root = true, .caps = ~0ULL };
	const struct pen closed = { .closed = true }, open = { .open_because = "none" };
	const struct item *item = suite_find(&suite, "bad.verdicts.kills_everything");
	char why[160];

	ck_assert(!inapplicable(item, &all, &closed, why, sizeof(why)));
	ck_assert(inapplicable(item, &all, &open, why, sizeof(why)));
	ck_assert_str_eq(why, "[surroundings] may hit every process of its user, and no pen is around it");
	ck_assert(!unpenned(suite_find(&suite, "bad.verdicts.passes"), &open, why, sizeof(why)));
}
END_TEST

/* Readers of KTAP end a group with the first result that has its name. */
static void no_body(void)
{
}

static const struct named_row {
	const char *name;
} named_rows[] = { { "passes" } };

START_TEST(nothing_is_called_like_its_group)
{
	static const struct test tests[] = {
		{ .name = "passes", .file = "selftest/bad/verdicts.c", .body = no_body, CASES(named_rows) },
		{ .name = "verdicts", .file = "selftest/bad/verdicts.c", .body = no_body },
		{ .name = "passes", .file = "selftest/bad/bad.c", .body = no_body },
	};
	struct item item;

	item_init(&item, &tests[_i], 0);
}
END_TEST

/* ---- Expectations ------------------------------------------------------------------------------ */

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

/* ---- Outcomes and verdicts --------------------------------------------------------------------- */

#define SECRET 4711

static struct record record_of(enum record_kind kind, uint32_t sequence)
{
	return (struct record){ .ready = RECORD_MAGIC, .kind = kind, .sequence = sequence, .site = SITE_NONE };
}

static void take(struct outcome *outcome, enum record_kind kind)
{
	const struct record record = record_of(kind, outcome->records + 1);

	outcome_record(outcome, &record, NULL);
}

static void take_status(struct outcome *outcome, int status)
{
	struct record record = record_of(RECORD_STATUS, 99);

	record.got = status;
	record.want = SECRET;
	outcome_record(outcome, &record, NULL);
}

/* What happens, by letters: e evaluated, f fail, b broken, s skip, d done, v survivor, t timeout, l lost, a number
 * the status. */
static const struct {
	const char *events;
	int status;
	enum verdict verdict;
} verdict_rows[] = {
	{ "ed", 0, VERDICT_PASS },	 { "d", 0, VERDICT_BROKEN },	   { "efd", 0, VERDICT_FAIL },
	{ "e", 0, VERDICT_CRASH },	 { "ed", SIGSEGV, VERDICT_CRASH }, { "e", SIGSEGV, VERDICT_CRASH },
	{ "ef", SIGSEGV, VERDICT_FAIL }, { "eb", 0x100, VERDICT_BROKEN },  { "efb", 0, VERDICT_FAIL },
	{ "s", 0, VERDICT_SKIP },	 { "edv", 0, VERDICT_LEAK },	   { "efdv", 0, VERDICT_FAIL },
	{ "et", -1, VERDICT_TIMEOUT },	 { "eft", -1, VERDICT_FAIL },	   { "el", -1, VERDICT_CRASH },
	{ "e", -1, VERDICT_BROKEN },	 { "ebf", 0, VERDICT_BROKEN },
};

START_TEST(events_make_a_verdict)
{
	struct outcome outcome;
	char why[160];

	outcome_init(&outcome, SECRET);
	for (const char *event = verdict_rows[_i].events; *event; event++) {
		switch (*event) {
		case 'e':
			take(&outcome, RECORD_EVALUATED);
			break;
		case 'f':
			take(&outcome, RECORD_FAIL);
			break;
		case 'b':
			take(&outcome, RECORD_BROKEN);
			break;
		case 's':
			take(&outcome, RECORD_SKIP);
			break;
		case 'd':
			take(&outcome, RECORD_DONE);
			break;
		case 'v':
			take(&outcome, RECORD_SURVIVOR);
			break;
		case 't':
			outcome.timed_out = true;
			break;
		case 'l':
			outcome.lost = true;
		}
	}
	if (verdict_rows[_i].status >= 0)
		take_status(&outcome, verdict_rows[_i].status);
	ck_assert_int_eq(outcome_verdict(&outcome, why, sizeof(why)), verdict_rows[_i].verdict);
}
END_TEST

/* A page with records of these kinds, numbered from 1; all or some of them come by the pipe as well. */
static void send_all(struct outcome *outcome, struct record_page *page, size_t count, bool (*by_pipe)(size_t n))
{
	for (size_t n = 0; n < count; n++) {
		const struct record record = record_of(RECORD_FAIL, (uint32_t)n + 1);
		page->used++;
		if (n < RECORD_SLOTS)
			page->slot[n] = record;
		if (by_pipe(n))
			outcome_record(outcome, &record, page);
	}
	outcome_page(outcome, page);
}

static bool every(size_t n)
{
	return n < SIZE_MAX;
}

static bool each_second(size_t n)
{
	return n % 2;
}

static const struct {
	size_t count;
	bool (*by_pipe)(size_t n);
} floods[] = {
	{ 1, every }, { 2, each_second }, { RECORD_SLOTS, every }, { RECORD_SLOTS, each_second }, { 100000, every },
};

START_TEST(a_record_counts_once)
{
	struct record_page *page = calloc(1, sizeof(*page));
	struct outcome outcome;

	outcome_init(&outcome, SECRET);
	send_all(&outcome, page, floods[_i].count, floods[_i].by_pipe);
	ck_assert_uint_eq(outcome.kinds[RECORD_FAIL], floods[_i].count);
	for (unsigned i = 0; i < outcome.records; i++)
		ck_assert_uint_eq(outcome.record[i].sequence, i + 1);
	free(page);
}
END_TEST

/* Number 1 came by the page alone, so that it arrives last. */
START_TEST(what_happened_first_counts)
{
	static const enum record_kind kinds[][2] = { { RECORD_FAIL, RECORD_BROKEN }, { RECORD_BROKEN, RECORD_FAIL } };
	static const enum verdict verdicts[] = { VERDICT_FAIL, VERDICT_BROKEN };
	struct record_page *page = calloc(1, sizeof(*page));
	struct outcome outcome;
	char why[160];

	outcome_init(&outcome, SECRET);
	page->used = 2;
	page->slot[0] = record_of(kinds[_i][0], 1);
	page->slot[1] = record_of(kinds[_i][1], 2);
	outcome_record(&outcome, &page->slot[1], page);
	outcome_page(&outcome, page);
	ck_assert_int_eq(outcome_verdict(&outcome, why, sizeof(why)), verdicts[_i]);
	free(page);
}
END_TEST

/* Memory that is not shared: two processes give the same number, each to a record of its own. */
START_TEST(the_same_number_of_two_processes)
{
	struct record_page *page = calloc(1, sizeof(*page));
	struct record ours = record_of(RECORD_FAIL, 1), theirs = ours;
	struct outcome outcome;

	theirs.pid = 7;
	outcome_init(&outcome, SECRET);
	page->used = 1;
	page->slot[0] = ours;
	outcome_record(&outcome, &theirs, page);
	outcome_record(&outcome, &ours, page);
	outcome_page(&outcome, page);
	ck_assert_uint_eq(outcome.kinds[RECORD_FAIL], 2);
	free(page);
}
END_TEST

/* Without a page there are no numbers: the order of arrival stays. */
START_TEST(records_without_numbers)
{
	struct record broken = record_of(RECORD_BROKEN, 0), fail = record_of(RECORD_FAIL, 0);
	struct outcome outcome;
	char why[160];

	outcome_init(&outcome, SECRET);
	outcome_record(&outcome, &broken, NULL);
	outcome_record(&outcome, &fail, NULL);
	outcome_record(&outcome, &fail, NULL);
	ck_assert_uint_eq(outcome.kinds[RECORD_FAIL], 2);
	ck_assert_int_eq(outcome_verdict(&outcome, why, sizeof(why)), VERDICT_BROKEN);
}
END_TEST

START_TEST(only_the_cell_can_say_the_status)
{
	struct record forged = record_of(RECORD_STATUS, 9);
	struct outcome outcome;
	char why[160];

	outcome_init(&outcome, SECRET);
	take(&outcome, RECORD_EVALUATED);
	take(&outcome, RECORD_DONE);
	take_status(&outcome, SIGSEGV);
	outcome_record(&outcome, &forged, NULL);
	ck_assert_int_eq(outcome_verdict(&outcome, why, sizeof(why)), VERDICT_CRASH);
}
END_TEST

START_TEST(what_a_record_says_is_printable)
{
	struct record record = record_of(RECORD_SKIP, 1);
	struct outcome outcome;
	char why[160];

	memset(record.text, 'x', sizeof(record.text)); /* without an end */
	memcpy(record.text, "a\nok 77 forged\033[2J\377", 19);
	outcome_init(&outcome, SECRET);
	outcome_record(&outcome, &record, NULL);
	ck_assert_int_eq(outcome_verdict(&outcome, why, sizeof(why)), VERDICT_SKIP);
	ck_assert(!strncmp(why, "a?ok 77 forged?[2J?x", 20));
}
END_TEST

START_TEST(garbage_is_no_record)
{
	struct outcome outcome;
	struct record record;

	outcome_init(&outcome, SECRET);
	memset(&record, 0xff, sizeof(record));
	outcome_record(&outcome, &record, NULL);
	record.ready = RECORD_MAGIC;
	outcome_record(&outcome, &record, NULL);
	ck_assert_uint_eq(outcome.records, 0);
	/* A site outside the table must not be followed. */
	record = record_of(RECORD_FAIL, 0);
	record.site = 0x7ffffff0;
	ck_assert_ptr_null(record_site(&record));
	/* Nor one in the middle of two. */
	record.site = sizeof(struct site);
	ck_assert_ptr_nonnull(record_site(&record));
	record.site = sizeof(struct site) / 2;
	ck_assert_ptr_null(record_site(&record));
}
END_TEST

START_TEST(the_end_of_the_output_is_kept)
{
	static struct outcome outcome;

	outcome_init(&outcome, SECRET);
	for (int i = 0; i < 1000; i++) {
		char line[16];
		int n = snprintf(line, sizeof(line), "line %d\n", i);
		outcome_output(&outcome, line, (size_t)n);
	}
	ck_assert_uint_gt(outcome.output_size, OUTPUT_KEPT);
	ck_assert(!memcmp(outcome.output + OUTPUT_KEPT - 9, "line 999\n", 9));
}
END_TEST

/* ---- The rest ---------------------------------------------------------------------------------- */

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
START_TEST(skips_have_classes)
{
	for (enum skip_class class = SKIP_NONE; class < SKIP_CLASSES; class ++) {
		const char *rest;
		char why[80];

		skip_reason(why, sizeof(why), class, "%s: CONFIG_%s is off, since Linux 5.3", "kcmp(2)", "KCMP");
		ck_assert_int_eq(skip_class_of(why, &rest), class);
		ck_assert_str_eq(rest, "kcmp(2): CONFIG_KCMP is off, since Linux 5.3");
	}
	ck_assert_int_eq(skip_class_of("[configuration] none of ours", NULL), SKIP_NONE);
	ck_assert_int_eq(skip_class_of("[", NULL), SKIP_NONE);
	ck_assert_int_eq(skip_class_of("", NULL), SKIP_NONE);
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

int main(void)
{
	Suite *all = suite_create("forkcheck");
	TCase *selection = tcase_create("selection"), *expectation = tcase_create("expectations");
	TCase *cases = tcase_create("cases"), *verdicts = tcase_create("verdicts"), *rest = tcase_create("rest");

	tcase_add_checked_fixture(selection, load, unload);
	tcase_add_test(selection, nothing_said_selects_all);
	tcase_add_test(selection, a_glob_selects);
	tcase_add_test(selection, later_selectors_win);
	tcase_add_test(selection, statements_select);
	tcase_add_exit_test(selection, a_selector_without_match_is_an_error, EXIT_USAGE);
	tcase_add_test(selection, shards_are_a_partition);
	tcase_add_test(selection, shuffling_is_a_permutation_by_seed);
	suite_add_tcase(all, selection);

	tcase_add_checked_fixture(cases, load, unload);
	tcase_add_test(cases, rows_go_through_their_doors);
	tcase_add_test(cases, a_row_adds_to_its_test);
	tcase_add_test(cases, a_row_applies_by_itself);
	tcase_add_test(cases, what_reaches_out_wants_a_pen);
	tcase_add_loop_exit_test(cases, nothing_is_called_like_its_group, EXIT_USAGE, 0, 3);
	suite_add_tcase(all, cases);

	tcase_add_checked_fixture(expectation, load, unload);
	tcase_add_test(expectation, the_first_line_that_applies_counts);
	tcase_add_loop_exit_test(expectation, a_wrong_line_is_an_error, EXIT_USAGE, 0, ARRAY_SIZE(wrong_lines));
	tcase_add_test(expectation, verdicts_surprise_or_not);
	suite_add_tcase(all, expectation);

	tcase_add_loop_test(verdicts, events_make_a_verdict, 0, ARRAY_SIZE(verdict_rows));
	tcase_add_loop_test(verdicts, a_record_counts_once, 0, ARRAY_SIZE(floods));
	tcase_add_loop_test(verdicts, what_happened_first_counts, 0, 2);
	tcase_add_test(verdicts, the_same_number_of_two_processes);
	tcase_add_test(verdicts, records_without_numbers);
	tcase_add_test(verdicts, only_the_cell_can_say_the_status);
	tcase_add_test(verdicts, what_a_record_says_is_printable);
	tcase_add_test(verdicts, garbage_is_no_record);
	tcase_add_test(verdicts, the_end_of_the_output_is_kept);
	suite_add_tcase(all, verdicts);

	tcase_add_checked_fixture(rest, load, unload);
	tcase_add_test(rest, releases_compare);
	tcase_add_test(rest, statements_are_sorted_and_found);
	tcase_add_test(rest, values_are_told_by_name);
	tcase_add_test(rest, numbers_compare);
	tcase_add_test(rest, skips_have_classes);
	tcase_add_test(rest, ktap_nests);
	tcase_add_loop_test(rest, quotes_of_a_kernel_command_line_are_taken_off, 0, ARRAY_SIZE(quoted_rows));
	suite_add_tcase(all, rest);

	SRunner *runner = srunner_create(all);
	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? 1 : 0;
}
