/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/* What the runner concludes about a test. The order is that of the summary. */
#ifndef COMMON_VERDICT_H
#define COMMON_VERDICT_H

#include <stdbool.h>
#include <stddef.h>

enum verdict {
	VERDICT_PASS,
	VERDICT_FAIL,
	VERDICT_SKIP,
	VERDICT_BROKEN,
	VERDICT_TIMEOUT,
	VERDICT_CRASH,
	VERDICT_LEAK,
	VERDICTS
};
extern const char *const verdict_names[VERDICTS];

/* The verdict of this name (`length` bytes of it), or VERDICTS. */
enum verdict verdict_of(const char *name, size_t length);

/* Neither passed nor skipped. */
bool verdict_is_bad(enum verdict verdict);

#endif
