/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/* Control groups that a test makes. */
#ifndef FORKCHECK_CGROUP_H
#define FORKCHECK_CGROUP_H

#include <stdbool.h>
#include <stddef.h>

/**
 * make_cgroup() - a new control group below the caller's own
 * @controller: "pids" (whichever version has it) or "" for version 2
 * @path: gets its directory
 *
 * The group is removed after the test, with what is in it. Returns 0, or -errno where none can be made.
 * Not in a vfork child or a raw thread. NEEDS_CGROUP_PIDS or NEEDS_CGROUP2, and CAP_DAC_OVERRIDE.
 */
long make_cgroup(const char *controller, char *path, size_t size);
/* The same below another group of the test; at most eight groups in all. */
long make_cgroup_in(const char *parent, char *path, size_t size);

/* Whether a group is one of version 2. */
bool is_cgroup2(const char *group);

/*
 * The directory below which make_cgroup() makes its groups: the caller's own group, or, for a controller of
 * version 2, the nearest one above it that hands the controller on. Returns 0 or -errno.
 */
long cgroup_base(const char *controller, char *path, size_t size);

/* Writes text to a file of a group. Returns 0 or -errno. */
long write_cgroup(const char *group, const char *file, const char *text);
/* Reads a number from a file of a group; -1 where there is none ("max" too). */
long long read_cgroup(const char *group, const char *file);

#endif
