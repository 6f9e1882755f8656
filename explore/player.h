/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/* Plays a program, one step at a time, and compares all that it gives with the model. */
#ifndef EXPLORE_PLAYER_H
#define EXPLORE_PLAYER_H

#include "operation.h"

enum thoroughness {
	LOOKS_AT_ENDS, /* each actor looks around before it ends or executes, and all that are left at the end of the program */
	LOOKS_ALWAYS, /* all actors after every step */
};

enum difference_kind {
	NO_DIFFERENCE,
	WRONG_RESULT, /* of a step, or of one that was open */
	WRONG_EXTRA,  /* its second result, such as a status */
	WRONG_LOOK,
	NOT_BORN,    /* the call succeeded, but nobody began */
	BORN,	     /* although the call was to be refused */
	BORN_TWICE,  /* or, somebody whom the model does not know */
	STILL_THERE, /* an actor that should have ended */
	GONE_ASTRAY, /* an actor that should be there has ended */
	TOO_EARLY,   /* a step that should be open has come back */
	NO_ANSWER,   /* and no end: time ran out */
	NOT_OPEN,    /* a step that should be open is not, nor has it come back */
	NO_END,	     /* of the program: what is left of it can't be removed, and the conductor was given up */
	NOT_PLAYED,  /* the stage could not be set: nothing is known */
};

struct difference {
	enum difference_kind kind;
	unsigned step; /* after which it was seen */
	unsigned actor;
	const struct look *look;
	unsigned instance;
	struct prediction want;
	int64_t got; /* raw; names of actors already put in place */
	enum form form;
};

/* Sets the stage: once in a process, which must be the first of a PID namespace; actors have this user ID and no
 * privileges where it may choose. NULL, or what fails. */
const char *stage_set(unsigned uid);

/* For who watches the conductor: it goes on as long as .plays does. NULL: nobody does. */
struct sign_of_life {
	uint64_t plays;
	struct program program; /* the one that is being played */
};
extern struct sign_of_life *sign_of_life;

/* Returns whether all was as documented. Nothing of the program is left. */
bool play(const struct program *program, enum thoroughness looks, struct difference *difference);

/* Whether it says only that something did not come in time. */
bool time_ran_out(const struct difference *difference);

/*
 * The same with all looks, for a verdict: a time that ran out counts only if it does so again and again, with more patience each
 * time. A machine may have something else to do.
 */
bool play_surely(const struct program *program, struct difference *difference);

/* The world as this machine has it: for the model. */
struct surroundings {
	unsigned major, minor;
	bool privileged;
	unsigned patience_ms; /* how long an answer may take */
};
extern struct surroundings surroundings;

/* In words: who, want, got. Returns buf. */
char *difference_text(const struct difference *difference, char *buf, size_t size);
/* A value as the form says. */
char *form_text(enum form form, int64_t value, char *buf, size_t size);

#endif
