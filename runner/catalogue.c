// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
#include <stdio.h>
#include <string.h>

#include "catalogue.h"
#include "spec.h"

static void json_text(const char *text)
{
	putchar('"');
	for (const unsigned char *c = (const unsigned char *)text; *c; c++) {
		if (*c == '"' || *c == '\\')
			printf("\\%c", *c);
		else if (*c < ' ' || *c == 0x7f)
			printf("\\u%04x", *c);
		else
			putchar(*c);
	}
	putchar('"');
}

/* A member of an object, with the comma before it. */
static void json_member(const char *name, const char *text)
{
	printf(", \"%s\": ", name);
	json_text(text);
}

/* The items of a list, by their words; `first` is kept from one call to the next for the same list. */
static void json_words(const char *words, bool *first)
{
	char word[64];

	while (next_word(&words, word, sizeof(word))) {
		fputs(*first ? "" : ", ", stdout);
		json_text(word);
		*first = false;
	}
}

static void json_statement(const struct statement *s)
{
	printf("{\"id\": ");
	json_text(s->id);
	json_member("source", s->source);
	json_member("level", s->level);
	if (strcmp(s->since, "-"))
		json_member("since", s->since);
	if (strcmp(s->until, "-"))
		json_member("until", s->until);
	json_member("class", s->class);
	json_member("testable", s->testable);
	json_member("text", s->text);
	putchar('}');
}

/* Features, capabilities and architectures, as their names. */
static void json_needs(const struct item *item)
{
	char names[1024];
	bool first = true;

	fputs(", \"needs\": [", stdout);
	for (enum feature f = 0; f < FEATURE_COUNT; f++)
		if (item->features[f])
			json_words(features[f].name, &first);
	json_words(capability_names(item->caps | item->init_caps, names, sizeof(names)), &first);
	if (item->arch)
		json_words(item->arch, &first);
	putchar(']');
}

static void json_test(const struct item *item)
{
	bool first = true;

	printf("{\"id\": ");
	json_text(item->id);
	json_member("file", item->test->file);
	printf(", \"line\": %d", item->test->line);
	json_member("summary", item->test->summary ? item->test->summary : "");
	if (item->test->reaches)
		json_member("reaches", item->test->reaches);
	fputs(", \"covers\": [", stdout);
	json_words(item->covers, &first);
	putchar(']');
	json_needs(item);
	putchar('}');
}

void catalogue_print(const struct item *const *items, size_t count)
{
	fputs("{\"version\": \"" VERSION "\",\n\"statements\": [", stdout);
	for (size_t i = 0; i < statement_count; i++) {
		fputs(i ? ",\n" : "\n", stdout);
		json_statement(&statements[i]);
	}
	fputs("],\n\"tests\": [", stdout);
	for (size_t i = 0; i < count; i++) {
		fputs(i ? ",\n" : "\n", stdout);
		json_test(items[i]);
	}
	puts("]}");
}
