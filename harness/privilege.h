/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/* Users, capabilities, and the maps of user namespaces. */
#ifndef FORKCHECK_PRIVILEGE_H
#define FORKCHECK_PRIVILEGE_H

#include <stdint.h>
#include <sys/types.h>

/*
 * The uid of this test when it has no privileges, and the gid is one less; other tests that run meanwhile have
 * others, where the runner is root.
 */
uid_t ordinary_uid(void);

/**
 * set_capabilities() - make the permitted and effective sets of this process exactly caps
 * @caps: CAP(...) | CAP(...)
 *
 * Ends the test as BROKEN where it fails. Not in a vfork child or a raw thread.
 */
void set_capabilities(uint64_t caps);

/* The effective capabilities of the calling thread, by capget(2). */
uint64_t effective_capabilities(void);
/* The permitted ones. */
uint64_t permitted_capabilities(void);
/* All that this kernel knows, by PR_CAPBSET_READ. */
uint64_t known_capabilities(void);

/**
 * map_user_namespace() - write uid_map, setgroups and gid_map of a process in a new user namespace
 * @pid: a child in it, or 0 for the caller itself
 * @user: the user ID inside
 * @group: the group ID inside
 * @uid: the user ID outside that @user stands for; without privileges, the one that the caller had outside
 * @gid: the same for the group
 *
 * Says "deny" in setgroups. Returns 0 or -errno. Not in a vfork child or a raw thread. NEEDS_PROC.
 */
long map_user_namespace(pid_t pid, unsigned user, unsigned group, uid_t uid, gid_t gid);

/**
 * write_map() - write to one of the files that set up a user namespace, as it is, with one write
 * @pid: a process in it, or 0 for the caller itself
 * @file: "uid_map", "gid_map", "projid_map" or "setgroups"
 *
 * Returns 0 or -errno. NEEDS_PROC.
 */
long write_map(pid_t pid, const char *file, const char *text);

/* Says "deny" in setgroups of the caller, so that gid_map may be written; nothing on releases without it. NEEDS_PROC. */
void give_up_setgroups(void);

/*
 * Skips the test where its user may not map himself: since Linux 5.12 that takes CAP_SETFCAP of user ID 0, who
 * may lack it in a container. For tests that write maps otherwise than by enter_as().
 */
void need_own_map(void);

#endif
