// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* A line for each test, with its whole id: KTAP that is not nested, TAP version 13, and LAVA's signals. */
#include <stdio.h>
#include <string.h>

#include "lava.h"
#include "reporting.h"

/* All rounds are one report. Of rounds without end there is no plan. */
static void plan(struct teller *teller, const struct report *report, unsigned round)
{
	if (round == 1 && report->rounds)
		output_line(&teller->out, "1..%zu\n", report->rounds * report->count);
}

/* ---- KTAP -------------------------------------------------------------------------------------- */

static void open_ktap(struct teller *teller)
{
	output_line(&teller->out, "KTAP version 1\n");
}

static void show_ktap(struct teller *teller, const struct report *report, const struct result *result)
{
	char text[512];

	(void)report;
	tell_details(teller, result);
	directive(result, text, sizeof(text));
	output_line(&teller->out, "%s %u %s%s\n", is_ok(result) ? "ok" : "not ok", ++teller->number, result->item->id,
		    text);
}

const struct format format_flat = {
	.name = "flat", .for_programs = true, .open = open_ktap, .note = comment, .round = plan, .result = show_ktap
};

/* ---- TAP --------------------------------------------------------------------------------------- */

static void open_tap(struct teller *teller)
{
	output_line(&teller->out, "TAP version 13\n");
}

/* TAP's own word for a known failure is TODO, of a test that is not ok. */
static void show_tap(struct teller *teller, const struct report *report, const struct result *result)
{
	const bool known = is_known_failure(result);
	char text[512];

	(void)report;
	tell_details(teller, result);
	directive(result, text, sizeof(text));
	output_line(&teller->out, "%s %u - %s%s%s\n", is_ok(result) && !known ? "ok" : "not ok", ++teller->number,
		    result->item->id, known ? " # TODO" : "", known ? text + strlen(" # XFAIL") : text);
}

const struct format format_tap = {
	.name = "tap", .for_programs = true, .open = open_tap, .note = comment, .round = plan, .result = show_tap
};

/* ---- LAVA -------------------------------------------------------------------------------------- */

/* What a LAVA dispatcher looks for on a console. It knows no expectations: what deviates is told in the line before. */
static void show_lava(struct teller *teller, const struct report *report, const struct result *result)
{
	char text[512], line[LAVA_LINE];

	(void)report;
	tell_details(teller, result);
	directive(result, text, sizeof(text));
	if (*text)
		teller_note(teller, "%s:%s", result->item->id, text + strlen(" #"));
	lava_signal(line, sizeof(line), result->item->id, lava_result(result->verdict, is_ok(result)));
	output_line(&teller->out, "%s\n", line);
}

const struct format format_lava = {
	.name = "lava", .for_programs = true, .note = comment, .round = plan, .result = show_lava
};
