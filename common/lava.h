/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * LAVA's signals, one for each test: a job prints them on its console, or a script passes them to lava-test-case.
 *
 * A known failure is a pass there, as in KTAP ("ok ... # XFAIL"): a person has to look at failures only. A BROKEN
 * test says nothing about the implementation, so its result is unknown.
 */
#ifndef COMMON_LAVA_H
#define COMMON_LAVA_H

#include "verdict.h"

#define LAVA_LINE 256 /* more than a line takes beside the id, and enough for any of forkcheck's tests */

/* LAVA's word for a verdict: pass, fail, skip or unknown. */
const char *lava_result(enum verdict verdict, bool as_expected);

/* Puts the line about one test, without a newline, into buf. LAVA allows in an id what id_slug() leaves. */
void lava_signal(char *buf, size_t size, const char *id, const char *result);

#endif
