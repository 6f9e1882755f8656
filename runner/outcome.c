// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
#include <stdio.h>
#include <string.h>

#include "names.h"
#include "outcome.h"
#include "skip.h"

void outcome_init(struct outcome *outcome, uint64_t secret)
{
	memset(outcome, 0, sizeof(*outcome));
	outcome->secret = secret;
}

/* What a test sends is input like any other. */
static bool is_record(const struct record *record)
{
	return record->ready == RECORD_MAGIC && record->kind > RECORD_NONE && record->kind <= RECORD_UNKILLED;
}

/* Sorted by their numbers; what has none stands where it arrived, and so do those with the same one. The first ones are kept. */
static void keep(struct outcome *outcome, const struct record *record, uint32_t order)
{
	unsigned at = outcome->records;

	while (at > 0 && outcome->order[at - 1] > order)
		at--;
	if (at == OUTCOME_RECORDS)
		return;
	if (outcome->records < OUTCOME_RECORDS)
		outcome->records++;
	memmove(&outcome->record[at + 1], &outcome->record[at], (outcome->records - at - 1) * sizeof(*record));
	memmove(&outcome->order[at + 1], &outcome->order[at], (outcome->records - at - 1) * sizeof(order));
	outcome->record[at] = *record;
	outcome->order[at] = order;
	make_printable(outcome->record[at].text, RECORD_TEXT);
}

/* A record for the first time, whichever way it came. */
static void take(struct outcome *outcome, const struct record *record)
{
	if (record->sequence)
		outcome->latest = record->sequence;
	if (record->kind == RECORD_STATUS) {
		/* Any process of the test could say so. */
		if ((uint64_t)record->want != outcome->secret)
			return;
		outcome->have_status = true;
		outcome->status = (int)record->got;
	}
	keep(outcome, record, outcome->latest);
	outcome->kinds[record->kind]++;
}

/* Copied before it is looked at: the page may change meanwhile. */
static bool read_slot(const struct record_page *page, uint32_t n, struct record *record)
{
	if (__atomic_load_n(&page->slot[n].ready, __ATOMIC_ACQUIRE) != RECORD_MAGIC)
		return false;
	memcpy(record, (const void *)&page->slot[n], sizeof(*record));
	return is_record(record);
}

void outcome_record(struct outcome *outcome, const struct record *record, const struct record_page *page)
{
	const uint32_t n = record->sequence - 1;
	struct record twin;

	if (!is_record(record))
		return;
	/* Who sends writes to the page first. Where memory is not shared, another process's record may stand there. */
	if (page && n < RECORD_SLOTS && read_slot(page, n, &twin) && !memcmp(record, &twin, sizeof(twin)))
		outcome->by_pipe[n] = true;
	take(outcome, record);
}

void outcome_page(struct outcome *outcome, const struct record_page *page)
{
	struct record record;

	for (uint32_t n = 0; n < RECORD_SLOTS; n++) {
		if (outcome->by_pipe[n] || !read_slot(page, n, &record))
			continue;
		/* Its place decides, so that there is one for each number. */
		record.sequence = n + 1;
		take(outcome, &record);
	}
	if (page->evaluated)
		outcome->kinds[RECORD_EVALUATED]++;
}

void outcome_left(struct outcome *outcome, const char *what)
{
	struct record record = { .ready = RECORD_MAGIC, .kind = RECORD_LEFT, .site = SITE_NONE };

	append_text(record.text, sizeof(record.text), what);
	take(outcome, &record);
}

void outcome_output(struct outcome *outcome, const char *bytes, size_t n)
{
	size_t kept = outcome->output_size < OUTPUT_KEPT ? outcome->output_size : OUTPUT_KEPT;

	outcome->output_size += n;
	if (n >= OUTPUT_KEPT) {
		memcpy(outcome->output, bytes + n - OUTPUT_KEPT, OUTPUT_KEPT);
		return;
	}
	if (kept + n > OUTPUT_KEPT) {
		memmove(outcome->output, outcome->output + kept + n - OUTPUT_KEPT, OUTPUT_KEPT - n);
		kept = OUTPUT_KEPT - n;
	}
	memcpy(outcome->output + kept, bytes, n);
}

const struct site *record_site(const struct record *record)
{
	const char *base = (const char *)__start_forkcheck_sites;
	size_t size = (size_t)((const char *)__stop_forkcheck_sites - base);

	if (record->site >= size || record->site % sizeof(struct site))
		return NULL;
	return (const struct site *)(base + record->site);
}

static const struct record *first_of(const struct outcome *outcome, enum record_kind kind)
{
	static const struct record none;

	for (unsigned i = 0; i < outcome->records; i++)
		if (outcome->record[i].kind == kind)
			return &outcome->record[i];
	return &none;
}

/* A broken preparation in one line: its text, or the call that failed and how. */
static void why_broken(const struct outcome *outcome, char *why, size_t size)
{
	for (unsigned i = 0; i < outcome->records; i++) {
		const struct record *record = &outcome->record[i];
		const struct site *site = record_site(record);
		char got[80];
		if (record->kind != RECORD_BROKEN)
			continue;
		if (!site || site->form == FORM_TEXT) {
			snprintf(why, size, "%s", record->text);
		} else {
			value_text(got, sizeof(got), site->form, record->got);
			snprintf(why, size, "%.90s: %s", site->got, got);
		}
		return;
	}
}

static enum verdict ended(const struct outcome *outcome, char *why, size_t size)
{
	if (outcome->lost) {
		snprintf(why, size, "the cell was %s", status_text(outcome->cell_status));
		return VERDICT_CRASH;
	}
	if (!outcome->have_status) {
		snprintf(why, size, "the cell gave no report");
		return VERDICT_BROKEN;
	}
	if (WIFSIGNALED(outcome->status)) {
		snprintf(why, size, "%s", status_text(outcome->status));
		return VERDICT_CRASH;
	}
	if (!outcome->kinds[RECORD_DONE]) {
		snprintf(why, size, "its process left before the end of the body (%s)", status_text(outcome->status));
		return VERDICT_CRASH;
	}
	if (!outcome->kinds[RECORD_EVALUATED]) {
		snprintf(why, size, "it evaluated no expectation");
		return VERDICT_BROKEN;
	}
	if (outcome->kinds[RECORD_SURVIVOR] || outcome->kinds[RECORD_LEFT] || *outcome->unkilled) {
		unsigned n = outcome->kinds[RECORD_SURVIVOR];
		if (*outcome->unkilled)
			snprintf(why, size, "it left behind what can't be killed");
		else if (n)
			snprintf(why, size, "%u process%s outlived it", n, n == 1 ? "" : "es");
		else
			snprintf(why, size, "%s", first_of(outcome, RECORD_LEFT)->text);
		return VERDICT_LEAK;
	}
	return VERDICT_PASS;
}

bool outcome_decided(const struct outcome *outcome)
{
	return outcome->kinds[RECORD_FAIL] || outcome->kinds[RECORD_BROKEN];
}

/* Of what failed and what could not be prepared, whichever came first: the other may well follow from it. */
static bool failed_before_broken(const struct outcome *outcome)
{
	for (unsigned i = 0; i < outcome->records; i++) {
		if (outcome->record[i].kind == RECORD_FAIL)
			return true;
		if (outcome->record[i].kind == RECORD_BROKEN)
			return false;
	}
	return outcome->kinds[RECORD_FAIL] && !outcome->kinds[RECORD_BROKEN];
}

static void why_skipped(const struct record *record, char *why, size_t size)
{
	const char *end = strstr(record->text, SKIP_THING_ENDS);
	char thing[RECORD_TEXT];

	snprintf(thing, sizeof(thing), "%.*s", end ? (int)(end - record->text) : 0, record->text);
	skip_reason(why, size, (enum skip_class)record->extra, thing, "%s",
		    end ? end + strlen(SKIP_THING_ENDS) : record->text);
}

enum verdict outcome_verdict(const struct outcome *outcome, char *why, size_t size)
{
	*why = 0;
	if (failed_before_broken(outcome))
		return VERDICT_FAIL;
	/* Whatever the test found: no program may make a kernel say this. */
	if (*outcome->kernel) {
		snprintf(why, size, "the kernel says: %.*s", (int)strcspn(outcome->kernel, "\n"), outcome->kernel);
		return VERDICT_FAIL;
	}
	if (outcome->kinds[RECORD_BROKEN]) {
		why_broken(outcome, why, size);
		return VERDICT_BROKEN;
	}
	/* From whichever process: the others may then wait for it in vain. */
	if (outcome->kinds[RECORD_SKIP]) {
		why_skipped(first_of(outcome, RECORD_SKIP), why, size);
		return VERDICT_SKIP;
	}
	if (outcome->timed_out) {
		snprintf(why, size, "after %.1f s%s", outcome->seconds,
			 *outcome->unkilled ? "; not even SIGKILL ends it" : "");
		return VERDICT_TIMEOUT;
	}
	return ended(outcome, why, size);
}
