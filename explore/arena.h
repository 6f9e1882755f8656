/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/* Where programs are played: a process that is the first of a PID namespace, so that whatever they do stays inside. */
#ifndef EXPLORE_ARENA_H
#define EXPLORE_ARENA_H

#include <stdbool.h>
#include <sys/types.h>

/**
 * arena_start() - start a conductor
 * @processor: to which it and all its actors are pinned, counted among the usable ones; -1: none
 * @perform: what it does, once the stage is set; its result is the exit status
 * @arg: for perform
 *
 * The caller reaps it. Where it ends, or the caller does, all that is inside ends too. Returns its PID, or -errno.
 */
pid_t arena_start(int processor, int (*perform)(void *), void *arg);

/*
 * For where no PID namespace can be made, but the caller is the first process of one, with nothing else in it: it is the conductor itself.
 * False where it is not; it has said why.
 */
bool arena_here(void);

/* Its wait status, once it has ended; or -1: after so many seconds it was given up, with all that is inside. */
int arena_await(pid_t conductor, double seconds);
/* Kills it, and all that is inside. False: something there does not die, as is told. */
bool arena_end(pid_t conductor);

/* Its exit status where no stage could be set; it has said why. */
#define NO_STAGE 120

#endif
