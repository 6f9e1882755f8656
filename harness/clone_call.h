/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/* clone_call.S, for those who call it. */
#ifndef FORKCHECK_CLONE_CALL_H
#define FORKCHECK_CLONE_CALL_H

struct clone_call {
	long nr, arg[5];
	int (*fn)(void *);
	void *data;
};

/* Makes the system call; where it returns 0, on the new stack, calls fn(data) and ends this thread with its result. */
long clone_call_raw(const struct clone_call *call);

#endif
