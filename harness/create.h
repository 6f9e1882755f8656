/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/* The ways to make a process or a thread. */
#ifndef FORKCHECK_CREATE_H
#define FORKCHECK_CREATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "test.h"

/*
 * Doors to a plain fork. The child continues after the call, with 0. All return the raw way (-errno), so
 * that results compare. For use with THROUGH(fork_doors).
 */
struct fork_door {
	struct case_head head;
	long (*fork)(void);
};
extern const struct fork_door fork_doors[4]; /* libc, raw, clone, clone3 */
/* As .passes with THROUGH(fork_doors): one door to each system call only, where there are many rows. */
bool each_call(const void *row, const void *door);

/* Doors to a suspended parent that shares its memory. fn runs in the child. */
struct vfork_door {
	struct case_head head;
	long (*vfork)(int (*fn)(void *), void *arg);
};
extern const struct vfork_door vfork_doors[3]; /* libc, clone, clone3 */

/* Doors to clone with flags: the two system calls. */
enum clone_via { VIA_CLONE, VIA_CLONE3 };
struct clone_door {
	struct case_head head;
	enum clone_via via;
};
extern const struct clone_door clone_doors[2]; /* clone, clone3 */

/*
 * Doors to a child in a new user namespace, which gets `more` flags too: by either clone, or by unshare in a
 * plain child. All return the raw way: 0 in the child, its pid or -errno in the caller, who finds the child
 * there already. Not in a vfork child or a raw thread.
 */
struct user_door {
	struct case_head head;
	long (*enter)(uint64_t more);
};
enum { USER_CLONE, USER_CLONE3, USER_UNSHARE };
extern const struct user_door user_doors[3]; /* in this order */

/* The group that goes with a user ID inside: another number, so that neither can pass for the other, but for root's. */
#define GROUP_OF(user) ((user) ? (user) + 50 : 0)

/*
 * The same for a child whose effective IDs, the caller's, are inside this user and its GROUP_OF(). It is a failure
 * of the test if the child has not all capabilities, and BROKEN if the maps can't be written. NEEDS_PROC.
 */
long enter_as(const struct user_door *door, unsigned inside);

struct stack {
	void *low;   /* lowest usable address; a guard page is below */
	size_t size; /* bytes */
};

/* A fresh stack of 64 KiB over a guard page, unmapped at the end of the process. */
struct stack *new_stack(void);

/* A clone, in terms that both system calls understand. */
struct clone_request {
	uint64_t flags;	 /* without the exit signal */
	int exit_signal; /* 0: none */
	pid_t *parent_tid, *child_tid;
	int *pidfd; /* the legacy call has parent_tid for this */
	unsigned long tls;
	const pid_t *set_tid; /* clone3 only */
	size_t set_tid_size;  /* clone3 only */
	int cgroup;	      /* clone3 only */
};

/**
 * clone_here() - clone without CLONE_VM: the child continues after the call, with 0
 *
 * Returns the raw way. The child runs on its own copy of the caller's stack.
 */
long clone_here(enum clone_via via, const struct clone_request *request);

/**
 * clone_call() - clone whose child calls a function, on a stack of its own
 * @stack: a stack from new_stack()
 * @fn: called in the child; its result is the exit status, of the new thread only (raw exit)
 *
 * Returns the raw way, in the caller only. fn may use all of this file but what says otherwise.
 */
long clone_call(enum clone_via via, const struct clone_request *request, struct stack *stack, int (*fn)(void *),
		void *arg);
/* For fn: a child that ends at once, with status 0. */
int return_zero(void *unused);
#define CLONE_CALL(via, stack, fn, arg, ...) \
	clone_call((via), &(struct clone_request){ __VA_ARGS__ }, (stack), (fn), (arg))
#define CLONE_HERE(via, ...) clone_here((via), &(struct clone_request){ __VA_ARGS__ })

/* The flags that make a thread of the caller's group, as a thread library has them but for the TID words. */
#define THREAD_FLAGS (CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM)

/**
 * start_thread() - a thread that only helps the test
 *
 * fn runs as a raw thread: it shares the caller's TLS area, so no C library that uses errno or locks.
 * Returns its TID; a failure ends the test as BROKEN.
 */
pid_t start_thread(int (*fn)(void *), void *arg);

/* Waits until no thread tid exists in this process any more. */
void await_thread_gone(pid_t tid);

#endif
