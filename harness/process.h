/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/* Ending, signalling and waiting, with guards against wrong process ids; children that only help a test. */
#ifndef FORKCHECK_PROCESS_H
#define FORKCHECK_PROCESS_H

#include <stdbool.h>
#include <sys/resource.h>
#include <sys/wait.h>

/**
 * leave() - end a child
 * @status: exit status
 *
 * Ends the calling process (all its threads) by a raw exit_group. In the test's own process it is a
 * failure of the test: a creating call returned 0 in the parent.
 */
_Noreturn void leave(int status);

/**
 * checked_kill() - kill(2) for one process
 * @pid: must be > 0, else the test ends as failed before anything is sent
 * Returns 0 or -errno.
 */
long checked_kill(pid_t pid, int sig);

/* kill(2) for a process group; the group must be > 1 and not the test's own. Returns 0 or -errno. */
long checked_killpg(pid_t group, int sig);

/* tgkill(2); both ids must be > 0. Returns 0 or -errno. */
long checked_tgkill(pid_t tgid, pid_t tid, int sig);

/* wait4(2) for one process; pid must be > 0. Goes on after EINTR. Returns the pid, 0 or -errno. */
long checked_wait(pid_t pid, int *status, int options);

/*
 * wait4(2) as it is, with whatever pid: for tests of the wait rules, which mean it. A result is compared
 * with > 0 before it is used as a pid.
 */
long wait_for(pid_t which, int *status, int options, struct rusage *usage);

/* waitid(2) as it is, with the kernel's fifth argument. Returns 0 or -errno. */
long waitid_for(int type, int id, siginfo_t *info, int options, struct rusage *usage);

/**
 * fork_helper() - make a process that only helps the test
 *
 * For grandparents, observers and the like, where fork itself is not what is tested. Returns 0 in the
 * child, the pid in the parent; a failure ends the test as BROKEN.
 */
pid_t fork_helper(void);

/* The same with a child that only waits for an event and then exits with this status. */
pid_t start_child(unsigned event, int status);

/* Waits until this child is dead, and leaves it waitable. pid > 0. */
void await_zombie(pid_t pid);

/**
 * await_vanished() - wait until a child that nobody has to reap has no PID any more
 *
 * For after a wait that gave ECHILD: the kernel ends that wait a moment before the PID is free, and no page says
 * when that is. Returns false if a zombie stays, which only /proc tells: without it this waits for ever then; and if
 * kill() fails otherwise than with ESRCH. pid > 0.
 */
bool await_vanished(pid_t pid);

#endif
