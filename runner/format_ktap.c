// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* KTAP version 1, nested by round, folder, file, and test where that has cases. */
#include <stdio.h>
#include <string.h>

#include "reporting.h"

static const char spaces[] = "          ";

/* Two blanks a level. */
static const char *indent(const struct teller *teller)
{
	return spaces + sizeof(spaces) - 1 - 2 * teller->depth;
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
static unsigned children(const struct report *report, size_t at, unsigned levels)
{
	const struct item *const *order = report->order, *last = NULL;
	unsigned n = 0;

	for (size_t i = at; i < report->count && same_group(order[at], order[i], levels); i++) {
		const char *names[3];
		bool leaf = item_groups(order[i], names) == levels;
		if (leaf || !last || !same_group(last, order[i], levels + 1))
			n++;
		last = leaf ? NULL : order[i];
	}
	return n;
}

static void begin_group(struct teller *teller, const char *name, unsigned plan)
{
	teller->depth++;
	memset(&teller->group[teller->depth], 0, sizeof(teller->group[0]));
	snprintf(teller->group[teller->depth].name, ID_SIZE, "%s", name);
	output_line(&teller->out, "%sKTAP version 1\n", indent(teller));
	output_line(&teller->out, "%s# Subtest: %s\n", indent(teller), name);
	output_line(&teller->out, "%s1..%u\n", indent(teller), plan);
}

static void close_group(struct teller *teller)
{
	const struct open_group *group = &teller->group[teller->depth--];
	struct open_group *around = &teller->group[teller->depth];

	around->failed |= group->failed;
	around->ran |= group->ran;
	output_line(&teller->out, "%s%s %u %s%s\n", indent(teller), group->failed ? "not ok" : "ok", ++around->number,
		    group->name, group->ran || group->failed ? "" : " # SKIP all of its tests");
}

/* ---- The operations ---------------------------------------------------------------------------- */

static void open_report(struct teller *teller)
{
	output_line(&teller->out, "KTAP version 1\n");
}

static void note(struct teller *teller, const char *line)
{
	output_line(&teller->out, "%s# %s\n", indent(teller), line);
}

/* Where there is one round only it is no group. */
static void begin_round(struct teller *teller, const struct report *report, unsigned round)
{
	unsigned plan = report->count ? children(report, 0, 0) : 0;
	char name[32];

	if (report->rounds == 1) {
		output_line(&teller->out, "1..%u\n", plan);
		return;
	}
	if (report->rounds && round == 1)
		output_line(&teller->out, "1..%u\n", report->rounds);
	snprintf(name, sizeof(name), "round_%u", round);
	begin_group(teller, name, plan);
}

static void end_round(struct teller *teller)
{
	while (teller->depth > 0)
		close_group(teller);
}

/* Opens the groups of an item; those that it shares with the one before are open already. */
static void enter_groups(struct teller *teller, const struct report *report, const struct item *item)
{
	const char *names[3];
	unsigned groups = item_groups(item, names), base = report->rounds != 1, open;
	size_t at = 0;

	while (at < report->count && report->order[at] != item)
		at++;
	for (open = 0; base + open < teller->depth && open < groups; open++)
		if (strcmp(teller->group[base + open + 1].name, names[open]))
			break;
	while (teller->depth > base + open)
		close_group(teller);
	for (; open < groups; open++)
		begin_group(teller, names[open], children(report, at, open + 1));
}

static void show(struct teller *teller, const struct report *report, const struct result *result)
{
	char text[512];

	enter_groups(teller, report, result->item);
	struct open_group *group = &teller->group[teller->depth];
	tell_details(teller, result);
	directive(result, text, sizeof(text));
	group->failed |= !is_ok(result);
	group->ran |= result->verdict != VERDICT_SKIP;
	output_line(&teller->out, "%s%s %u %s%s\n", indent(teller), is_ok(result) ? "ok" : "not ok", ++group->number,
		    leaf_name(result->item), text);
}

const struct format format_ktap = {
	.name = "ktap",
	.for_programs = true,
	.open = open_report,
	.note = note,
	.round = begin_round,
	.result = show,
	.round_end = end_round,
};
