// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* Figures of forkcheck bench, drawn: whatever they are, the picture is well-formed. */
#include <getopt.h>
#include <libxml/parser.h>
#include <stdlib.h>
#include <unistd.h>

#include "../../report/subcommands.h"
#include "fuzz.h"

static char picture[128];

static void draw(const char *path)
{
	char *argv[] = { "plot", "-o", picture, (char *)path, NULL };

	optind = 0;
	command_plot(4, argv);
	xmlDoc *document = xmlReadFile(picture, NULL, XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_NONET);
	fuzz_require(document, "a picture is XML");
	xmlFreeDoc(document);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	const char *folder = getenv("TMPDIR");

	/* selftest/fuzz/run removes it. */
	snprintf(picture, sizeof(picture), "%s/plot.%d.svg", folder ? folder : "/tmp", getpid());
	fuzz_guarded(draw, fuzz_file(bytes, size));
	return 0;
}
