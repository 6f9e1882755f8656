// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* forkcheck explore: its command line. */
#include "explore.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "arena.h"
#include "c_file.h"
#include "cell.h"
#include "die.h"
#include "exhaustive.h"
#include "known_rules.h"
#include "tell_ktap.h"
#include "pen.h"
#include "player.h"
#include "processors.h"
#include "search.h"
#include "spec.h"
#include "tell.h"

static const char help[] =
	"Usage: forkcheck explore [OPTION...]\n"
	"\n"
	"Plays programs that nobody wrote: small trees of processes and threads. A model of the\n"
	"documentation says what each step must give; what differs is cut down and told.\n"
	"\n"
	"      --time SECONDS      how long to search (default: 60; 0: until interrupted)\n"
	"      --programs N        how many programs, whatever time that takes\n"
	"      --seed N            other programs; the same seed gives the same ones (default: 1)\n"
	"  -j N                    conductors at once (default: one for each processor)\n"
	"      --exhaustive N      no random ones: all programs of shape 1, or also of shape 2\n"
	"      --play TEXT|FILE    one program: what each step must give, and what differs\n"
	"      --c FILE            ... write it as a C program that needs nothing else (-: to the output)\n"
	"      --save DIR          write each finding there: N.program, and N.c likewise\n"
	"      --expect FILE       what is known to deviate, by a target's name or a file: told apart\n"
	"      --format FORMAT     text or ktap\n"
	"      --without NAME      leave out a statement, an operation or a flag; may be repeated\n"
	"      --release X.Y       the model of another release than this kernel's\n"
	"      --operations        what actors can do and see\n"
	"      --help\n"
	"\n"
	"Exit status: 0 all was as documented, 1 something was not, 2 usage errors, or no\n"
	"PID namespace of its own could be had, in which alone programs are played.\n";

static void found_kind(const struct finding_kind *kind, unsigned number);

static struct search search = { .seconds = 60, .seed = 1, .tell = found_kind, .progress = tell_progress };
static struct program program;
static bool play_only, chosen_time, as_ktap;
/* Opened at the beginning: in a pen their paths may lead elsewhere. */
static int save_to = -1;
static FILE *c_file;

/* ---- The command line ---------------------------------------------------------------------------- */

static void read_program(const char *text)
{
	struct text_error error;
	static char file[1 << 16];

	play_only = true;
	if (!access(text, R_OK)) {
		long length = read_file(text, file, sizeof(file));
		if (length < 0)
			die("%s: %s", text, strerror((int)-length));
		if (!program_parse(file, &program, &error))
			die("%s:%u: %s", text, error.line, error.why);
		return;
	}
	if (!program_parse(text, &program, &error))
		die("--play: line %u: %s", error.line, error.why);
}

static double number(const char *option, const char *text, double low, double high)
{
	char *end;
	double value = strtod(text, &end);

	if (*end || end == text || !(value >= low && value <= high))
		die("%s '%s': a number from %.0f to %.0f is wanted", option, text, low, high);
	return value;
}

static void leave_out_name(const char *name)
{
	if (statement_find(name))
		leave_out(name);
	else if (!never_use(name))
		die("--without '%s': a statement, an operation or a flag is wanted; --operations shows the latter",
		    name);
}

static void assume(const char *text)
{
	struct release release;

	if (!release_parse(text, &release))
		die("--release '%s': a release such as 6.1 is wanted", text);
	surroundings.major = release.major;
	surroundings.minor = release.minor;
}

enum {
	OPT_TIME = 256,
	OPT_PROGRAMS,
	OPT_SEED,
	OPT_EXHAUSTIVE,
	OPT_PLAY,
	OPT_C,
	OPT_SAVE,
	OPT_FIRST,
	OPT_EXPECT,
	OPT_FORMAT,
	OPT_WITHOUT,
	OPT_FORGET,
	OPT_RELEASE,
	OPT_OPERATIONS,
	OPT_HELP
};

static void parse_one(int option)
{
	switch (option) {
	case OPT_TIME:
		search.seconds = number("--time", optarg, 0, 1e7);
		chosen_time = true;
		break;
	case OPT_PROGRAMS:
		search.programs = (uint64_t)number("--programs", optarg, 1, 1e15);
		break;
	case OPT_SEED:
		search.seed = (uint64_t)number("--seed", optarg, 0, 1e15);
		break;
	case 'j':
		search.jobs = (unsigned)number("-j", optarg, 1, CONDUCTORS);
		break;
	case OPT_EXHAUSTIVE:
		search.exhaustive = true;
		search.depth = (unsigned)number("--exhaustive", optarg, 1, 2);
		break;
	case OPT_PLAY:
		read_program(optarg);
		break;
	case OPT_C:
		c_file = strcmp(optarg, "-") ? fopen(optarg, "we") : stdout;
		if (!c_file)
			die("--c %s: %s", optarg, strerror(errno));
		break;
	case OPT_FIRST:
		search.first_only = true;
		break;
	case OPT_SAVE:
		save_to = open(optarg, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (save_to < 0)
			die("--save %s: %s", optarg, strerror(errno));
		break;
	case OPT_EXPECT:
		known_rules_read(optarg);
		break;
	case OPT_FORMAT:
		if (strcmp(optarg, "text") && strcmp(optarg, "ktap"))
			die("--format '%s': text or ktap is wanted", optarg);
		as_ktap = !strcmp(optarg, "ktap");
		break;
	case OPT_WITHOUT:
		leave_out_name(optarg);
		break;
	case OPT_FORGET:
		if (!statement_find(optarg))
			die("--forget '%s': a statement is wanted", optarg);
		forget(optarg);
		break;
	case OPT_RELEASE:
		assume(optarg);
		break;
	case OPT_OPERATIONS:
		tell_operations();
		end_program(0);
		break;
	case OPT_HELP:
		fputs(help, stdout);
		end_program(0);
		break;
	default:
		die("'forkcheck explore --help' shows what is allowed");
	}
}

static void parse(int argc, char **argv)
{
	static const struct option long_options[] = {
		{ "time", required_argument, NULL, OPT_TIME },
		{ "programs", required_argument, NULL, OPT_PROGRAMS },
		{ "seed", required_argument, NULL, OPT_SEED },
		{ "exhaustive", required_argument, NULL, OPT_EXHAUSTIVE },
		{ "play", required_argument, NULL, OPT_PLAY },
		{ "c", required_argument, NULL, OPT_C },
		{ "first", no_argument, NULL, OPT_FIRST },
		{ "save", required_argument, NULL, OPT_SAVE },
		{ "expect", required_argument, NULL, OPT_EXPECT },
		{ "format", required_argument, NULL, OPT_FORMAT },
		{ "without", required_argument, NULL, OPT_WITHOUT },
		{ "forget", required_argument, NULL, OPT_FORGET },
		{ "release", required_argument, NULL, OPT_RELEASE },
		{ "operations", no_argument, NULL, OPT_OPERATIONS },
		{ "help", no_argument, NULL, OPT_HELP },
		{ 0 },
	};

	optind = 2;
	for (int option; (option = getopt_long(argc, argv, "j:", long_options, NULL)) != -1;)
		parse_one(option);
	if (optind < argc)
		die("'%s': no further argument is wanted; --play takes a program", argv[optind]);
	if (c_file && !play_only)
		die("--c: --play says which program");
	if ((search.programs || search.exhaustive) && !chosen_time)
		search.seconds = 0;
}

/* ---- Files --------------------------------------------------------------------------------------- */

/* A file of a finding, in the directory of --save. */
static FILE *create(unsigned number, const char *ending)
{
	char name[32];

	snprintf(name, sizeof(name), "%u.%s", number, ending);
	int fd = openat(save_to, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	FILE *file = fd < 0 ? NULL : fdopen(fd, "w");
	if (!file)
		die("%s: %s", name, strerror(errno));
	return file;
}

static void save(const struct finding *finding, unsigned number)
{
	char text[PROGRAM_TEXT];
	FILE *file = create(number, "program");

	fprintf(file, "# %s\n", difference_text(&finding->difference, text, sizeof(text)));
	fputs(program_text(&finding->program, "\n", text, sizeof(text)), file);
	fclose(file);
	if (finding->unsteady || !c_file_possible(&finding->program, &finding->difference))
		return;
	file = create(number, "c");
	c_file_write(file, &finding->program, &finding->difference);
	fclose(file);
}

static void found_kind(const struct finding_kind *kind, unsigned number)
{
	if (as_ktap)
		ktap_kind(kind, number);
	else
		tell_kind(kind, number);
	if (save_to >= 0)
		save(&kind->finding, number);
}

/* ---- One program --------------------------------------------------------------------------------- */

static int play_one(void *unused)
{
	struct difference difference;

	(void)unused;
	bool right = play_surely(&program, &difference);
	if (c_file != stdout)
		tell_played(&program, &difference);
	if (c_file && c_file_possible(&program, &difference))
		c_file_write(c_file, &program, &difference);
	if (c_file)
		fclose(c_file);
	fflush(stdout);
	return right ? 0 : 1;
}

/* One program takes milliseconds; what hangs in it has limits far below. */
#define PLAY_SECONDS 60

static int play_inside(void)
{
	pid_t conductor = arena_start(0, play_one, NULL);

	if (conductor == -EINVAL && sys_getpid() == 1)
		return arena_here() ? play_one(NULL) : EXIT_USAGE;
	if (conductor < 0)
		die("explore: %s", strerror(-conductor));
	int status = arena_await(conductor, PLAY_SECONDS);
	return status >= 0 && WIFEXITED(status) && WEXITSTATUS(status) <= 1 ? WEXITSTATUS(status) : EXIT_USAGE;
}

/* ---- A search ------------------------------------------------------------------------------------ */

static void interrupted(int signal)
{
	(void)signal;
	search.interrupted = true;
	search_interrupt();
}

static int search_inside(void)
{
	const struct sigaction action = { .sa_handler = interrupted };

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	if (search.exhaustive) {
		exhaustive_begin(search.depth);
		search.total = exhaustive_total();
	}
	if (as_ktap)
		ktap_begin();
	search_run(&search);
	if (as_ktap)
		ktap_end(&search);
	else
		tell_search(&search);
	if (search.broken)
		return EXIT_USAGE;
	return search.kind_count > search.kinds_known ? EXIT_DEVIATION : EXIT_EXPECTED;
}

static int inside(void *context, const struct pen *pen)
{
	(void)context;
	if (!pen->closed)
		die("explore needs a PID namespace of its own: %s", pen->open_because);
	return play_only ? play_inside() : search_inside();
}

static void check_program(void)
{
	unsigned wrong = first_senseless(&program, surroundings.major, surroundings.minor, surroundings.privileged);
	char text[128];

	if (wrong < program.count)
		die("--play: step %u, '%s', can't be taken: its actor is not there, or what it is about", wrong + 1,
		    step_text(&program.step[wrong], text, sizeof(text)));
}

int command_explore(int argc, char **argv)
{
	struct release release = release_now();

	registry_begin();
	surroundings.major = release.major;
	surroundings.minor = release.minor;
	processors_find();
	search.jobs = processor_count() < CONDUCTORS ? (unsigned)processor_count() : CONDUCTORS;
	parse(argc, argv);
	if (play_only)
		check_program();
	return pen_run(inside, NULL);
}
