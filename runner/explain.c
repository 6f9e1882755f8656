// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* forkcheck explain: a test with its rules, a rule with its tests, or a line of the kernel with those that reach it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "applies.h"
#include "commands.h"
#include "die.h"
#include "expectation.h"
#include "kernel_lines.h"
#include "known.h"
#include "select.h"
#include "spec.h"

static void print_statement(const struct statement *s)
{
	printf("%s  %s\n", s->id, s->text);
	printf("    where     %s (%s)\n", s->source, s->level);
	if (strcmp(s->since, "-"))
		printf("    since     Linux %s\n", s->since);
	if (strcmp(s->until, "-"))
		printf("    until     Linux %s\n", s->until);
	if (strcmp(s->testable, "yes"))
		printf("    testable  %s\n", s->testable);
}

static void print_needs(const struct item *item)
{
	char names[256];

	if (item->caps)
		printf("    has       %s\n", capability_names(item->caps, names, sizeof(names)));
	if (item->init_caps)
		printf("    has       %s, in the initial user namespace\n",
		       capability_names(item->init_caps, names, sizeof(names)));
	if (!item->caps && !item->init_caps)
		printf("    has       no capabilities\n");
	printf("    user      %s\n", item->test->as_root ? "root" : "an ordinary one");
	for (enum feature f = 0; f < FEATURE_COUNT; f++)
		if (item->features[f])
			printf("    needs     %s (%s)\n", features[f].description, features[f].name);
	if (item->arch)
		printf("    only on   %s\n", item->arch);
}

/* What is known beforehand of here, by --expect, and of the project's targets. */
struct knowledge {
	struct expectations here, *targets;
};

static void knowledge_load(struct knowledge *knowledge, const struct options *options, const struct suite *suite)
{
	const struct circumstances here = { .arch = ARCH_NAME,
					    .release = release_now(),
					    .privileged = privileges_now().root };

	*knowledge = (struct knowledge){ .targets = calloc(known_file_count, sizeof(*knowledge->targets)) };
	if (!knowledge->targets)
		die("out of memory");
	expectations_load(&knowledge->here, options->expect, options->expect_count, suite, &here);
	for (size_t i = 0; i < known_file_count; i++)
		expectations_add(&knowledge->targets[i], known_files[i].name, &here, 0);
}

static void knowledge_free(struct knowledge *knowledge)
{
	for (size_t i = 0; i < known_file_count; i++)
		expectations_free(&knowledge->targets[i]);
	free(knowledge->targets);
	expectations_free(&knowledge->here);
}

/* Of the lines that fit the first counts whose conditions hold, which is for the reader to say. */
static void print_known(const struct expectations *target, const struct item *item)
{
	for (size_t i = 0; i < target->count; i++) {
		const struct expectation *entry = &target->entry[i];
		if (!selector_matches(entry->glob, item))
			continue;
		printf("    known     on %s: %s%s%s: %s\n", entry->path, entry->verdict_text,
		       *entry->conditions ? " if " : "", entry->conditions, entry->reason);
		if (!*entry->conditions)
			return;
	}
}

static void print_item(const struct knowledge *knowledge, const struct item *item)
{
	const struct pen pen = { .closed = true }; /* which a run makes */
	const struct privileges have = privileges_now();
	const struct expectation *expected = expectation_for(&knowledge->here, item);
	const char *words = item->covers;
	char id[64], why[160];

	printf("%s\n    %s\n", item->id, item->test->summary ? item->test->summary : "");
	printf("    source    %s:%d\n", item->test->file, item->test->line);
	print_needs(item);
	if (item->test->reaches)
		printf("    reaches   %s: it runs in a pen only\n", item->test->reaches);
	if (inapplicable(item, &have, &pen, why, sizeof(why)))
		printf("    here      skipped, outside a run's namespaces at least: %s\n", why);
	if (expected)
		printf("    expected  %s: %s\n", expected->verdict_text, expected->reason);
	for (size_t i = 0; i < known_file_count; i++)
		print_known(&knowledge->targets[i], item);
	printf("    run it    forkcheck run %s\n", item->id);
	while (next_word(&words, id, sizeof(id))) {
		const struct statement *s = statement_find(id);
		if (s)
			print_statement(s);
	}
}

static bool covered_by(const struct statement *s, const struct item *item)
{
	const char *words = item->covers;
	char id[64];

	while (next_word(&words, id, sizeof(id)))
		if (!strcmp(id, s->id))
			return true;
	return false;
}

static bool explain_statement(const struct suite *suite, const char *word)
{
	const struct statement *s = statement_find(word);
	bool any = false;

	if (!s)
		return false;
	print_statement(s);
	for (size_t i = 0; i < suite->count; i++) {
		if (!covered_by(s, &suite->items[i]))
			continue;
		printf("    tested by %s\n", suite->items[i].id);
		any = true;
	}
	if (!any)
		printf("    tested by nothing yet\n");
	return true;
}

static bool known_alike(const struct expectations *list, const struct item *a, const struct item *b)
{
	for (size_t i = 0; i < list->count; i++)
		if (selector_matches(list->entry[i].glob, a) != selector_matches(list->entry[i].glob, b))
			return false;
	return true;
}

static bool told_alike(const struct knowledge *knowledge, const struct item *a, const struct item *b)
{
	if (a->test != b->test || strcmp(a->covers, b->covers) ||
	    memcmp(a->features, b->features, sizeof(a->features)) || a->caps != b->caps ||
	    a->init_caps != b->init_caps || a->arch != b->arch || !known_alike(&knowledge->here, a, b))
		return false;
	for (size_t i = 0; i < known_file_count; i++)
		if (!known_alike(&knowledge->targets[i], a, b))
			return false;
	return true;
}

static bool explain_tests(const struct knowledge *knowledge, const struct suite *suite, const char *word)
{
	const struct item *last = NULL;

	/* Of cases of one test that differ in nothing that is told here the first stands for all. */
	for (size_t i = 0; i < suite->count; i++) {
		const struct item *item = &suite->items[i];
		if (!selector_matches(word, item) || (last && told_alike(knowledge, last, item)))
			continue;
		print_item(knowledge, item);
		last = item;
	}
	return last;
}

int command_explain(const struct options *options)
{
	struct knowledge knowledge;
	struct suite suite;

	suite_load(&suite);
	knowledge_load(&knowledge, options, &suite);
	for (int i = 0; i < options->word_count; i++) {
		const char *word = options->words[i];
		if (is_kernel_line(word))
			explain_kernel_line(word);
		else if (!explain_statement(&suite, word) && !explain_tests(&knowledge, &suite, word))
			die("'%s' is neither a statement nor a test nor a line of the kernel such as kernel/fork.c:2300; 'forkcheck list' shows the tests",
			    word);
	}
	knowledge_free(&knowledge);
	suite_free(&suite);
	if (fflush(stdout) || ferror(stdout))
		die("standard output: %s", strerror(errno));
	return EXIT_EXPECTED;
}
