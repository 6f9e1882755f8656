/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/* The kernel's complaints while tests run, for kernels that are built to check themselves. */
#ifndef RUNNER_KERNEL_LOG_H
#define RUNNER_KERNEL_LOG_H

#include <stdbool.h>
#include <stddef.h>

/* Listens from now on. Returns false, with errno, where the log may not be read. */
bool kernel_log_open(void);

/**
 * kernel_log_complaints() - what was said since the last call
 * @text: gets each complaint (a warning, a bug, a report of a sanitizer or of lockdep) with the lines behind it, printable and
 *	ended by newlines, as far as there is room; "" where there was none
 *
 * Whose test it was the log does not tell: with several at once, that of whoever asks first.
 */
void kernel_log_complaints(char *text, size_t size);

#endif
