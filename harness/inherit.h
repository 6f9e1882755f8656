/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * What a child has of its parent, as tables: a row for each attribute, a case for each way to make the child.
 *
 *	static const struct attribute to_keep[] = {
 *		{ { "umask", .covers = "INH-FS-03 INH-FS-05" }, KEPT, .set = set_umask, .get = get_umask,
 *		  .change = change_umask, .share = CLONE_FS },
 *	};
 *	TEST(kept, .summary = "...", ATTRIBUTES(to_keep))
 *	{
 *		test_inheritance();
 *	}
 */
#ifndef FORKCHECK_INHERIT_H
#define FORKCHECK_INHERIT_H

#include "forkcheck.h"

/* What the child begins with, and whose it is. */
enum fate {
	AS_ELSE, /* as .fate says */
	KEPT,	 /* a copy of what the parent has */
	RESET,	 /* .fresh, whatever the parent has */
	SHARED,	 /* the parent's own: what one changes the other has changed */
};

/* The ways to make the child. A row's name and one of these make a case, such as umask.vfork. */
enum inherit_door {
	BY_FORK,
	BY_CLONE,
	BY_CLONE3,
	BY_VFORK,  /* the parent's memory, and the parent waits */
	BY_VM,	   /* clone with CLONE_VM alone: the parent's memory, on a stack of its own */
	BY_SHARED, /* clone with .share: only where that is given */
};
#define DOOR(d) (1U << (d))
/* A child of these has memory of its own. */
#define COPYING (DOOR(BY_FORK) | DOOR(BY_CLONE) | DOOR(BY_CLONE3))

/* One of each kind, for rows that differ in nothing that the other doors could tell. */
#define EACH_KIND (DOOR(BY_FORK) | DOOR(BY_CLONE3) | DOOR(BY_VFORK))

/*
 * The functions are called in the child too, which may be one with CLONE_VM: raw system calls only. What they
 * need to remember stands in static variables, which each process has a copy of, or sees.
 */
struct attribute {
	struct case_head head;
	enum fate fate;
	void (*set)(void);	/* gives the parent an unusual value; SETUP_RAW */
	long long (*get)(void); /* the caller's value, as a number; may be -errno where there is none */
	/* In the child, then: gives it another value. The parent keeps its own, but sees that of one it shares. */
	void (*change)(void);
	long long fresh;
	enum fate vfork, vm; /* where the fate is another one through these doors */
	uint64_t share;	     /* flags of clone that make it SHARED */
	unsigned doors;	     /* DOOR(...) | DOOR(...), if not through all of them */
};

struct inherit_door_name {
	struct case_head head;
};
extern const struct inherit_door_name inherit_doors[6];

/* Whether an attribute goes through a door. */
bool inherit_passes(const void *attribute, const void *door);

#define ATTRIBUTES(table) CASES_NEEDING(table), THROUGH(inherit_doors), .passes = inherit_passes

/**
 * test_inheritance() - the body of a test of ATTRIBUTES()
 *
 * BROKEN where the test could not fail: the value that was set is the one before, or the fresh one; or the
 * changed one is the one that was set.
 */
void test_inheritance(void);

#endif
