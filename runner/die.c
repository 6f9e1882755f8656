// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "die.h"

void (*end_program)(int status) = exit;

void die(const char *format, ...)
{
	va_list args;

	fputs("forkcheck: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	end_program(EXIT_USAGE);
	abort();
}
