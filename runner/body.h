/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/* The test's own process, whatever is around it: a cell, or a debugger. */
#ifndef RUNNER_BODY_H
#define RUNNER_BODY_H

#include "cell.h"

/*
 * Takes the privileges and capabilities that case n of the test asks for, from those of the caller, and runs it.
 * The test's findings go into records.
 */
_Noreturn void body_run(const struct test *test, size_t n, uint64_t caps, uint32_t seed, const struct privileges *have);

#endif
