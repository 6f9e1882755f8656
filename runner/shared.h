/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/* What all processes of a machine share: System V objects, message queues, directories that every user may write to. */
#ifndef RUNNER_SHARED_H
#define RUNNER_SHARED_H

#include "cell.h"

/* Where the names of queues are seen, once somebody has made it. */
#define QUEUES "/tmp/mqueue"

/* Replaces those of the machine by fresh ones, as far as they exist. Only for a caller with a mount and an IPC namespace of its own. */
void shared_renew(void);

/**
 * shared_clear() - remove what some users have left there
 * @first: the first of the users
 * @count: how many they are
 * @tell: is called with words for what was found, once for each place; may be NULL
 */
void shared_clear(uid_t first, unsigned count, void (*tell)(const char *what));

/* The same for everything in the IPC namespace, which is the caller's own, and in what shared_renew() has made. */
void shared_clear_own(void (*tell)(const char *what));

#endif
