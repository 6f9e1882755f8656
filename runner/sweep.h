/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/* Finding and ending the processes below a process. */
#ifndef RUNNER_SWEEP_H
#define RUNNER_SWEEP_H

#include "cell.h"

struct process {
	pid_t pid, parent;
	char state;
	bool dying;  /* exiting, or SIGKILL is on its way: it needs no more than waiting for */
	bool spared; /* for others_below() */
	char name[16];
};

/**
 * descendants() - the processes below one, as /proc has them
 * @root: whose
 * @list: gets at most @room of them, parents before children
 *
 * Returns their number; 0 where there is no /proc.
 */
size_t descendants(pid_t root, struct process *list, size_t room);

/**
 * kill_user() - SIGKILL all processes of an ordinary user at once
 *
 * One kill(-1) by a short-lived process that has become this user: reaches every process that a cell's user
 * has, however fast they multiply and whatever session they are in, and needs no /proc. Only for a user ID
 * that is the cell's alone, and only where the runner is root.
 */
void kill_user(uid_t uid);

/* The living below root but for the excepted and what is below these. Returns their number, at most room. */
size_t others_below(pid_t root, const pid_t *except, size_t excepted, struct process *list, size_t room);

/* SIGKILLs these, once. Returns how many they were: 0 when all are dead. */
size_t kill_descendants(pid_t root, const pid_t *except, size_t excepted);

/*
 * Removes what keeps a process, or one below it, from dying of SIGKILL or from being reaped: kills its tracer,
 * thaws its control group.
 */
void release_held(pid_t root);

/* The inode of a process's PID namespace; 0 if it can't be seen. */
uint64_t pid_namespace_of(pid_t pid);

/* Fills in the facts from /proc. Returns whether the process is there and alive. */
bool process_now(pid_t pid, struct process *process);

/* Whether a process has one of these user IDs, as far as /proc shows them. */
bool users_in_use(uid_t first, unsigned count);

/* How many tasks (threads count) the caller's user has, as far as /proc shows them. */
unsigned user_tasks(void);

/* Fills text with a line for each process: state, where it sleeps, in which call; and the kernel's stack where it may be read. */
void describe_processes(const struct process *list, size_t n, bool stacks, char *text, size_t size);

/* The same for each process below root, without stacks. */
void describe_descendants(pid_t root, char *text, size_t size);

#endif
