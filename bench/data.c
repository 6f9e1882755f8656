// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* For programs: JSON Lines with all there is, and CSV with the figures. */
#include "bench.h"

/* ---- JSON Lines -------------------------------------------------------------------------------- */

/* A string; bytes beyond ASCII are passed on, as what is told here is UTF-8 if it isn't ASCII. */
static void write_string(FILE *file, const char *text)
{
	fputc('"', file);
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			fprintf(file, "\\%c", *text);
		else if ((unsigned char)*text < ' ')
			fprintf(file, "\\u%04x", (unsigned)*text);
		else
			fputc(*text, file);
	}
	fputc('"', file);
}

static void write_member(FILE *file, const char *name, const char *text)
{
	fprintf(file, ",\"%s\":", name);
	write_string(file, text);
}

static void write_run(FILE *file, const struct run_result *run)
{
	fprintf(file, "{\"type\":\"run\",\"forkcheck\":\"" VERSION "\",\"confidence\":%g,\"width\":%g,\"budget\":%g,",
		run->confidence, run->width, run->budget);
	fprintf(file, "\"seconds\":%.1f,\"interrupted\":%s,\"environment\":{", run->seconds,
		run->interrupted ? "true" : "false");
	for (size_t i = 0; i < run->environment->count; i++) {
		fputs(i ? "," : "", file);
		write_string(file, run->environment->facts[i].name);
		fputc(':', file);
		write_string(file, run->environment->facts[i].value);
	}
	fputs("}}\n", file);
}

static void write_figure(FILE *file, const struct figure *figure)
{
	const struct interval *i = &figure->interval;

	fprintf(file, "{\"type\":\"figure\",\"id\":\"%s\",\"group\":\"%s\",\"series\":\"%s\"", figure->id,
		figure->group->name, figure->series->name);
	if (figure->group->axis)
		fprintf(file, ",\"axis\":\"%s\",\"amount\":%lu", figure->group->axis, figure->amount);
	if (figure->group->each)
		write_member(file, "each", figure->group->each);
	if (*figure->missing)
		write_member(file, "missing", figure->missing);
	if (figure->rounds) {
		fprintf(file,
			",\"unit\":\"ns\",\"median\":%.2f,\"low\":%.2f,\"high\":%.2f,\"confidence\":%.4f,\"precise\":%s",
			i->median, i->low, i->high, i->confidence, figure->precise ? "true" : "false");
		fprintf(file, ",\"calls\":%lu,\"fastest\":%.2f,\"slowest\":%.2f,\"outliers\":%lu,\"rounds\":[",
			figure->calls, figure->fastest, figure->slowest, figure->outliers);
		for (size_t k = 0; k < figure->rounds; k++)
			fprintf(file, "%s%.2f", k ? "," : "", figure->values[k]);
		fputc(']', file);
	}
	fputs("}\n", file);
}

void write_jsonl(FILE *file, const struct run_result *run)
{
	static const char *const words[] = { "holds", "fails", "undecided", "not measured" };

	write_run(file, run);
	for (size_t i = 0; i < run->count; i++)
		if (run->figures[i].chosen)
			write_figure(file, &run->figures[i]);
	for (size_t i = 0; i < claim_count; i++) {
		struct verdict_on_claim claim = claim_judge(i, run);
		fputs("{\"type\":\"claim\"", file);
		write_member(file, "claim", claim.claim);
		write_member(file, "verdict", words[claim.verdict]);
		write_member(file, "because", claim.because);
		fputs("}\n", file);
	}
}

/* ---- CSV --------------------------------------------------------------------------------------- */

/* No value has a comma or a quote in it, but reasons, which are quoted. */
void write_csv(FILE *file, const struct run_result *run)
{
	fputs("id,group,series,axis,amount,each,median_ns,low_ns,high_ns,confidence,precise,rounds,calls,fastest_ns,"
	      "slowest_ns,outliers,missing\n",
	      file);
	for (size_t n = 0; n < run->count; n++) {
		const struct figure *figure = &run->figures[n];
		const struct interval *i = &figure->interval;
		if (!figure->chosen)
			continue;
		fprintf(file, "%s,%s,%s,%s,%lu,%s,", figure->id, figure->group->name, figure->series->name,
			figure->group->axis ? figure->group->axis : "", figure->amount,
			figure->group->each ? figure->group->each : "");
		if (figure->rounds)
			fprintf(file, "%.2f,%.2f,%.2f,%.4f,%d,%zu,%lu,%.2f,%.2f,%lu,", i->median, i->low, i->high,
				i->confidence, figure->precise, figure->rounds, figure->calls, figure->fastest,
				figure->slowest, figure->outliers);
		else
			fputs(",,,,,,,,,,", file);
		fprintf(file, "\"%s\"\n", figure->missing);
	}
}
