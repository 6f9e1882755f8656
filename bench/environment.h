/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/* What the figures depend on, besides what is measured. */
#ifndef BENCH_ENVIRONMENT_H
#define BENCH_ENVIRONMENT_H

#include <stddef.h>

/* Names and values, as text; a value that can't be had here is not among them. */
struct environment {
	struct {
		const char *name;
		char value[256];
	} facts[32];
	size_t count;
};

void environment_add(struct environment *environment, const char *name, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* The machine and the system, before the run. */
void environment_read(struct environment *environment);

/* The load, which is worth a look before and after. */
void environment_load(struct environment *environment, const char *name);

/* In bytes, page cache that would make room included; 0 if that can't be known. */
unsigned long memory_available(void);

#endif
