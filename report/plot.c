// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* forkcheck-report plot: costs against what they depend on, on logarithmic axes, as SVG. */
#include <getopt.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "subcommands.h"
#include "figures.h"
#include "whole_file.h"
#include "tool.h"

#define MAX_LINES 24
#define MAX_POINTS 32

/* The drawing, and in it the rectangle of the axes. */
enum { WIDTH = 840, HEIGHT = 480, LEFT = 76, TOP = 44, RIGHT = 620, BOTTOM = 420 };

struct line {
	char *name;
	const struct figure *points[MAX_POINTS];
	size_t count;
};

struct plot {
	const char *group;
	struct line lines[MAX_LINES];
	size_t count;
	double x_low, x_high, y_low, y_high; /* in decades */
};

/* Colours that people tell apart whatever their eyes (Okabe and Ito), and shapes for print. */
static const char *const colours[] = { "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000" };

/* ---- What to draw ------------------------------------------------------------------------------ */

static struct line *line_named(struct plot *plot, const char *run, const char *series)
{
	char *name = *run ? format("%s: %s", run, series) : copy(series);

	for (size_t i = 0; i < plot->count; i++) {
		if (!strcmp(plot->lines[i].name, name)) {
			free(name);
			return &plot->lines[i];
		}
	}
	if (plot->count == MAX_LINES)
		die("plot: more than %d lines; --series chooses some", MAX_LINES);
	plot->lines[plot->count].name = name;
	return &plot->lines[plot->count++];
}

static bool is_chosen(const char *series, const char *list)
{
	const size_t length = strlen(series);

	for (const char *at = list; at && *at; at += strcspn(at, ",") + (at[strcspn(at, ",")] == ','))
		if (strcspn(at, ",") == length && !strncmp(at, series, length))
			return true;
	return !list;
}

static void add_run(struct plot *plot, const struct figures *figures, const char *name, const char *series)
{
	for (size_t i = 0; i < figures->count; i++) {
		const struct figure *figure = &figures->at[i];
		if (strcmp(figure->group, plot->group) || !figure->axis || figure->amount <= 0 || figure->median <= 0 ||
		    !is_chosen(figure->series, series))
			continue;
		struct line *line = line_named(plot, name, figure->series);
		if (line->count < MAX_POINTS)
			line->points[line->count++] = figure;
	}
}

/* Whole decades up and down; along, as far as there are points. */
static void find_limits(struct plot *plot)
{
	plot->x_low = plot->y_low = INFINITY;
	plot->x_high = plot->y_high = -INFINITY;
	for (size_t i = 0; i < plot->count; i++) {
		for (size_t k = 0; k < plot->lines[i].count; k++) {
			const struct figure *point = plot->lines[i].points[k];
			plot->x_low = fmin(plot->x_low, log10(point->amount));
			plot->x_high = fmax(plot->x_high, log10(point->amount));
			plot->y_low = fmin(plot->y_low, floor(log10(point->low)));
			plot->y_high = fmax(plot->y_high, ceil(log10(point->high)));
		}
	}
	if (plot->x_low == plot->x_high)
		plot->x_high += 1;
	if (plot->y_low == plot->y_high)
		plot->y_high += 1;
}

static int by_last_point(const void *a, const void *b)
{
	const struct line *x = a, *y = b;
	const double left = x->points[x->count - 1]->median, right = y->points[y->count - 1]->median;

	return (left < right) - (left > right);
}

/* ---- Drawing ----------------------------------------------------------------------------------- */

static double across(const struct plot *plot, double amount)
{
	return LEFT + (RIGHT - LEFT) * (log10(amount) - plot->x_low) / (plot->x_high - plot->x_low);
}

static double down(const struct plot *plot, double ns)
{
	return BOTTOM - (BOTTOM - TOP) * (log10(ns) - plot->y_low) / (plot->y_high - plot->y_low);
}

static void draw_text(FILE *to, double x, double y, const char *anchor, const char *text)
{
	fprintf(to, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">", x, y, anchor);
	for (; *text; text++) {
		switch (*text) {
		case '<':
			fputs("&lt;", to);
			break;
		case '>':
			fputs("&gt;", to);
			break;
		case '&':
			fputs("&amp;", to);
			break;
		default:
			fputc(*text, to);
		}
	}
	fputs("</text>\n", to);
}

static void draw_axis_along(FILE *to, const struct plot *plot)
{
	double drawn = -INFINITY;

	for (size_t i = 0; i < plot->count; i++) {
		for (size_t k = 0; k < plot->lines[i].count; k++) {
			const double amount = plot->lines[i].points[k]->amount, x = across(plot, amount);
			if (x <= drawn)
				continue;
			drawn = x;
			char *label = format("%g", amount);
			fprintf(to, "<path class=\"grid\" d=\"M%.1f %d V%d\"/>\n", x, TOP, BOTTOM);
			draw_text(to, x, BOTTOM + 18, "middle", label);
			free(label);
		}
	}
	draw_text(to, (LEFT + RIGHT) / 2.0, BOTTOM + 42, "middle", plot->lines[0].points[0]->axis);
}

static void draw_axis_up(FILE *to, const struct plot *plot)
{
	static const char *const units[] = { "ns", "\302\265s", "ms", "s" };

	for (int decade = (int)plot->y_low; decade <= (int)plot->y_high; decade++) {
		const double y = down(plot, pow(10, decade));
		const int unit = decade < 0 ? 0 : decade >= 9 ? 3 : decade / 3;
		char *label = format("%g %s", pow(10, decade - 3 * unit), units[unit]);
		fprintf(to, "<path class=\"grid\" d=\"M%d %.1f H%d\"/>\n", LEFT, y, RIGHT);
		draw_text(to, LEFT - 8, y + 4, "end", label);
		free(label);
	}
}

static void draw_marker(FILE *to, double x, double y, size_t n)
{
	switch (n % 3) {
	case 0:
		fprintf(to, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3.5\"/>", x, y);
		break;
	case 1:
		fprintf(to, "<rect x=\"%.1f\" y=\"%.1f\" width=\"7\" height=\"7\"/>", x - 3.5, y - 3.5);
		break;
	case 2:
		fprintf(to, "<path d=\"M%.1f %.1f l4.5 8 h-9 z\"/>", x, y - 5);
		break;
	}
}

/* A line with its intervals as bars, and its name beside the drawing at this height. */
static void draw_line(FILE *to, const struct plot *plot, size_t n)
{
	const struct line *line = &plot->lines[n];
	const char *colour = colours[n % ARRAY_SIZE(colours)];
	const double legend = TOP + 12 + 20.0 * (double)n;

	fprintf(to, "<g stroke=\"%s\" fill=\"%s\">\n<path class=\"line\"%s d=\"", colour, colour,
		n / ARRAY_SIZE(colours) % 2 ? " stroke-dasharray=\"6 3\"" : "");
	for (size_t k = 0; k < line->count; k++)
		fprintf(to, "%s%.1f %.1f", k ? " L" : "M", across(plot, line->points[k]->amount),
			down(plot, line->points[k]->median));
	fputs("\"/>\n", to);
	for (size_t k = 0; k < line->count; k++) {
		const struct figure *point = line->points[k];
		const double x = across(plot, point->amount);
		fprintf(to, "<path d=\"M%.1f %.1f V%.1f\"/>", x, down(plot, point->low), down(plot, point->high));
		draw_marker(to, x, down(plot, point->median), n);
		fputc('\n', to);
	}
	draw_marker(to, RIGHT + 24, legend - 4, n);
	fputs("\n</g>\n", to);
	draw_text(to, RIGHT + 36, legend, "start", line->name);
}

static void draw(FILE *to, struct plot *plot, const char *title)
{
	const char *each = plot->lines[0].points[0]->each;

	fprintf(to,
		"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\" role=\"img\">\n",
		WIDTH, HEIGHT, WIDTH, HEIGHT);
	fputs("<style>text { font: 13px sans-serif; fill: #222; stroke: none } .grid { stroke: #ddd; fill: none }"
	      " .line { fill: none; stroke-width: 2 }</style>\n<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n",
	      to);
	char *head = format("%s%s%s", title, each ? ", for each " : "", each ? each : "");
	draw_text(to, LEFT, TOP - 20, "start", head);
	free(head);
	draw_axis_along(to, plot);
	draw_axis_up(to, plot);
	for (size_t i = 0; i < plot->count; i++)
		draw_line(to, plot, i);
	fputs("</svg>\n", to);
}

/* ---- The command ------------------------------------------------------------------------------- */

/* "NAME=FILE" or "FILE"; the name is "" where there is only one run. */
static void load_run(struct figures *figures, char *argument, char **name, bool named)
{
	char *equals = strchr(argument, '='), *slash = strchr(argument, '/');
	const bool given = equals && (!slash || equals < slash);

	figures_load(figures, given ? equals + 1 : argument);
	*name = given ? copy_part(argument, (size_t)(equals - argument)) : copy(named ? argument : "");
}

int command_plot(int argc, char **argv)
{
	static const struct option options[] = {
		{ "group", required_argument, NULL, 'g' },
		{ "series", required_argument, NULL, 's' },
		{ "title", required_argument, NULL, 't' },
		{ "output", required_argument, NULL, 'o' },
		{ 0 },
	};
	static struct plot plot;
	const char *path = NULL, *title = NULL, *series = NULL;
	struct output output;
	int option;

	plot = (struct plot){ .group = "memory" };
	while ((option = getopt_long(argc, argv, "o:", options, NULL)) != -1) {
		switch (option) {
		case 'g':
			plot.group = optarg;
			break;
		case 's':
			series = optarg;
			break;
		case 't':
			title = optarg;
			break;
		case 'o':
			path = optarg;
			break;
		default:
			die("'forkcheck-report --help' shows what is allowed");
		}
	}
	const size_t count = (size_t)(argc - optind);
	if (!count)
		die("plot: at least one file that 'forkcheck bench --format jsonl' wrote is wanted");
	struct figures *runs = calloc(count, sizeof(*runs));
	if (!runs)
		die("out of memory");
	for (size_t i = 0; i < count; i++) {
		char *name;
		load_run(&runs[i], argv[(size_t)optind + i], &name, count > 1);
		add_run(&plot, &runs[i], name, series);
		free(name);
	}
	if (!plot.count)
		die("plot: no figures of the group '%s'%s against an amount in there", plot.group,
		    series ? " and these series" : "");
	find_limits(&plot);
	qsort(plot.lines, plot.count, sizeof(plot.lines[0]), by_last_point);
	char *head = title ? copy(title)
			   : format("%s, on %s", plot.group, count == 1 ? runs[0].system : "several systems");
	output_open(&output, path);
	draw(output.to, &plot, head);
	output_close(&output);
	free(head);
	for (size_t i = 0; i < plot.count; i++)
		free(plot.lines[i].name);
	for (size_t i = 0; i < count; i++)
		figures_free(&runs[i]);
	free(runs);
	return EXIT_EXPECTED;
}
