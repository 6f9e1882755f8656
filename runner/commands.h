/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/* The subcommands that run nothing in cells. Each returns the exit status. */
#ifndef RUNNER_COMMANDS_H
#define RUNNER_COMMANDS_H

#include "options.h"

int command_list(const struct options *options);
int command_explain(const struct options *options);
int command_env(const struct options *options);
int command_debug(const struct options *options);

#endif
