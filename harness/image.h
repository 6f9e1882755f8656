/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/* The program that tests execute: this one, which then does one small thing. */
#ifndef FORKCHECK_IMAGE_H
#define FORKCHECK_IMAGE_H

#include <stdint.h>

#include "syscalls.h"

/*
 * Tests that need a program to execute use this one: execute_self(how) replaces the calling process by a
 * fresh image that does one small thing. Returns -errno where it fails. In a vfork child: yes.
 */
enum image {
	IMAGE_EXIT,   /* exit with status arg */
	IMAGE_PAUSE,  /* write one byte to descriptor arg, then wait for a signal */
	IMAGE_READ,   /* read one byte from descriptor arg, exit 0 if there was one, 1 at the end of file */
	IMAGE_REPORT, /* write a struct image_report to descriptor arg, exit 0 */
	IMAGE_FILTER, /* copy descriptor 0 to descriptor 1, each byte plus 1, until end of file, exit with status arg */
	IMAGE_INHERIT, /* what the request at descriptor arg says: see inherit.c */
};
struct image_report {
	int32_t pid, tid, ppid, pgid, sid;
	uint32_t uid, euid, gid, egid;
	uint64_t caps, permitted_caps; /* the first: effective */
	sigset64 blocked, pending, ignored, caught;
	int32_t threads; /* of this process; -1: no /proc */
	int32_t nice;
	int32_t dumpable;
	uint32_t umask;
	struct image_limit {
		uint64_t soft, hard;
	} limits[16];  /* by RLIMIT_ number */
	uint64_t root; /* inode number */
	int32_t altstack, death_signal,
		keeps_caps; /* an alternate signal stack; by PR_GET_PDEATHSIG, PR_GET_KEEPCAPS */
	int32_t rseq; /* a registration of restartable sequences: the libc's at its start, or one now; 0 or -errno */
	char name[16];
	uint8_t open[64]; /* open[n]: descriptor n is open, 2 with close-on-exec */
	char cwd[64];
};
long execute_self(enum image image, int arg);
/* The same through a path: a link to /proc/self/exe, for tests of what the path itself leads to. */
long execute_path(const char *path, enum image image, int arg);

/**
 * report_after() - what is left of a process after execve
 * @prepare: called in a child of the caller, which then executes IMAGE_REPORT; NULL: nothing
 * @report: what that tells
 *
 * Ends the test as BROKEN where there is no report. Not in a vfork child or a raw thread.
 */
void report_after(void (*prepare)(void), struct image_report *report);
/* The same in two parts, for calls that take a path and arguments: execve(2), posix_spawn(3). */
struct image_arguments {
	char which[2], number[16];
	char *argv[5];
};
void image_arguments(struct image_arguments *args, enum image image, int arg);
/* The path of this program; a test that runs where there is none is BROKEN. */
const char *self_program(void);

#endif
