// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "die.h"
#include "reporting.h"
#include "select.h"
#include "times.h"

/* No test is free: a plan spreads those without a measurable time as well. */
#define SHORTEST 0.001
#define UNKNOWN (-1.0)

struct timed {
	const struct item *item;
	size_t place; /* in the selection */
	double seconds;
	unsigned shard;
};

static int by_id(const void *a, const void *b)
{
	return strcmp(((const struct timed *)a)->item->id, ((const struct timed *)b)->item->id);
}

static int id_to_timed(const void *id, const void *timed)
{
	return strcmp(id, ((const struct timed *)timed)->item->id);
}

static int by_place(const void *a, const void *b)
{
	const struct timed *x = a, *y = b;

	return (x->place > y->place) - (x->place < y->place);
}

/* The longest first; equal ones in the order of their ids. */
static int by_length(const void *a, const void *b)
{
	const struct timed *x = a, *y = b;

	return x->seconds != y->seconds ? (x->seconds < y->seconds) - (x->seconds > y->seconds) : by_id(a, b);
}

/* Reads the lines of those in `list`, which is sorted by id. */
static void read_times(struct timed *list, size_t count, const char *path)
{
	FILE *file = fopen(path, "re");
	char line[ID_SIZE + 64], id[ID_SIZE];
	int number = 0, used;
	double seconds;

	if (!file)
		die("%s: %s", path, strerror(errno));
	while (fgets(line, sizeof(line), file)) {
		number++;
		line[strcspn(line, "\n")] = 0;
		if (!*line || *line == '#')
			continue;
		if (sscanf(line, "%127s %lf %n", id, &seconds, &used) != 2 || line[used] ||
		    !(seconds >= 0 && seconds < 1e6))
			die("%s:%d: '%s': the id of a test and a number of seconds are wanted", path, number, line);
		struct timed *timed = bsearch(id, list, count, sizeof(*list), id_to_timed);
		if (timed)
			timed->seconds = seconds < SHORTEST ? SHORTEST : seconds;
	}
	if (ferror(file))
		die("%s: %s", path, strerror(errno));
	fclose(file);
}

static void guess_unknown(struct timed *list, size_t count)
{
	double sum = 0;
	size_t known = 0;

	for (size_t i = 0; i < count; i++) {
		if (list[i].seconds == UNKNOWN)
			continue;
		sum += list[i].seconds;
		known++;
	}
	for (size_t i = 0; i < count; i++)
		if (list[i].seconds == UNKNOWN)
			list[i].seconds = known ? sum / (double)known : 1;
}

static void assign(struct timed *list, size_t count, unsigned shards)
{
	double *load = calloc(shards, sizeof(*load));

	if (!load)
		die("out of memory");
	qsort(list, count, sizeof(*list), by_length);
	for (size_t i = 0; i < count; i++) {
		unsigned least = 0;
		for (unsigned s = 1; s < shards; s++)
			if (load[s] < load[least])
				least = s;
		load[least] += list[i].seconds;
		list[i].shard = least;
	}
	free(load);
}

static size_t plan_shard(const struct item **chosen, size_t count, unsigned index, unsigned shards, const char *path)
{
	struct timed *list = calloc(count + 1, sizeof(*list));
	size_t n = 0;

	if (!list)
		die("out of memory");
	for (size_t i = 0; i < count; i++)
		list[i] = (struct timed){ .item = chosen[i], .place = i, .seconds = UNKNOWN };
	qsort(list, count, sizeof(*list), by_id);
	read_times(list, count, path);
	guess_unknown(list, count);
	assign(list, count, shards);
	qsort(list, count, sizeof(*list), by_place);
	for (size_t i = 0; i < count; i++)
		if (list[i].shard == index - 1)
			chosen[n++] = list[i].item;
	free(list);
	return n;
}

size_t shard_items(const struct options *options, const struct item **chosen, size_t count)
{
	if (!options->shards)
		return count;
	if (options->times)
		return plan_shard(chosen, count, options->shard, options->shards, options->times);
	return select_shard(chosen, count, options->shard, options->shards);
}

int times_save(FILE *file, const struct result *results, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (results[i].complete)
			fprintf(file, "%s %.4f\n", results[i].item->id, results[i].seconds);
	return fflush(file) || ferror(file) ? errno : 0;
}
