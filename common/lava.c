// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
#include <stdio.h>
#include <string.h>

#include "id.h"
#include "lava.h"

const char *lava_result(enum verdict verdict, bool as_expected)
{
	if (verdict == VERDICT_SKIP)
		return "skip";
	if (verdict == VERDICT_BROKEN && !as_expected)
		return "unknown";
	return as_expected ? "pass" : "fail";
}

void lava_signal(char *buf, size_t size, const char *id, const char *result)
{
	size_t n = (size_t)snprintf(buf, size, "<LAVA_SIGNAL_TESTCASE TEST_CASE_ID=");

	id_slug(buf + n, size - n, id);
	n = strlen(buf);
	snprintf(buf + n, size - n, " RESULT=%s>", result);
}
