// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* Flags of clone that are not obeyed, and flags that nobody gave. */
#include "../sabotage.h"

static void drop(struct call *call)
{
	call->how.flags &= ~fault->word;
}

#define EMPTY_MNTNS (1ULL << 37) /* CLONE_EMPTY_MNTNS, since 7.1 */
#define DROPPED(flag, statement) DROPPED_WITH(flag, #flag, flag, statement)
/* Some can't stay without the one that is dropped. */
#define DROPPED_WITH(flag, name_, dropped, statement)                                                               \
	{                                                                                                           \
		.name = "dropped." name_, .breaks = statement, .nr = { CREATING }, .mask = (flag), .value = (flag), \
		.before = drop, .word = (dropped)                                                                   \
	}

static const struct fault dropped[] = {
	DROPPED_WITH(CLONE_VM, "CLONE_VM", CLONE_VM | CLONE_SIGHAND | CLONE_THREAD, "CLONE-VM-01"),
	DROPPED_WITH(CLONE_SIGHAND, "CLONE_SIGHAND", CLONE_SIGHAND | CLONE_THREAD, "CLONE-SIGHAND-01"),
	DROPPED(CLONE_FS, "CLONE-FS-01"),
	DROPPED(CLONE_FILES, "CLONE-FILES-01"),
	DROPPED(CLONE_PIDFD, "CLONE-PIDFD-01"),
	DROPPED(CLONE_PTRACE, "CLONE-PTRACE-01"),
	DROPPED(CLONE_PARENT, "CLONE-PARENT-01"),
	DROPPED(CLONE_THREAD, "CLONE-THREAD-01"),
	DROPPED(CLONE_SYSVSEM, "CLONE-SYSVSEM-01"),
	DROPPED(CLONE_SETTLS, "CLONE-SETTLS-01"),
	DROPPED(CLONE_PARENT_SETTID, "CLONE-PSETTID-01"),
	DROPPED(CLONE_CHILD_SETTID, "CLONE-SETCTID-01"),
	DROPPED(CLONE_CHILD_CLEARTID, "CLONE-CLRTID-01"),
	DROPPED(CLONE_UNTRACED, "CLONE-UNTRACED-01"),
	DROPPED(CLONE_IO, "CLONE-IO-01"),
	DROPPED(CLONE_CLEAR_SIGHAND, "CLONE-CLRSIG-01"),
	DROPPED(CLONE_INTO_CGROUP, "CLONE-CGROUP-02"),
	DROPPED(CLONE_NEWNS, "CLONE-NEWNS-01"),
	DROPPED(CLONE_NEWCGROUP, "CLONE-NEWCGROUP-01"),
	DROPPED(CLONE_NEWUTS, "CLONE-NEWUTS-01"),
	DROPPED(CLONE_NEWIPC, "CLONE-NEWIPC-01"),
	DROPPED(CLONE_NEWUSER, "CLONE-NEWUSER-01"),
	DROPPED(CLONE_NEWPID, "CLONE-NEWPID-01"),
	DROPPED(CLONE_NEWNET, "CLONE-NEWNET-01"),
	DROPPED(CLONE_NEWTIME, "TIMENS-18"),
	DROPPED(CLONE_AUTOREAP, "CLONE-AUTOREAP-01"),
	DROPPED(CLONE_NNP, "CLONE-NNP-01"),
	DROPPED(CLONE_PIDFD_AUTOKILL, "CLONE-AUTOKILL-01"),
	DROPPED_WITH(EMPTY_MNTNS, "CLONE_EMPTY_MNTNS", EMPTY_MNTNS, "CLONE-EMPTYNS-01"),
};
FAULTS(dropped);

/* ---- vfork ------------------------------------------------------------------------------------------ */

#define SUSPENDING (CLONE_VM | CLONE_VFORK)

static const struct fault suspension[] = {
	{ .name = "vfork.as_fork",
	  .breaks = "VFORK-012",
	  .nr = { CREATING },
	  .mask = SUSPENDING,
	  .value = SUSPENDING,
	  .before = drop,
	  .word = SUSPENDING | CLONE_SIGHAND | CLONE_THREAD },
	{ .name = "vfork.memory_copied",
	  .breaks = "VFORK-004",
	  .nr = { CREATING },
	  .mask = SUSPENDING,
	  .value = SUSPENDING,
	  .before = drop,
	  .word = CLONE_VM | CLONE_SIGHAND | CLONE_THREAD },
	{ .name = "vfork.returns_at_once",
	  .breaks = "VFORK-001",
	  .nr = { CREATING },
	  .mask = SUSPENDING,
	  .value = SUSPENDING,
	  .when = on_new_stack,
	  .before = drop,
	  .word = CLONE_VFORK },
	{ .name = "vfork.returns_at_once_without_vm",
	  .breaks = "CLONE-VFORK-01",
	  .nr = { CREATING },
	  .mask = SUSPENDING,
	  .value = CLONE_VFORK,
	  .before = drop,
	  .word = CLONE_VFORK },
};
FAULTS(suspension);

/* ---- Nobody asked for it ---------------------------------------------------------------------------- */

static void add(struct call *call)
{
	call->how.flags |= fault->word;
}

/* Where the flag itself is refused for want of a capability, the call goes on as it was meant. */
static void add_unless_refused(struct call *call)
{
	long r = REAL(SYS_clone, fault->word | SIGCHLD);

	if (r == 0)
		REAL(SYS_exit_group, 0);
	if (r < 0)
		return;
	REAL(SYS_wait4, r, 0, 0, 0);
	add(call);
}

static void unshare_it(const struct call *call)
{
	(void)call;
	REAL(SYS_unshare, fault->word);
}

static bool names_parent_word(const struct call *call)
{
	return call->asked.parent_tid != 0 && !(call->asked.flags & CLONE_PIDFD);
}

static bool names_child_word(const struct call *call)
{
	return call->asked.child_tid != 0;
}

static bool names_tls(const struct call *call)
{
	return call->asked.tls != 0;
}

/* Clone calls one flag of which was not given, nor one that it can't be combined with. */
#define ADDED(flag, without_, statement, ...)                                                                    \
	{                                                                                                        \
		.name = "added." #flag, .breaks = statement, .nr = { CREATING }, .without = (flag) | (without_), \
		.before = add, .word = (flag), __VA_ARGS__                                                       \
	}
#define UNSHARED(flag, statement)                                                                           \
	{                                                                                                   \
		.name = "added." #flag, .breaks = statement, .nr = { CREATING },                            \
		.without = (flag) | CLONE_VM | CLONE_FS | CLONE_THREAD, .child = unshare_it, .word = (flag) \
	}
#define NAMESPACES (CLONE_NEWNS | CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWIPC)

static const struct fault added[] = {
	ADDED(CLONE_VM, NAMESPACES, "CLONE-VM-04", .when = on_new_stack),
	ADDED(CLONE_FS, NAMESPACES | EMPTY_MNTNS, "CLONE-FS-04"),
	ADDED(CLONE_FILES, 0, "CLONE-FILES-06"),
	ADDED(CLONE_SIGHAND, CLONE_CLEAR_SIGHAND, "CLONE-SIGHAND-05", .mask = CLONE_VM, .value = CLONE_VM),
	ADDED(CLONE_SYSVSEM, CLONE_NEWIPC, "CLONE-SYSVSEM-03"),
	ADDED(CLONE_IO, 0, "CLONE-IO-02"),
	ADDED(CLONE_PARENT, CLONE_NEWPID | CLONE_THREAD, "CLONE-PARENT-03"),
	ADDED(CLONE_PARENT_SETTID, CLONE_PIDFD, "CLONE-PSETTID-06", .when = names_parent_word),
	ADDED(CLONE_CHILD_SETTID, 0, "CLONE-SETCTID-05", .when = names_child_word),
	ADDED(CLONE_CHILD_CLEARTID, 0, "CLONE-CLRTID-08", .when = names_child_word),
	ADDED(CLONE_SETTLS, 0, "CLONE-SETTLS-05", .when = names_tls),
	ADDED(CLONE_UNTRACED, 0, "PTRACE-01"),
	ADDED(CLONE_PTRACE, 0, "PTRACE-15"),
	ADDED(CLONE_VFORK, 0, "CLONE-VFORK-02"),
	{ .name = "added.CLONE_NEWPID",
	  .breaks = "CLONE-NEWPID-02",
	  .nr = { CREATING },
	  .without = CLONE_NEWPID | CLONE_THREAD | CLONE_PARENT,
	  .before = add_unless_refused,
	  .word = CLONE_NEWPID },
	UNSHARED(CLONE_NEWNS, "CLONE-NEWNS-02"),
	UNSHARED(CLONE_NEWCGROUP, "CLONE-NEWCGROUP-02"),
	UNSHARED(CLONE_NEWUTS, "CLONE-NEWUTS-02"),
	UNSHARED(CLONE_NEWIPC, "CLONE-NEWIPC-02"),
	UNSHARED(CLONE_NEWUSER, "CLONE-NEWUSER-02"),
	UNSHARED(CLONE_NEWNET, "CLONE-NEWNET-02"),
	/* Files of a vfork child, and the like. */
	{ .name = "vfork.files_shared",
	  .breaks = "VFORK-008",
	  .nr = { CREATING },
	  .mask = SUSPENDING,
	  .value = SUSPENDING,
	  .before = add,
	  .word = CLONE_FILES },
	{ .name = "vfork.directory_shared",
	  .breaks = "VFORK-010",
	  .nr = { CREATING },
	  .mask = SUSPENDING,
	  .value = SUSPENDING,
	  .without = NAMESPACES,
	  .before = add,
	  .word = CLONE_FS },
	{ .name = "vfork.handlers_shared",
	  .breaks = "VFORK-009",
	  .nr = { CREATING },
	  .mask = SUSPENDING,
	  .value = SUSPENDING,
	  .without = CLONE_CLEAR_SIGHAND,
	  .before = add,
	  .word = CLONE_SIGHAND },
};
FAULTS(added);

/* ---- Another namespace than the one that was asked for --------------------------------------------- */

static void replace(struct call *call)
{
	call->how.flags = (call->how.flags & ~fault->mask) | fault->word;
}

#define REPLACED(flag, by, statement)                                                                        \
	{                                                                                                    \
		.name = "replaced." #flag "_by_" #by, .breaks = statement, .nr = { CREATING }, .mask = flag, \
		.value = flag, .before = replace, .word = by                                                 \
	}

static const struct fault replaced[] = {
	REPLACED(CLONE_NEWUTS, CLONE_NEWIPC, "CLONE-NEWUTS-01"),
	REPLACED(CLONE_NEWIPC, CLONE_NEWUTS, "CLONE-NEWIPC-01"),
	REPLACED(CLONE_NEWNET, CLONE_NEWUTS, "CLONE-NEWNET-01"),
	REPLACED(CLONE_NEWCGROUP, CLONE_NEWUTS, "CLONE-NEWCGROUP-01"),
	REPLACED(CLONE_NEWPID, CLONE_NEWUTS, "CLONE-NEWPID-01"),
	REPLACED(CLONE_NEWNS, CLONE_NEWUTS, "CLONE-NEWNS-01"),
};
FAULTS(replaced);
