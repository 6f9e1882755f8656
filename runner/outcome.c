// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
#include <stdio.h>
#include <string.h>

#include "names.h"
#include "outcome.h"

void outcome_init(struct outcome *outcome)
{
	memset(outcome, 0, sizeof(*outcome));
}

void outcome_record(struct outcome *outcome, const struct record *record)
{
	if (record->ready != RECORD_MAGIC || record->kind == RECORD_NONE || record->kind > RECORD_UNKILLED)
		return;
	for (unsigned i = 0; i < outcome->records; i++)
		if (!memcmp(&outcome->record[i], record, sizeof(*record)))
			return;
	if (outcome->records < OUTCOME_RECORDS) {
		struct record *kept = &outcome->record[outcome->records++];
		*kept = *record;
		kept->text[RECORD_TEXT - 1] = 0;
	}
	outcome->kinds[record->kind]++;
	if (record->kind == RECORD_STATUS) {
		outcome->have_status = true;
		outcome->status = (int)record->got;
	}
}

void outcome_page(struct outcome *outcome, const struct record_page *page)
{
	uint32_t used = __atomic_load_n(&page->used, __ATOMIC_ACQUIRE);

	for (uint32_t i = 0; i < used && i < RECORD_SLOTS; i++)
		if (__atomic_load_n(&page->slot[i].ready, __ATOMIC_ACQUIRE) == RECORD_MAGIC)
			outcome_record(outcome, &page->slot[i]);
	if (page->evaluated)
		outcome->kinds[RECORD_EVALUATED]++;
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

	if (record->site >= size || record->site % _Alignof(struct site))
		return NULL;
	return (const struct site *)(base + record->site);
}

static const char *text_of(const struct outcome *outcome, enum record_kind kind)
{
	for (unsigned i = 0; i < outcome->records; i++)
		if (outcome->record[i].kind == kind)
			return outcome->record[i].text;
	return "";
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
			snprintf(why, size, "%s", text_of(outcome, RECORD_LEFT));
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

enum verdict outcome_verdict(const struct outcome *outcome, char *why, size_t size)
{
	*why = 0;
	if (failed_before_broken(outcome))
		return VERDICT_FAIL;
	if (outcome->kinds[RECORD_BROKEN]) {
		why_broken(outcome, why, size);
		return VERDICT_BROKEN;
	}
	/* From whichever process: the others may then wait for it in vain. */
	if (outcome->kinds[RECORD_SKIP]) {
		snprintf(why, size, "%s", text_of(outcome, RECORD_SKIP));
		return VERDICT_SKIP;
	}
	if (outcome->timed_out) {
		snprintf(why, size, "after %.1f s%s", outcome->seconds,
			 *outcome->unkilled ? "; not even SIGKILL ends it" : "");
		return VERDICT_TIMEOUT;
	}
	return ended(outcome, why, size);
}
