// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "die.h"

void (*end_program)(int status) = exit;

static void say(const char *format, va_list args)
{
	fprintf(stderr, "%s: ", program_name);
	vfprintf(stderr, format, args);
	fputc('\n', stderr);
}

void complain(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say(format, args);
	va_end(args);
}

void die(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say(format, args);
	va_end(args);
	end_program(EXIT_USAGE);
	abort();
}
