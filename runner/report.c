// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gtest.h"
#include "report.h"

static const char spaces[] = "          ";

/* Two blanks a level, as KTAP has it. */
static const char *indent(const struct report *report)
{
	if (report->format != FORMAT_KTAP)
		return "";
	return spaces + sizeof(spaces) - 1 - 2 * report->depth;
}

static void hide_progress(struct report *report)
{
	if (report->progress_shown)
		output_line(report->out, "\r\033[K");
	report->progress_shown = false;
}

void report_note(struct report *report, const char *format, ...)
{
	char line[900];
	va_list args;

	va_start(args, format);
	vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	hide_progress(report);
	if (report->format == FORMAT_TERMINAL)
		output_line(report->out, "%s\n", line);
	else
		output_line(report->out, "%s# %s\n", indent(report), line);
}

/* ---- Groups ------------------------------------------------------------------------------------ */

/* The groups of an item from the outside in: folder, file, and its test where that has cases. */
static unsigned item_groups(const struct item *item, const char *names[3])
{
	unsigned n = 0;

	names[n++] = item->folder;
	names[n++] = item->file;
	if (*item->variant)
		names[n++] = item->test->name;
	return n;
}

static const char *leaf_name(const struct item *item)
{
	return *item->variant ? item->variant : item->test->name;
}

static bool same_group(const struct item *a, const struct item *b, unsigned levels)
{
	const char *x[3], *y[3];

	if (item_groups(a, x) < levels || item_groups(b, y) < levels)
		return false;
	for (unsigned i = 0; i < levels; i++)
		if (strcmp(x[i], y[i]))
			return false;
	return true;
}

/* How many children the group has that stands `levels` deep around order[at]: the plan. */
static unsigned children(const struct item *const *order, size_t count, size_t at, unsigned levels)
{
	unsigned n = 0;
	const struct item *last = NULL;

	for (size_t i = at; i < count && same_group(order[at], order[i], levels); i++) {
		const char *names[3];
		bool leaf = item_groups(order[i], names) == levels;
		if (leaf || !last || !same_group(last, order[i], levels + 1))
			n++;
		last = leaf ? NULL : order[i];
	}
	return n;
}

static void open_group(struct report *report, const char *name, unsigned plan)
{
	report->depth++;
	memset(&report->group[report->depth], 0, sizeof(report->group[0]));
	snprintf(report->group[report->depth].name, ID_SIZE, "%s", name);
	output_line(report->out, "%sKTAP version 1\n", indent(report));
	output_line(report->out, "%s# Subtest: %s\n", indent(report), name);
	output_line(report->out, "%s1..%u\n", indent(report), plan);
}

static void close_group(struct report *report)
{
	bool failed = report->group[report->depth].failed, ran = report->group[report->depth].ran;
	const char *name = report->group[report->depth].name;

	report->depth--;
	report->group[report->depth].failed |= failed;
	report->group[report->depth].ran |= ran;
	output_line(report->out, "%s%s %u %s%s\n", indent(report), failed ? "not ok" : "ok",
		    ++report->group[report->depth].number, name, ran || failed ? "" : " # SKIP all of its tests");
}

/* ---- The beginning ----------------------------------------------------------------------------- */

void report_open(struct report *report, unsigned rounds, void (*header)(struct report *))
{
	if (report->format == FORMAT_KTAP || report->format == FORMAT_FLAT)
		output_line(report->out, "KTAP version 1\n");
	else if (report->format == FORMAT_TAP)
		output_line(report->out, "TAP version 13\n");
	header(report);
	if (report->format == FORMAT_KTAP && rounds > 1)
		output_line(report->out, "1..%u\n", rounds);
}

void report_round(struct report *report, unsigned round, const struct item *const *order, size_t count)
{
	char name[32];
	unsigned plan = count ? children(order, count, 0, 0) : 0;

	if (report->format == FORMAT_TAP || report->format == FORMAT_FLAT || report->format == FORMAT_LAVA)
		output_line(report->out, "1..%zu\n", count);
	if (report->format == FORMAT_GTEST)
		gtest_round(report, order, count);
	if (report->format != FORMAT_KTAP)
		return;
	if (!round) {
		output_line(report->out, "1..%u\n", plan);
		return;
	}
	snprintf(name, sizeof(name), "round_%u", round);
	open_group(report, name, plan);
}

void report_round_end(struct report *report)
{
	if (report->format == FORMAT_GTEST)
		gtest_round_end(report);
	if (report->format != FORMAT_KTAP)
		return;
	while (report->depth > 0)
		close_group(report);
}

void report_running(struct report *report, const struct item *item, size_t done, size_t count)
{
	if (report->announce)
		report_note(report, "begins: %s", item->id);
	if (report->format == FORMAT_GTEST)
		gtest_running(report, item);
	if (report->format != FORMAT_TERMINAL)
		return;
	unsigned bad = report->surprises[NEW_FAILURE] + report->surprises[CHANGED_FAILURE];
	output_line(report->out, "\r\033[K[%zu/%zu] %u unexpected  %.60s", done, count, bad, item->id);
	report->progress_shown = true;
}

/* ---- Results ----------------------------------------------------------------------------------- */

static bool is_ok(const struct result *result)
{
	return result->surprise == AS_EXPECTED;
}

/* What follows the name: a KTAP directive and its text; '#' would begin another one. */
static void directive(const struct result *result, char *text, size_t size)
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
	else if (result->surprise == AS_EXPECTED && result->verdict == VERDICT_SKIP)
		snprintf(text, size, " # SKIP %s", why);
	else if (result->surprise == AS_EXPECTED && result->verdict != VERDICT_PASS)
		snprintf(text, size, " # XFAIL %s: %s", verdict, result->expectation->reason);
	else if (result->verdict == VERDICT_TIMEOUT)
		snprintf(text, size, " # TIMEOUT %s", why);
	else if (result->verdict == VERDICT_BROKEN)
		snprintf(text, size, " # ERROR BROKEN: %s", why);
	else if (result->verdict == VERDICT_CRASH || result->verdict == VERDICT_LEAK)
		snprintf(text, size, " # %s: %s", verdict, why);
}

static void show_details(struct report *report, const struct result *result)
{
	if (!result->details)
		return;
	report_note(report, "%s: %s%s%s", result->item->id, verdict_names[result->verdict], *result->why ? ", " : "",
		    result->why);
	for (char *line = result->details; *line;) {
		size_t len = strcspn(line, "\n");
		report_note(report, "  %.*s", (int)len, line);
		line += len + (line[len] == '\n');
	}
}

static void show_ktap(struct report *report, const struct result *result, const struct item *const *order, size_t count)
{
	const char *names[3];
	char text[512];
	unsigned groups = item_groups(result->item, names), base = 0, open;
	size_t at = 0;

	while (at < count && order[at] != result->item)
		at++;
	/* A round stands around the folders. */
	if (report->depth && !strncmp(report->group[1].name, "round_", 6))
		base = 1;
	/* Keep what the item shares with the groups that are open. */
	for (open = 0; base + open < report->depth && open < groups; open++)
		if (strcmp(report->group[base + open + 1].name, names[open]))
			break;
	while (report->depth > base + open)
		close_group(report);
	for (; open < groups; open++)
		open_group(report, names[open], children(order, count, at, open + 1));

	show_details(report, result);
	directive(result, text, sizeof(text));
	report->group[report->depth].failed |= !is_ok(result);
	report->group[report->depth].ran |= result->verdict != VERDICT_SKIP;
	output_line(report->out, "%s%s %u %s%s\n", indent(report), is_ok(result) ? "ok" : "not ok",
		    ++report->group[report->depth].number, leaf_name(result->item), text);
}

static void show_flat(struct report *report, const struct result *result)
{
	char text[512];

	show_details(report, result);
	directive(result, text, sizeof(text));
	output_line(report->out, "%s %u %s%s\n", is_ok(result) ? "ok" : "not ok", ++report->tap_number,
		    result->item->id, text);
}

/* What a LAVA dispatcher looks for on a console. It knows no expectations: what deviates is told in the line before. */
static void show_lava(struct report *report, const struct result *result)
{
	const char *word = !is_ok(result) ? "fail" : result->verdict == VERDICT_SKIP ? "skip" : "pass";
	char text[512];

	show_details(report, result);
	directive(result, text, sizeof(text));
	if (*text)
		report_note(report, "%s:%s", result->item->id, text + strlen(" #"));
	output_line(report->out, "<LAVA_SIGNAL_TESTCASE TEST_CASE_ID=%s RESULT=%s>\n", result->item->id, word);
}

static void show_tap(struct report *report, const struct result *result)
{
	char text[512];

	show_details(report, result);
	directive(result, text, sizeof(text));
	/* TAP's own word for an expected failure; a skip of a failure is "ok" there. */
	bool todo = result->surprise == AS_EXPECTED && result->verdict != VERDICT_PASS &&
		    result->verdict != VERDICT_SKIP;
	output_line(report->out, "%s %u - %s%s%s\n", is_ok(result) && !todo ? "ok" : "not ok", ++report->tap_number,
		    result->item->id, todo ? " # TODO" : "", todo ? text + strlen(" # XFAIL") : text);
}

static void show_terminal(struct report *report, const struct result *result)
{
	const char *on = report->color ? "\033[31m" : "", *off = report->color ? "\033[0m" : "";
	char text[512];

	if (is_ok(result))
		return;
	hide_progress(report);
	show_details(report, result);
	directive(result, text, sizeof(text));
	output_line(report->out, "%snot ok%s %s%s\n", on, off, result->item->id, text);
}

void report_result(struct report *report, const struct result *result, const struct item *const *order, size_t count)
{
	report->verdicts[result->verdict]++;
	report->surprises[result->surprise]++;
	if (result->surprise == AS_EXPECTED && result->verdict != VERDICT_PASS && result->verdict != VERDICT_SKIP)
		report->expected_failures++;
	switch (report->format) {
	case FORMAT_KTAP:
		show_ktap(report, result, order, count);
		break;
	case FORMAT_FLAT:
		show_flat(report, result);
		break;
	case FORMAT_LAVA:
		show_lava(report, result);
		break;
	case FORMAT_TAP:
		show_tap(report, result);
		break;
	case FORMAT_TERMINAL:
		show_terminal(report, result);
		break;
	case FORMAT_GTEST:
		gtest_result(report, result);
	}
	if (report->announce)
		report_note(report, "ends: %s %s", result->item->id, verdict_names[result->verdict]);
}

/* ---- The end ----------------------------------------------------------------------------------- */

static void list_stale(struct report *report, const struct expectations *expectations)
{
	for (size_t i = 0; i < expectations->count; i++)
		if (expectations->entry[i].stale)
			report_note(report, "stale: %s:%d: no test fits %s", expectations->path,
				    expectations->entry[i].line, expectations->entry[i].glob);
}

void report_close(struct report *report, const struct expectations *expectations, const char *stopped, double seconds)
{
	const unsigned *v = report->verdicts;
	unsigned bad = v[VERDICT_BROKEN] + v[VERDICT_TIMEOUT] + v[VERDICT_CRASH] + v[VERDICT_LEAK];

	list_stale(report, expectations);
	if (stopped)
		report_note(report, "stopped early: %s", stopped);
	report_note(report, "%u passed, %u failed, %u skipped; %u broken, %u timed out, %u crashed, %u leaked; %.2f s",
		    v[VERDICT_PASS], v[VERDICT_FAIL], v[VERDICT_SKIP], v[VERDICT_BROKEN], v[VERDICT_TIMEOUT],
		    v[VERDICT_CRASH], v[VERDICT_LEAK], seconds);
	report_note(report, "%u as expected, %u new failures, %u changed failures, %u unexpected passes",
		    report->surprises[AS_EXPECTED], report->surprises[NEW_FAILURE], report->surprises[CHANGED_FAILURE],
		    report->surprises[UNEXPECTED_PASS]);
	/* The line that scripts of kselftest's users look for. */
	if (report->format != FORMAT_TERMINAL)
		report_note(report, "Totals: pass:%u fail:%u xfail:%u xpass:%u skip:%u error:%u", v[VERDICT_PASS],
			    v[VERDICT_FAIL] + bad - report->expected_failures, report->expected_failures,
			    report->surprises[UNEXPECTED_PASS], v[VERDICT_SKIP], v[VERDICT_BROKEN]);
}
