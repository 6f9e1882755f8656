/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
#ifndef RUNNER_DIE_H
#define RUNNER_DIE_H

enum {
	EXIT_EXPECTED = 0,  /* every verdict as expected */
	EXIT_DEVIATION = 1, /* at least one is worse than expected, or other */
	EXIT_USAGE = 2,	    /* bad input, or the run could not be made or recorded */
	EXIT_SURPRISE = 3,  /* nothing worse, but an unexpected pass or a stale expectation */
	EXIT_SKIPPED = 4,   /* everything was skipped: what kselftest takes for a skip */
};

/* How the program ends: exit(), unless it is a kernel's first process. */
extern void (*end_program)(int status);

/* Says what is wrong on the standard error and exits with EXIT_USAGE. */
_Noreturn void die(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
