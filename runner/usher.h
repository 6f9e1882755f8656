/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * The usher: what the process outside the pen does for a test inside, as the kernel lets only who is outside. It tells the process events
 * connector, by a socket of the test's, to begin or to end, and which number a thread of the pen has outside; nothing else.
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
