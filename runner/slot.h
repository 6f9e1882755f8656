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

/* How far its end has come. */
enum slot_stage {
	SLOT_RUNS,
	SLOT_TOLD,   /* time was up: the cell was told to end */
	SLOT_KILLED, /* it, and all below, got SIGKILL, and gets it again */
};

struct slot {
	pid_t cell;	 /* 0: free */
	unsigned number; /* of its user and its directory */
	size_t index;	 /* of the item in the round's order */
	struct cell what;
	int records, output; /* read ends; -1: closed */
	int lifeline;	     /* write end: closing it tells the cell to end; -1: closed */
	int page_fd;	     /* -1: no such memory here */
	struct record_page *page;
	const char *base; /* of directories; NULL: none can be had */
	char workdir[64];
	unsigned spoilt;	       /* directories that could not be removed */
	double begun, limit, deadline; /* limit: how long the test may take */
	bool hastened;		       /* it has failed: the deadline is an earlier one */
	bool ending;		       /* the body has returned: the deadline is for what comes after it */
	double clearing;	       /* how long that may take */
	enum slot_stage stage;
	double patience; /* SLOT_KILLED: when it is over */
	struct outcome outcome;
	struct launch launch;
};

/* Makes the memory of a slot; its cells get directories below base (NULL: none). number: no other one's, ever. */
void slot_init(struct slot *slot, unsigned number, const char *base);
/* Closes what slot_init() opened. */
void slot_free(struct slot *slot);

/* Starts a cell. Returns false where no process can be made. */
bool slot_start(struct slot *slot, enum cell_start start);

/* Reads what there is from the pipes, without waiting. */
void slot_drain(struct slot *slot);

/* Whether its time is up. What has failed may tell more of it, but gets no longer for that than a share of its limit. */
bool slot_due(struct slot *slot, double now);

/* Time is up: notes what the processes are doing, and tells the cell to end. */
void slot_expire(struct slot *slot, double now);

/* SIGKILL to all below the cell and to itself, and nothing may hold it. To be called again until it has ended. */
void slot_kill(struct slot *slot);

/* The cell is given up: notes what its processes are doing, and closes everything. slot->cell is no longer there. */
void slot_give_up(struct slot *slot, double now);

/* The cell's process has ended with this status: takes the rest and closes everything. */
void slot_finish(struct slot *slot, int status, double now);

/*
 * After slot_finish(), and when nothing of the cell lives any more: removes its directory, which is empty but for what the
 * outcome then tells. cell_died: it has not cleared away, so that a process does it now, for at most so many seconds.
 */
void slot_clear(struct slot *slot, bool cell_died, double seconds);

/* Closes these descriptors; without close_range(2) no higher ones than 1023. Callable from where memory is shared. */
void close_between(int first, int last);

#endif
