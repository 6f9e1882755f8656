// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
#include <ctype.h>
#include <string.h>

#include "lines.h"

const char *version_line(const char *text)
{
	if (begins_with(text, "KTAP version "))
		return text + strlen("KTAP version ");
	return begins_with(text, "TAP version ") ? text + strlen("TAP version ") : NULL;
}

/* Reads one line into lines->raw, clean. */
static bool read_line(struct lines *lines)
{
	bool any = false, dropped = false;
	int c;

	text_clear(&lines->raw);
	while ((c = getc_unlocked(lines->in)) != EOF) {
		any = true;
		if (c == '\n')
			break;
		if (lines->raw.length < LINE_MAX_BYTES)
			text_add(&lines->raw, &(char){ (char)c }, 1);
		else
			dropped = true;
	}
	if (!any)
		return false;
	lines->endless = c == EOF;
	lines->number++;
	if (dropped)
		lines->complain(lines->context, lines->number, "a line of more than 64 KiB; its rest is dropped");
	while (lines->raw.length && lines->raw.at[lines->raw.length - 1] == '\r')
		lines->raw.length--;
	size_t begin = 0;
	while (begin < lines->raw.length && lines->raw.at[begin] == '\r')
		begin++;
	if (!lines->raw.length)
		text_add(&lines->raw, "", 0);
	memmove(lines->raw.at, lines->raw.at + begin, lines->raw.length - begin);
	make_clean(lines->raw.at, lines->raw.length - begin);
	lines->raw.length = strlen(lines->raw.at);
	return true;
}

/* The length of a kernel message's time stamp "[   12.345678]", with the caller that may follow it, or 0. */
static size_t stamp(const char *text)
{
	size_t n = 1 + strspn(text + 1, " ");
	const size_t seconds = strspn(text + n, "0123456789");

	if (!seconds || text[n + seconds] != '.')
		return 0;
	n += seconds + 1;
	if (strspn(text + n, "0123456789") != 6 || text[n + 6] != ']')
		return 0;
	n += 7;
	if (text[n] == '[') {
		const size_t caller = strcspn(text + n, "]");
		n += text[n + caller] ? caller + 1 : 0;
	}
	return n + (text[n] == ' ');
}

/* Where a kernel message begins in a line, or NULL. */
static char *message(char *text)
{
	for (char *at = text; (at = strchr(at, '[')); at++) {
		if (!stamp(at))
			continue;
		/* A level such as <6> belongs to it. */
		if (at - text >= 3 && at[-1] == '>' && isdigit((unsigned char)at[-2]) && at[-3] == '<')
			return at - 3;
		return at;
	}
	return NULL;
}

/* The version line tells what stands in front of the lines. */
static void learn_prefix(struct lines *lines)
{
	const char *text = lines->raw.at, *version = strstr(text, "TAP version ");

	if (lines->begun || !version)
		return;
	if (version > text && version[-1] == 'K')
		version--;
	const size_t before = (size_t)(version - text);
	const size_t blank = strspn(text, " \t#");
	if (blank < before) {
		/* Something with a digit in it and a blank behind: a clock. */
		if (!isspace((unsigned char)version[-1]) || strcspn(text, "0123456789") >= before)
			return;
		lines->prefix = *text == '[' && stamp(text) ? PREFIX_STAMP : PREFIX_COLUMNS;
		lines->columns = before;
	}
	lines->begun = true;
}

static void remove_prefix(struct lines *lines)
{
	size_t n = 0;

	if (lines->prefix == PREFIX_STAMP && lines->raw.at[0] == '[')
		n = stamp(lines->raw.at);
	else if (lines->prefix == PREFIX_COLUMNS && lines->raw.length >= lines->columns)
		n = lines->columns;
	memmove(lines->raw.at, lines->raw.at + n, lines->raw.length - n + 1);
	lines->raw.length -= n;
}

/* Does this look like the whole of a line of KTAP, rather than the second half of one? */
static bool looks_whole(const char *text)
{
	text += strspn(text, " ");
	if (version_line(text) || begins_with(text, "# ") || begins_with(text, "1.."))
		return true;
	text += begins_with(text, "not ") ? strlen("not ") : 0;
	return begins_with(text, "ok ") && isdigit((unsigned char)text[3]);
}

static bool is_result(const char *text)
{
	text += strspn(text, " #");
	return begins_with(text, "ok ") || begins_with(text, "not ok ");
}

/* Is this a directive, "# SKIP why", rather than a comment? */
static bool is_directive(const char *text)
{
	text += *text == ' ';
	return begins_with(text, "# ") && isupper((unsigned char)text[2]) && isupper((unsigned char)text[3]);
}

/* A line was cut behind its margin, in "not ok", or before its directive: then the rest of it looks whole. */
static bool continues(const char *cut, const char *rest)
{
	cut += strspn(cut, " ");
	return !*cut || (!strcmp(cut, "not") && begins_with(rest, " ok ")) ||
	       (!strcmp(cut, "not ") && begins_with(rest, "ok ")) ||
	       (*cut != '#' && is_result(cut) && is_directive(rest));
}

/* The end of a line that was cut came, or something else in its place. Returns whether it was put together. */
static bool join(struct lines *lines)
{
	const char *cut = lines->cut.at;

	if (!looks_whole(lines->raw.at) || continues(cut, lines->raw.at)) {
		text_add(&lines->cut, lines->raw.at, lines->raw.length);
		return true;
	}
	if (*(cut + strspn(cut, " ")) != '#' && (is_result(cut) || begins_with(cut + strspn(cut, " "), "not")))
		lines->complain(lines->context, lines->cut_number,
				"a result that a kernel message cut, and whose rest is missing");
	return false;
}

/* Gives out what is left of a cut line, and keeps the present one for the next call. */
static const char *give_cut(struct lines *lines, unsigned *number, bool keep)
{
	*number = lines->cut_number;
	lines->cut_number = 0;
	lines->have_next = keep;
	return lines->cut.at;
}

const char *lines_next(struct lines *lines, unsigned *number)
{
	if (lines->have_next) {
		lines->have_next = false;
		*number = lines->number;
		return lines->raw.at;
	}
	while (read_line(lines)) {
		learn_prefix(lines);
		if (lines->prefix != PREFIX_NONE)
			remove_prefix(lines);
		char *noise = lines->prefix == PREFIX_STAMP ? NULL : message(lines->raw.at);
		if (noise) {
			if (!lines->cut_number) {
				text_clear(&lines->cut);
				lines->cut_number = lines->number;
			}
			text_add(&lines->cut, lines->raw.at, (size_t)(noise - lines->raw.at));
			if (!lines->cut.length)
				lines->cut_number = 0;
			continue;
		}
		if (lines->cut_number)
			return give_cut(lines, number, !join(lines));
		*number = lines->number;
		return lines->raw.at;
	}
	return lines->cut_number ? give_cut(lines, number, false) : NULL;
}

void lines_free(struct lines *lines)
{
	text_free(&lines->raw);
	text_free(&lines->cut);
}
