// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "expectation.h"
#include "die.h"
#include "select.h"

struct reader {
	const char *path;
	int line;
	const struct circumstances *here;
};

static unsigned parse_verdicts(const struct reader *at, const char *text)
{
	unsigned mask = 0;
	char copy[64], *save = NULL;

	snprintf(copy, sizeof(copy), "%s", text);
	for (char *name = strtok_r(copy, "|", &save); name; name = strtok_r(NULL, "|", &save)) {
		unsigned v = 0;
		while (v < VERDICTS && strcmp(name, verdict_names[v]))
			v++;
		if (v == VERDICTS)
			die("%s:%d: '%s' is not a verdict to expect: FAIL, SKIP, BROKEN, TIMEOUT, CRASH or LEAK",
			    at->path, at->line, name);
		mask |= 1u << v;
	}
	if (!mask)
		die("%s:%d: no verdict", at->path, at->line);
	if (mask == 1u << VERDICT_PASS)
		die("%s:%d: PASS stands beside the verdict that comes and goes, as in FAIL|PASS", at->path, at->line);
	return mask;
}

static bool condition_holds(const struct reader *at, const char *text)
{
	bool negated = *text == '!';
	const char *condition = text + negated;
	struct release release;
	bool holds;

	if (!strncmp(condition, "arch=", 5))
		holds = !strcmp(condition + 5, at->here->arch);
	else if (!strcmp(condition, "privileged"))
		holds = at->here->privileged;
	else if (!strcmp(condition, "unprivileged"))
		holds = !at->here->privileged;
	else if (!strncmp(condition, "release<", 8) && release_parse(condition + 8, &release))
		holds = release_compare(at->here->release, release) < 0;
	else if (!strncmp(condition, "release>=", 9) && release_parse(condition + 9, &release))
		holds = release_compare(at->here->release, release) >= 0;
	else
		die("%s:%d: '%s' is not a condition: arch=NAME, release<X.Y, release>=X.Y, privileged or unprivileged",
		    at->path, at->line, text);
	return holds != negated;
}

static bool conditions_hold(const struct reader *at, char *list)
{
	bool hold = true;
	char *save = NULL;

	for (char *one = strtok_r(list, ",", &save); one; one = strtok_r(NULL, ",", &save))
		hold &= condition_holds(at, one);
	return hold;
}

/* The colon that stands alone. */
static char *separator(char *line)
{
	for (char *colon = line; (colon = strchr(colon, ':')); colon++)
		if (colon > line && isspace((unsigned char)colon[-1]) &&
		    (!colon[1] || isspace((unsigned char)colon[1])))
			return colon;
	return NULL;
}

static void parse_line(const struct reader *at, char *line, struct expectation *entry)
{
	static const char form[] = "GLOB VERDICT [if CONDITION,...] : REASON";
	char *colon = separator(line);
	char glob[ID_SIZE] = "", verdicts[64] = "", word[16] = "", conditions[256] = "";

	if (!colon || !colon[1 + strspn(colon + 1, " \t")])
		die("%s:%d: a line is '%s', and the reason may not be missing", at->path, at->line, form);
	*colon = 0;
	int words = sscanf(line, "%127s %63s %15s %255s", glob, verdicts, word, conditions);
	if ((words != 2 && words != 4) || (words == 4 && strcmp(word, "if")))
		die("%s:%d: a line is '%s'", at->path, at->line, form);

	memset(entry, 0, sizeof(*entry));
	snprintf(entry->glob, sizeof(entry->glob), "%s", glob);
	snprintf(entry->verdict_text, sizeof(entry->verdict_text), "%s", verdicts);
	snprintf(entry->conditions, sizeof(entry->conditions), "%s", conditions);
	snprintf(entry->reason, sizeof(entry->reason), "%s", colon + 1 + strspn(colon + 1, " \t"));
	entry->line = at->line;
	entry->verdicts = parse_verdicts(at, verdicts);
	entry->applies = conditions_hold(at, conditions);
}

static bool fits_any(const char *glob, const struct suite *suite)
{
	for (size_t i = 0; i < suite->count; i++)
		if (selector_matches(glob, &suite->items[i]))
			return true;
	return false;
}

static void read_lines(struct expectations *expectations, FILE *file, const char *path, const struct suite *suite,
		       const struct circumstances *here)
{
	struct reader at = { .path = path, .here = here };
	char *line = NULL;
	size_t room = 0;
	ssize_t n;

	if (!file)
		die("%s: %s", path, strerror(errno));
	*expectations = (struct expectations){ .path = path };
	while ((n = getline(&line, &room, file)) >= 0) {
		at.line++;
		while (n && isspace((unsigned char)line[n - 1]))
			line[--n] = 0;
		char *text = line + strspn(line, " \t");
		if (!*text || *text == '#')
			continue;
		expectations->entry = reallocarray(expectations->entry, expectations->count + 1,
						   sizeof(*expectations->entry));
		if (!expectations->entry)
			die("out of memory");
		struct expectation *entry = &expectations->entry[expectations->count++];
		parse_line(&at, text, entry);
		entry->stale = !fits_any(entry->glob, suite);
	}
	if (ferror(file))
		die("%s: %s", path, strerror(errno));
	free(line);
	fclose(file);
}

void expectations_load(struct expectations *expectations, const char *path, const struct suite *suite,
		       const struct circumstances *here)
{
	read_lines(expectations, fopen(path, "re"), path, suite, here);
}

static char *unpacked(const struct known_file *known)
{
	static const int gzip = 16; /* what zlib adds to the size of its window for this format */
	char *text = malloc(known->size);
	z_stream stream = { .next_in = (z_const Bytef *)known->packed,
			    .avail_in = (uInt)known->packed_size,
			    .next_out = (Bytef *)text,
			    .avail_out = (uInt)known->size };

	if (!text || inflateInit2(&stream, MAX_WBITS + gzip) != Z_OK)
		die("out of memory");
	if (inflate(&stream, Z_FINISH) != Z_STREAM_END || stream.avail_out)
		die("%s.expect, which is built in, cannot be unpacked", known->name);
	inflateEnd(&stream);
	return text;
}

void expectations_load_known(struct expectations *expectations, const struct known_file *known,
			     const struct suite *suite, const struct circumstances *here)
{
	char *text = unpacked(known);

	read_lines(expectations, fmemopen(text, known->size, "r"), known->name, suite, here);
	free(text);
}

const struct expectation *expectation_for(const struct expectations *expectations, const struct item *item)
{
	for (size_t i = 0; i < expectations->count; i++) {
		const struct expectation *entry = &expectations->entry[i];
		if (entry->applies && selector_matches(entry->glob, item))
			return entry;
	}
	return NULL;
}

enum surprise surprise(const struct expectation *entry, enum verdict verdict)
{
	if (verdict == VERDICT_SKIP)
		return AS_EXPECTED;
	if (!entry)
		return verdict == VERDICT_PASS ? AS_EXPECTED : NEW_FAILURE;
	if (entry->verdicts & 1u << verdict)
		return AS_EXPECTED;
	return verdict == VERDICT_PASS ? UNEXPECTED_PASS : CHANGED_FAILURE;
}
