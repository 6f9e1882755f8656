// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "die.h"
#include "expectations.h"
#include "known.h"

#define LINE_BYTES 4096 /* of a file of expectations */

/* A line that is read. */
struct place {
	struct expectations *expectations;
	const struct expectation_file *file;
	const struct circumstances *here;
	unsigned flags;
};

static void *have(void *memory)
{
	if (!memory)
		die("out of memory");
	return memory;
}

static bool wrong(const struct place *at, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Tells what is wrong with the line. Returns false. */
static bool wrong(const struct place *at, const char *format, ...)
{
	char text[512];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	for (char *c = text; *c; c++)
		if (iscntrl((unsigned char)*c))
			*c = '?';
	complain("%s:%zu: %s", at->file->path, at->file->count, text);
	at->expectations->errors++;
	return false;
}

static bool parse_verdicts(const struct place *at, const char *text, unsigned *mask)
{
	*mask = 0;
	for (const char *name = text; *name;) {
		const size_t length = strcspn(name, "|");
		const enum verdict verdict = verdict_of(name, length);
		if (verdict == VERDICTS)
			return wrong(at,
				     "'%.*s' is not a verdict to expect: FAIL, SKIP, BROKEN, TIMEOUT, CRASH or LEAK",
				     (int)length, name);
		*mask |= 1u << verdict;
		name += length + (name[length] == '|');
	}
	if (*mask == 1u << VERDICT_PASS)
		return wrong(at, "PASS stands beside the verdict that comes and goes, as in FAIL|PASS");
	return true;
}

static bool parse_condition(const struct place *at, const char *text, bool *holds)
{
	const bool negated = *text == '!';
	const char *condition = text + negated;
	const struct circumstances *here = at->here;
	struct release bound;

	if (!here)
		return wrong(at, "whether '%s' holds depends on a run of forkcheck, and none is given", text);
	if (!strncmp(condition, "arch=", 5))
		*holds = !strcmp(condition + 5, here->arch);
	else if (!strcmp(condition, "privileged"))
		*holds = here->privileged;
	else if (!strcmp(condition, "unprivileged"))
		*holds = !here->privileged;
	else if (!strncmp(condition, "release<", 8) && release_parse(condition + 8, &bound))
		*holds = release_compare(here->release, bound) < 0;
	else if (!strncmp(condition, "release>=", 9) && release_parse(condition + 9, &bound))
		*holds = release_compare(here->release, bound) >= 0;
	else
		return wrong(
			at, "'%s' is not a condition: arch=NAME, release<X.Y, release>=X.Y, privileged or unprivileged",
			text);
	*holds ^= negated;
	return true;
}

static bool parse_conditions(const struct place *at, const char *list, bool *hold)
{
	char *words = have(strdup(list)), *save = NULL;
	bool good = true, holds;

	*hold = true;
	for (char *one = strtok_r(words, ",", &save); one; one = strtok_r(NULL, ",", &save)) {
		holds = true;
		good &= parse_condition(at, one, &holds);
		*hold &= holds;
	}
	free(words);
	return good;
}

/* The colon that stands alone, before the reason. */
static const char *separator(const char *line)
{
	for (const char *colon = line; (colon = strchr(colon, ':')); colon++)
		if (colon > line && isspace((unsigned char)colon[-1]) &&
		    (!colon[1] || isspace((unsigned char)colon[1])))
			return colon;
	return NULL;
}

/* GLOB VERDICT [if CONDITIONS], taken apart. */
static bool parse_words(const struct place *at, char *words, struct expectation *entry)
{
	char *word[5], *save = NULL;
	unsigned n = 0;

	for (char *one = strtok_r(words, " \t", &save); one && n < 5; one = strtok_r(NULL, " \t", &save))
		word[n++] = one;
	if ((n != 2 && n != 4) || (n == 4 && strcmp(word[2], "if")))
		return wrong(at, "a line is 'GLOB VERDICT[|VERDICT] [if CONDITION,...] : REASON'");
	if (at->flags & EXPECT_IDS_ONLY && (!strncmp(word[0], "spec:", 5) || !strncmp(word[0], "tag:", 4)))
		return wrong(at, "'%s': what a test covers is not in a report; only globs on ids are understood here",
			     word[0]);
	const char *conditions = n == 4 ? word[3] : "";
	if (!parse_verdicts(at, word[1], &entry->verdicts) || !parse_conditions(at, conditions, &entry->applies))
		return false;
	entry->glob = have(strdup(word[0]));
	entry->verdict_text = have(strdup(word[1]));
	entry->conditions = have(strdup(conditions));
	return true;
}

static void parse_line(const struct place *at, const char *line)
{
	struct expectations *expectations = at->expectations;
	const char *colon = separator(line);
	const char *reason = colon ? colon + 1 + strspn(colon + 1, " \t") : "";
	struct expectation entry = { .path = at->file->path, .line = (unsigned)at->file->count };

	for (const char *c = line; *c; c++) {
		if (iscntrl((unsigned char)*c) && *c != '\t') {
			wrong(at, "a control character in the line");
			return;
		}
	}
	if (!*reason) {
		wrong(at,
		      "a line is 'GLOB VERDICT[|VERDICT] [if CONDITION,...] : REASON', and the reason may not be missing");
		return;
	}
	char *words = have(strndup(line, (size_t)(colon - line)));
	if (parse_words(at, words, &entry)) {
		entry.reason = have(strdup(reason));
		expectations->entry = have(
			reallocarray(expectations->entry, expectations->count + 1, sizeof(*expectations->entry)));
		expectations->entry[expectations->count++] = entry;
	}
	free(words);
}

static struct expectation_file *add_file(struct expectations *expectations, const char *path)
{
	struct expectation_file *file = have(calloc(1, sizeof(*file)));

	file->path = have(strdup(path));
	expectations->file = have(
		reallocarray(expectations->file, expectations->file_count + 1, sizeof(*expectations->file)));
	expectations->file[expectations->file_count++] = file;
	return file;
}

static void read_lines(struct expectations *expectations, FILE *in, const char *path, const struct circumstances *here,
		       unsigned flags)
{
	struct expectation_file *file = add_file(expectations, path);
	const struct place at = { .expectations = expectations, .file = file, .here = here, .flags = flags };
	char line[LINE_BYTES];

	while (fgets(line, sizeof(line), in)) {
		size_t n = strlen(line);
		const bool whole = n && line[n - 1] == '\n';
		while (n && isspace((unsigned char)line[n - 1]))
			line[--n] = 0;
		file->lines = have(reallocarray(file->lines, file->count + 1, sizeof(*file->lines)));
		file->lines[file->count++] = have(strdup(line));
		if (!whole && !feof(in)) {
			wrong(&at, "no line of text, or one of more than %d bytes", LINE_BYTES - 2);
			break;
		}
		const char *text = line + strspn(line, " \t");
		if (*text && *text != '#')
			parse_line(&at, text);
	}
	if (ferror(in)) {
		complain("%s: %s", path, strerror(errno));
		expectations->errors++;
	}
	fclose(in);
}

static void add_known(struct expectations *expectations, const char *names, const struct circumstances *here,
		      unsigned flags)
{
	for (const char *name = names; *name; name += strspn(name, " ")) {
		const size_t length = strcspn(name, " ");
		const struct known_file *known = known_file(name, length);
		char *text = known_text(known);
		read_lines(expectations, have(fmemopen(text, known->size, "r")), known->name, here, flags);
		free(text);
		name += length;
	}
}

void expectations_add(struct expectations *expectations, const char *word, const struct circumstances *here,
		      unsigned flags)
{
	const char *names = known_names(word);

	if (names) {
		add_known(expectations, names, here, flags);
		return;
	}
	FILE *in = fopen(word, "re");
	if (in) {
		read_lines(expectations, in, word, here, flags);
	} else if (flags & EXPECT_MAY_BE_NEW && errno == ENOENT) {
		add_file(expectations, word);
	} else {
		complain("%s: %s%s", word, strerror(errno), strchr(word, '/') ? "" : ", and no target has this name");
		expectations->errors++;
	}
}

void expectations_done(const struct expectations *expectations)
{
	if (expectations->errors)
		end_program(EXIT_USAGE);
}

void expectations_free(struct expectations *expectations)
{
	for (size_t i = 0; i < expectations->count; i++) {
		struct expectation *entry = &expectations->entry[i];
		free(entry->glob);
		free(entry->verdict_text);
		free(entry->conditions);
		free(entry->reason);
	}
	for (size_t i = 0; i < expectations->file_count; i++) {
		struct expectation_file *file = expectations->file[i];
		for (size_t k = 0; k < file->count; k++)
			free(file->lines[k]);
		free(file->lines);
		free(file->path);
		free(file);
	}
	free(expectations->entry);
	free(expectations->file);
	*expectations = (struct expectations){ 0 };
}

const struct expectation *expectations_find(const struct expectations *expectations,
					    bool (*fits)(const char *glob, const void *what), const void *what)
{
	for (size_t i = 0; i < expectations->count; i++)
		if (expectations->entry[i].applies && fits(expectations->entry[i].glob, what))
			return &expectations->entry[i];
	return NULL;
}
