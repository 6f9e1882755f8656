/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * Allocations that fail in the kernel on demand: the first one of a call, the second, and so on until there is none left to fail
 * (Documentation/fault-injection). For tests that run alone as root with NEEDS_FAIL_NTH, NEEDS_PROC and CAP_SYS_ADMIN of the
 * initial user namespace.
 */
#ifndef TESTS_FAILING_H
#define TESTS_FAILING_H

#include "forkcheck.h"

#include <sys/mount.h>

#define DEBUGFS "/sys/kernel/debug"
#define LEAST_PAGES DEBUGFS "/fail_page_alloc/min-order"

/* In the caller's own mount namespace. The settings are one for the machine, but nothing fails by them that doesn't ask for it. */
static inline void let_all_fail(void)
{
	/* By default only allocations that may not wait fail. */
	static const char *const restrictions[] = {
		DEBUGFS "/failslab/ignore-gfp-wait",
		DEBUGFS "/fail_page_alloc/ignore-gfp-wait",
		DEBUGFS "/fail_page_alloc/ignore-gfp-highmem",
	};

	SETUP_RAW(sys_unshare(CLONE_NEWNS));
	SETUP(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL));
	if (access(restrictions[0], F_OK))
		SETUP(mount("debugfs", DEBUGFS, "debugfs", 0, NULL));
	for (size_t i = 0; i < ARRAY_SIZE(restrictions); i++)
		SETUP(write_file(restrictions[i], "N"));
}

/* The calling thread's word: how many allocations from now on one fails. A child has it off. In a raw thread: yes. */
static inline int open_fail_nth(void)
{
	return (int)SETUP_RAW(sys_open("/proc/thread-self/fail-nth", O_RDWR | O_CLOEXEC));
}

static inline void arm(int fail_nth, unsigned nth)
{
	char text[16] = "";

	append_number(text, sizeof(text), nth);
	SETUP_RAW(SYSCALL4(SYS_pwrite64, fail_nth, text, __builtin_strlen(text), 0));
}

/* Returns whether something has failed since. What was left to fail may be what these two calls do. */
static inline bool disarm(int fail_nth)
{
	char left[16] = "";
	long length = SYSCALL4(SYS_pread64, fail_nth, left, sizeof(left) - 1, 0);

	SYSCALL4(SYS_pwrite64, fail_nth, "0", 1, 0);
	return length > 0 && left[0] == '0';
}

/* Want of memory; a word that can't be read or written is another kind of failure on demand. */
static inline bool is_want_of_memory(long result)
{
	return result == -ENOMEM || result == -EAGAIN || result == -EFAULT;
}

/* How often there must be none to fail. */
#define SURE 5

/**
 * fail_each() - let each allocation fail once
 * @once: makes the call in a process of its own in which the nth allocation fails; returns whether there was one to fail
 *
 * Tells how many there were. Returns their number.
 */
static inline unsigned fail_each(bool (*once)(unsigned nth))
{
	/* Objects first: of these a call takes the same each time, while pages come and go with what is cached. */
	static const struct {
		const char *what, *least_pages;
	} kinds[] = { { "objects that could not be allocated", "20" }, { "... and pages", "0" } };
	unsigned all = 0;

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		unsigned failed = 0;
		SETUP(write_file(LEAST_PAGES, kinds[i].least_pages));
		for (unsigned n = 1, without = 0; without < SURE; n++) {
			bool any = once(n);
			failed += any;
			without = any ? 0 : without + 1;
		}
		tell_number(kinds[i].what, failed);
		all += failed;
	}
	return all;
}

#endif
