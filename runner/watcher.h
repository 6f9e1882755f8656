/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * The watcher clears up after a run that was killed: it is a process beside the run, in a session of its own, that
 * waits for the run's end. There is none where the run is the first process of a PID namespace, as nothing outlives
 * that.
 */
#ifndef RUNNER_WATCHER_H
#define RUNNER_WATCHER_H

#include <stdbool.h>
#include <sys/types.h>

struct watched {
	char base[48];	/* this directory is removed; "" : none */
	uid_t first;	/* of these users, which nobody but the run has, the control groups are removed */
	unsigned users; /* how many; 0: none */
	bool outside; /* and their processes are killed, their objects and files removed: there is no pen that ends with the run */
	pid_t root; /* this process and all below are killed, and their control groups removed; 0: none */
};

/* Before the pen is made. */
void watcher_begin(void);

/* What there is to clear up by now: nothing but this. From the pen as well. */
void watcher_tell(const struct watched *watched);

/* Where watcher_begin() was called: has it do what is to be done, and waits for that. */
void watcher_end(void);

/* In a process that may outlive this one: the end of the run is not its end. */
void watcher_forget(void);

/* Its process, if it is a child of this one, else 0: whoever kills what is below this process spares it. */
pid_t watcher_below(void);

#endif
