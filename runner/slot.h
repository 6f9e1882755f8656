/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/* A slot, in which one cell at a time runs: the runner's side of it. */
#ifndef RUNNER_SLOT_H
#define RUNNER_SLOT_H

#include <poll.h>

#include "isolate.h"
#include "outcome.h"

/* The runner's descriptors have higher numbers than those that it hands to cells; usual_state() has seen to it that there are such. */
#define FD_RUNNER 500
#define FD_MOST 1023
/* Gives a descriptor a number from there, where it is closed by an execution. */
int fd_of_runner(int fd);

/* How far its end has come. */
enum slot_stage {
	SLOT_RUNS,
	SLOT_TOLD,   /* time was up: the cell was told to end */
	SLOT_KILLED, /* it, and all below, got SIGKILL, and gets it again */
};

struct slot {
	bool busy;	 /* it has a cell */
	pid_t cell;	 /* 0: not known (yet) */
	unsigned number; /* of its user and its directory */
	size_t index;	 /* of the item in the round's order */
	const struct item *item;
	struct cell what;    /* its descriptors are those of the cell's ends */
	int records, output; /* read ends; -1: closed */
	int lifeline;	     /* write end; -1: closed */
	bool left;	     /* the cell's ends are closed here */
	bool told;	     /* something was written to the lifeline */
	struct record_page *page;
	const char *base;	       /* of directories; NULL: none can be had */
	unsigned spoilt;	       /* directories that could not be removed */
	double begun, limit, deadline; /* limit: how long the test may take */
	bool hastened;		       /* it has failed: the deadline is an earlier one */
	bool ending;		       /* the body has returned: the deadline is for what comes after it */
	double clearing;	       /* how long that may take */
	enum slot_stage stage;
	double patience; /* SLOT_KILLED: when it is over */
	struct outcome outcome;
};

/* Its cells get directories below base (NULL: none). number: no other one's, ever. */
void slot_init(struct slot *slot, unsigned number, const char *base);

/* Makes the memory and the pipes between runner and cell, both ends of them. Returns whether there are pipes. */
bool slot_open(struct slot *slot);
/* The cell's ends are with who makes the cells: closes them here. Their numbers stay. */
void slot_leave(struct slot *slot);
/* Closes all that slot_open() made. */
void slot_close(struct slot *slot);

/* What is fresh for each cell: its directory, its secret, its page, an empty outcome. slot->what has all else. */
void slot_begin(struct slot *slot, double now);

/* Reads what there is from the pipes, without waiting. */
void slot_drain(struct slot *slot);

/* Whether its time is up. What has failed may tell more of it, but gets no longer for that than a share of its limit. */
bool slot_due(struct slot *slot, double now);

/* Time is up: notes what the processes are doing, and tells the cell to end. */
void slot_expire(struct slot *slot, double now);

/* SIGKILL to all below the cell and to itself, and nothing may hold it. To be called again until it has ended. */
void slot_kill(struct slot *slot);

/* The cell is given up: notes what its processes are doing. The slot is free; its descriptors are still those of that cell. */
void slot_give_up(struct slot *slot, double now);

/* The cell's process has ended with this status: takes the rest. The slot is free. */
void slot_finish(struct slot *slot, int status, double now);

/*
 * Removes the cell's directory, after slot_finish() and once no process of the cell lives. cell_died: the cell has
 * not cleared away, so another process does it now, within so many seconds. The outcome tells what can't be
 * removed.
 */
void slot_clear(struct slot *slot, bool cell_died, double seconds);

#endif
