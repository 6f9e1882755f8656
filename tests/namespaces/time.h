/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/* Time namespaces: how a test makes one, and its offsets. */
#ifndef NAMESPACES_TIME_H
#define NAMESPACES_TIME_H

#include <time.h>

#include "forkcheck.h"

#define TIME_NS NEEDS_TIME_NS, NEEDS_PROC
#define TIME_CAPS (CAP(SYS_ADMIN) | CAP(SYS_TIME))

#define SECOND 1000000000LL /* in nanoseconds, as all times here */
#define DAY (24 * 60 * 60 * SECOND)

static const struct time_power {
	struct case_head head;
	uint64_t flags; /* to make with the time namespace */
} time_powers[] = {
	{ { "capable", .caps = TIME_CAPS }, 0 },
	{ { "user_ns", .features = FEATURES(NEEDS_USER_NS) }, CLONE_NEWUSER },
};

/* The caller's children, but not itself, will be in a new time namespace. */
static inline void unshare_time(uint64_t more_flags)
{
	SETUP(sys_unshare((unsigned long)(CLONE_NEWTIME | more_flags)));
}

/* Writes to the offsets of the namespace that the caller's children will be in. Returns 0 or -errno. */
static inline long write_offsets(const char *text)
{
	return write_file("/proc/self/timens_offsets", text);
}

/* Puts a line for write_offsets() behind the text in buf. */
static inline void append_offset(char *buf, size_t size, const char *clock, int64_t offset)
{
	int64_t part = offset % SECOND;

	if (part < 0)
		part += SECOND;
	append_text(buf, size, clock);
	append_text(buf, size, " ");
	append_number(buf, size, (offset - part) / SECOND);
	append_text(buf, size, " ");
	append_number(buf, size, part);
	append_text(buf, size, "\n");
}

static inline long set_offset(const char *clock, int64_t offset)
{
	char text[64] = "";

	append_offset(text, sizeof(text), clock, offset);
	return write_offsets(text);
}

static inline int64_t clock_by_libc(clockid_t clock)
{
	struct timespec now;

	SETUP(clock_gettime(clock, &now));
	return now.tv_sec * SECOND + now.tv_nsec;
}

#endif
