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
#include <time.h>

#define DEBUGFS "/sys/kernel/debug"
#define LEAST_PAGES DEBUGFS "/fail_page_alloc/min-order"

/* In the caller's own mount namespace. The settings are one for the machine, but nothing fails by them that doesn't ask for it. */
static inline void let_all_fail(void)
{
	/* By default only allocations that may not wait fail, and the console tells of each at length. */
	static const struct {
		const char *file, *value;
	} settings[] = {
		{ DEBUGFS "/failslab/ignore-gfp-wait", "N" },
		{ DEBUGFS "/fail_page_alloc/ignore-gfp-wait", "N" },
		{ DEBUGFS "/fail_page_alloc/ignore-gfp-highmem", "N" },
		{ DEBUGFS "/failslab/verbose", "0" },
		{ DEBUGFS "/fail_page_alloc/verbose", "0" },
	};

	SETUP_RAW(sys_unshare(CLONE_NEWNS));
	SETUP(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL));
	if (access(settings[0].file, F_OK))
		SETUP(mount("debugfs", DEBUGFS, "debugfs", 0, NULL));
	for (size_t i = 0; i < ARRAY_SIZE(settings); i++)
		SETUP(write_file(settings[i].file, settings[i].value));
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

/* Whether pages fail as well as objects. Of objects a call takes the same each time, while pages come and go with what is cached. */
static inline void let_pages_fail(bool as_well)
{
	SETUP(write_file(LEAST_PAGES, as_well ? "0" : "20"));
}

/* Makes the call, in a process of its own, so that the nth allocation fails. Returns whether there was one to fail. */
typedef bool once_fn(unsigned nth);

/* Lets each fail once. Returns how many there were. */
static inline unsigned fail_one_by_one(once_fn *once)
{
	unsigned failed = 0;

	for (unsigned n = 1, without = 0; without < SURE; n++) {
		bool any = once(n);
		failed += any;
		without = any ? 0 : without + 1;
	}
	return failed;
}

/* The same for objects, then for pages too, and tells how many there were of each. */
static inline unsigned fail_each(once_fn *once)
{
	let_pages_fail(false);
	unsigned objects = fail_one_by_one(once);
	tell_number("objects that could not be allocated", objects);
	let_pages_fail(true);
	unsigned pages = fail_one_by_one(once);
	tell_number("... and pages", pages);
	return objects + pages;
}

#define KMEMLEAK DEBUGFS "/kmemleak"

/* What the kernel had lost before is not looked at. */
static inline void forget_lost_objects(void)
{
	SETUP(write_file(KMEMLEAK, "clear"));
}

/* No object to which nothing points any more, by whomever it was lost. The kernel tells none that is younger than five seconds. */
static inline void expect_no_lost_object(void)
{
	const struct timespec old_enough = { .tv_sec = 6 };
	char lost[8192] = "";

	SETUP_RAW(SYSCALL2(SYS_nanosleep, &old_enough, NULL));
	/* What changed during the first scan it tells after the second. */
	SETUP(write_file(KMEMLEAK, "scan"));
	SETUP(write_file(KMEMLEAK, "scan"));
	long length = SETUP_RAW(read_file(KMEMLEAK, lost, sizeof(lost)));
	sys_write(STDOUT_FILENO, lost, (size_t)length);
	EXPECT_EQ(length, 0);
}

#endif
