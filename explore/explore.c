// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* forkcheck explore: its command line. */
#include "explore.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "arena.h"
#include "cell.h"
#include "die.h"
#include "pen.h"
#include "player.h"
#include "processors.h"

static const char help[] = "Usage: forkcheck explore [OPTION...]\n"
			   "\n"
			   "      --play TEXT|FILE  play this program, and show what each step gives\n"
			   "      --help\n";

static struct program program;

static void read_program(const char *text)
{
	struct text_error error;
	static char file[1 << 16];

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

static int play_one(void *unused)
{
	struct difference difference;
	char text[256], line[256];

	(void)unused;
	bool right = play(&program, LOOKS_ALWAYS, &difference);
	for (unsigned i = 0; i < program.count; i++) {
		printf("%s\n", step_text(&program.step[i], line, sizeof(line)));
		if (!right && difference.step == i) {
			printf("    %s\n", difference_text(&difference, text, sizeof(text)));
			break;
		}
	}
	printf("%s\n", right ? "as documented" : difference.want.because ? difference.want.because : "");
	fflush(stdout);
	return right ? 0 : 1;
}

static int inside(const struct pen *pen)
{
	int status = 0;

	if (!pen->closed)
		die("explore needs a PID namespace of its own: %s", pen->open_because);
	pid_t conductor = arena_start(0, play_one, NULL);
	if (conductor < 0)
		die("explore: %s", strerror(-conductor));
	while (raw_wait4(conductor, &status, 0, NULL) == -EINTR)
		;
	return WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_USAGE;
}

int command_explore(int argc, char **argv)
{
	static const struct option long_options[] = {
		{ "play", required_argument, NULL, 'p' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	struct release release = release_now();

	registry_begin();
	surroundings.major = release.major;
	surroundings.minor = release.minor;
	processors_find();
	optind = 2;
	for (int option; (option = getopt_long(argc, argv, "", long_options, NULL)) != -1;) {
		if (option == 'h') {
			fputs(help, stdout);
			return 0;
		}
		if (option != 'p')
			die("'forkcheck explore --help' shows what is allowed");
		read_program(optarg);
	}
	return pen_run(inside);
}
