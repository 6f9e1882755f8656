/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * The usher: the process outside the pen does for a test inside what the kernel allows only outside. By the test's
 * socket it tells the process events connector to begin or to end, and it tells which number a thread of the pen
 * has outside; nothing else.
 */
#ifndef RUNNER_USHER_H
#define RUNNER_USHER_H

#include <stdint.h>

/* Descriptors, or -1. */
struct usher {
	uint64_t pid_namespace; /* of the pen */
	int door;		/* where tests of the pen come to */
	int guest;		/* the one that is served */
	int socket;		/* of the connector, by which it listens */
};

/* Before anything in the pen runs that may ask. Where it isn't possible the door stays closed. */
void usher_open(struct usher *usher, uint64_t pid_namespace);

/* The descriptor that becomes readable when usher_serve() has something to do; -1: none. */
int usher_waits_for(const struct usher *usher);

/* Lets in who is at the door, or does what the guest asks for; does not wait. */
void usher_serve(struct usher *usher);

#endif
