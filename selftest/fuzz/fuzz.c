// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
#include <setjmp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "die.h"
#include "fuzz.h"

static jmp_buf refused;
static int input = -1;

static void refuse(int status)
{
	(void)status;
	longjmp(refused, 1);
}

const char *fuzz_file(const uint8_t *bytes, size_t size)
{
	static char path[64];

	if (input >= 0)
		close(input);
	input = memfd_create("input", MFD_CLOEXEC);
	if (input < 0 || write(input, bytes, size) != (ssize_t)size)
		abort();
	snprintf(path, sizeof(path), "/proc/self/fd/%d", input);
	return path;
}

bool fuzz_guarded(void (*fn)(const char *path), const char *path)
{
	end_program = refuse;
	if (setjmp(refused)) {
		/* What it had opened. */
		close_range((unsigned)input + 1, ~0U, 0);
		return false;
	}
	fn(path);
	return true;
}

void fuzz_text_open(struct fuzz_text *text)
{
	*text = (struct fuzz_text){ 0 };
	text->to = open_memstream(&text->at, &text->length);
	if (!text->to)
		abort();
}

void fuzz_text_close(struct fuzz_text *text)
{
	if (fclose(text->to))
		abort();
}

void fuzz_require(bool holds, const char *property)
{
	if (holds)
		return;
	fprintf(stderr, "does not hold: %s\n", property);
	abort();
}
