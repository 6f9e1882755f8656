// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "comments.h"
#include "notes.h"

#define SECONDS_MAX 1e9 /* of a run: no number that is not finite */

static void set(char **member, char *text)
{
	free(*member);
	*member = text;
}

/* ---- The run ----------------------------------------------------------------------------------- */

/* "forkcheck 0.1: Linux 6.18.44 on x86_64" */
static bool take_header(struct run *run, const char *comment)
{
	char version[32], system[32], release[128], arch[32];

	if (sscanf(comment, NOTE_HEADER_READ, version, system, release, arch) != 4)
		return false;
	set(&run->version, copy_clean(version));
	set(&run->system, copy_clean(system));
	set(&run->release, copy_clean(release));
	set(&run->arch, copy_clean(arch));
	return true;
}

/* "10 passed, 0 failed, ... 0 leaked; 0.19 s" */
static bool take_counts(struct run *run, const char *comment)
{
	unsigned n;
	double seconds;

	if (sscanf(comment, NOTE_COUNTS_READ, &n, &n, &n, &n, &n, &n, &n, &seconds) != 8 ||
	    !(seconds >= 0 && seconds < SECONDS_MAX))
		return false;
	run->wall += seconds;
	run->have_wall = run->ended = true;
	return true;
}

bool comment_on_run(struct run *run, const char *comment)
{
	if (begins_with(comment, NOTE_BEGINS)) {
		set(&run->begun, copy(comment + strlen(NOTE_BEGINS)));
	} else if (begins_with(comment, NOTE_ENDS)) {
		const char *id = comment + strlen(NOTE_ENDS);
		if (run->begun && strlen(run->begun) == strcspn(id, " ") && begins_with(id, run->begun))
			set(&run->begun, NULL);
	} else if (begins_with(comment, NOTE_ASSUMED)) {
		set(&run->assumed, copy(comment + strlen(NOTE_ASSUMED)));
	} else if (begins_with(comment, NOTE_USER)) {
		const char *user = comment + strlen(NOTE_USER);
		set(&run->user, copy_part(user, strcspn(user, ";")));
	} else if (begins_with(comment, NOTE_SEED)) {
		const char *seed = comment + strlen(NOTE_SEED);
		set(&run->seed, copy_part(seed, strspn(seed, "0123456789")));
	} else if (begins_with(comment, NOTE_STOPPED)) {
		set(&run->stopped, copy(comment + strlen(NOTE_STOPPED)));
	} else if (begins_with(comment, NOTE_STALE)) {
		text_add_line(&run->stale, comment + strlen(NOTE_STALE));
	} else {
		return take_header(run, comment) || take_counts(run, comment);
	}
	return true;
}

/* ---- A result ---------------------------------------------------------------------------------- */

/* A line of its own, from a text of lines; *text moves on. The caller frees it. NULL at the end. */
static char *next_line(const char **text)
{
	const size_t length = strcspn(*text, "\n");

	if (!**text)
		return NULL;
	char *line = copy_part(*text, length);
	*text += length + ((*text)[length] == '\n');
	return line;
}

/* The last "ID: VERDICT" or "ID: VERDICT, why", which begins what belongs to the result. */
static const char *verdict_line(const char *comments, const char *name)
{
	const char *found = NULL;

	for (const char *line = comments; *line; line += strcspn(line, "\n"), line += *line == '\n') {
		const size_t id = strcspn(line, ": \n");
		const size_t tail = strlen(name);
		if (line[id] != ':' || line[id + 1] != ' ' || id < tail || strncmp(line + id - tail, name, tail))
			continue;
		if (verdict_of(line + id + 2, strcspn(line + id + 2, ",\n")) != VERDICTS)
			found = line;
	}
	return found;
}

/* The length of the FILE:LINE that a text begins with; else 0. */
static size_t place(const char *text)
{
	const size_t file = strcspn(text, ": ");
	const size_t digits = text[file] == ':' ? strspn(text + file + 1, "0123456789") : 0;

	return digits && text[file + 1 + digits] == ' ' ? file + 1 + digits : 0;
}

/* What a person may paste: nothing that a shell would take for more than words. */
static bool is_command(const char *text)
{
	return !text[strcspn(text, ";&|<>$`(){}\\\"!")];
}

/* "FILE:LINE in ROLE, what that is (pid NUMBER)", or the same without a place. Is the text that? */
static bool take_process(struct details *details, const char *text)
{
	const size_t at = place(text);
	const char *role = text + at + (at > 0);
	const char *pid = strstr(text, NOTE_PID);

	if (!begins_with(role, NOTE_IN) || !strchr(role, ',') || !pid)
		return false;
	role += strlen(NOTE_IN);
	pid += strlen(NOTE_PID);
	if (at)
		details->at = copy_part(text, at);
	details->role = copy_part(role, strcspn(role, ","));
	details->pid = copy_part(pid, strspn(pid, "0123456789"));
	return true;
}

/* Is this line, at its place in the first expectation, a value of this kind? Then it is kept. */
static bool take_value(const struct details *details, char **value, const char *line, const char *prefix)
{
	static const char margin[] = "      ";

	if (!details->expr || *value || !begins_with(line, margin) || !begins_with(line + strlen(margin), prefix))
		return false;
	*value = copy(line + strlen(margin) + strlen(prefix));
	return true;
}

/* The first failed expectation counts. */
static void take_line(struct details *details, struct text *rules, const char *line)
{
	if (take_value(details, &details->want, line, NOTE_WANT) ||
	    take_value(details, &details->got, line, NOTE_GOT) ||
	    take_value(details, &details->error, line, NOTE_ERRNO))
		return;
	if (begins_with(line, "  ") && !details->role && take_process(details, line + 2))
		return;
	if (begins_with(line, "    ") && line[4] && line[4] != ' ' && details->role && !details->expr) {
		details->expr = copy(line + 4);
	} else if (begins_with(line, "  " NOTE_RULE)) {
		text_add_line(rules, line + strlen("  " NOTE_RULE));
	} else if (begins_with(line, "  " NOTE_AGAIN) && is_command(line)) {
		set(&details->command, copy(line + strlen("  " NOTE_AGAIN)));
	}
}

void comments_on_result(struct result *result, const char *comments)
{
	const char *own = verdict_line(comments, result->id);
	struct text rules = { 0 };
	char *line;

	if (!*comments)
		return;
	struct details *details = result_details(result);
	details->text = copy(own ? own : comments);
	while (own && (line = next_line(&own))) {
		take_line(details, &rules, line);
		free(line);
	}
	details->rules = rules.at;
}
