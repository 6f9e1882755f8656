// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
#include "flag_rules.h"
#include "forkcheck.h"

#define ANY_CLONE (CALL(BY_CLONE) | CALL(BY_CLONE3))
#define ANY_CALL (ANY_CLONE | CALL(BY_UNSHARE))

const struct flag creation_flags[] = {
	{ "VM", CLONE_VM, NULL, ANY_CALL },
	{ "FS", CLONE_FS, NULL, ANY_CALL },
	{ "FILES", CLONE_FILES, NULL, ANY_CALL },
	{ "SIGHAND", CLONE_SIGHAND, NULL, ANY_CALL },
	{ "THREAD", CLONE_THREAD, NULL, ANY_CALL },
	{ "SYSVSEM", CLONE_SYSVSEM, NULL, ANY_CALL },
	{ "IO", CLONE_IO, NULL, ANY_CLONE },
	{ "PARENT", CLONE_PARENT, NULL, ANY_CLONE },
	/* SHARING_FLAGS: up to here */
	{ "VFORK", CLONE_VFORK, NULL, ANY_CLONE },
	{ "PTRACE", CLONE_PTRACE, NULL, ANY_CLONE },
	{ "UNTRACED", CLONE_UNTRACED, NULL, ANY_CLONE },
	{ "DETACHED", CLONE_DETACHED, NULL, CALL(BY_CLONE) },
	{ "PIDFD", CLONE_PIDFD, FEATURES(NEEDS_PIDFD), ANY_CLONE },
	{ "PARENT_SETTID", CLONE_PARENT_SETTID, NULL, ANY_CLONE },
	{ "CHILD_SETTID", CLONE_CHILD_SETTID, NULL, ANY_CLONE },
	{ "CHILD_CLEARTID", CLONE_CHILD_CLEARTID, NULL, ANY_CLONE },
#ifndef __i386__
	{ "SETTLS", CLONE_SETTLS, NULL, ANY_CLONE }, /* there it takes a description, not an address */
#endif
	{ "CLEAR_SIGHAND", CLONE_CLEAR_SIGHAND, FEATURES(NEEDS_CLEAR_SIGHAND), CALL(BY_CLONE3) },
	{ "NEWCGROUP", CLONE_NEWCGROUP, FEATURES(NEEDS_CGROUP_NS), ANY_CALL },
	{ "NEWIPC", CLONE_NEWIPC, FEATURES(NEEDS_IPC_NS), ANY_CALL },
	{ "NEWNS", CLONE_NEWNS, FEATURES(NEEDS_MNT_NS), ANY_CALL },
	{ "NEWNET", CLONE_NEWNET, FEATURES(NEEDS_NET_NS), ANY_CALL },
	{ "NEWPID", CLONE_NEWPID, FEATURES(NEEDS_PID_NS), ANY_CALL },
	{ "NEWTIME", CLONE_NEWTIME, FEATURES(NEEDS_TIME_NS), CALL(BY_CLONE3) | CALL(BY_UNSHARE) },
	{ "NEWUSER", CLONE_NEWUSER, FEATURES(NEEDS_USER_NS), ANY_CALL },
	{ "NEWUTS", CLONE_NEWUTS, FEATURES(NEEDS_UTS_NS), ANY_CALL },
};
const size_t creation_flag_count = ARRAY_SIZE(creation_flags);

uint64_t known_flags(enum flags_call call)
{
	uint64_t known = 0;

	for (size_t i = 0; i < ARRAY_SIZE(creation_flags); i++)
		if (creation_flags[i].calls & CALL(call))
			known |= creation_flags[i].bit;
	return known;
}

/* A flag that is refused with any of others, or without another one, by some of the calls. */
static const struct contradiction {
	const char *statement;
	uint64_t with, and_any, without;
	unsigned calls;
	bool only_before_69;
} contradictions[] = {
	{ "CLONE-SIGHAND-06", CLONE_SIGHAND, 0, CLONE_VM, ANY_CLONE, false },
	{ "CLONE-THREAD-11", CLONE_THREAD, 0, CLONE_SIGHAND, ANY_CLONE, false },
	{ "CLONE-CLRSIG-05", CLONE_CLEAR_SIGHAND, CLONE_SIGHAND, 0, CALL(BY_CLONE3), false },
	/* One pointer for two results; and a bit that may get a new meaning. */
	{ "CLONE-PIDFD-05", CLONE_PIDFD, CLONE_PARENT_SETTID, 0, CALL(BY_CLONE), false },
	{ "CLONE-DETACHED-02", CLONE_PIDFD, CLONE_DETACHED, 0, CALL(BY_CLONE), false },
	{ "CLONE-PIDFD-10", CLONE_PIDFD, CLONE_THREAD, 0, ANY_CLONE, true },
	{ "CLONE-NEWNS-04", CLONE_NEWNS, CLONE_FS, 0, ANY_CLONE, false },
	{ "CLONE-NEWUSER-06", CLONE_NEWUSER, CLONE_FS, 0, ANY_CLONE, false },
	{ "CLONE-NEWUSER-04", CLONE_NEWUSER, CLONE_THREAD, 0, ANY_CLONE, false },
	{ "CLONE-NEWPID-04", CLONE_NEWPID, CLONE_THREAD, 0, ANY_CLONE, false },
};

uint64_t flags_contradicting(enum flags_call call, unsigned n)
{
	const struct contradiction *c = &contradictions[n % ARRAY_SIZE(contradictions)];

	return (c->with | (c->without ? 0 : flags_reconciled(call, c->and_any))) & known_flags(call);
}

static const char *contradiction_in(enum flags_call call, uint64_t set, bool older_69)
{
	for (size_t i = 0; i < ARRAY_SIZE(contradictions); i++) {
		const struct contradiction *c = &contradictions[i];
		if (!(c->calls & CALL(call)) || (c->only_before_69 && !older_69))
			continue;
		if ((set & c->with) && (c->without ? !(set & c->without) : (set & c->and_any) != 0))
			return c->statement;
	}
	return NULL;
}

static const char *privilege_for(uint64_t set)
{
	return set & CLONE_NEWNS       ? "CLONE-NEWNS-03"
	       : set & CLONE_NEWUTS    ? "CLONE-NEWUTS-03"
	       : set & CLONE_NEWIPC    ? "CLONE-NEWIPC-03"
	       : set & CLONE_NEWPID    ? "CLONE-NEWPID-03"
	       : set & CLONE_NEWNET    ? "CLONE-NEWNET-03"
	       : set & CLONE_NEWCGROUP ? "CLONE-NEWCGROUP-03"
				       : "CLONE-FLAGS-01";
}

long flags_refused(enum flags_call call, uint64_t set, bool older_69, bool privileged, const char **because)
{
	const char *unused, *contradiction = contradiction_in(call, set, older_69);

	because = because ? because : &unused;
	*because = "CLONE-FLAGS-01";
	if (set & ~known_flags(call)) {
		*because = call == BY_CLONE3 && set == CLONE_DETACHED ? "CLONE-DETACHED-03" : "CLONE-FLAGS-01";
		return -EINVAL;
	}
	if (contradiction) {
		*because = contradiction;
		return -EINVAL;
	}
	if ((set & NAMESPACE_FLAGS & ~(uint64_t)CLONE_NEWUSER) && !(set & CLONE_NEWUSER) && !privileged) {
		*because = privilege_for(set);
		return -EPERM;
	}
	if (call != BY_UNSHARE && (set & CLONE_NEWIPC) && (set & CLONE_SYSVSEM)) {
		*because = "CLONE-NEWIPC-04";
		return -EINVAL;
	}
	return 0;
}

uint64_t flags_reconciled(enum flags_call call, uint64_t set)
{
	if (set & CLONE_THREAD)
		set |= CLONE_SIGHAND;
	if (set & CLONE_SIGHAND)
		set |= CLONE_VM, set &= ~(uint64_t)CLONE_CLEAR_SIGHAND;
	if (set & CLONE_THREAD)
		set &= ~(uint64_t)(CLONE_NEWUSER | CLONE_NEWPID);
	if (set & CLONE_FS)
		set &= ~(uint64_t)(CLONE_NEWUSER | CLONE_NEWNS);
	if (set & CLONE_SYSVSEM)
		set &= ~(uint64_t)CLONE_NEWIPC;
	if (set & CLONE_PIDFD)
		set &= ~(uint64_t)(CLONE_DETACHED | CLONE_PARENT_SETTID);
	return set & known_flags(call);
}
