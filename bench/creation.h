/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/* The ways to create, as operations to be timed; see figure.h. */
#ifndef BENCH_CREATION_H
#define BENCH_CREATION_H

#include "figure.h"

/* The argument with which this program, executed, ends at once. */
#define NOTHING_ARGUMENT "--nothing"

operation create_thread_clone, create_thread_clone3, create_pthread;
operation create_fork, create_clone, create_clone3, create_vfork, create_vm, create_spawn;
operation create_fork_exec, create_vfork_exec;

/* A process by fork, with this advice on the caller's memory during the call. */
operation create_advised;

/* Waits for a child; 0 if it exited with 0, else -errno. */
long reap(long pid);

#endif
