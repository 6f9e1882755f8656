/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * How cells are made: by a mother, or, where there is none, by the runner itself.
 *
 * All slots have their pipes and memory before a mother is made, since she inherits her ends of them. So when a
 * slot needs new ones, or she is gone, no cell is started before all cells have ended; then all slots get new ones,
 * and there is another.
 */
#ifndef RUNNER_NURSERY_H
#define RUNNER_NURSERY_H

#include "mother.h"

struct run;

struct nursery {
	bool exec_stays;  /* executing does not leave the implementation under test */
	unsigned mothers; /* that there have been */
	pid_t mother;	  /* 0: none */
	int requests;	  /* to her */
	int begun, ended; /* from her; begun is read when somebody wants to know */
	unsigned unread;  /* news that may be in begun */
	bool stale;	  /* no more cells by her */
	uint64_t serial;  /* of the latest cell */
	double looked;	  /* when it was last seen whether she runs */
};

/* Before the first cell. */
void nursery_begin(struct run *run);

/* Whether a cell may be started now; makes another mother where that is what it takes, and it can be done. */
bool nursery_possible(struct run *run);

/* Starts the cell of a slot, of which all is prepared. Returns false where no process can be made. */
bool nursery_start(struct run *run, size_t slot);

/* Takes one piece of her news: a cell has ended. Returns false when there is no more. pid 0: there was none, status is an errno. */
bool nursery_next_end(struct run *run, struct news *news);

/* Asks which processes the cells are that are not known yet. */
void nursery_learn(struct run *run);

/* A process was reaped. Returns whether it was the mother: her cells are now the runner's children. */
bool nursery_reaped(struct run *run, pid_t pid);

/* The slots' descriptors are to be others, or she does not do what she should: she makes no more cells. */
void nursery_renew(struct run *run);
/* Returns whether there was one. */
bool nursery_kill_mother(struct run *run);
/* The same, and it is waited for: her cells are now the runner's children. */
void nursery_end_mother(struct run *run);
/* From time to time: one that was stopped is taken away. */
void nursery_look(struct run *run, double now);

/* After the last cell. */
void nursery_end(struct run *run);

#endif
