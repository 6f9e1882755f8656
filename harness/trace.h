/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * For tests whose process traces its own descendants by ptrace(2).
 *
 * The tracer starts one tracee and takes what wait reports, stop by stop, until nobody is left:
 *
 *	pid_t tracee = start_tracee(BY_SEIZE, PTRACE_O_TRACEFORK, body, arg);
 *	struct trace_stop stop;
 *
 *	while (next_stop(&stop)) {
 *		...
 *		resume(&stop);
 *	}
 *
 * An event that never comes is then a loop that ends without it, and not a test that hangs.
 */
#ifndef FORKCHECK_TRACE_H
#define FORKCHECK_TRACE_H

#include <sys/ptrace.h>

#include "forkcheck.h"

#ifndef PTRACE_EVENT_STOP /* an enumerator in some C libraries, missing in others */
#define PTRACE_EVENT_STOP 128
#endif

/* How the tracer gets hold of its first tracee: the new child asks for it, or the parent attaches. */
enum attachment { BY_TRACEME, BY_ATTACH, BY_SEIZE };
struct attachment_case {
	const char *name;
	enum attachment how;
};
extern const struct attachment_case attachments[3]; /* traceme, attach, seize */

/* A report of wait about a tracee, or about another child. */
struct trace_stop {
	pid_t pid;
	int status;
	int event;	       /* PTRACE_EVENT_*, 0: none */
	unsigned long message; /* PTRACE_GETEVENTMSG of the event, except PTRACE_EVENT_STOP */
};

/* The whole status of a stop for an event, and of the first stop of a child that was attached automatically. */
#define EVENT_STATUS(event) (W_STOPCODE(SIGTRAP) | (event) << 16)
#define FIRST_STOP_STATUS(how) ((how) == BY_SEIZE ? EVENT_STATUS(PTRACE_EVENT_STOP) : W_STOPCODE(SIGSTOP))

/**
 * start_tracee() - fork a child that is traced by the caller with these PTRACE_O_* and runs body(arg)
 *
 * The child begins with body() when options are set, and exits with 0 after it. That an option is not
 * accepted is a failure of the test. At most once in a process. Not in a vfork child or a raw thread.
 */
pid_t start_tracee(enum attachment how, unsigned long options, void (*body)(const void *), const void *arg);

/* Waits for the next report. False: there is neither a tracee nor a child left. */
bool next_stop(struct trace_stop *stop);

/*
 * Lets a stopped tracee run on. It gets the signal that it stopped for, but SIGSTOP and SIGTRAP, which only
 * tracing has sent here. Nothing to do after a report that is no stop.
 */
void resume(const struct trace_stop *stop);

/* The process that traces this one, 0: none, -1: can't be told. NEEDS_PROC. */
pid_t tracer_of(pid_t pid);

#endif
