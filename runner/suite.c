// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "die.h"
#include "suite.h"

/* "tests/clone/files.c" -> "clone", "files" */
static void split_path(const char *path, struct item *item)
{
	const char *base = strrchr(path, '/');
	const char *dir = base;

	while (dir && dir > path && dir[-1] != '/')
		dir--;
	if (!dir || !base)
		die("%s: a test stands in a folder", path);
	snprintf(item->folder, sizeof(item->folder), "%.*s", (int)(base - dir), dir);
	snprintf(item->file, sizeof(item->file), "%.*s", (int)strcspn(base + 1, "."), base + 1);
}

static void add_features(struct item *item, const enum feature *list)
{
	for (; list && *list != FEATURE_COUNT; list++)
		item->features[*list] = true;
}

static void add_words(struct item *item, const char *covers)
{
	append_text(item->covers, sizeof(item->covers), covers && *item->covers ? " " : "");
	append_text(item->covers, sizeof(item->covers), covers ? covers : "");
}

static void add_head(struct item *item, const struct case_head *head)
{
	if (!head)
		return;
	add_features(item, head->features);
	add_words(item, head->covers);
	item->caps |= head->caps;
	item->init_caps |= head->init_caps;
	item->arch = head->arch ? head->arch : item->arch;
}

void item_init(struct item *item, const struct test *test, size_t n)
{
	*item = (struct item){ .test = test, .n = n };
	add_features(item, test->features);
	add_words(item, test->covers);
	item->caps = test->caps;
	item->init_caps = test->init_caps;
	item->arch = test->arch;
	add_head(item, case_head(test, n));
	add_head(item, door_head(test, n));
	add_words(item, pair_covers(test, n));
	split_path(test->file, item);
	case_name(test, n, item->variant, sizeof(item->variant));
	int id = snprintf(item->id, sizeof(item->id), "%s.%s.%s%s%s", item->folder, item->file, test->name,
			  *item->variant ? "." : "", item->variant);
	if (id >= (int)sizeof(item->id) || strlen(item->variant) + 1 == sizeof(item->variant))
		die("%s: the id is too long", item->id);
	if (!strcmp(item->variant, test->name) || !strcmp(test->name, item->file) || !strcmp(item->file, item->folder))
		die("%s: nothing may be called like the group that it is in: readers of KTAP take its result for the group's",
		    item->id);
	if (strlen(item->covers) + 1 == sizeof(item->covers))
		die("%s: covers too much", item->id);
}

static int by_place(const void *a, const void *b)
{
	const struct item *x = a, *y = b;
	int order = strcmp(x->test->file, y->test->file);

	if (!order)
		order = (x->test->line > y->test->line) - (x->test->line < y->test->line);
	return order ? order : (x->n > y->n) - (x->n < y->n);
}

static int by_id(const void *a, const void *b)
{
	return strcmp((*(const struct item *const *)a)->id, (*(const struct item *const *)b)->id);
}

static void index_ids(struct suite *suite)
{
	suite->by_id = calloc(suite->count ? suite->count : 1, sizeof(*suite->by_id));
	if (!suite->by_id)
		die("out of memory");
	for (size_t i = 0; i < suite->count; i++)
		suite->by_id[i] = &suite->items[i];
	qsort(suite->by_id, suite->count, sizeof(*suite->by_id), by_id);
	for (size_t i = 1; i < suite->count; i++)
		if (!by_id(&suite->by_id[i - 1], &suite->by_id[i]))
			die("two tests have the id %s", suite->by_id[i]->id);
}

void suite_load(struct suite *suite)
{
	size_t count = 0, n = 0;

	for (const struct test *const *t = __start_forkcheck_tests; t < __stop_forkcheck_tests; t++)
		count += case_total(*t);
	suite->items = calloc(count ? count : 1, sizeof(*suite->items));
	if (!suite->items)
		die("out of memory");
	for (const struct test *const *t = __start_forkcheck_tests; t < __stop_forkcheck_tests; t++) {
		for (size_t i = 0; i < case_total(*t); i++)
			if (case_exists(*t, i))
				item_init(&suite->items[n++], *t, i);
	}
	suite->count = n;
	qsort(suite->items, n, sizeof(*suite->items), by_place);
	index_ids(suite);
}

static int compare_id(const void *id, const void *item)
{
	return strcmp(id, (*(const struct item *const *)item)->id);
}

const struct item *suite_find(const struct suite *suite, const char *id)
{
	const struct item **found = bsearch(id, suite->by_id, suite->count, sizeof(*suite->by_id), compare_id);

	return found ? *found : NULL;
}

void suite_free(struct suite *suite)
{
	free(suite->by_id);
	free(suite->items);
}
