/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/* The subcommands. Each takes its own arguments, argv[0] being its name, and returns the exit status. */
#ifndef REPORT_SUBCOMMANDS_H
#define REPORT_SUBCOMMANDS_H

int command_summary(int argc, char **argv);
int command_compare(int argc, char **argv);
int command_bless(int argc, char **argv);
int command_convert(int argc, char **argv);
int command_matrix(int argc, char **argv);
int command_plot(int argc, char **argv);

#endif
