// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* What the formats have in common. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reporting.h"

void teller_note(struct teller *teller, const char *format, ...)
{
	char line[900];
	va_list args;

	va_start(args, format);
	vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	if (teller->format->note)
		teller->format->note(teller, line);
}

void comment(struct teller *teller, const char *line)
{
	output_line(&teller->out, "# %s\n", line);
}

void tell_details(struct teller *teller, const struct result *result)
{
	if (!result->details)
		return;
	teller_note(teller, "%s: %s%s%s", result->item->id, verdict_names[result->verdict], *result->why ? ", " : "",
		    result->why);
	for (char *line = result->details; *line;) {
		size_t len = strcspn(line, "\n");
		teller_note(teller, "  %.*s", (int)len, line);
		line += len + (line[len] == '\n');
	}
}

bool is_ok(const struct result *result)
{
	return result->surprise == AS_EXPECTED;
}

bool is_known_failure(const struct result *result)
{
	return is_ok(result) && verdict_is_bad(result->verdict);
}

/* '#' would begin another directive. */
void directive(const struct result *result, char *text, size_t size)
{
	const char *verdict = verdict_names[result->verdict];
	char why[sizeof(result->why)];

	snprintf(why, sizeof(why), "%s", result->why);
	for (char *c = why; *c; c++)
		if (*c == '#' || *c == '\n')
			*c = ' ';
	*text = 0;
	if (result->surprise == UNEXPECTED_PASS)
		snprintf(text, size, " # XPASS expected %s: %s", result->expectation->verdict_text,
			 result->expectation->reason);
	else if (is_ok(result) && result->verdict == VERDICT_SKIP)
		snprintf(text, size, " # SKIP %s", why);
	else if (is_known_failure(result))
		snprintf(text, size, " # XFAIL %s: %s", verdict, result->expectation->reason);
	else if (result->verdict == VERDICT_TIMEOUT)
		snprintf(text, size, " # TIMEOUT %s", why);
	else if (result->verdict == VERDICT_BROKEN)
		snprintf(text, size, " # ERROR BROKEN: %s", why);
	else if (result->verdict == VERDICT_CRASH || result->verdict == VERDICT_LEAK)
		snprintf(text, size, " # %s: %s", verdict, why);
}

bool escapes_are_welcome(int fd)
{
	const char *term = getenv("TERM"), *none = getenv("NO_COLOR");

	return isatty(fd) && term && *term && strcmp(term, "dumb") != 0 && !(none && *none);
}
