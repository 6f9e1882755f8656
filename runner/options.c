// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "die.h"
#include "options.h"

const char program_name[] = "forkcheck";

static const char help[] =
	"Usage: forkcheck [run] [OPTION...] [SELECTOR...]\n"
	"       forkcheck list [--covers | --list-features | --json] [SELECTOR...]\n"
	"       forkcheck explain TEST|STATEMENT|KERNEL-FILE:LINE...\n"
	"       forkcheck env\n"
	"       forkcheck debug [--strace | --gdb] TEST\n"
	"       forkcheck bench [--help] [OPTION...] [FIGURE...]\n"
	"       forkcheck explore [--help] [OPTION...]\n"
	"\n"
	"Tests whether fork, vfork, clone and clone3 do what is documented.\n"
	"\n"
	"SELECTOR: a glob on test ids (clone, cow.*, *.wakes_futex), spec:GLOB for the\n"
	"statements a test covers, tag:GLOB; with a leading ! it takes away. Later ones win.\n"
	"\n"
	"  -j, --jobs N           tests at once (default: number of processors)\n"
	"      --repeat N         run everything N times\n"
	"      --until-fail       repeat until something is not as expected\n"
	"      --shuffle[=SEED]   in random order\n"
	"      --seed N           seed of the tests' own random choices\n"
	"      --shard I/N        only the Ith of N parts; with --times FILE: parts that take\n"
	"      --times FILE       equally long, by the times of earlier runs\n"
	"      --save-times FILE  write how long each test took\n"
	"      --timeout-scale X  multiply the tests' time limits, for slow machines\n"
	"      --assume-kernel X.Y  take this for the kernel's release\n"
	"      --kernel-config FILE  the kernel's configuration, where it offers none itself\n"
	"      --expect FILE      what is known to deviate here, or the name of a target; none: nothing\n"
	"                         (default: linux, what is known of its releases)\n"
	"      --format FORMAT    ktap, flat (KTAP not nested), tap or lava (default: ktap, at a\n"
	"                         terminal a summary)\n"
	"      --output FILE      write the report there\n"
	"      --color WHEN       auto, always or never\n"
	"      --announce         say which test begins and ends, for consoles\n"
	"      --kernel-log       a warning of the kernel during a test is its failure\n"
	"      --resume FILE      go on where the machine died that wrote this, with --announce\n"
	"      --no-pen           no namespaces around the run\n"
	"      --help, --version, and GoogleTest's --gtest_filter= and its like\n"
	"\n"
	"Exit status: 0 all as expected, 1 deviations, 2 usage or output errors,\n"
	"3 unexpected passes or stale expectations only, 4 everything was skipped.\n";

enum {
	OPT_REPEAT = 256,
	OPT_UNTIL_FAIL,
	OPT_SHUFFLE,
	OPT_SEED,
	OPT_SHARD,
	OPT_TIMES,
	OPT_SAVE_TIMES,
	OPT_TIMEOUT_SCALE,
	OPT_ASSUME,
	OPT_CONFIG,
	OPT_EXPECT,
	OPT_FORMAT,
	OPT_OUTPUT,
	OPT_COLOR,
	OPT_ANNOUNCE,
	OPT_KERNEL_LOG,
	OPT_RESUME,
	OPT_AGAIN,
	OPT_NO_PEN,
	OPT_COVERS,
	OPT_FEATURES,
	OPT_JSON,
	OPT_STRACE,
	OPT_GDB,
	OPT_HELP,
	OPT_VERSION,
};

static const struct option long_options[] = {
	{ "jobs", required_argument, NULL, 'j' },
	{ "repeat", required_argument, NULL, OPT_REPEAT },
	{ "until-fail", no_argument, NULL, OPT_UNTIL_FAIL },
	{ "shuffle", optional_argument, NULL, OPT_SHUFFLE },
	{ "seed", required_argument, NULL, OPT_SEED },
	{ "shard", required_argument, NULL, OPT_SHARD },
	{ "times", required_argument, NULL, OPT_TIMES },
	{ "save-times", required_argument, NULL, OPT_SAVE_TIMES },
	{ "timeout-scale", required_argument, NULL, OPT_TIMEOUT_SCALE },
	{ "assume-kernel", required_argument, NULL, OPT_ASSUME },
	{ "kernel-config", required_argument, NULL, OPT_CONFIG },
	{ "expect", required_argument, NULL, OPT_EXPECT },
	{ "format", required_argument, NULL, OPT_FORMAT },
	{ "output", required_argument, NULL, OPT_OUTPUT },
	{ "color", required_argument, NULL, OPT_COLOR },
	{ "announce", no_argument, NULL, OPT_ANNOUNCE },
	{ "kernel-log", no_argument, NULL, OPT_KERNEL_LOG },
	{ "again", required_argument, NULL, OPT_AGAIN },
	{ "resume", required_argument, NULL, OPT_RESUME },
	{ "no-pen", no_argument, NULL, OPT_NO_PEN },
	{ "covers", no_argument, NULL, OPT_COVERS },
	{ "list-features", no_argument, NULL, OPT_FEATURES },
	{ "json", no_argument, NULL, OPT_JSON },
	{ "strace", no_argument, NULL, OPT_STRACE },
	{ "gdb", no_argument, NULL, OPT_GDB },
	{ "help", no_argument, NULL, OPT_HELP },
	{ "version", no_argument, NULL, OPT_VERSION },
	{ 0 },
};

static unsigned long number(const char *option, const char *text, unsigned long low, unsigned long high)
{
	char *end;

	errno = 0;
	unsigned long value = strtoul(text, &end, 10);
	if (errno || *end || end == text || *text == '-' || value < low || value > high)
		die("%s '%s': a number from %lu to %lu is wanted", option, text, low, high);
	return value;
}

static void parse_shard(struct options *options, const char *text)
{
	int used = 0;

	/* At most nine digits: more might be taken for another number. */
	if (sscanf(text, "%9u/%9u%n", &options->shard, &options->shards, &used) != 2 || text[used] ||
	    options->shard < 1 || options->shard > options->shards)
		die("--shard '%s': I/N is wanted, with I from 1 to N", text);
}

static void parse_scale(struct options *options, const char *text)
{
	char *end;

	options->timeout_scale = strtod(text, &end);
	if (*end || end == text || !(options->timeout_scale >= 0.01 && options->timeout_scale <= 10000))
		die("--timeout-scale '%s': a factor from 0.01 to 10000 is wanted", text);
}

static void parse_format(struct options *options, const char *text)
{
	options->format = format_named(text);
	if (!options->format)
		die("--format '%s': one of %s is wanted", text, format_names());
}

static void parse_color(struct options *options, const char *text)
{
	if (!strcmp(text, "always"))
		options->color = COLOR_ALWAYS;
	else if (!strcmp(text, "never"))
		options->color = COLOR_NEVER;
	else if (!strcmp(text, "auto"))
		options->color = COLOR_AUTO;
	else
		die("--color '%s': auto, always or never is wanted", text);
}

static void parse_one(struct options *options, int option)
{
	switch (option) {
	case 'j':
		options->jobs = (unsigned)number("--jobs", optarg, 1, JOBS_MAX);
		break;
	case OPT_REPEAT:
		options->rounds = (unsigned)number("--repeat", optarg, 1, 1000000);
		break;
	case OPT_UNTIL_FAIL:
		options->until_fail = true;
		break;
	case OPT_SHUFFLE:
		options->shuffle = true;
		if (optarg)
			options->seed = (uint32_t)number("--shuffle", optarg, 0, UINT32_MAX);
		break;
	case OPT_SEED:
		options->seed = (uint32_t)number("--seed", optarg, 0, UINT32_MAX);
		break;
	case OPT_SHARD:
		parse_shard(options, optarg);
		break;
	case OPT_TIMES:
		options->times = optarg;
		break;
	case OPT_SAVE_TIMES:
		options->save_times = optarg;
		break;
	case OPT_TIMEOUT_SCALE:
		parse_scale(options, optarg);
		break;
	case OPT_ASSUME:
		if (!release_parse(optarg, &options->assumed))
			die("--assume-kernel '%s': a release such as 6.1 is wanted", optarg);
		break;
	case OPT_CONFIG:
		options->kernel_config = optarg;
		break;
	case OPT_EXPECT:
		if (options->expect_count == EXPECT_MOST)
			die("--expect: more than %d of them", EXPECT_MOST);
		options->expect[options->expect_count++] = optarg;
		break;
	case OPT_FORMAT:
		parse_format(options, optarg);
		break;
	case OPT_OUTPUT:
		options->output = optarg;
		break;
	case OPT_COLOR:
		parse_color(options, optarg);
		break;
	case OPT_ANNOUNCE:
		options->announce = true;
		break;
	case OPT_KERNEL_LOG:
		options->kernel_log = true;
		break;
	case OPT_AGAIN:
		options->again = optarg;
		break;
	case OPT_RESUME:
		options->resume = optarg;
		break;
	case OPT_NO_PEN:
		options->pen = false;
		break;
	case OPT_COVERS:
		options->list_covers = true;
		break;
	case OPT_FEATURES:
		options->list_features = true;
		break;
	case OPT_JSON:
		options->list_json = true;
		break;
	case OPT_STRACE:
		options->strace = true;
		break;
	case OPT_GDB:
		options->gdb = true;
		break;
	case OPT_HELP:
		fputs(help, stdout);
		end_program(0);
		break;
	case OPT_VERSION:
		puts("forkcheck " VERSION);
		end_program(0);
		break;
	default:
		die("'forkcheck --help' shows what is allowed");
	}
}

static enum command parse_command(int argc, char **argv, int *used)
{
	static const struct {
		const char *name;
		enum command command;
	} commands[] = {
		{ "run", COMMAND_RUN }, { "list", COMMAND_LIST },   { "explain", COMMAND_EXPLAIN },
		{ "env", COMMAND_ENV }, { "debug", COMMAND_DEBUG },
	};

	for (size_t i = 0; argc > 1 && i < ARRAY_SIZE(commands); i++) {
		if (!strcmp(argv[1], commands[i].name)) {
			*used = 1;
			return commands[i].command;
		}
	}
	*used = 0;
	return COMMAND_RUN;
}

static void check_combination(const struct options *options)
{
	if (options->command == COMMAND_EXPLAIN && !options->word_count)
		die("explain: a test, a statement, or a line of the kernel such as kernel/fork.c:2300 is wanted");
	if (options->command == COMMAND_DEBUG && options->word_count != 1)
		die("debug: the id of one test is wanted");
	if (options->command == COMMAND_ENV && options->word_count)
		die("env: '%s' is not wanted", options->words[0]);
	if (options->strace && options->gdb)
		die("--strace and --gdb exclude each other");
	if (options->times && !options->shards)
		die("--times goes with --shard");
	if (options->resume && options->rounds != 1)
		die("--resume: only what ran once can be resumed, without --repeat and --until-fail");
}

void options_parse(struct options *options, int argc, char **argv)
{
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	int used, option;

	*options = (struct options){
		.jobs = cpus < 1	  ? 1
			: cpus > JOBS_MAX ? JOBS_MAX
					  : (unsigned)cpus,
		.rounds = 1,
		.seed = (uint32_t)time(NULL) ^ (uint32_t)sys_getpid() << 16,
		.timeout_scale = 1,
		.pen = true,
	};
	options->command = parse_command(argc, argv, &used);
	argv[used] = argv[0];
	argc -= used;
	argv += used;
	argc = gtest_options(options, argc, argv);
	while ((option = getopt_long(argc, argv, "j:", long_options, NULL)) != -1)
		parse_one(options, option);
	options->words = argv + optind;
	options->word_count = argc - optind;
	if (options->until_fail && options->rounds == 1)
		options->rounds = 0;
	check_combination(options);
}
