// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "die.h"
#include "names.h"
#include "notes.h"
#include "past.h"

/* No report has longer ones. */
#define LINE_SIZE 65536

struct reader {
	struct past *past;
	const char *path;
	const struct suite *suite;
	struct past_item *fatal; /* whose console is told */
	bool seeded, died;
};

static bool verdict_parse(const char *name, enum verdict *verdict)
{
	*verdict = verdict_of(name, strlen(name));
	return *verdict != VERDICTS;
}

static struct past_item *look_up(const struct reader *reader, const char *id)
{
	const struct item *item = suite_find(reader->suite, id);

	if (!item)
		die("%s: there is no test '%s'", reader->path, id);
	return &reader->past->of[item - reader->suite->items];
}

static void take_end(struct reader *reader, const char *id, const char *verdict)
{
	struct past_item *item = look_up(reader, id);

	if (!verdict_parse(verdict, &item->verdict))
		die("%s: '%s' is no verdict", reader->path, verdict);
	item->state = PAST_ENDED;
}

/* The one item that was running, or NULL where that were none or several. */
static struct past_item *only_one_running(const struct reader *reader)
{
	struct past_item *found = NULL;

	for (size_t i = 0; i < reader->suite->count; i++) {
		struct past_item *item = &reader->past->of[i];
		if (item->state != PAST_BEGUN)
			continue;
		if (found)
			return NULL;
		found = item;
	}
	return found;
}

static void take_death(struct reader *reader, const char *verdict, const char *why)
{
	struct past *past = reader->past;
	enum verdict how;

	if (!verdict_parse(verdict, &how) || (how != VERDICT_CRASH && how != VERDICT_TIMEOUT))
		die("%s: '%s': a machine dies by CRASH or TIMEOUT", reader->path, verdict);
	reader->died = true;
	reader->fatal = only_one_running(reader);
	if (reader->fatal) {
		/* The death by which it became a suspect is explained as well. */
		if (reader->fatal->why[0] && past->unexplained)
			past->unexplained--;
		reader->fatal->state = PAST_FATAL;
		reader->fatal->verdict = how;
		snprintf(reader->fatal->why, sizeof(reader->fatal->why), "%s", why);
		return;
	}
	past->unexplained++;
	for (size_t i = 0; i < reader->suite->count; i++) {
		if (past->of[i].state != PAST_BEGUN)
			continue;
		past->of[i].state = PAST_SUSPECT;
		snprintf(past->of[i].why, sizeof(past->of[i].why), "%s", why);
	}
}

static void take_console(struct reader *reader, const char *text)
{
	char *grown = NULL, *old;

	if (!reader->fatal)
		return;
	old = reader->fatal->console;
	if (asprintf(&grown, "%s  console: %s\n", old ? old : "", text) < 0)
		die("out of memory");
	free(old);
	reader->fatal->console = grown;
}

static void take_line(struct reader *reader, const char *line)
{
	char id[ID_SIZE], verdict[16];
	int text = 0;

	if (!reader->seeded && sscanf(line, "# " NOTE_SEED "%u,", &reader->past->seed) == 1)
		reader->seeded = true;
	else if (sscanf(line, "# " NOTE_BEGINS "%127s", id) == 1)
		look_up(reader, id)->state = PAST_BEGUN;
	else if (sscanf(line, "# " NOTE_ENDS "%127s %15s", id, verdict) == 2)
		take_end(reader, id, verdict);
	else if (sscanf(line, "# " NOTE_DIED "%15s %n", verdict, &text) == 1 && text)
		take_death(reader, verdict, line + text);
	else if (sscanf(line, "# " NOTE_CONSOLE "%n", &text) == 0 && text)
		take_console(reader, line + text);
}

/* One line, printable. Returns false at the end. */
static bool read_line(const struct reader *reader, FILE *file, char *line, size_t size)
{
	if (!fgets(line, (int)size, file))
		return false;
	size_t length = strcspn(line, "\n");
	if (!line[length] && !feof(file))
		die("%s: a line has more than %zu bytes: this is no report", reader->path, size - 2);
	line[length] = 0;
	make_printable(line, size);
	return true;
}

void past_load(struct past *past, const char *path, const struct suite *suite)
{
	struct reader reader = { .past = past, .path = path, .suite = suite };
	FILE *file = fopen(path, "re");
	static char line[LINE_SIZE];

	if (!file)
		die("%s: %s", path, strerror(errno));
	past->of = calloc(suite->count + 1, sizeof(*past->of));
	if (!past->of)
		die("out of memory");
	while (read_line(&reader, file, line, sizeof(line)))
		take_line(&reader, line + strspn(line, " "));
	if (ferror(file))
		die("%s: %s", path, strerror(errno));
	if (!reader.seeded || !reader.died)
		die("%s: this is no report of a run whose machine died", path);
	fclose(file);
}

void past_free(struct past *past, const struct suite *suite)
{
	for (size_t i = 0; past->of && i < suite->count; i++)
		free(past->of[i].console);
	free(past->of);
}
