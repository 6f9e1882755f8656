// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* Reports, through all formats: whatever was read, each is well-formed for a parser that has no part in writing it. */
#include <jansson.h>
#include <libxml/parser.h>
#include <stdlib.h>
#include <string.h>

#include "../../report/writers.h"
#include "fuzz.h"

/* A second reading of the same bytes may not grow out of proportion: an id has 16 names of 256 bytes at most. */
#define LARGEST_ID (17 * 257)

static const struct naming naming = { "forkcheck", "forkcheck", "local" };

static bool is_xml(const struct fuzz_text *text)
{
	xmlDoc *document = xmlReadMemory(text->at, (int)text->length, NULL, NULL,
					 XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_NONET | XML_PARSE_HUGE);

	xmlFreeDoc(document);
	return document;
}

static bool is_json(const char *at, size_t length)
{
	json_t *value = json_loadb(at, length, 0, NULL);

	json_decref(value);
	return value;
}

static bool is_json_lines(const struct fuzz_text *text)
{
	for (const char *at = text->at; *at;) {
		const size_t length = strcspn(at, "\n");
		if (at[length] != '\n' || !is_json(at, length))
			return false;
		at += length + 1;
	}
	return true;
}

static bool is_printable(const struct fuzz_text *text)
{
	for (size_t i = 0; i < text->length; i++)
		if ((unsigned char)text->at[i] < ' ' && text->at[i] != '\n' && text->at[i] != '\t')
			return false;
	return true;
}

static void write_all(const struct run *run)
{
	struct fuzz_text text;

	fuzz_text_open(&text);
	write_junit(text.to, run, &naming);
	fuzz_text_close(&text);
	fuzz_require(is_xml(&text), "JUnit's format is XML");
	free(text.at);

	fuzz_text_open(&text);
	write_jsonl(text.to, run, &naming);
	fuzz_text_close(&text);
	fuzz_require(is_json_lines(&text), "each line of JSON Lines is JSON");
	free(text.at);

	fuzz_text_open(&text);
	write_kcidb(text.to, run, &naming);
	fuzz_text_close(&text);
	fuzz_require(is_json(text.at, text.length), "KCIDB's format is JSON");
	free(text.at);

	fuzz_text_open(&text);
	write_lava(text.to, run, &naming);
	fuzz_text_close(&text);
	fuzz_require(is_printable(&text), "LAVA's lines are printable");
	free(text.at);
}

static void read_and_write(const char *path)
{
	struct run run;

	run_load(&run, path);
	for (size_t i = 0; i < run.count; i++)
		fuzz_require(strlen(run.results[i].id) < LARGEST_ID, "ids are bounded");
	write_all(&run);
	run_free(&run);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	fuzz_guarded(read_and_write, fuzz_file(bytes, size));
	return 0;
}
