/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * What actors can do, and what they can observe about themselves. Each operation and each look is one entry in a file of
 * operations/, where it is registered; README.md shows how one is added.
 */
#ifndef EXPLORE_OPERATION_H
#define EXPLORE_OPERATION_H

#include "program.h"
#include "world.h"

/* ---- Arguments ----------------------------------------------------------------------------------- */

struct word {
	const char *name;
	int64_t value;
};

enum argument_type {
	ARG_NONE, /* ends the list */
	ARG_NUMBER,
	ARG_OCTAL,
	ARG_WORD,   /* one of .words */
	ARG_WORDS,  /* any number of .words, which are bits */
	ARG_ACTOR,  /* one that has been born */
	ARG_CHILD,  /* the one that is to be born, the next letter */
	ARG_SIGNAL, /* of the exit: "exit=USR1"; left out where it is what default_exit_signal() says */
};

struct argument {
	const char *name;
	enum argument_type type;
	int64_t low, high;	  /* of numbers */
	const struct word *words; /* ended by one without a name */
	const char *c_prefix;	  /* before a word, it is its name in C */
};

/* ---- In an actor --------------------------------------------------------------------------------- */

/*
 * What happens in an actor: raw system calls only, no libc, no static variables that are written; a child of vfork or
 * a raw thread may be the one who does it.
 */
struct order {
	int64_t arg[ARGUMENTS];
	uint8_t actor;
	int32_t pid[ACTORS]; /* of the process of each actor, as the conductor knows it */
	int32_t tid[ACTORS];
};

struct answer {
	int64_t result; /* -errno, or what .form says */
	int64_t extra;	/* where the operation has two results, such as a status */
};

/* ---- Operations ---------------------------------------------------------------------------------- */

enum family { CREATING, ENDING, WAITING, CHANGING };

struct operation {
	const char *name;
	enum family family;
	struct argument args[ARGUMENTS + 1];
	unsigned weight; /* in a random search, 0: 10 */

	/* Whether the step says anything in this world: the actor is there and free, and arguments are in range. NULL: always. */
	bool (*sensible)(const struct world *, const struct step *);
	/* What it gives, and the world after it. */
	void (*model)(struct world *, const struct step *, struct prediction *);
	/* Does it, in the actor. */
	void (*act)(const struct order *, struct answer *);
	/* What .result and .extra are, for comparing and for people. */
	enum form form, extra_form;

	/*
	 * The same in C: an expression with the result, in which $1, $2 ... stand for the arguments; `status` is there for a second
	 * one. In .c_uses are functions that it needs. NULL: the C file can't be written for programs with this operation.
	 */
	const char *c, *c_uses;
};

/*
 * What an actor can see of itself, without changing anything. With .instances there are several of a kind, numbered from 0,
 * such as pages.
 */
struct look {
	const char *name;
	unsigned instances;				     /* 0: one, whose number is 0 */
	void (*name_of)(unsigned n, char *buf, size_t size); /* NULL: .name, with the number behind */
	long (*get)(unsigned n);			     /* in the actor */
	void (*predict)(const struct world *, unsigned actor, unsigned n, struct prediction *);
	enum form form;
	const char *c, *c_uses;
};

/*
 * A value that belongs to a kind of object (whose umask? the directories'), is set by an operation, and seen by a look. The
 * model of such a thing is this row: nothing else has to be written.
 */
struct property {
	struct look look; /* without .predict */
	enum kind of;
	int64_t first; /* what A begins with: .prepare sees to it */
	void (*prepare)(void);
	const char *c_prepare; /* the same as a line of C, where it takes more than nothing */
	bool reset;	       /* a child whose object is another one begins with .fresh, else with a copy */
	bool reset_by_exec;    /* likewise for execve */
	int64_t fresh, fresh_by_exec;
	/* Statements: a copy is what the child begins with and stays apart; sharing; what execve does. */
	const char *copied, *shared, *executed;
};

#define REGISTER(type, section_, entry) \
	static const type *const register_##entry __attribute__((section(section_), used)) = &entry

/* OPERATION(umask_) = { ... }; and the same for looks and properties. */
#define OPERATION(id)                                         \
	static const struct operation id;                     \
	REGISTER(struct operation, "explore_operations", id); \
	static const struct operation id
#define LOOK(id)                                    \
	static const struct look id;                \
	REGISTER(struct look, "explore_looks", id); \
	static const struct look id
#define PROPERTY(id)                                         \
	static const struct property id;                     \
	REGISTER(struct property, "explore_properties", id); \
	static const struct property id

/* For .model of an operation that sets a property: its value in this actor. */
int64_t value_of(const struct world *, unsigned actor, const struct property *);
void set_value(struct world *, unsigned actor, const struct property *, int64_t value);

/* ---- All there are, sorted by name --------------------------------------------------------------- */

extern const struct operation *operations[];
extern const struct look *looks[];
extern const struct property *properties[];
extern unsigned operation_count, look_count, property_count;

/* Fills these; to be called once, before anything else here. */
void registry_begin(void);

const struct operation *operation_find(const char *name);
/* The property to which a look belongs, or NULL. */
const struct property *property_of(const struct look *look);
unsigned look_instances(const struct look *look);
char *look_name(const struct look *look, unsigned n, char *buf, size_t size);

/* The argument of this type, or -1. */
int argument_of(const struct operation *operation, enum argument_type type);
/* The actor that a step is to give birth to, or -1. */
int child_of(const struct step *step);

/* Where no other is named: the exit signal of a creation with these flags. */
int default_exit_signal(uint64_t flags);

#endif
