// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
#include <stdarg.h>
#include <string.h>

#include "gtest_file.h"

const char *gtest_name(const struct item *item)
{
	return item->id + strlen(item->folder) + 1 + strlen(item->file) + 1;
}

size_t gtest_suite_size(const struct gtest_case *cases, size_t count)
{
	size_t n = 0;

	while (n < count && !strcmp(cases[n].item->folder, cases->item->folder) &&
	       !strcmp(cases[n].item->file, cases->item->file))
		n++;
	return n;
}

struct sums {
	size_t states[3];
	double seconds;
};

static struct sums sum(const struct gtest_case *cases, size_t count)
{
	struct sums sums = { 0 };

	for (size_t i = 0; i < count; i++) {
		sums.states[cases[i].state]++;
		sums.seconds += cases[i].seconds;
	}
	return sums;
}

/* "2026-11-25T10:30:28", and milliseconds where they are wanted. */
static const char *date(const struct gtest_case *at, bool fine)
{
	static char text[40];
	struct tm tm;

	gmtime_r(&at->begun.tv_sec, &tm);
	size_t n = strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &tm);
	if (fine)
		snprintf(text + n, sizeof(text) - n, ".%03ld", at->begun.tv_nsec / 1000000);
	return text;
}

/* Messages are ASCII with line ends and tabs; whatever else comes by is none of XML's characters either. */
static char plain(char c)
{
	return (c >= ' ' && c <= '~') || c == '\n' || c == '\t' ? c : '?';
}

/* ---- XML --------------------------------------------------------------------------------------- */

static void xml_attribute(FILE *file, const char *text)
{
	for (; *text; text++) {
		char c = plain(*text);
		if (strchr("<>&\"'\n\t", c))
			fprintf(file, "&#x%02X;", (unsigned)c);
		else
			fputc(c, file);
	}
}

static void xml_element(FILE *file, const char *name, const char *message)
{
	fprintf(file, "      <%s message=\"", name);
	xml_attribute(file, message);
	fprintf(file, "\"%s><![CDATA[", strcmp(name, "failure") ? "" : " type=\"\"");
	for (const char *c = message; *c; c++) {
		/* The end of a section is split between two. */
		if (!strncmp(c, "]]>", 3)) {
			fputs("]]]]><![CDATA[>", file);
			c += 2;
		} else {
			fputc(plain(*c), file);
		}
	}
	fprintf(file, "]]></%s>\n", name);
}

static void xml_case(FILE *file, const struct gtest_case *c)
{
	const struct item *item = c->item;

	fprintf(file, "    <testcase name=\"%s\" file=\"%s\" line=\"%d\"", gtest_name(item), item->test->file,
		item->test->line);
	if (c->ran)
		fprintf(file,
			" status=\"run\" result=\"%s\" time=\"%.3f\" timestamp=\"%s\""
			" classname=\"%s.%s\"",
			c->state == GTEST_SKIPPED ? "skipped" : "completed", c->seconds, date(c, true), item->folder,
			item->file);
	if (!c->message) {
		fputs(" />\n", file);
		return;
	}
	fputs(">\n", file);
	xml_element(file, c->state == GTEST_FAILED ? "failure" : "skipped", c->message);
	fputs("    </testcase>\n", file);
}

/* The attributes of a suite, or of all of them. */
static void xml_counts(FILE *file, const struct gtest_case *cases, size_t count, bool suite)
{
	const struct sums sums = sum(cases, count);

	fprintf(file, " tests=\"%zu\"", count);
	if (!count || !cases->ran)
		return;
	fprintf(file, " failures=\"%zu\" disabled=\"0\"", sums.states[GTEST_FAILED]);
	if (suite)
		fprintf(file, " skipped=\"%zu\"", sums.states[GTEST_SKIPPED]);
	fprintf(file, " errors=\"0\" time=\"%.3f\" timestamp=\"%s\"", sums.seconds, date(cases, true));
}

void gtest_write_xml(FILE *file, const struct gtest_case *cases, size_t count)
{
	fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites", file);
	xml_counts(file, cases, count, false);
	fputs(" name=\"AllTests\">\n", file);
	for (size_t i = 0, n; i < count; i += n) {
		n = gtest_suite_size(cases + i, count - i);
		fprintf(file, "  <testsuite name=\"%s.%s\"", cases[i].item->folder, cases[i].item->file);
		xml_counts(file, cases + i, n, true);
		fputs(">\n", file);
		for (size_t k = i; k < i + n; k++)
			xml_case(file, &cases[k]);
		fputs("  </testsuite>\n", file);
	}
	fputs("</testsuites>\n", file);
}

/* ---- JSON -------------------------------------------------------------------------------------- */

static void json_string(FILE *file, const char *text)
{
	fputc('"', file);
	for (; *text; text++) {
		char c = plain(*text);
		if (c == '\n')
			fputs("\\n", file);
		else if (c == '\t')
			fputs("\\t", file);
		else
			fprintf(file, c == '"' || c == '\\' ? "\\%c" : "%c", c);
	}
	fputc('"', file);
}

static void json_case(FILE *file, const struct gtest_case *c)
{
	const struct item *item = c->item;

	fprintf(file, "        {\n          \"name\": \"%s\",\n", gtest_name(item));
	fprintf(file, "          \"file\": \"%s\",\n          \"line\": %d", item->test->file, item->test->line);
	if (c->ran)
		fprintf(file,
			",\n          \"status\": \"RUN\",\n          \"result\": \"%s\",\n"
			"          \"timestamp\": \"%sZ\",\n          \"time\": \"%.3fs\",\n"
			"          \"classname\": \"%s.%s\"",
			c->state == GTEST_SKIPPED ? "SKIPPED" : "COMPLETED", date(c, false), c->seconds, item->folder,
			item->file);
	if (c->message) {
		bool failed = c->state == GTEST_FAILED;
		fprintf(file, ",\n          \"%s\": [\n            { \"%s\": ", failed ? "failures" : "skipped",
			failed ? "failure" : "message");
		json_string(file, c->message);
		fprintf(file, "%s }\n          ]", failed ? ", \"type\": \"\"" : "");
	}
	fputs("\n        }", file);
}

static void json_counts(FILE *file, const struct gtest_case *cases, size_t count, const char *indent)
{
	const struct sums sums = sum(cases, count);

	fprintf(file, "%s\"tests\": %zu,\n", indent, count);
	if (!count || !cases->ran)
		return;
	fprintf(file, "%s\"failures\": %zu,\n%s\"disabled\": 0,\n%s\"errors\": 0,\n", indent, sums.states[GTEST_FAILED],
		indent, indent);
	fprintf(file, "%s\"timestamp\": \"%sZ\",\n%s\"time\": \"%.3fs\",\n", indent, date(cases, false), indent,
		sums.seconds);
}

void gtest_write_json(FILE *file, const struct gtest_case *cases, size_t count)
{
	fputs("{\n", file);
	json_counts(file, cases, count, "  ");
	fputs("  \"name\": \"AllTests\",\n  \"testsuites\": [\n", file);
	for (size_t i = 0, n; i < count; i += n) {
		n = gtest_suite_size(cases + i, count - i);
		fprintf(file, "    {\n      \"name\": \"%s.%s\",\n", cases[i].item->folder, cases[i].item->file);
		json_counts(file, cases + i, n, "      ");
		fputs("      \"testsuite\": [\n", file);
		for (size_t k = i; k < i + n; k++) {
			json_case(file, &cases[k]);
			fputs(k + 1 < i + n ? ",\n" : "\n", file);
		}
		fprintf(file, "      ]\n    }%s\n", i + n < count ? "," : "");
	}
	fputs("  ]\n}\n", file);
}
