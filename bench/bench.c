// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* forkcheck bench: its command line, the rounds, and when a figure is precise enough. */
#include <errno.h>
#include <fnmatch.h>
#include <getopt.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/personality.h>
#include <unistd.h>

#include "bench.h"
#include "nanoseconds.h"
#include "die.h"
#include "ladder.h"
#include "measure.h"
#include "prepare.h"
#include "processors.h"

static const char help[] =
	"Usage: forkcheck bench [OPTION...] [FIGURE...]\n"
	"\n"
	"Measures what each way to create costs here, each against what its cost depends on.\n"
	"FIGURE: a glob on the ids that --list shows (create.*, *.fork*); default: all.\n"
	"\n"
	"      --format FORMAT[=FILE]  table, ktap, jsonl or csv; may be given several times\n"
	"                          (default: at a terminal a table, else ktap)\n"
	"      --confidence PERCENT  of the interval of the median (default: 99)\n"
	"      --width PERCENT     the interval's width that is precise enough (default: 8)\n"
	"      --budget SECONDS    time for a figure, after which it stays as it is (default: 0.3)\n"
	"      --time SECONDS      time for all, likewise (default: 50)\n"
	"      --max-memory MIB    the most that a caller may have (default: half of what there is)\n"
	"      --cpu N|any         the processor to be pinned to (default: the last one)\n"
	"      --list              the figures' ids\n"
	"      --help\n"
	"\n"
	"Exit status: 0, 1 if what is said of these costs in general does not hold here, 2 usage\n"
	"or output errors.\n";

#define MIN_ROUNDS 8	      /* whatever the budget: fewer make no interval */
#define MIN_ROUNDS_PRECISE 10 /* not to take a lucky few for precision */
#define MAX_FIGURES 256
#define MAX_OUTPUTS 8

static struct bench_options {
	struct {
		writer *write;
		const char *name; /* NULL: standard output */
		FILE *file;
	} outputs[MAX_OUTPUTS];
	size_t output_count;
	double confidence, width, budget, time;
	unsigned long max_memory; /* bytes */
	int processor;		  /* the nth usable one; -1: any */
	bool list;
	bool exec_stays; /* under the implementation that is measured */
} options;

static struct figure figures[MAX_FIGURES];
static size_t figure_count;
static volatile sig_atomic_t interrupted;

/* ---- The command line -------------------------------------------------------------------------- */

static double fraction(const char *option, const char *text, double low, double high)
{
	char *end;
	double value = strtod(text, &end);

	if (*end || end == text || !(value >= low && value <= high))
		die("%s '%s': a number from %g to %g is wanted", option, text, low, high);
	return value;
}

static void parse_format(const char *text)
{
	static const struct {
		const char *name;
		writer *write;
	} formats[] = {
		{ "table", write_table }, { "ktap", write_ktap }, { "jsonl", write_jsonl }, { "csv", write_csv }
	};
	size_t length = strcspn(text, "=");

	if (options.output_count == MAX_OUTPUTS)
		die("--format: %d times is enough", MAX_OUTPUTS);
	for (size_t i = 0; i < ARRAY_LENGTH(formats); i++) {
		if (strlen(formats[i].name) == length && !strncmp(text, formats[i].name, length)) {
			options.outputs[options.output_count].write = formats[i].write;
			options.outputs[options.output_count++].name = text[length] ? text + length + 1 : NULL;
			return;
		}
	}
	die("--format '%s': table, ktap, jsonl or csv is wanted, perhaps with =FILE", text);
}

static void parse_processor(const char *text)
{
	char *end;
	long name = strtol(text, &end, 10);

	options.processor = -1;
	if (!strcmp(text, "any"))
		return;
	for (int n = 0; !*end && end != text && n < processor_count(); n++)
		if (processor_name(n) == name)
			options.processor = n;
	if (options.processor < 0)
		die("--cpu '%s': any, or one of the %d processors that may be used here, is wanted", text,
		    processor_count());
}

enum { OPT_FORMAT = 256, OPT_CONFIDENCE, OPT_WIDTH, OPT_BUDGET, OPT_TIME, OPT_MEMORY, OPT_CPU, OPT_LIST, OPT_HELP };

static void parse_one(int option)
{
	switch (option) {
	case OPT_FORMAT:
		parse_format(optarg);
		break;
	case OPT_CONFIDENCE:
		options.confidence = fraction("--confidence", optarg, 50, 99.9) / 100;
		break;
	case OPT_WIDTH:
		options.width = fraction("--width", optarg, 0.1, 100) / 100;
		break;
	case OPT_BUDGET:
		options.budget = fraction("--budget", optarg, 0.001, 3600);
		break;
	case OPT_TIME:
		options.time = fraction("--time", optarg, 0.01, 86400);
		break;
	case OPT_MEMORY:
		options.max_memory = (unsigned long)(fraction("--max-memory", optarg, 1, 1e6) * MIB);
		break;
	case OPT_CPU:
		parse_processor(optarg);
		break;
	case OPT_LIST:
		options.list = true;
		break;
	case OPT_HELP:
		fputs(help, stdout);
		end_program(0);
		break;
	default:
		die("'forkcheck bench --help' shows what is allowed");
	}
}

static void parse(int argc, char **argv)
{
	static const struct option known[] = {
		{ "format", required_argument, NULL, OPT_FORMAT },
		{ "confidence", required_argument, NULL, OPT_CONFIDENCE },
		{ "width", required_argument, NULL, OPT_WIDTH },
		{ "budget", required_argument, NULL, OPT_BUDGET },
		{ "time", required_argument, NULL, OPT_TIME },
		{ "max-memory", required_argument, NULL, OPT_MEMORY },
		{ "cpu", required_argument, NULL, OPT_CPU },
		{ "list", no_argument, NULL, OPT_LIST },
		{ "help", no_argument, NULL, OPT_HELP },
		{ 0 },
	};
	int option;

	options.confidence = 0.99;
	options.width = 0.08;
	options.budget = 0.3;
	options.time = 50;
	options.processor = processor_count() - 1;
	options.max_memory = memory_available() / 2;
	while ((option = getopt_long(argc, argv, "", known, NULL)) != -1)
		parse_one(option);
	if (!options.output_count)
		parse_format(isatty(STDOUT_FILENO) ? "table" : "ktap");
}

/* Before anything is measured: a name that can't be written to should not cost a run. */
static void open_outputs(void)
{
	for (size_t i = 0; i < options.output_count; i++) {
		const char *name = options.outputs[i].name;
		options.outputs[i].file = name ? fopen(name, "we") : stdout;
		if (!options.outputs[i].file)
			die("%s: %s", name, strerror(errno));
	}
}

/* ---- The figures ------------------------------------------------------------------------------- */

static bool chosen(const char *id, char **globs)
{
	for (char **glob = globs; *glob; glob++)
		if (!fnmatch(*glob, id, 0))
			return true;
	return !*globs;
}

static void add_figures(const struct group *group, unsigned long amount, char **globs)
{
	unsigned long limit = group->limit ? group->limit(options.max_memory) : 0;

	for (size_t i = 0; i < group->series_count; i++) {
		struct figure *figure = &figures[figure_count++];
		*figure = (struct figure){ .group = group, .series = &group->series[i], .amount = amount };
		int length = snprintf(figure->id, sizeof(figure->id), "%s.%s", group->name, group->series[i].name);
		if (group->axis)
			snprintf(figure->id + length, sizeof(figure->id) - (size_t)length, ".%lu", amount);
		figure->chosen = chosen(figure->id, globs);
		if (group->limit && amount > limit)
			snprintf(figure->missing, sizeof(figure->missing), "%lu %s at most here", limit, group->axis);
		if (figure->series->executes && !options.exec_stays)
			snprintf(figure->missing, sizeof(figure->missing), "executing leaves the emulator");
	}
}

static void add_group(const struct group *group, char **globs)
{
	const unsigned long processors = (unsigned long)processor_count();

	for (size_t i = 0; i < group->amount_count; i++)
		add_figures(group, group->amounts[i], globs);
	for (unsigned long n = 1; group->per_processor && n < processors; n *= 2)
		add_figures(group, n, globs);
	if (group->per_processor)
		add_figures(group, processors, globs);
}

static void choose_figures(char **globs)
{
	size_t count = 0;

	for (size_t i = 0; i < group_count; i++)
		add_group(&groups[i], globs);
	for (size_t i = 0; i < figure_count; i++)
		count += figures[i].chosen;
	if (!count)
		die("no figure matches '%s'; --list shows them", globs[0]);
}

static bool is_open(const struct figure *figure)
{
	return figure->chosen && !figure->precise && !*figure->missing && figure->rounds < MAX_ROUNDS;
}

/* ---- The rounds -------------------------------------------------------------------------------- */

/* The figures of one group and amount that lie side by side, measured by one caller. */
struct batch {
	struct figure *first;
	size_t count;
	double spent; /* nanoseconds */
};

static size_t make_batches(struct batch *batches)
{
	size_t count = 0;

	for (size_t i = 0; i < figure_count; i += batches[count++].count)
		batches[count] = (struct batch){ .first = &figures[i], .count = figures[i].group->series_count };
	return count;
}

static void judge(struct figure *figure)
{
	double sorted[MAX_ROUNDS];

	memcpy(sorted, figure->values, figure->rounds * sizeof(*sorted));
	sort_values(sorted, figure->rounds);
	figure->interval = median_interval(sorted, figure->rounds, options.confidence);
	figure->precise = figure->rounds >= MIN_ROUNDS_PRECISE && figure->interval.confidence >= options.confidence &&
			  relative_width(&figure->interval) <= options.width;
}

static size_t open_figures(const struct batch *batch, struct figure *open[MAX_SERIES])
{
	size_t count = 0;

	for (size_t i = 0; i < batch->count; i++)
		if (is_open(&batch->first[i]))
			open[count++] = &batch->first[i];
	return count;
}

/* Is there something to measure, and time for it? */
static bool is_batch_open(const struct batch *batch)
{
	struct figure *open[MAX_SERIES];

	return open_figures(batch, open) &&
	       (open[0]->rounds < MIN_ROUNDS || batch->spent <= options.budget * 1e9 * (double)batch->count);
}

static void round_of(struct batch *batch)
{
	struct figure *open[MAX_SERIES];
	size_t count = open_figures(batch, open);

	uint64_t begin = now();
	measure_round(open, count, options.processor);
	batch->spent += since(begin);
	for (size_t i = 0; i < count; i++)
		judge(open[i]);
}

static void show_progress(size_t round)
{
	size_t count = 0, done = 0;

	for (size_t i = 0; i < figure_count; i++) {
		count += figures[i].chosen && !*figures[i].missing;
		done += figures[i].chosen && !*figures[i].missing && figures[i].precise;
	}
	fprintf(stderr, "\rround %zu: %zu of %zu figures precise\033[K", round, done, count);
}

static bool time_is_left(uint64_t begin)
{
	return !interrupted && since(begin) < options.time * 1e9;
}

/* What the open batches have spent on the average; negative if there is none. */
static double fair_share(const struct batch *batches, size_t count)
{
	double sum = 0, open = 0;

	for (size_t i = 0; i < count; i++) {
		if (is_batch_open(&batches[i])) {
			sum += batches[i].spent;
			open++;
		}
	}
	return open > 0 ? sum / open : -1;
}

/* Not where the lines would be among those of a report, as on a console. */
static bool wants_progress(void)
{
	bool report = false;

	for (size_t i = 0; i < options.output_count; i++)
		report |= !options.outputs[i].name && options.outputs[i].write != write_table;
	return isatty(STDERR_FILENO) && !(report && isatty(STDOUT_FILENO));
}

/*
 * All batches take turns, so that what changes on the machine in the meantime is in the spread of each. One that
 * has had more than its share of the time sits out, so that gigabytes to be filled don't take it all.
 */
static void measure_all(void)
{
	static struct batch batches[MAX_FIGURES];
	size_t count = make_batches(batches), round = 1;
	bool progress = wants_progress();
	uint64_t begin = now();
	double share;

	while ((share = fair_share(batches, count)) >= 0 && time_is_left(begin)) {
		for (size_t i = 0; i < count && time_is_left(begin); i++)
			if (batches[i].spent <= share && is_batch_open(&batches[i]))
				round_of(&batches[i]);
		if (progress)
			show_progress(round++);
	}
	if (progress)
		fputs("\r\033[K", stderr);
}

/* ---- The command ------------------------------------------------------------------------------- */

static void interrupt(int sig)
{
	(void)sig;
	interrupted = 1;
}

/* The same addresses each time: where the kernel puts what decides how many page tables a fork copies. */
static bool fix_addresses(char **argv)
{
	int now = personality(0xffffffff);

	if (now < 0 || now & ADDR_NO_RANDOMIZE)
		return now >= 0;
	if (getpid() == 1 || !options.exec_stays || personality((unsigned long)now | ADDR_NO_RANDOMIZE) < 0)
		return false;
	execv("/proc/self/exe", argv);
	personality((unsigned long)now);
	return false;
}

static bool write_outputs(const struct run_result *run)
{
	bool good = true;

	for (size_t i = 0; i < options.output_count; i++) {
		FILE *file = options.outputs[i].file;
		options.outputs[i].write(file, run);
		if (fflush(file) || ferror(file)) {
			fprintf(stderr, "forkcheck: %s: %s\n",
				options.outputs[i].name ? options.outputs[i].name : "standard output", strerror(errno));
			good = false;
		}
	}
	return good;
}

static int exit_status(const struct run_result *run)
{
	for (size_t i = 0; i < claim_count; i++)
		if (claim_judge(i, run).verdict == CLAIM_FAILS)
			return EXIT_DEVIATION;
	return EXIT_EXPECTED;
}

int command_bench(int argc, char **argv)
{
	static struct environment environment;
	struct run_result run = { .figures = figures, .environment = &environment };

	options.exec_stays = exec_stays();
	bool fixed = fix_addresses(argv);
	processors_find();
	parse(argc - 1, argv + 1);
	choose_figures(argv + 1 + optind);
	run.count = figure_count;
	if (options.list) {
		for (size_t i = 0; i < figure_count; i++)
			if (figures[i].chosen)
				puts(figures[i].id);
		return EXIT_EXPECTED;
	}
	open_outputs();
	if (options.processor >= 0 && !pin_to(options.processor))
		options.processor = -1;
	environment_read(&environment);
	environment_add(&environment, "addresses", "%s", fixed ? "fixed" : "random");
	environment_add(&environment, "processors", "%d", processor_count());
	if (options.processor >= 0)
		environment_add(&environment, "pinned to", "%d", processor_name(options.processor));
	struct clock_facts clock = clock_measure();
	environment_add(&environment, "clock", "%.0f ns to read, subtracted; steps of %.0f ns", clock.overhead,
			clock.step);
	environment_load(&environment, "load before");
	sigaction(SIGINT, &(struct sigaction){ .sa_handler = interrupt }, NULL);
	sigaction(SIGTERM, &(struct sigaction){ .sa_handler = interrupt }, NULL);

	uint64_t begin = now();
	measure_all();
	run.seconds = since(begin) / 1e9;
	run.interrupted = interrupted;
	for (size_t i = 0; i < figure_count; i++)
		if (figures[i].chosen && !figures[i].rounds && !*figures[i].missing)
			snprintf(figures[i].missing, sizeof(figures[i].missing), "not reached in time");
	run.confidence = options.confidence;
	run.width = options.width;
	run.budget = options.budget;
	environment_load(&environment, "load after");
	return write_outputs(&run) ? exit_status(&run) : EXIT_USAGE;
}
