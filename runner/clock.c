// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
#include <time.h>

#include "clock.h"

double monotonic(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}
