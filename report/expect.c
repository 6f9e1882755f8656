// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "expect.h"
#include "id.h"

struct place {
	const char *path;
	unsigned line;
	const struct run *run;
};

static unsigned parse_verdicts(const struct place *at, const char *text)
{
	unsigned mask = 0;

	for (const char *name = text; *name;) {
		const size_t length = strcspn(name, "|");
		const enum verdict verdict = verdict_of(name, length);
		if (verdict == VERDICTS)
			die("%s:%u: '%.*s' is not a verdict to expect: FAIL, SKIP, BROKEN, TIMEOUT, CRASH or LEAK",
			    at->path, at->line, (int)length, name);
		mask |= 1u << verdict;
		name += length + (name[length] == '|');
	}
	if (mask == 1u << VERDICT_PASS)
		die("%s:%u: PASS stands beside the verdict that comes and goes, as in FAIL|PASS", at->path, at->line);
	return mask;
}

static bool release(const char *text, unsigned *number)
{
	unsigned major, minor;

	if (!text || sscanf(text, "%u.%u", &major, &minor) != 2)
		return false;
	*number = major << 16 | minor;
	return true;
}

static bool condition_holds(const struct place *at, const char *text)
{
	const bool negated = *text == '!';
	const char *condition = text + negated;
	const struct run *run = at->run;
	unsigned wanted, have = 0;
	bool holds;

	if (!run || !run->release || !release(run->assumed ? run->assumed : run->release, &have))
		die("%s:%u: whether '%s' holds depends on a run of forkcheck, and none is given", at->path, at->line,
		    text);
	if (begins_with(condition, "arch="))
		holds = !strcmp(condition + strlen("arch="), run->arch);
	else if (!strcmp(condition, "privileged"))
		holds = run_privileged(run);
	else if (!strcmp(condition, "unprivileged"))
		holds = !run_privileged(run);
	else if (begins_with(condition, "release<") && release(condition + strlen("release<"), &wanted))
		holds = have < wanted;
	else if (begins_with(condition, "release>=") && release(condition + strlen("release>="), &wanted))
		holds = have >= wanted;
	else
		die("%s:%u: '%s' is not a condition: arch=NAME, release<X.Y, release>=X.Y, privileged or unprivileged",
		    at->path, at->line, text);
	return holds != negated;
}

static bool conditions_hold(const struct place *at, const char *list)
{
	char *words = copy(list), *save = NULL;
	bool hold = true;

	for (char *one = strtok_r(words, ",", &save); one; one = strtok_r(NULL, ",", &save))
		hold &= condition_holds(at, one);
	free(words);
	return hold;
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

static void parse_line(const struct place *at, const char *line, struct expectation *entry)
{
	static const char form[] = "GLOB VERDICT[|VERDICT] [if CONDITION,...] : REASON";
	const char *colon = separator(line);
	const char *reason = colon ? colon + 1 + strspn(colon + 1, " \t") : "";
	char *words = colon ? copy_part(line, (size_t)(colon - line)) : NULL, *word[5], *save = NULL;
	unsigned n = 0;

	if (!*reason)
		die("%s:%u: a line is '%s', and the reason may not be missing", at->path, at->line, form);
	for (char *one = strtok_r(words, " \t", &save); one && n < 5; one = strtok_r(NULL, " \t", &save))
		word[n++] = one;
	if ((n != 2 && n != 4) || (n == 4 && strcmp(word[2], "if")))
		die("%s:%u: a line is '%s'", at->path, at->line, form);
	if (begins_with(word[0], "spec:") || begins_with(word[0], "tag:"))
		die("%s:%u: '%s': what a test covers is not in a report; only globs on ids are understood here",
		    at->path, at->line, word[0]);
	*entry = (struct expectation){
		.glob = copy(word[0]),
		.verdict_text = copy(word[1]),
		.verdicts = parse_verdicts(at, word[1]),
		.conditions = n == 4 ? copy(word[3]) : NULL,
		.reason = copy(reason),
		.applies = n == 2 || conditions_hold(at, word[3]),
		.line = at->line,
	};
	free(words);
}

static void take_line(struct expectations *expectations, const struct place *at, char *line)
{
	size_t n = strlen(line);

	while (n && isspace((unsigned char)line[n - 1]))
		line[--n] = 0;
	expectations->lines = grow(expectations->lines, expectations->line_count, &expectations->line_room,
				   sizeof(*expectations->lines));
	expectations->lines[expectations->line_count++] = copy(line);
	line += strspn(line, " \t");
	if (!*line || *line == '#')
		return;
	expectations->entries = grow(expectations->entries, expectations->count, &expectations->room,
				     sizeof(*expectations->entries));
	parse_line(at, line, &expectations->entries[expectations->count++]);
}

void expectations_load(struct expectations *expectations, const char *path, const struct run *run, bool may_be_new)
{
	struct place at = { .path = path, .run = run };
	FILE *file = fopen(path, "re");
	char *line = NULL;
	size_t room = 0;

	*expectations = (struct expectations){ .path = path };
	if (!file && may_be_new && errno == ENOENT)
		return;
	if (!file)
		die("%s: %s", path, strerror(errno));
	while (getline(&line, &room, file) >= 0) {
		at.line++;
		take_line(expectations, &at, line);
	}
	if (ferror(file))
		die("%s: %s", path, strerror(errno));
	free(line);
	fclose(file);
}

void expectations_free(struct expectations *expectations)
{
	for (size_t i = 0; i < expectations->line_count; i++)
		free(expectations->lines[i]);
	for (size_t i = 0; i < expectations->count; i++) {
		free(expectations->entries[i].glob);
		free(expectations->entries[i].verdict_text);
		free(expectations->entries[i].conditions);
		free(expectations->entries[i].reason);
	}
	free(expectations->lines);
	free(expectations->entries);
}

const struct expectation *expectation_for(const struct expectations *expectations, const char *id)
{
	for (size_t i = 0; i < expectations->count; i++)
		if (expectations->entries[i].applies && glob_fits(expectations->entries[i].glob, id))
			return &expectations->entries[i];
	return NULL;
}
