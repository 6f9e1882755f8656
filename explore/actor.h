/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * The page that the conductor and all actors share at the same address, and how an actor uses it. An actor
 * may be a child of vfork or a thread without a TLS area: raw system calls only.
 */
#ifndef EXPLORE_ACTOR_H
#define EXPLORE_ACTOR_H

#include "operation.h"
#include "clone_call.h"
#include "syscalls.h"

#define LOOKS 128 /* with their instances */

enum turn { TAKE_STEP, LOOK_AROUND };

/* An actor's place. The conductor writes the upper part, the actor the lower one. */
struct seat {
	uint32_t turn; /* a futex: one more than before when it is this actor's turn */
	enum turn what;
	uint32_t operation; /* its place in operations[] */
	struct order order;

	uint32_t answered;	     /* .turn, once it has been done */
	uint32_t begun;		     /* how many times the actor has begun: its birth, and each execve */
	int32_t pid, tid, first_tid; /* the last: at its birth */
	struct answer answer;
	int64_t looked[LOOKS];

	/* For the birth of this actor. It must outlive the call, and be seen by both sides. */
	struct clone_call call;
	struct clone3_args args;
};

struct stage {
	uint32_t bell; /* a futex: raised at each answer and each beginning */
	struct seat seat[ACTORS];
};

/* Where it is mapped; kept across execve by a descriptor. An actor has the numbers below 100 for itself. */
#define STAGE_ADDRESS ((void *)0x60000000)
#define FD_STAGE 900
#define FD_COMMON 901 /* what regions that are common hold */
#define FD_SELF 902   /* this program */
#define OWN_DESCRIPTORS 100
static struct stage *const stage = (struct stage *)STAGE_ADDRESS;

/* Makes the page, in the conductor; false where that fails. */
bool stage_open(void);

/* The part of an actor, until it ends, on the stack of its number. The first of a program comes here by itself, others by clone_call_raw(). */
int actor_main(void *number);

/* stack_switch.S */
void stack_switch(void *top, int (*fn)(void *), void *data);

/* execve of this program, which then is the same actor. Returns -errno where it fails. */
long actor_exec_self(unsigned actor);

/* Where the birth of this actor stores TIDs: at parent_tid, at child_tid. operations/words_of_tids.c */
int *tid_words(unsigned child);
/* Puts something there that clone is to clear. */
void tid_mark(unsigned child, uint64_t flags);

/* The stack of an actor. */
#define STACK_SIZE (32 * 1024)
char *actor_stack(unsigned actor);

/* Looks and their instances in one row. */
unsigned look_slot(unsigned look, unsigned n);

#endif
