// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* How records become a verdict. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "outcome.h"
#include "units.h"

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

void add_judging(Suite *all)
{
	TCase *verdicts = tcase_create("verdicts");

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
}
