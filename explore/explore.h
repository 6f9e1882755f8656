/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
#ifndef EXPLORE_EXPLORE_H
#define EXPLORE_EXPLORE_H

/* The subcommand, with its own arguments; the exit status. */
int command_explore(int argc, char **argv);

/* main()'s part in an actor that has executed this program. */
int actor_execute(int argc, char **argv);

#endif
