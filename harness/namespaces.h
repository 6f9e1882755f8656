/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/* What tests of namespaces have in common: the ways into a new one, and a place for mounts. */
#ifndef FORKCHECK_NAMESPACES_H
#define FORKCHECK_NAMESPACES_H

#include "forkcheck.h"

/*
 * Doors to a child in new namespaces: made in them, or a plain child that then calls unshare(2) itself. All return as
 * the raw clone(2) does, also where unshare is refused: 0 in the child, which continues after the call, or -errno.
 * By unshare, new PID and time namespaces are for the child's children. Not in a vfork child or a raw thread.
 */
struct namespace_door {
	struct case_head head;
	long (*enter)(uint64_t flags);
};
extern const struct namespace_door namespace_doors[3]; /* clone, clone3, unshare */
/* For .passes of tests where one door is enough for some rows. */
#define FIRST_DOOR(door) ((const struct namespace_door *)(door) == &namespace_doors[0])

/* In a child that came through one of these doors into a new user namespace: makes it user 0. NEEDS_PROC. */
void map_to_root(void);

/**
 * own_user_namespace() - give up all capabilities, and have them all in a new user namespace as user 0
 *
 * Ends the test as BROKEN where it fails. NEEDS_USER_NS, NEEDS_PROC.
 */
void own_user_namespace(void);

/**
 * own_mounts() - move the caller into a mount namespace in which it may mount what it likes
 *
 * No mount in it has a peer elsewhere, and an empty tmpfs is the working directory; both are gone with the namespace.
 * Ends the test as BROKEN where it fails. NEEDS_MNT_NS, NEEDS_WORKDIR, NEEDS_PROC, and CAP_SYS_ADMIN.
 */
void own_mounts(void);
/* What is mounted in this mount namespace from now on is seen in no other one. */
void private_mounts(void);

/* Makes a directory and mounts a tmpfs on it; BROKEN where it fails. */
void add_mount(const char *dir);

/* Whether something is mounted on this directory of the working directory that is not of its file system. */
bool is_mounted(const char *dir);

/* What /proc/PID/mountinfo says of a mount. */
struct mount_entry {
	long id, parent;
	long shared, master; /* peer groups, 0: none */
	bool unbindable;
	char root[256], options[128];
};

/*
 * Looks up the topmost mount on a directory of the working directory as process pid (0: the caller) has it. Returns
 * whether there is one. Not in a vfork child or a raw thread. NEEDS_PROC.
 */
bool find_mount_entry(pid_t pid, const char *dir, struct mount_entry *entry);

#endif
