// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
#include <string.h>

#include "verdict.h"

const char *const verdict_names[VERDICTS] = { "PASS", "FAIL", "SKIP", "BROKEN", "TIMEOUT", "CRASH", "LEAK" };

enum verdict verdict_of(const char *name, size_t length)
{
	enum verdict v = VERDICT_PASS;

	while (v < VERDICTS && (strlen(verdict_names[v]) != length || strncmp(name, verdict_names[v], length)))
		v++;
	return v;
}

bool verdict_is_bad(enum verdict verdict)
{
	return verdict != VERDICT_PASS && verdict != VERDICT_SKIP;
}
