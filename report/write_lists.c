// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/*
 * Expectations as other runners list them: gVisor's tests take a filter of googletest, asterinas a list of cases to
 * leave out, Starnix a JSON5 file of what is to fail.
 */
#include <ctype.h>
#include <string.h>

#include "writers.h"

/* googletest knows '*' and '?' only. */
static void check_glob(const struct expectation *entry)
{
	if (strpbrk(entry->glob, "[]\\:-"))
		die("%s:%u: '%s' cannot be said in this format: it knows no '[', '\\', ':' and '-'", entry->path,
		    entry->line, entry->glob);
}

/* A glob also stands for all that is below it; elsewhere it does not. */
static bool may_be_group(const char *glob)
{
	const size_t length = strlen(glob);

	return !length || glob[length - 1] != '*';
}

void write_gvisor(FILE *out, const struct expectations *expectations)
{
	const char *before = "-";

	for (size_t i = 0; i < expectations->count; i++) {
		const struct expectation *entry = &expectations->entry[i];
		if (!entry->applies)
			continue;
		check_glob(entry);
		fprintf(out, "%s%s", before, entry->glob);
		before = ":";
		if (may_be_group(entry->glob))
			fprintf(out, ":%s.*", entry->glob);
	}
	fputc('\n', out);
}

void write_asterinas(FILE *out, const struct expectations *expectations)
{
	const char *reason = "";

	for (size_t i = 0; i < expectations->count; i++) {
		const struct expectation *entry = &expectations->entry[i];
		if (!entry->applies)
			continue;
		check_glob(entry);
		if (strcmp(reason, entry->reason))
			fprintf(out, "# %s: %s\n", entry->verdict_text, entry->reason);
		reason = entry->reason;
		fprintf(out, "%s\n", entry->glob);
		if (may_be_group(entry->glob))
			fprintf(out, "%s.*\n", entry->glob);
	}
}

/* A string of JSON5; the text has no control characters that a file of lines could hold. */
static void json5_string(FILE *out, const char *text, const char *suffix)
{
	fputc('"', out);
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			fputc('\\', out);
		fputc(iscntrl((unsigned char)*text) ? ' ' : *text, out);
	}
	fprintf(out, "%s\"", suffix);
}

/* A comment ends with the line, and JSON5 knows more ends of a line than a file of expectations has: all but ASCII is left out. */
static void json5_comment(FILE *out, const char *text)
{
	for (; *text; text++)
		fputc(isascii((unsigned char)*text) && isprint((unsigned char)*text) ? *text : '?', out);
}

/* What hangs, comes and goes, or is skipped anyway, is not to be started there. */
static const char *starnix_action(const struct expectation *entry)
{
	return entry->verdicts & (1u << VERDICT_TIMEOUT | 1u << VERDICT_SKIP | 1u << VERDICT_PASS) ? "skip"
												   : "expect_failure";
}

/* The last action that fits counts there, the first line that fits here: so from the end. */
void write_starnix(FILE *out, const struct expectations *expectations)
{
	fputs("{\n    actions: [\n        {\n            type: \"expect_pass\",\n            matchers: [\n"
	      "                \"*\",\n            ],\n        },\n",
	      out);
	for (size_t i = expectations->count; i--;) {
		const struct expectation *entry = &expectations->entry[i];
		if (!entry->applies)
			continue;
		fprintf(out, "        {\n            // %s: ", entry->verdict_text);
		json5_comment(out, entry->reason);
		fprintf(out, "\n            type: \"%s\",\n            matchers: [\n                ",
			starnix_action(entry));
		json5_string(out, entry->glob, "");
		if (may_be_group(entry->glob)) {
			fputs(",\n                ", out);
			json5_string(out, entry->glob, ".*");
		}
		fputs(",\n            ],\n        },\n", out);
	}
	fputs("    ],\n}\n", out);
}
