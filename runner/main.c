// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "cell.h"
#include "commands.h"
#include "creation.h"
#include "die.h"
#include "entry.h"
#include "explore.h"
#include "init.h"
#include "isolate.h"
#include "ladder.h"
#include "mother.h"
#include "run.h"
#include "sweep.h"
#include "usual.h"

static struct options options;

/* The program as its own helper: the parts that are not for people. */
static int helper_main(int argc, char **argv)
{
	if (!strcmp(argv[1], "--mother"))
		mother_main(argc, argv);
	if (!strcmp(argv[1], "--cell"))
		cell_main();
	if (!strcmp(argv[1], "--image"))
		return image_main(argc, argv);
	return ladder_image();
}

static bool is_helper(int argc, char **argv)
{
	static const char *const helpers[] = { "--mother", "--cell", "--image", "--ladder" };

	for (size_t i = 0; argc > 1 && i < ARRAY_SIZE(helpers); i++)
		if (!strcmp(argv[1], helpers[i]))
			return true;
	return false;
}

static int dispatch(void)
{
	switch (options.command) {
	case COMMAND_LIST:
		return command_list(&options);
	case COMMAND_EXPLAIN:
		return command_explain(&options);
	case COMMAND_ENV:
		return command_env(&options);
	case COMMAND_DEBUG:
		usual_state();
		return command_debug(&options);
	case COMMAND_RUN:
		if (options.gtest.list)
			return command_list(&options);
		break;
	}
	usual_state();
	return command_run(&options);
}

/* By a debugger that follows processes: it would follow any other one than the test's. */
static bool is_debugged(void)
{
	return options.command == COMMAND_DEBUG && proc_field("/proc/self/status", "TracerPid:", 10) > 0;
}

int main(int argc, char **argv)
{
	if (argc == 2 && !strcmp(argv[1], NOTHING_ARGUMENT))
		return 0;
	/* Nothing else: it has the low descriptors for itself. */
	if (argc > 1 && !strcmp(argv[1], "--actor"))
		return actor_execute(argc, argv);
	self_find();
	if (is_helper(argc, argv))
		return helper_main(argc, argv);
	/* Whatever the caller blocks or ignores: without SIGCHLD no status would come. But first what would send any. */
	stop_timers();
	signals_default();

	bool init = init_begin();
	if (init) {
		end_program = init_end;
		argc = init_arguments(argc, argv);
		self_find();
	}
	if (argc > 1 && !strcmp(argv[1], "bench"))
		end_program(command_bench(argc, argv));
	if (argc > 1 && !strcmp(argv[1], "explore"))
		end_program(command_explore(argc, argv));
	options_parse(&options, argc, argv);
	options.announce |= init;
	if (!init && !options.again)
		options.again = argv[0];
	if (options.assumed.major)
		release_assume(options.assumed);
	if (options.kernel_config) {
		if (access(options.kernel_config, R_OK))
			die("%s: %s", options.kernel_config, strerror(errno));
		kernel_config_file(options.kernel_config);
		if (!kernel_config_source())
			die("%s: this is no kernel configuration", options.kernel_config);
	}
	confinement_set(confinement_now(!is_debugged()));
	end_program(dispatch());
}
