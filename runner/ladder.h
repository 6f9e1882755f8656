/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/* What every test rests on, tried before the first of them. */
#ifndef RUNNER_LADDER_H
#define RUNNER_LADDER_H

#include <stdbool.h>

/* NULL, or the first rung that is missing: a test's verdict would then mean nothing. */
const char *missing_rung(void);

/**
 * exec_stays() - is a program that is executed still under the implementation under test?
 *
 * An emulator of system calls in user space may hand execve(2) to the machine below it: a cell executed
 * afresh would then test that machine, and pass. The two sides differ in the auxiliary vector that they
 * give a program, so an executed copy of this program is asked for its own.
 */
bool exec_stays(void);

/* main()'s part for that copy. */
int ladder_image(void);

#endif
