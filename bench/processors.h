/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/* The processors this program may use, numbered from 0, for pinning. No C library behind. */
#ifndef BENCH_PROCESSORS_H
#define BENCH_PROCESSORS_H

#include <stdbool.h>

/* Finds them out. */
void processors_find(void);
int processor_count(void);
/* The system's own number of the nth. */
int processor_name(int n);
/* Pins the calling thread; what it creates inherits that. False where that isn't allowed. */
bool pin_to(int n);

#endif
