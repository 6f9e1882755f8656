/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/* Which sets of flags clone, clone3 and unshare refuse. The only place for these rules. Pure. */
#ifndef EXPLORE_FLAG_RULES_H
#define EXPLORE_FLAG_RULES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "forkcheck.h"

enum flags_call { BY_CLONE, BY_CLONE3, BY_UNSHARE };
#define CALL(call) (1U << (call))

struct flag {
	const char *name; /* without CLONE_ */
	uint64_t bit;
	const enum feature *features; /* where one is absent nothing is known of the flag */
	unsigned calls;		      /* CALL(...) of those that know it */
};

/* The flags of sharing come first. */
extern const struct flag creation_flags[];
extern const size_t creation_flag_count;
#define SHARING_FLAGS 8

#define NAMESPACE_FLAGS                                                                                               \
	(CLONE_NEWCGROUP | CLONE_NEWIPC | CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWPID | CLONE_NEWTIME | CLONE_NEWUSER | \
	 CLONE_NEWUTS)

uint64_t known_flags(enum flags_call call);

/**
 * flags_refused() - the documented result of a call with this set of flags
 * @older_69: the release is older than 6.9
 * @privileged: the caller has CAP_SYS_ADMIN
 * @because: gets the statement of the rule; may be NULL
 *
 * For a process with one thread that is no init. Returns 0 or -errno.
 */
long flags_refused(enum flags_call call, uint64_t set, bool older_69, bool privileged, const char **because);

/* A small set that one of the rules refuses, whichever n says; not all of its flags may be known to the call. */
uint64_t flags_contradicting(enum flags_call call, unsigned n);

/* Makes a set that is more likely to be accepted: most that are drawn contradict themselves. */
uint64_t flags_reconciled(enum flags_call call, uint64_t set);

#endif
