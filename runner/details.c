// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* What the report says about a test that did not pass: which check, in which process, which rule, how to run it again. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "details.h"
#include "die.h"
#include "names.h"
#include "notes.h"
#include "spec.h"

/* The first failures tell; the tenth that follows from them does not. */
#define RECORDS_SHOWN 10

static const char *role_text(const struct record *record)
{
	switch (record->role) {
	case 'P':
		return record->thread ? "P/thread, a thread of the test's process" : "P, the test's process";
	case 'C':
		return record->thread ? "C/thread, a thread of a child of the test" : "C, a child of the test";
	default:
		return record->thread ? "G/thread, a thread of a descendant of the test"
				      : "G, a descendant of the test";
	}
}

static void describe_values(FILE *out, const struct site *site, const struct record *record)
{
	char got[80], want[80];

	value_text(got, sizeof(got), site->form, record->got);
	value_text(want, sizeof(want), site->want_form, record->want);
	fprintf(out, "  %s%s%s\n", site->got, *record->text ? " with " : "", record->text);
	switch (site->form) {
	case FORM_NUMBER:
	case FORM_UNSIGNED:
		fprintf(out, "    " NOTE_WANT "%s", site->want);
		/* "== 1" says it all; "== child" does not. */
		if (strcmp(strchr(site->want, ' ') + 1, want))
			fprintf(out, ", which is %s", want);
		fprintf(out, "\n    " NOTE_GOT "%s\n", got);
		break;
	case FORM_BYTE:
		fprintf(out, "    " NOTE_WANT "%s\n    " NOTE_GOT "%s at offset %d\n", site->want, got, record->extra);
		break;
	case FORM_STATUS:
		fprintf(out, "    " NOTE_WANT "%s\n    " NOTE_GOT "%s\n", site->want, got);
		if (record->err)
			fprintf(out, "    " NOTE_ERRNO "%s\n", errno_name(record->err));
		break;
	default:
		fprintf(out, "    " NOTE_WANT "%s\n    " NOTE_GOT "%s\n", *site->want ? site->want : want, got);
	}
}

static void describe_record(FILE *out, const struct record *record)
{
	const struct site *site = record_site(record);

	switch (record->kind) {
	case RECORD_FAIL:
	case RECORD_BROKEN:
		if (site)
			fprintf(out, "%s:%d ", site->file, site->line);
		fprintf(out, NOTE_IN "%s " NOTE_PID "%d)\n", role_text(record), record->pid);
		if (site && site->form != FORM_TEXT)
			describe_values(out, site, record);
		else
			fprintf(out, "  %s\n", record->text);
		break;
	case RECORD_TOLD:
		fprintf(out, "%s: %lld\n", record->text, (long long)record->got);
		break;
	case RECORD_SURVIVOR:
	case RECORD_LEFT:
	case RECORD_UNKILLED:
		fprintf(out, "%s: %s\n", record->kind == RECORD_UNKILLED ? "could not be killed" : "left behind",
			record->text);
		break;
	}
}

/* The end of what the test wrote, made printable, so that no test can forge a result line. */
static void describe_output(FILE *out, const struct outcome *outcome)
{
	size_t kept = outcome->output_size < OUTPUT_KEPT ? outcome->output_size : OUTPUT_KEPT;
	bool line_begins = true;

	if (!kept)
		return;
	if (kept < outcome->output_size)
		fprintf(out, "the test wrote %zu bytes, which end with\n", outcome->output_size);
	else
		fprintf(out, "the test wrote\n");
	size_t from = kept > 512 ? kept - 512 : 0;
	for (size_t i = from; i < kept; i++) {
		unsigned char c = (unsigned char)outcome->output[i];
		if (line_begins)
			fputs("  | ", out);
		line_begins = c == '\n';
		fputc(c == '\n' || isprint(c) ? c : '?', out);
	}
	if (!line_begins)
		fputc('\n', out);
}

static void describe_rules(FILE *out, const struct item *item)
{
	const char *words = item->covers;
	char id[64];

	while (next_word(&words, id, sizeof(id))) {
		const struct statement *s = statement_find(id);
		if (s)
			fprintf(out, NOTE_RULE "%s [%s] (%s): %s\n", s->id, s->level, s->source, s->text);
	}
}

char *details_text(const struct item *item, const struct outcome *outcome, enum verdict verdict,
		   const struct again *again)
{
	char *text = NULL;
	size_t size = 0;
	const bool well = verdict == VERDICT_PASS || verdict == VERDICT_SKIP;
	FILE *out;

	if (well && !outcome->kinds[RECORD_TOLD])
		return NULL;
	out = open_memstream(&text, &size);
	if (!out)
		die("out of memory");
	if (outcome->timed_out)
		fprintf(out, "time was up after %.1f s; alive then:\n%s\n", outcome->seconds, outcome->hung);
	if (*outcome->unkilled)
		fprintf(out, "could not be killed, and is given up:\n%s\n", outcome->unkilled);
	if (*outcome->kernel)
		fprintf(out, "the kernel said meanwhile\n%s", outcome->kernel);
	if (outcome->console)
		fprintf(out, "the machine died while this test ran\n%s", outcome->console);
	for (unsigned i = 0; i < outcome->records && i < RECORDS_SHOWN; i++)
		describe_record(out, &outcome->record[i]);
	if (well) {
		fclose(out);
		return text;
	}
	unsigned failures = outcome->kinds[RECORD_FAIL] + outcome->kinds[RECORD_BROKEN];
	if (failures > RECORDS_SHOWN)
		fprintf(out, "and more: %u failed expectations in all\n", failures);
	describe_output(out, outcome);
	describe_rules(out, item);
	if (again->command)
		fprintf(out, NOTE_AGAIN "%s run %s --seed %u\n", again->command, item->id, again->seed);
	fclose(out);
	return text;
}
