// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "die.h"
#include "notes.h"
#include "options.h"
#include "reporting.h"

/* Of more, the end of the run tells only how many. */
#define UNEXPECTED_SHOWN 100

/* ---- Who is told ------------------------------------------------------------------------------- */

static struct teller *add_teller(struct report *report, int fd, const char *name, const struct options *options)
{
	struct teller *teller = &report->teller[report->tellers++];

	*teller = (struct teller){
		.out = { .fd = fd, .name = name, .muted = options->resume },
		.color = options->color == COLOR_ALWAYS || (options->color == COLOR_AUTO && escapes_are_welcome(fd)),
	};
	return teller;
}

void report_set_up(struct report *report, const struct options *options)
{
	const bool terminal = isatty(STDOUT_FILENO) && !options->announce;
	const char *name = "standard output";
	int fd = STDOUT_FILENO;

	report->announce = options->announce;
	if (options->output) {
		name = options->output;
		fd = open(name, O_WRONLY | O_CREAT | O_TRUNC | O_NOCTTY | O_CLOEXEC, 0644);
		if (fd < 0)
			die("%s: %s", name, strerror(errno));
	}
	struct teller *teller = add_teller(report, fd, name, options);
	if (options->format)
		teller->format = options->format;
	else
		teller->format = isatty(fd) && !options->announce ? &format_terminal : &format_ktap;
	if (options->output && terminal && !isatty(fd))
		add_teller(report, STDOUT_FILENO, "standard output", options)->format = &format_terminal;
}

void report_free(struct report *report)
{
	free(report->unexpected);
}

void report_mute(struct report *report, bool muted)
{
	for (unsigned i = 0; i < report->tellers; i++)
		report->teller[i].out.muted = muted;
}

int report_error(const struct report *report, const char **name)
{
	*name = report->teller[0].out.name;
	return report->teller[0].out.err;
}

void report_note(struct report *report, const char *format, ...)
{
	char line[900];
	va_list args;

	va_start(args, format);
	vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	for (unsigned i = 0; i < report->tellers; i++)
		if (report->teller[i].format->note)
			report->teller[i].format->note(&report->teller[i], line);
}

/* Where a test begins and ends is for the report alone. */
static void announce(struct report *report, const char *prefix, const struct item *item, const char *verdict)
{
	if (report->announce)
		teller_note(&report->teller[0], "%s%s%s%s", prefix, item->id, *verdict ? " " : "", verdict);
}

/* ---- The run ----------------------------------------------------------------------------------- */

void report_open(struct report *report, unsigned rounds)
{
	report->rounds = rounds;
	for (unsigned i = 0; i < report->tellers; i++)
		if (report->teller[i].format->open)
			report->teller[i].format->open(&report->teller[i]);
}

void report_round(struct report *report, unsigned round, const struct item *const *order, size_t count)
{
	report->order = order;
	report->count = count;
	report->done = 0;
	for (unsigned i = 0; i < report->tellers; i++)
		if (report->teller[i].format->round)
			report->teller[i].format->round(&report->teller[i], report, round);
}

void report_round_end(struct report *report)
{
	for (unsigned i = 0; i < report->tellers; i++)
		if (report->teller[i].format->round_end)
			report->teller[i].format->round_end(&report->teller[i]);
}

void report_running(struct report *report, const struct item *item)
{
	announce(report, NOTE_BEGINS, item, "");
	for (unsigned i = 0; i < report->tellers; i++)
		if (report->teller[i].format->running)
			report->teller[i].format->running(&report->teller[i], report, item);
}

/* The same end of a test in several rounds is told once. */
static void keep_unexpected(struct report *report, const struct result *result)
{
	for (size_t i = 0; report->rounds != 1 && i < report->unexpected_count; i++) {
		struct unexpected *before = &report->unexpected[i];
		if (before->item == result->item && before->verdict == result->verdict) {
			before->times++;
			return;
		}
	}
	struct unexpected *more = reallocarray(report->unexpected, report->unexpected_count + 1, sizeof(*more));
	if (!more)
		die("out of memory");
	report->unexpected = more;
	more[report->unexpected_count++] = (struct unexpected){ .item = result->item,
								.verdict = result->verdict,
								.times = 1 };
}

void report_result(struct report *report, const struct result *result)
{
	report->done++;
	report->verdicts[result->verdict]++;
	report->surprises[result->surprise]++;
	report->expected_failures += is_known_failure(result);
	report->errors += !is_ok(result) && result->verdict == VERDICT_BROKEN;
	if (!is_ok(result))
		keep_unexpected(report, result);
	for (unsigned i = 0; i < report->tellers; i++)
		if (report->teller[i].format->result)
			report->teller[i].format->result(&report->teller[i], report, result);
	announce(report, NOTE_ENDS, result->item, verdict_names[result->verdict]);
}

/* ---- The end ----------------------------------------------------------------------------------- */

static void list_stale(struct report *report, const struct expectations *expectations)
{
	for (size_t i = 0; i < expectations->count; i++)
		if (expectations->entry[i].stale)
			report_note(report, NOTE_STALE "%s:%u: no test fits %s", expectations->entry[i].path,
				    expectations->entry[i].line, expectations->entry[i].glob);
}

static void list_unexpected(struct report *report)
{
	if (report->unexpected_count)
		report_note(report, "not as expected:");
	for (size_t i = 0; i < report->unexpected_count; i++) {
		const struct unexpected *one = &report->unexpected[i];
		if (i == UNEXPECTED_SHOWN) {
			report_note(report, "  and %zu more", report->unexpected_count - i);
			break;
		}
		if (one->times > 1)
			report_note(report, "  %-7s %s (%u times)", verdict_names[one->verdict], one->item->id,
				    one->times);
		else
			report_note(report, "  %-7s %s", verdict_names[one->verdict], one->item->id);
	}
}

/* For people: what there was none of is not told, but for the first three. */
static void short_counts(const unsigned verdicts[VERDICTS], double seconds, char *text, size_t size)
{
	static const char *const words[VERDICTS] = { "passed",	  "failed",  "skipped", "broken",
						     "timed out", "crashed", "leaked" };
	size_t n = 0;

	for (unsigned v = 0; v < VERDICTS && n < size; v++)
		if (verdicts[v] || v <= VERDICT_SKIP)
			n += (size_t)snprintf(text + n, size - n, "%s%u %s", v ? ", " : "", verdicts[v], words[v]);
	if (n < size)
		snprintf(text + n, size - n, "; %.2f s", seconds);
}

static void tell_counts(struct report *report, double seconds)
{
	const unsigned *v = report->verdicts;
	char text[160];

	short_counts(v, seconds, text, sizeof(text));
	for (unsigned i = 0; i < report->tellers; i++) {
		struct teller *teller = &report->teller[i];
		if (teller->format->for_programs)
			teller_note(teller, NOTE_COUNTS, v[VERDICT_PASS], v[VERDICT_FAIL], v[VERDICT_SKIP],
				    v[VERDICT_BROKEN], v[VERDICT_TIMEOUT], v[VERDICT_CRASH], v[VERDICT_LEAK], seconds);
		else
			teller_note(teller, "%s", text);
	}
}

/* The line that scripts of kselftest's users look for: each test is in one of the counts. */
static void tell_totals(struct report *report)
{
	const unsigned *v = report->verdicts, xpass = report->surprises[UNEXPECTED_PASS];
	const unsigned unexpected = report->surprises[NEW_FAILURE] + report->surprises[CHANGED_FAILURE];

	for (unsigned i = 0; i < report->tellers; i++)
		if (report->teller[i].format->for_programs)
			teller_note(&report->teller[i], "Totals: pass:%u fail:%u xfail:%u xpass:%u skip:%u error:%u",
				    v[VERDICT_PASS] - xpass, unexpected - report->errors, report->expected_failures,
				    xpass, v[VERDICT_SKIP], report->errors);
}

void report_close(struct report *report, const struct expectations *expectations, const char *stopped, double seconds)
{
	const unsigned *s = report->surprises;

	list_stale(report, expectations);
	list_unexpected(report);
	if (stopped)
		report_note(report, NOTE_STOPPED "%s", stopped);
	tell_counts(report, seconds);
	report_note(report, "%u failures are known; %u new, %u other than known; %u unexpected passes",
		    report->expected_failures, s[NEW_FAILURE], s[CHANGED_FAILURE], s[UNEXPECTED_PASS]);
	tell_totals(report);
}
