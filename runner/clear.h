/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/* Removing what a test has left besides processes. */
#ifndef RUNNER_CLEAR_H
#define RUNNER_CLEAR_H

#include "isolate.h"

/*
 * Removes the control groups that the test of a cell has noted, the System V objects of the cell's user if no other
 * process has that user, and the contents of its directory, which is the current one. Sends a record of what should
 * not have been left. To be called when all processes of the test are dead.
 */
void clear_after(const struct cell *cell);

/**
 * clear_groups() - remove the control groups that tests have made
 * @first: of these users
 * @count: how many they are
 * @maker: or of this process; 0: none
 * @killing: what is in them is killed
 *
 * Returns whether none is left. All groups of the machine are looked at.
 */
bool clear_groups(uid_t first, unsigned count, pid_t maker, bool killing);

#endif
