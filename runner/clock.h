/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
#ifndef RUNNER_CLOCK_H
#define RUNNER_CLOCK_H

/* CLOCK_MONOTONIC, in seconds. */
double monotonic(void);

#endif
