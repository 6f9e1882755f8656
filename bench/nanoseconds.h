/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/* The clock: monotonic, in nanoseconds. */
#ifndef BENCH_NANOSECONDS_H
#define BENCH_NANOSECONDS_H

#include <stdint.h>
#include <time.h>

static inline uint64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static inline double since(uint64_t begin)
{
	return (double)(now() - begin);
}

#endif
