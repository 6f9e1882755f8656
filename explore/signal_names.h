/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/* Names of signals, without SIG; "0" for none. */
#ifndef EXPLORE_SIGNAL_NAMES_H
#define EXPLORE_SIGNAL_NAMES_H

/* "?" for one that has no name here. */
const char *signal_name(int number);
/* -1 where there is none of this name. */
int signal_number(const char *name);

#endif
