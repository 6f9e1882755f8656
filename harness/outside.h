/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/* What only a process of the initial PID namespace can do; in a pen the process outside does it, by runner/usher.c. */
#ifndef FORKCHECK_OUTSIDE_H
#define FORKCHECK_OUTSIDE_H

#include <stdint.h>
#include <sys/types.h>
#include <sys/un.h>

/* ---- For tests ----------------------------------------------------------------------------------- */

/*
 * Tells the process events connector, by this socket of its, to begin to tell or to end (PROC_CN_MCAST_LISTEN, _IGNORE). It heeds
 * only who is in the initial PID namespace. One process of the test at a time. NEEDS_PROC_EVENTS.
 */
void connector_tell(int fd, int operation);

/* The number in the initial PID namespace of a process's thread that is not reaped. Likewise; NEEDS_PIDFD. */
pid_t outside_number(pid_t pid, pid_t tid);

/* ---- Between a pen and the process outside ----------------------------------------------------- */

/* The inode of the initial PID namespace, fixed since Linux 3.8 (include/linux/proc_ns.h). */
#define INITIAL_PID_NS 0xEFFFFFFCu

/*
 * With each goes a descriptor: the connector's socket, or a pidfd of the process that the thread is of. The answer is one long: 0 or a
 * number, or -errno.
 */
struct outside_request {
	int operation; /* of enum proc_cn_mcast_op; 0: which number does the thread have? */
	pid_t tid;     /* inside */
};

/* Where the process outside of the pen with this PID namespace listens. Returns the length. */
socklen_t outside_address(struct sockaddr_un *address, uint64_t pid_namespace);

/* Tells the connector by its socket. Returns 0 or -errno. */
long connector_send(int fd, int operation);

/* NULL where connector_tell() and outside_number() can do what they are for, else why not. */
const char *outside_out_of_reach(void);

#endif
