/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/* What the programs for libFuzzer share: each reads bytes that nobody trusts, as forkcheck-report does, and checks what comes out. */
#ifndef SELFTEST_FUZZ_H
#define SELFTEST_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* libFuzzer's interface. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* The path of a file with these bytes, until the next call. */
const char *fuzz_file(const uint8_t *bytes, size_t size);

/**
 * fuzz_guarded() - call what may refuse its input
 *
 * Input that is refused ends the program with EXIT_USAGE elsewhere. Returns whether fn came to its end.
 */
bool fuzz_guarded(void (*fn)(const char *path), const char *path);

/* What a writer wrote; the caller frees it. */
struct fuzz_text {
	char *at;
	size_t length;
	FILE *to;
};
void fuzz_text_open(struct fuzz_text *text);
/* Ends the writing: at and length are what was written. */
void fuzz_text_close(struct fuzz_text *text);

/* Ends the program as a crash where a property does not hold. */
void fuzz_require(bool holds, const char *property);

#endif
