// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
#include "tell.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "exhaustive.h"
#include "spec.h"

/* ---- A finding ----------------------------------------------------------------------------------- */

/* The first statement of a difference, in words. */
static void tell_statement(const struct difference *difference)
{
	char id[64];
	const char *ids = difference->want.because;

	if (!ids || !next_word(&ids, id, sizeof(id))) {
		printf("no single rule\n");
		return;
	}
	const struct statement *statement = statement_find(id);
	printf("%s: %s\n", id, statement ? statement->text : "");
	if (*ids)
		printf("   (or%s%s)\n", *ids == ' ' ? "" : " ", ids);
}

void tell_kind(const struct finding_kind *kind, unsigned number)
{
	const struct finding *finding = &kind->finding;
	char text[PROGRAM_TEXT], line[256];

	printf("\n%u  ", number);
	tell_statement(&finding->difference);
	if (kind->known)
		printf("   known: %s\n", kind->known);
	if (finding->unsteady)
		printf("   not each time: program %llu\n", (unsigned long long)finding->number);
	for (unsigned i = 0; i < finding->program.count; i++) {
		printf("   %s\n", step_text(&finding->program.step[i], line, sizeof(line)));
		if (finding->difference.step == i)
			printf("       %s\n", difference_text(&finding->difference, text, sizeof(text)));
	}
	program_text(&finding->program, "; ", text, sizeof(text));
	text[strlen(text) - 2] = 0;
	printf("   again: forkcheck explore --play '%s'\n", text);
	fflush(stdout);
}

/* ---- A search ------------------------------------------------------------------------------------ */

void tell_progress(const struct search *search)
{
	if (!isatty(STDERR_FILENO))
		return;
	fprintf(stderr, "\r\033[K%.0f s, %llu programs, %u kinds of difference", search->took,
		(unsigned long long)search->played, search->kind_count);
	fflush(stderr);
}

static unsigned width(unsigned n)
{
	return (unsigned)strlen(way_names[n]) + 2 > 6 ? (unsigned)strlen(way_names[n]) + 2 : 6;
}

/* For each operation, in how many of the relations it was met by an actor of each way. */
static void tell_met(const struct met *met)
{
	unsigned pairs = 0, of = 0;

	printf("\n%-16s", "met: by an actor");
	for (unsigned way = 0; way < WAYS; way++)
		printf("%*s", (int)width(way), way_names[way]);
	printf("\n");
	for (unsigned i = 0; i < operation_count; i++) {
		printf("%-16s", operations[i]->name);
		for (unsigned way = 0; way < WAYS; way++) {
			unsigned n = met_relations(met, i, way);
			pairs += n;
			of += RELATIONS;
			printf("%*u", (int)width(way), n);
		}
		printf("\n");
	}
	printf("%u pairs of %u: operation, way of creation and relation to who acted before (of %d)\n", pairs, of,
	       RELATIONS);
}

void tell_search(const struct search *search)
{
	if (isatty(STDERR_FILENO))
		fprintf(stderr, "\r\033[K");
	if (!search->exhaustive)
		tell_met(search->met);
	printf("\nexplore: %llu programs in %.0f s", (unsigned long long)search->played, search->took);
	if (search->exhaustive)
		printf(", of %llu: %s", (unsigned long long)search->total, exhaustive_shape());
	else
		printf(" (seed %llu)", (unsigned long long)search->seed);
	printf(", %u kinds of difference in %llu programs", search->kind_count, (unsigned long long)search->differing);
	if (search->kinds_known)
		printf(", %u of them known", search->kinds_known);
	printf("%s\n", search->interrupted ? "; interrupted" : "");
	for (unsigned i = 0; i < search->kind_count; i++) {
		const struct finding_kind *kind = &search->kinds[i];
		printf("%4u  %8llu programs, cut down to %u steps%s\n", i + 1, (unsigned long long)kind->programs,
		       kind->finding.program.count, kind->known ? ", known" : "");
	}
	if (search->kinds_left_out)
		printf("%u findings more were left out, of further kinds\n", search->kinds_left_out);
	fflush(stdout);
}

/* ---- One program --------------------------------------------------------------------------------- */

static void tell_prediction(const struct step *step, const struct prediction *p)
{
	char text[64];

	switch (p->certainty) {
	case CERTAIN:
	case EITHER:
		printf("-> %s", form_text(step->operation->form, p->value, text, sizeof(text)));
		if (p->certainty == EITHER)
			printf(" or %s", form_text(step->operation->form, p->other, text, sizeof(text)));
		if (p->has_extra)
			printf(", %s", form_text(step->operation->extra_form, p->extra, text, sizeof(text)));
		break;
	case UNSPECIFIED:
		printf("-> anything");
		break;
	case NEVER:
		printf("-> does not come back");
		break;
	case LATER:
		printf("-> stays open");
		break;
	}
}

void tell_played(const struct program *program, const struct difference *difference)
{
	static struct world w;
	struct prediction prediction;
	char line[256];

	world_begin(&w, surroundings.major, surroundings.minor, surroundings.privileged);
	for (unsigned i = 0; i < program->count; i++) {
		const struct step *step = &program->step[i];
		world_step(&w, step, &prediction);
		printf("%-32s # ", step_text(step, line, sizeof(line)));
		tell_prediction(step, &prediction);
		printf("\n");
		if (difference->kind != NO_DIFFERENCE && difference->step == i) {
			printf("    %s\n    ", difference_text(difference, line, sizeof(line)));
			tell_statement(difference);
			printf("\n");
			break;
		}
	}
	if (difference->kind == NO_DIFFERENCE)
		printf("as documented\n");
	fflush(stdout);
}

void tell_operations(void)
{
	printf("Operations:\n");
	for (unsigned i = 0; i < operation_count; i++) {
		printf("  %s", operations[i]->name);
		for (const struct argument *a = operations[i]->args; a->type != ARG_NONE; a++) {
			if (a->type != ARG_WORD && a->type != ARG_WORDS) {
				printf(" <%s>", a->name);
				continue;
			}
			printf(a->type == ARG_WORD ? " (" : " [");
			for (const struct word *word = a->words; word->name; word++)
				printf("%s%s", word == a->words ? "" : "|", word->name);
			printf(a->type == ARG_WORD ? ")" : "]");
		}
		printf("\n");
	}
	printf("Looks:\n ");
	for (unsigned i = 0; i < look_count; i++)
		printf(" %s%s", looks[i]->name, looks[i]->instances ? "s" : "");
	printf("\n");
}
