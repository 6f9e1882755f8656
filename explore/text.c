// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* Programs as text. The two directions are each other's inverse. */
#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "operation.h"
#include "signal_names.h"

/* ---- Writing ------------------------------------------------------------------------------------- */

struct out {
	char *buf;
	size_t size, used;
};

__attribute__((format(printf, 2, 3))) static void put(struct out *out, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	int n = vsnprintf(out->buf + out->used, out->size - out->used, format, args);
	va_end(args);
	out->used += (size_t)n < out->size - out->used ? (size_t)n : out->size - out->used - 1;
}

static void put_words(struct out *out, const struct word *words, int64_t set)
{
	for (; words->name; words++)
		if (set & words->value)
			put(out, " %s", words->name);
}

static void put_word(struct out *out, const struct word *words, int64_t value)
{
	while (words->name && words->value != value)
		words++;
	put(out, " %s", words->name ? words->name : "?");
}

static void put_argument(struct out *out, const struct step *step, int i)
{
	const struct argument *argument = &step->operation->args[i];
	int64_t value = step->arg[i];

	switch (argument->type) {
	case ARG_NUMBER:
		put(out, " %lld", (long long)value);
		break;
	case ARG_OCTAL:
		put(out, " %s%llo", value ? "0" : "", (unsigned long long)value);
		break;
	case ARG_WORD:
		put_word(out, argument->words, value);
		break;
	case ARG_WORDS:
		put_words(out, argument->words, value);
		break;
	case ARG_ACTOR:
	case ARG_CHILD:
		put(out, " %c", (char)('A' + value));
		break;
	case ARG_SIGNAL:
		if (value != default_exit_signal((uint64_t)step->arg[0]))
			put(out, " exit=%s", signal_name((int)value));
		break;
	case ARG_NONE:
		break;
	}
}

char *step_text(const struct step *step, char *buf, size_t size)
{
	struct out out = { buf, size, 0 };

	put(&out, "%c %s", 'A' + step->actor, step->operation->name);
	for (int i = 0; step->operation->args[i].type != ARG_NONE; i++)
		put_argument(&out, step, i);
	return buf;
}

char *program_text(const struct program *program, const char *between, char *buf, size_t size)
{
	struct out out = { buf, size, 0 };
	char line[128];

	buf[0] = 0;
	for (unsigned i = 0; i < program->count; i++)
		put(&out, "%s%s", step_text(&program->step[i], line, sizeof(line)), between);
	return buf;
}

bool same_step(const struct step *a, const struct step *b)
{
	return a->operation == b->operation && a->actor == b->actor && !memcmp(a->arg, b->arg, sizeof(a->arg));
}

/* ---- Reading ------------------------------------------------------------------------------------- */

/* The words of one step. */
struct words {
	char *word[32];
	unsigned count, next;
	struct text_error *error;
};

__attribute__((format(printf, 2, 3))) static bool wrong(struct words *words, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(words->error->why, sizeof(words->error->why), format, args);
	va_end(args);
	return false;
}

static const char *peek(const struct words *words)
{
	return words->next < words->count ? words->word[words->next] : NULL;
}

static void names_of(const struct word *words, char *buf, size_t size)
{
	struct out out = { buf, size, 0 };

	for (; words->name; words++)
		put(&out, "%s%s", out.used ? ", " : "", words->name);
}

static bool read_number(struct words *words, const struct argument *argument, int base, int64_t *value)
{
	const char *word = peek(words);
	char *end;

	errno = 0;
	long long n = word ? strtoll(word, &end, base) : 0;
	if (!word || *end || end == word || errno || n < argument->low || n > argument->high ||
	    (base == 8 && word[0] != '0'))
		return wrong(words,
			     base == 8 ? "%s%s%s: an octal number from 0 to 0%llo is wanted, with its leading 0"
				       : "%s%s%s: a number from %lld to %lld is wanted",
			     argument->name, word ? " " : "", word ? word : "",
			     base == 8 ? (long long)argument->high : (long long)argument->low,
			     (long long)argument->high);
	*value = n;
	words->next++;
	return true;
}

static const struct word *find_word(const struct word *words, const char *name)
{
	for (; name && words->name; words++)
		if (!strcmp(words->name, name))
			return words;
	return NULL;
}

static bool read_word(struct words *words, const struct argument *argument, int64_t *value)
{
	const char *name = peek(words);
	const struct word *found = find_word(argument->words, name);
	char names[160];

	if (!found) {
		names_of(argument->words, names, sizeof(names));
		return wrong(words, "%s '%s': one of %s is wanted", argument->name, name ? name : "", names);
	}
	*value = found->value;
	words->next++;
	return true;
}

static bool read_words(struct words *words, const struct argument *argument, int64_t *value)
{
	const struct word *found;

	*value = 0;
	while ((found = find_word(argument->words, peek(words)))) {
		if (*value & found->value)
			return wrong(words, "%s '%s' stands twice", argument->name, found->name);
		*value |= found->value;
		words->next++;
	}
	return true;
}

static bool read_actor(struct words *words, const char *what, int64_t *value)
{
	const char *name = peek(words);

	if (!name || name[0] < 'A' || name[0] >= 'A' + ACTORS || name[1])
		return wrong(words, "%s '%s': an actor, A to %c, is wanted", what, name ? name : "", 'A' + ACTORS - 1);
	*value = name[0] - 'A';
	words->next++;
	return true;
}

static bool read_exit_signal(struct words *words, const struct step *step, int64_t *value)
{
	const char *word = peek(words);
	int number;

	*value = default_exit_signal((uint64_t)step->arg[0]);
	if (!word || strncmp(word, "exit=", 5))
		return true;
	number = signal_number(word + 5);
	if (number < 0)
		return wrong(words, "'%s': exit= takes the name of a signal such as USR1, or 0", word);
	*value = number;
	words->next++;
	return true;
}

static bool read_argument(struct words *words, struct step *step, int i)
{
	const struct argument *argument = &step->operation->args[i];

	switch (argument->type) {
	case ARG_NUMBER:
		return read_number(words, argument, 10, &step->arg[i]);
	case ARG_OCTAL:
		return read_number(words, argument, 8, &step->arg[i]);
	case ARG_WORD:
		return read_word(words, argument, &step->arg[i]);
	case ARG_WORDS:
		return read_words(words, argument, &step->arg[i]);
	case ARG_ACTOR:
	case ARG_CHILD:
		return read_actor(words, argument->name, &step->arg[i]);
	case ARG_SIGNAL:
		return read_exit_signal(words, step, &step->arg[i]);
	case ARG_NONE:
		break;
	}
	return true;
}

static bool read_step(struct words *words, struct step *step)
{
	int64_t actor = 0;

	*step = (struct step){ 0 };
	if (!read_actor(words, "a step begins with its actor;", &actor))
		return false;
	step->actor = (uint8_t)actor;
	const char *name = peek(words);
	step->operation = name ? operation_find(name) : NULL;
	if (!step->operation)
		return wrong(words, "'%s' is no operation; --operations shows what there is", name ? name : "");
	words->next++;
	for (int i = 0; step->operation->args[i].type != ARG_NONE; i++)
		if (!read_argument(words, step, i))
			return false;
	if (peek(words))
		return wrong(words, "'%s' is one word too many for %s", peek(words), step->operation->name);
	return true;
}

/* Cuts a step's text at its blanks. */
static bool split(char *text, struct words *words)
{
	words->count = words->next = 0;
	for (char *save, *word = strtok_r(text, " \t\r", &save); word; word = strtok_r(NULL, " \t\r", &save)) {
		if (words->count == sizeof(words->word) / sizeof(words->word[0]))
			return wrong(words, "a step of more than %u words", words->count);
		words->word[words->count++] = word;
	}
	return true;
}

static bool read_line(const char *line, size_t length, struct program *program, struct text_error *error)
{
	char text[512];
	struct words words = { .error = error };

	if (length >= sizeof(text))
		return wrong(&words, "a step of more than %zu characters", sizeof(text) - 1);
	memcpy(text, line, length);
	text[length] = 0;
	if (!split(text, &words))
		return false;
	if (!words.count)
		return true;
	if (program->count == STEPS)
		return wrong(&words, "more than %d steps", STEPS);
	return read_step(&words, &program->step[program->count]) && ++program->count;
}

bool program_parse(const char *text, struct program *program, struct text_error *error)
{
	*program = (struct program){ 0 };
	*error = (struct text_error){ .line = 1 };
	while (*text) {
		size_t length = strcspn(text, ";#\n");
		if (!read_line(text, length, program, error))
			return false;
		text += length;
		if (*text == '#')
			text += strcspn(text, "\n");
		if (*text == '\n')
			error->line++;
		if (*text)
			text++;
	}
	return true;
}
