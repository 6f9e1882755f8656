/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/* The test's own process, whatever is around it: a cell, or a debugger. */
#ifndef RUNNER_BODY_H
#define RUNNER_BODY_H

#include "suite.h"

/* Becomes what the test asks for, out of what the caller has, and runs it: all that it finds goes into records. */
_Noreturn void body_run(const struct item *item, uint32_t seed, const struct privileges *have);

#endif
