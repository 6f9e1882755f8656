/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/* The unit tests of the runner, a file for each of its jobs. They are linked with the tests that are wrong on purpose. */
#ifndef SELFTEST_UNITS_H
#define SELFTEST_UNITS_H

#include <check.h>

#include "suite.h"

/* The tests that are wrong on purpose, between load() and unload(). */
extern struct suite suite;
void load(void);
void unload(void);

void add_choosing(Suite *all);
void add_expecting(Suite *all);
void add_judging(Suite *all);
void add_telling(Suite *all);

#endif
