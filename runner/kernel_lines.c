// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "die.h"
#include "forkcheck.h"
#include "kernel_lines.h"

/* How many groups are worth a list. */
#define LISTED 40

bool is_kernel_line(const char *word)
{
	const char *colon = strrchr(word, ':');

	return colon && colon - word > 2 && !strncmp(colon - 2, ".c", 2) && colon[1] &&
	       strspn(colon + 1, "0123456789") == strlen(colon + 1);
}

/* The end of this line, made the end of the string; the next line is behind it. */
static char *cut_line(char *line)
{
	char *end = line + strcspn(line, "\n");

	*end = 0;
	return end + 1;
}

/* The line that begins the part of the file, or ends the program with the names that there are. */
static char *part_of(char *text, const char *file, size_t length)
{
	char names[2048] = "";

	for (char *part = strstr(text, "\n= "); part; part = strstr(part, "\n= ")) {
		part += 3;
		size_t size = strcspn(part, "\n");
		if (size == length && !strncmp(part, file, length))
			return part + size + 1;
		size_t used = strlen(names);
		snprintf(names + used, sizeof(names) - used, "%s%.*s", used ? ", " : "", (int)size, part);
	}
	die("'%.*s' is no file of the kernel whose lines were counted; these are: %s", (int)length, file, names);
}

/* Prints the groups whose numbers are in the list, such as 3-5,9. */
static void print_groups(char *groups, const char *list)
{
	char *names[1024];
	size_t count = 0, chosen[ARRAY_SIZE(names)], many = 0;

	for (char *name = strtok(groups, " "); name && count < ARRAY_SIZE(names); name = strtok(NULL, " "))
		names[count++] = name;
	while (isdigit((unsigned char)*list)) {
		char *end;
		size_t first = strtoul(list, &end, 10), last = *end == '-' ? strtoul(end + 1, &end, 10) : first;
		for (size_t i = first; i <= last && i < count; i++)
			chosen[many++] = i;
		list = end + (*end == ',');
	}
	printf("    reached   by %zu of %zu groups of tests\n", many, count);
	for (size_t i = 0; many <= LISTED && i < many; i++)
		printf("    by        %s\n", names[chosen[i]]);
}

void explain_kernel_line(const char *word)
{
	const size_t length = (size_t)(strrchr(word, ':') - word);
	const unsigned long number = strtoul(word + length + 1, NULL, 10);
	char *text = known_text(&kernel_lines), *release = text;

	if (!text)
		die("the table of the kernel's lines can't be read");
	char *line = part_of(text, word, length), *groups = cut_line(release);
	cut_line(groups);
	while (isdigit((unsigned char)*line)) {
		char *next = cut_line(line), function[128], *rest;
		unsigned long first = strtoul(line, &rest, 10), last = strtoul(rest + 1, &rest, 10);
		if (number >= first && number <= last && sscanf(rest, "%127s", function) == 1) {
			const char *told = rest + 2 + strlen(function);
			printf("%s  in %s, %s\n", word, function, release);
			if (*told == '-')
				printf("    reached   by no test: %s\n", told + 2);
			else
				print_groups(groups, told);
			free(text);
			return;
		}
		line = next;
	}
	printf("%s  is no line with code, in %s\n", word, release);
	free(text);
}
