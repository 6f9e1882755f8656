// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* Files of expectations, through the lists of other runners: no text gets out of the place that it is meant for. */
#include <stdlib.h>
#include <string.h>

#include "../../report/writers.h"
#include "fuzz.h"

/* Of each line, what is neither blank nor a comment. */
static size_t count_lines(const char *text, const char *comment)
{
	size_t n = 0;

	for (const char *at = text; *at;) {
		const size_t length = strcspn(at, "\n");
		const size_t blank = strspn(at, " ");
		n += blank < length && strncmp(at + blank, comment, strlen(comment)) != 0;
		at += length + (at[length] == '\n');
	}
	return n;
}

static bool is_ascii(const struct fuzz_text *text)
{
	for (size_t i = 0; i < text->length; i++)
		if (text->at[i] & 0x80 || ((unsigned char)text->at[i] < ' ' && text->at[i] != '\n'))
			return false;
	return true;
}

static bool is_below(const char *glob)
{
	const size_t length = strlen(glob);

	return !length || glob[length - 1] != '*';
}

static void write_as_starnix(const struct expectations *expectations)
{
	struct fuzz_text text;
	size_t lines = 0;
	bool ascii = true;

	fuzz_text_open(&text);
	write_starnix(text.to, expectations);
	fuzz_text_close(&text);
	for (size_t i = 0; i < expectations->count; i++) {
		const struct expectation *entry = &expectations->entry[i];
		for (const char *c = entry->glob; *c; c++)
			ascii &= !(*c & 0x80);
		if (entry->applies)
			lines += is_below(entry->glob) ? 7 : 6;
	}
	/* Of the file itself: ten lines. */
	fuzz_require(count_lines(text.at, "//") == lines + 10, "a reason stays in its comment");
	fuzz_require(!ascii || is_ascii(&text), "no other end of a line than the usual one");
	free(text.at);
}

static void write_as_list(void (*write)(FILE *, const struct expectations *), const struct expectations *expectations)
{
	struct fuzz_text text;

	fuzz_text_open(&text);
	write(text.to, expectations);
	fuzz_text_close(&text);
	free(text.at);
}

static void read_expectations(const char *path)
{
	static const struct circumstances here = { .arch = "x86_64", .release = { 6, 18 }, .privileged = true };
	struct expectations expectations = { 0 };

	expectations_add(&expectations, path, &here, 0);
	write_as_starnix(&expectations);
	for (size_t i = 0; i < expectations.count; i++)
		if (strpbrk(expectations.entry[i].glob, "[]\\:-"))
			expectations.entry[i].applies = false;
	write_as_list(write_gvisor, &expectations);
	write_as_list(write_asterinas, &expectations);
	expectations_free(&expectations);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	fuzz_guarded(read_expectations, fuzz_file(bytes, size));
	return 0;
}
