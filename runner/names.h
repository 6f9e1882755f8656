/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/* Numbers as a reader knows them. */
#ifndef RUNNER_NAMES_H
#define RUNNER_NAMES_H

#include "forkcheck.h"

/* "EINVAL", or the number. The buffer is reused by later calls. */
const char *errno_name(int err);

/* "exited with 3", "killed by SIGSEGV", "stopped by SIGSTOP" ... The buffer is reused by later calls. */
const char *status_text(int status);

/* One value of a record: a number, also in hexadecimal where that helps; an errno; a status. */
void value_text(char *buf, size_t size, enum site_form form, long long value);

/**
 * make_printable() - what others may have written, for a report or a terminal
 * @text: changed in place; at most size bytes with its end, which is put there if it is not
 *
 * Control characters, and what is no ASCII, become '?': no text can forge a line, or command a terminal.
 */
void make_printable(char *text, size_t size);

#endif
