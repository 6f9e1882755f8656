/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/* How the programs end, and say why. */
#ifndef COMMON_DIE_H
#define COMMON_DIE_H

enum {
	EXIT_EXPECTED = 0, /* all is as expected */
	EXIT_DEVIATION =
		1,	/* at least one verdict is worse than expected, or other; a report is incomplete or unclear */
	EXIT_USAGE = 2, /* bad input, or the output could not be made or recorded */
	EXIT_SURPRISE = 3, /* nothing worse, but an unexpected pass or a stale expectation */
	EXIT_SKIPPED = 4,  /* everything was skipped: what kselftest takes for a skip */
};

/* What the program is called in its messages; each program defines it. */
extern const char program_name[];

/* How the program ends: exit(), unless it is a kernel's first process. */
extern void (*end_program)(int status);

/* Says what is wrong on the standard error. */
void complain(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The same, and exits with EXIT_USAGE. */
_Noreturn void die(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
