// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* forkcheck-report: what to do with the report of a run. */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "subcommands.h"
#include "tool.h"

static const char help[] =
	"Usage: forkcheck-report summary [--all] [RUN...]\n"
	"       forkcheck-report compare OLD... NEW\n"
	"       forkcheck-report bless [-o FILE] EXPECTATIONS... RUN\n"
	"       forkcheck-report convert --to FORMAT [-o FILE] [FILE]\n"
	"       forkcheck-report matrix --catalogue FILE [-o FILE] [NAME=]RUN...\n"
	"       forkcheck-report plot [--group GROUP] [--series NAME,...] [--title TEXT] [-o FILE] [NAME=]BENCH...\n"
	"\n"
	"Reads reports in KTAP or TAP, of forkcheck and of other suites; '-' is the standard input.\n"
	"\n"
	"summary    what a run found, grouped by area and by what was seen\n"
	"             --all             name every test\n"
	"compare    what changed: new failures, changed failures, unexpected passes, stale results. OLD may be\n"
	"           expectation files (*.expect) or names of targets. Of two files of 'forkcheck bench --format jsonl':\n"
	"           what is faster or slower, by intervals that have nothing in common\n"
	"bless      rewrites the first expectation file so that the run is as expected, beside what the others\n"
	"           know; reasons are left to you (TODO)\n"
	"convert    --to junit | jsonl | kcidb | lava            of a run (default: standard input)\n"
	"             --suite NAME      the name of the whole (default: forkcheck)\n"
	"             --origin NAME, --build-id ID                for kcidb\n"
	"           --to gvisor | asterinas | starnix            of an expectation file\n"
	"             --run FILE        the run that the conditions in it speak of\n"
	"matrix     one page of many runs\n"
	"             --catalogue FILE  what 'forkcheck list --json' prints\n"
	"             --sources DIR     show lines of the tests' files, which begin there\n"
	"             --json            the data alone\n"
	"plot       draws costs of 'forkcheck bench --format jsonl' against memory, or what the group is\n"
	"           about, as SVG\n"
	"\n"
	"  -o, --output FILE   write there, whole or not at all (bless: in place of the expectation file)\n"
	"      --help, --version\n"
	"\n"
	"Exit status: 0 nothing to tell, 1 unexpected failures or a report that is incomplete or unclear,\n"
	"2 wrong usage or files that cannot be read or written, 3 nothing worse than unexpected passes or stale.\n";

static const struct {
	const char *name;
	int (*run)(int argc, char **argv);
} commands[] = {
	{ "summary", command_summary }, { "compare", command_compare }, { "bless", command_bless },
	{ "convert", command_convert }, { "matrix", command_matrix },	{ "plot", command_plot },
};

static int print(const char *text)
{
	if (fputs(text, stdout) == EOF || fflush(stdout))
		die("standard output: %m");
	return EXIT_EXPECTED;
}

int main(int argc, char **argv)
{
	/* A reader that went away is told as an error, with the exit status of one. */
	signal(SIGPIPE, SIG_IGN);
	for (int i = 1; i < argc && strcmp(argv[i], "--"); i++) {
		if (!strcmp(argv[i], "--help"))
			return print(help);
		if (!strcmp(argv[i], "--version"))
			return print("forkcheck-report " VERSION "\n");
	}
	for (size_t i = 0; argc > 1 && i < ARRAY_SIZE(commands); i++)
		if (!strcmp(argv[1], commands[i].name))
			return commands[i].run(argc - 1, argv + 1);
	if (argc > 1)
		die("'%s' is no subcommand: summary, compare, bless, convert, matrix or plot is wanted", argv[1]);
	die("a subcommand is wanted: summary, compare, bless, convert, matrix or plot; --help tells more");
}
