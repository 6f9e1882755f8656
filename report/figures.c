// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "figures.h"
#include "tool.h"

static const char beginning[] = "{\"type\":\"run\",\"forkcheck\"";

static FILE *open_file(const char *path)
{
	FILE *file = strcmp(path, "-") ? fopen(path, "re") : stdin;

	if (!file)
		die("%s: %m", path);
	return file;
}

bool figures_are_in(const char *path)
{
	char text[sizeof(beginning)] = "";

	if (!strcmp(path, "-"))
		return false;
	FILE *file = fopen(path, "re");
	if (!file)
		return false;
	const bool found = fgets(text, sizeof(text), file) && !strcmp(text, beginning);
	fclose(file);
	return found;
}

static char *text_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? copy_clean(text) : NULL;
}

/* Between a picosecond and three hundred years, or a like range of bytes: what can be drawn. */
static bool is_drawable(double number)
{
	return number >= 1e-3 && number <= 1e19;
}

static double number_of(const json_t *object, const char *key)
{
	return json_number_value(json_object_get(object, key));
}

static void add_figure(struct figures *figures, const json_t *object)
{
	figures->at = grow(figures->at, figures->count, &figures->room, sizeof(*figures->at));
	struct figure *figure = &figures->at[figures->count++];

	*figure = (struct figure){
		.id = text_of(object, "id"),
		.group = text_of(object, "group"),
		.series = text_of(object, "series"),
		.axis = text_of(object, "axis"),
		.each = text_of(object, "each"),
		.amount = number_of(object, "amount"),
		.median = number_of(object, "median"),
		.low = number_of(object, "low"),
		.high = number_of(object, "high"),
		.confidence = number_of(object, "confidence"),
	};
	/* Without a value there is nothing to draw or to compare; 0 can't be drawn on a logarithmic axis. */
	if (!is_drawable(figure->median) || !is_drawable(figure->low) || !is_drawable(figure->high) ||
	    figure->low > figure->median || figure->median > figure->high)
		figure->median = 0;
}

static bool add_line(struct figures *figures, const char *line)
{
	json_t *object = json_loads(line, 0, NULL);
	const char *type = json_string_value(json_object_get(object, "type"));
	const bool good = type && json_is_object(object);

	if (good && !strcmp(type, "run")) {
		free(figures->system);
		figures->system = text_of(json_object_get(object, "environment"), "system");
		figures->confidence = number_of(object, "confidence");
	} else if (good && !strcmp(type, "figure")) {
		add_figure(figures, object);
		const struct figure *figure = &figures->at[figures->count - 1];
		json_decref(object);
		return figure->id && figure->group && figure->series;
	}
	json_decref(object);
	return good;
}

void figures_load(struct figures *figures, const char *path)
{
	FILE *file = open_file(path);
	size_t room = 0, number = 0;
	char *line = NULL;

	*figures = (struct figures){ 0 };
	while (getline(&line, &room, file) >= 0) {
		number++;
		/* A console adds lines of its own. */
		if (line[0] == '{' && !add_line(figures, line))
			die("%s:%zu: this is no line of 'forkcheck bench --format jsonl'", path, number);
	}
	if (ferror(file))
		die("%s: %m", path);
	free(line);
	fclose(file);
	if (!figures->count)
		die("%s: no figures in it; 'forkcheck bench --format jsonl' writes them", path);
	if (!figures->system)
		figures->system = copy("an unknown system");
}

void figures_free(struct figures *figures)
{
	for (size_t i = 0; i < figures->count; i++) {
		free(figures->at[i].id);
		free(figures->at[i].group);
		free(figures->at[i].series);
		free(figures->at[i].axis);
		free(figures->at[i].each);
	}
	free(figures->at);
	free(figures->system);
}

const struct figure *figures_find(const struct figures *figures, const char *id)
{
	for (size_t i = 0; i < figures->count; i++)
		if (figures->at[i].median > 0 && !strcmp(figures->at[i].id, id))
			return &figures->at[i];
	return NULL;
}
