/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/* A place in which one cell at a time runs: the runner's end of it. */
#ifndef RUNNER_SLOT_H
#define RUNNER_SLOT_H

#include <poll.h>

#include "isolate.h"
#include "outcome.h"

/* How a cell comes into being. */
enum cell_start {
	CELL_FORKED,   /* as a copy of the runner: executing would leave the implementation under test */
	CELL_EXECUTED, /* as a copy that executes this program anew */
	CELL_SPAWNED,  /* as that, without the copy: in the runner's memory until it executes */
};

/* What a new process has until it executes: its own, so that it matters neither whether fork copies nor who waits. */
struct launch {
	int records, output, lifeline; /* the cell's ends */
	struct cell_command command;
	_Alignas(16) char stack[16384];
};

struct slot {
	pid_t cell;   /* 0: free */
	size_t index; /* of the item in the round's order */
	struct cell what;
	int records, output; /* read ends; -1: closed */
	int lifeline;	     /* write end: closing it tells the cell to end; -1: closed */
	int page_fd;	     /* -1: no such memory here */
	struct record_page *page;
	char workdir[64];
	double begun, limit, deadline; /* limit: how long the test may take */
	bool hastened;		       /* it has failed: the deadline is an earlier one */
	bool telling_off;	       /* the cell was told to end */
	struct outcome outcome;
	struct launch launch;
};

/* Makes the memory and the directory of a slot, below base (NULL: no directory). */
void slot_init(struct slot *slot, unsigned number, const char *base);
/* Removes the directory. */
void slot_free(struct slot *slot);

/* Starts a cell. Returns false where no process can be made. */
bool slot_start(struct slot *slot, enum cell_start start);

/* Reads what there is from the pipes, without waiting. */
void slot_drain(struct slot *slot);

/* Whether its time is up. What has failed may tell more of it, but gets no longer for that than a share of its limit. */
bool slot_due(struct slot *slot, double now);

/* Time is up: notes what the processes are doing, and tells the cell to end. */
void slot_expire(struct slot *slot, double now);

/* The cell's process has ended with this status: takes the rest and closes everything. */
void slot_finish(struct slot *slot, int status, double now);

double monotonic(void);

#endif
