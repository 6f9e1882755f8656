// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* forkcheck-report matrix: one page of many runs. */
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "subcommands.h"
#include "matrix.h"
#include "matrix_data.h"
#include "whole_file.h"

/* "NAME=FILE", or a file that is named for its target: "results/qemu-6.1.ktap". */
static struct target load_target(char *argument)
{
	char *equals = strchr(argument, '='), *slash = strrchr(argument, '/');
	struct target target;

	/* A '=' may be in the name of a folder. */
	if (equals && (!slash || equals < strchr(argument, '/'))) {
		target.name = copy_part(argument, (size_t)(equals - argument));
		run_load(&target.run, equals + 1);
		return target;
	}
	const char *base = slash ? slash + 1 : argument;
	const size_t length = strlen(base), suffix = strlen(".ktap");
	const bool has_suffix = length > suffix && !strcmp(base + length - suffix, ".ktap");
	target.name = copy_part(base, has_suffix ? length - suffix : length);
	run_load(&target.run, argument);
	return target;
}

static struct target *load_targets(char **arguments, size_t count)
{
	struct target *targets = calloc(count, sizeof(*targets));

	if (!targets)
		die("out of memory");
	for (size_t i = 0; i < count; i++) {
		targets[i] = load_target(arguments[i]);
		for (size_t j = 0; j < i; j++)
			if (!strcmp(targets[i].name, targets[j].name))
				die("matrix: two targets have the name %s; NAME=FILE gives another one",
				    targets[i].name);
	}
	return targets;
}

int command_matrix(int argc, char **argv)
{
	static const struct option options[] = {
		{ "catalogue", required_argument, NULL, 'c' },
		{ "sources", required_argument, NULL, 's' },
		{ "json", no_argument, NULL, 'j' },
		{ "output", required_argument, NULL, 'o' },
		{ 0 },
	};
	const char *catalogue = NULL, *sources = NULL, *path = NULL;
	bool json = false, damaged = false;
	struct output output;
	int option;

	while ((option = getopt_long(argc, argv, "o:", options, NULL)) != -1) {
		switch (option) {
		case 'c':
			catalogue = optarg;
			break;
		case 's':
			sources = optarg;
			break;
		case 'j':
			json = true;
			break;
		case 'o':
			path = optarg;
			break;
		default:
			die("'forkcheck-report --help' shows what is allowed");
		}
	}
	if (!catalogue)
		die("matrix: --catalogue FILE is wanted, with what 'forkcheck list --json' prints");
	if (optind == argc)
		die("matrix: at least one run is wanted");
	const size_t count = (size_t)(argc - optind);
	struct target *targets = load_targets(argv + optind, count);
	json_t *data = matrix_data(catalogue, targets, count);
	output_open(&output, path);
	/* What could not be written is told when it is closed. */
	if (json)
		json_dumpf(data, output.to, JSON_COMPACT | JSON_ENSURE_ASCII);
	else
		matrix_write(output.to, data, sources);
	output_close(&output);
	json_decref(data);
	for (size_t i = 0; i < count; i++) {
		run_tell_problems(&targets[i].run);
		damaged |= targets[i].run.harm;
		run_free(&targets[i].run);
		free(targets[i].name);
	}
	free(targets);
	return damaged ? EXIT_DEVIATION : EXIT_EXPECTED;
}
