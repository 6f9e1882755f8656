// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/*
 * JUnit XML, as far as Jenkins' schema and that of Ant agree.
 *
 * A failure is a <failure>; what says nothing about the implementation, BROKEN, is an <error>. A known failure is
 * <skipped> with its reason, as other tools have it, since there is no word for it; an unexpected pass is a <failure>.
 */
#include <libxml/xmlwriter.h>
#include <stdlib.h>
#include <string.h>

#include "writers.h"

#define X(text) ((const xmlChar *)(text))

enum outcome { NOTHING, SKIPPED, FAILURE, ERROR };

static enum outcome outcome(const struct result *result)
{
	if (result->verdict == VERDICT_SKIP || (is_bad(result) && result->standing == EXPECTED))
		return SKIPPED;
	if (result->verdict == VERDICT_BROKEN)
		return ERROR;
	return is_bad(result) || result->standing == XPASS ? FAILURE : NOTHING;
}

static size_t count(const struct run *run, enum outcome what)
{
	size_t n = 0;

	for (size_t i = 0; i < run->count; i++)
		n += outcome(&run->results[i]) == what;
	return n;
}

static void attribute(xmlTextWriter *xml, const char *name, const char *value)
{
	xmlTextWriterWriteAttribute(xml, X(name), X(value));
}

static void number(xmlTextWriter *xml, const char *name, size_t value)
{
	xmlTextWriterWriteFormatAttribute(xml, X(name), "%zu", value);
}

static void property(xmlTextWriter *xml, const char *name, const char *value)
{
	if (!value)
		return;
	xmlTextWriterStartElement(xml, X("property"));
	attribute(xml, "name", name);
	attribute(xml, "value", value);
	xmlTextWriterEndElement(xml);
}

/* "clone.files.shared.open" is the case "shared.open" of the class "clone.files". */
static void write_names(xmlTextWriter *xml, const struct run *run, const char *id)
{
	const char *dot = strchr(id, '.');

	if (dot && run->version && strchr(dot + 1, '.'))
		dot = strchr(dot + 1, '.');
	char *class = dot ? copy_part(id, (size_t)(dot - id)) : copy(id);
	attribute(xml, "name", dot ? dot + 1 : id);
	attribute(xml, "classname", class);
	attribute(xml, "time", "0");
	free(class);
}

static void write_outcome(xmlTextWriter *xml, const struct result *result, enum outcome what)
{
	static const char *const elements[] = { NULL, "skipped", "failure", "error" };
	const struct details *details = result->details;
	char *line = one_line(result);
	char *message = result->standing == XPASS ? format("passes, but is %s", line)
			: what == SKIPPED && is_bad(result)
				? format("known %s: %s", verdict_names[result->verdict], line)
				: format("%s%s%s", what == SKIPPED ? "" : verdict_names[result->verdict],
					 what == SKIPPED || !*line ? "" : ": ", line);

	xmlTextWriterStartElement(xml, X(elements[what]));
	attribute(xml, "message", message);
	attribute(xml, "type", result->standing == XPASS ? "XPASS" : verdict_names[result->verdict]);
	if (what != SKIPPED && details && details->text)
		xmlTextWriterWriteString(xml, X(details->text));
	xmlTextWriterEndElement(xml);
	free(message);
	free(line);
}

static void write_case(xmlTextWriter *xml, const struct run *run, const struct result *result)
{
	const enum outcome what = outcome(result);

	xmlTextWriterStartElement(xml, X("testcase"));
	write_names(xml, run, result->id);
	if (what != NOTHING)
		write_outcome(xml, result, what);
	xmlTextWriterEndElement(xml);
}

/* What is wrong with the report is a test case of its own, so that nobody takes half a run for a whole one. */
static void write_problems(xmlTextWriter *xml, const struct run *run)
{
	if (run->harm == HARMLESS)
		return;
	xmlTextWriterStartElement(xml, X("testcase"));
	attribute(xml, "name", "complete");
	attribute(xml, "classname", "report");
	attribute(xml, "time", "0");
	xmlTextWriterStartElement(xml, X("error"));
	attribute(xml, "message", "the report is not complete, or not clear");
	attribute(xml, "type", "REPORT");
	for (size_t i = 0; i < run->problem_count; i++)
		if (run->problems[i].harm != HARMLESS)
			xmlTextWriterWriteFormatString(xml, "line %u: %s\n", run->problems[i].line,
						       run->problems[i].text);
	xmlTextWriterEndElement(xml);
	xmlTextWriterEndElement(xml);
}

static void write_suite(xmlTextWriter *xml, const struct run *run, const struct naming *naming)
{
	char date[32];

	strftime(date, sizeof(date), "%Y-%m-%dT%H:%M:%S", gmtime(&run->date));
	xmlTextWriterStartElement(xml, X("testsuite"));
	attribute(xml, "name", naming->suite);
	attribute(xml, "package", naming->suite);
	attribute(xml, "id", "0");
	attribute(xml, "hostname", "localhost");
	attribute(xml, "timestamp", date);
	number(xml, "tests", run->count + (run->harm != HARMLESS));
	number(xml, "failures", count(run, FAILURE));
	number(xml, "errors", count(run, ERROR) + (run->harm != HARMLESS));
	number(xml, "skipped", count(run, SKIPPED));
	xmlTextWriterWriteFormatAttribute(xml, X("time"), "%.2f", run->wall);
	xmlTextWriterStartElement(xml, X("properties"));
	property(xml, "version", run->version);
	property(xml, "system", run->system);
	property(xml, "release", run->release);
	property(xml, "arch", run->arch);
	property(xml, "user", run->user);
	property(xml, "seed", run->seed);
	xmlTextWriterEndElement(xml);
	for (size_t i = 0; i < run->count; i++)
		write_case(xml, run, &run->results[i]);
	write_problems(xml, run);
	xmlTextWriterWriteElement(xml, X("system-out"), X(""));
	xmlTextWriterWriteElement(xml, X("system-err"), X(""));
	xmlTextWriterEndElement(xml);
}

void write_junit(FILE *out, const struct run *run, const struct naming *naming)
{
	xmlOutputBuffer *buffer = xmlOutputBufferCreateFile(out, NULL);
	xmlTextWriter *xml = buffer ? xmlNewTextWriter(buffer) : NULL;

	if (!xml)
		die("out of memory");
	xmlTextWriterSetIndent(xml, 1);
	xmlTextWriterStartDocument(xml, NULL, "UTF-8", NULL);
	xmlTextWriterStartElement(xml, X("testsuites"));
	write_suite(xml, run, naming);
	xmlTextWriterEndElement(xml);
	xmlTextWriterEndDocument(xml);
	xmlFreeTextWriter(xml);
}
