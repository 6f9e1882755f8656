/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * What a child has of its parent, as tables: a row for each attribute, a case for each way to make the child and for
 * each kind of caller.
 *
 *	static const struct attribute to_keep[] = {
 *		{ { "umask", .covers = "INH-FS-03 INH-FS-05" }, OF_FS, KEPT, .set = set_umask, .get = get_umask,
 *		  .change = change_umask },
 *	};
 *	TEST(kept, .summary = "...", ATTRIBUTES(to_keep))
 *	{
 *		test_inheritance();
 *	}
 */
#ifndef FORKCHECK_INHERIT_H
#define FORKCHECK_INHERIT_H

#include "forkcheck.h"

/*
 * Whose an attribute is: the flag of clone with which a child shares it. Threads share all but what is the thread's
 * and, as they are made here, the I/O context.
 */
#define OF_THREAD 0
#define OF_PROCESS CLONE_THREAD
#define OF_MEMORY CLONE_VM
#define OF_HANDLERS CLONE_SIGHAND
#define OF_DESCRIPTORS CLONE_FILES
#define OF_FS CLONE_FS
#define OF_IO CLONE_IO
#define OF_FILE (1ULL << 63) /* of the open file: shared by all that have a descriptor of it */

/* What a child that does not share it begins with. */
enum fate {
	AS_ELSE, /* as .fate says */
	KEPT,	 /* a copy of what the parent has */
	RESET,	 /* .fresh, whatever the parent has */
	SHARED, /* the parent's own: what one changes the other has changed; what follows from the owner need not say so */
};

/* The ways to make the child, and who makes it. A row's name and one of these make a case, such as umask.vfork. */
enum inherit_door {
	BY_FORK,
	BY_CLONE,
	BY_CLONE3,
	BY_VFORK,   /* the parent's memory, and the parent waits */
	BY_VM,	    /* clone with CLONE_VM alone: the parent's memory, on a stack of its own */
	BY_SHARED,  /* clone with the owner's flag, if it has one to itself */
	BY_THREAD,  /* a new thread */
	BY_TWO,	    /* a child of a child */
	BY_PROGRAM, /* a child that has executed a program: only where .exec says what is left then */
	/* In all of these the caller sets its value itself. */
	IN_THREAD,     /* one that is not the first, whose value differs from the first one's where it is a thread's */
	IN_HANDLER,    /* of a signal */
	IN_VFORK,      /* a child of vfork */
	IN_VM,	       /* a child with CLONE_VM */
	IN_PROGRAM,    /* a process that has executed a program */
	IN_NAMESPACES, /* the first process of a PID namespace, in a user namespace of its own */
	IN_TRACED,     /* one that is traced, as its child is then */
	INHERIT_DOORS
};
#define DOOR(d) (1U << (d))
/* A child of these has memory of its own. */
#define COPYING (DOOR(BY_FORK) | DOOR(BY_CLONE) | DOOR(BY_CLONE3) | DOOR(BY_TWO))

/* One of each kind, for rows that differ in nothing that the other ways could tell. */
#define EACH_KIND (DOOR(BY_FORK) | DOOR(BY_CLONE3) | DOOR(BY_VFORK) | DOOR(BY_THREAD))

/*
 * The functions are called in children with CLONE_VM and raw threads too: raw system calls, and what of the C library
 * rests on errno at most, since whoever has the same TLS area sleeps meanwhile. What they need to remember stands in
 * static variables, which each process has a copy of, or sees.
 */
struct attribute {
	struct case_head head;
	uint64_t owner;
	enum fate fate;
	void (*set)(void);	/* gives the caller an unusual value; SETUP_RAW */
	long long (*get)(void); /* the caller's value, as a number; may be -errno where there is none */
	/* In the child, then: gives it another value. The parent keeps its own, but sees that of one it shares. */
	void (*change)(void);
	long long fresh;
	enum fate vfork, vm, thread; /* where the fate of such a child is another one */
	struct {
		enum fate
			fate; /* of what the executing process itself has: KEPT or RESET; nothing where no page tells */
		const char *covers;
	} exec;
	int *handle;	 /* what .get needs to remember in an executed program too */
	unsigned doors;	 /* DOOR(BY_...) | DOOR(BY_...), if not all ways matter */
	unsigned except; /* doors through which it can't be seen */
};

struct inherit_door_row {
	struct case_head head;
	void (*in)(void); /* runs the scene in that caller; NULL: in the test's own process */
	unsigned ways;
};
extern const struct inherit_door_row inherit_doors[INHERIT_DOORS];

/* Whether an attribute goes through a door. */
bool inherit_passes(const void *attribute, const void *door);
const char *inherit_covers(const void *attribute, const void *door);

#define ATTRIBUTES(table) \
	CASES_NEEDING(table), THROUGH(inherit_doors), .passes = inherit_passes, .pair_covers = inherit_covers

/**
 * test_inheritance() - the body of a test of ATTRIBUTES()
 *
 * BROKEN where the test could not fail: the value that was set is the one before, or the fresh one; or the
 * changed one is the one that was set.
 */
void test_inheritance(void);

#endif
