/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * The pen: namespaces around a whole run.
 *
 * A test may do anything, kill(-1, SIGKILL) as root included. In a PID namespace of its own, with the runner as
 * its first process, that reaches nothing else on the machine, and when the runner ends, however it ends,
 * the kernel ends all that is in there. Mounts, System V objects and the host name are apart as well, and
 * /tmp is an empty one. An ordinary user gets there by a user namespace. Where there can be no pen the run
 * goes on without one, and the cells alone hold the tests.
 */
#ifndef RUNNER_PEN_H
#define RUNNER_PEN_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct pen {
	bool closed;		  /* this process is the first one of a PID namespace */
	bool own_tmp;		  /* /tmp is empty, private, and vanishes by itself */
	const char *open_because; /* why there is none; NULL where there is */
	unsigned tasks;		  /* of this user, on the whole machine, before the run */
};

/**
 * pen_run() - call a function in a pen if possible, else directly
 * @inside: gets the context, and what is known of the pen; its result is the program's exit status
 *
 * Returns inside's result; EXIT_USAGE where the process in the pen was killed.
 */
int pen_run(int (*inside)(void *context, const struct pen *pen), void *context);

#endif
