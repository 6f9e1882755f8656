/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/* Shared memory, and events in it. */
#ifndef FORKCHECK_EVENT_H
#define FORKCHECK_EVENT_H

#include <stdbool.h>
#include <stddef.h>

/**
 * shared() - zeroed memory that all processes created from here on share
 *
 * Whole pages, already present. Not in a vfork child or a raw thread.
 */
void *shared(size_t size);

#define EVENTS 64

/**
 * post() - say that an event (0 to EVENTS - 1) has happened
 *
 * Events are sticky: a post is never lost, whoever waits and whenever; there are no second posts.
 */
void post(unsigned event);

/*
 * Waits until the event was posted; at once, if it was already. Where a process has left the test by REQUIRE_*, SETUP*, SKIP or
 * BROKEN before, nobody may be left to post it: the caller ends.
 */
void await(unsigned event);

/* Whether the event has been posted. Ends the caller as await() does. */
bool posted(unsigned event);

/* The size of a page, in bytes. */
size_t page_size(void);

#endif
