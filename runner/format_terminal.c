// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/*
 * For a person at a terminal: a progress line, and what went wrong.
 *
 * The progress line is drawn with carriage returns and blanks alone, since NO_COLOR and many a console take no escape
 * sequences. It never reaches the last columns: there it would begin a second row, and so would the ^C that the
 * terminal writes behind it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#include "reporting.h"

#define WIDTH_UNKNOWN 80
#define WIDTH_MOST 240
#define MARGIN 3

/* Asked each time, so that it follows a window whose size changes. */
static int width(const struct teller *teller)
{
	const char *columns = getenv("COLUMNS");
	struct winsize size = { 0 };
	int n = 0;

	if (!ioctl(teller->out.fd, TIOCGWINSZ, &size))
		n = size.ws_col;
	if (!n && columns)
		n = atoi(columns);
	if (n <= 0)
		n = WIDTH_UNKNOWN;
	return n < WIDTH_MOST ? n : WIDTH_MOST;
}

static void hide_progress(struct teller *teller)
{
	const int columns = width(teller) - 1;

	if (teller->shown)
		output_line(&teller->out, "\r%*s\r", columns > 0 ? columns : 0, "");
	teller->shown = 0;
}

static void note(struct teller *teller, const char *line)
{
	hide_progress(teller);
	output_line(&teller->out, "%s\n", line);
}

/* A terminal that is called dumb does not go back to the beginning of a line. */
static bool may_go_back(void)
{
	const char *term = getenv("TERM");

	return term && *term && strcmp(term, "dumb") != 0;
}

static void running(struct teller *teller, const struct report *report, const struct item *item)
{
	const unsigned bad = report->surprises[NEW_FAILURE] + report->surprises[CHANGED_FAILURE];
	const int columns = width(teller) - MARGIN;
	char line[WIDTH_MOST + 1];

	if (columns < 1 || !may_go_back())
		return;
	int n = snprintf(line, (size_t)columns + 1, "[%zu/%zu] %u unexpected  %s", report->done, report->count, bad,
			 item->id);
	if (n > columns)
		n = columns;
	output_line(&teller->out, "\r%-*s", teller->shown > n ? teller->shown : n, line);
	teller->shown = n;
}

static void show(struct teller *teller, const struct report *report, const struct result *result)
{
	const char *on = teller->color ? "\033[31m" : "", *off = teller->color ? "\033[0m" : "";
	char text[512];

	(void)report;
	if (is_ok(result))
		return;
	hide_progress(teller);
	tell_details(teller, result);
	directive(result, text, sizeof(text));
	output_line(&teller->out, "%snot ok%s %s%s\n", on, off, result->item->id, text);
}

const struct format format_terminal = { .note = note, .running = running, .result = show, .round_end = hide_progress };
