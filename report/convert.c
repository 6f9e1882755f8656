// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* forkcheck-report convert: a run, or expectations, in the formats of others. */
#include <ctype.h>
#include <getopt.h>
#include <string.h>

#include "subcommands.h"
#include "whole_file.h"
#include "writers.h"

static const struct {
	const char *name;
	void (*of_run)(FILE *out, const struct run *run, const struct naming *naming);
	void (*of_expectations)(FILE *out, const struct expectations *expectations);
} formats[] = {
	{ "junit", write_junit, NULL },	    { "jsonl", write_jsonl, NULL },   { "kcidb", write_kcidb, NULL },
	{ "lava", write_lava, NULL },	    { "gvisor", NULL, write_gvisor }, { "asterinas", NULL, write_asterinas },
	{ "starnix", NULL, write_starnix },
};

struct arguments {
	const char *to, *output, *run, *file;
	struct naming naming;
};

static size_t find_format(const char *name)
{
	char names[128] = "";
	size_t used = 0;

	for (size_t i = 0; i < ARRAY_SIZE(formats); i++) {
		if (name && !strcmp(name, formats[i].name))
			return i;
		if (used < sizeof(names))
			used += (size_t)snprintf(names + used, sizeof(names) - used, "%s%s", i ? ", " : "",
						 formats[i].name);
	}
	die("convert --to %s: one of %s is wanted", name ? name : "?", names);
}

/* Names that get into ids of others are plain. */
static void check_name(const char *option, const char *name, const char *also)
{
	for (const char *c = name; *c; c++)
		if (!isdigit((unsigned char)*c) && !islower((unsigned char)*c) && !strchr(also, *c))
			die("convert %s '%s': only a-z, 0-9 and %s are allowed", option, name, also);
	if (!*name)
		die("convert %s: a name is wanted", option);
}

static void parse(struct arguments *arguments, int argc, char **argv)
{
	static const struct option options[] = {
		{ "to", required_argument, NULL, 't' },
		{ "output", required_argument, NULL, 'o' },
		{ "run", required_argument, NULL, 'r' },
		{ "suite", required_argument, NULL, 's' },
		{ "origin", required_argument, NULL, 'n' },
		{ "build-id", required_argument, NULL, 'b' },
		{ 0 },
	};
	int option;

	*arguments = (struct arguments){ .file = "-", .naming = { "forkcheck", "forkcheck", "local" } };
	while ((option = getopt_long(argc, argv, "o:", options, NULL)) != -1) {
		switch (option) {
		case 't':
			arguments->to = optarg;
			break;
		case 'o':
			arguments->output = optarg;
			break;
		case 'r':
			arguments->run = optarg;
			break;
		case 's':
			check_name("--suite", optarg, "_-");
			arguments->naming.suite = optarg;
			break;
		case 'n':
			check_name("--origin", optarg, "_");
			arguments->naming.origin = optarg;
			break;
		case 'b':
			check_name("--build-id", optarg, "_-.");
			arguments->naming.build_id = optarg;
			break;
		default:
			die("'forkcheck-report --help' shows what is allowed");
		}
	}
	if (argc - optind > 1)
		die("convert: '%s' is one file too many", argv[optind + 1]);
	if (optind < argc)
		arguments->file = argv[optind];
}

static int convert_run(const struct arguments *arguments, size_t format)
{
	struct output output;
	struct run run;

	run_load(&run, arguments->file);
	output_open(&output, arguments->output);
	formats[format].of_run(output.to, &run, &arguments->naming);
	output_close(&output);
	run_tell_problems(&run);
	const bool damaged = run.harm;
	run_free(&run);
	return damaged ? EXIT_DEVIATION : EXIT_EXPECTED;
}

static int convert_expectations(const struct arguments *arguments, size_t format)
{
	struct expectations expectations = { 0 };
	struct output output;
	struct run run = { 0 };

	if (!strcmp(arguments->file, "-"))
		die("convert --to %s: the name of an expectation file is wanted", formats[format].name);
	if (arguments->run)
		run_load(&run, arguments->run);
	run_expectations(&expectations, arguments->file, arguments->run ? &run : NULL, 0);
	expectations_done(&expectations);
	output_open(&output, arguments->output);
	formats[format].of_expectations(output.to, &expectations);
	output_close(&output);
	expectations_free(&expectations);
	run_free(&run);
	return EXIT_EXPECTED;
}

int command_convert(int argc, char **argv)
{
	struct arguments arguments;

	parse(&arguments, argc, argv);
	const size_t format = find_format(arguments.to);
	return formats[format].of_run ? convert_run(&arguments, format) : convert_expectations(&arguments, format);
}
