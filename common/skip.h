/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/* Why a test was skipped: a class that programs read, and a sentence for people. "# SKIP [config] kcmp(2): CONFIG_KCMP is off" */
#ifndef COMMON_SKIP_H
#define COMMON_SKIP_H

#include <stdbool.h>
#include <stddef.h>

enum skip_class {
	SKIP_NONE,	   /* no skip; or of another suite, which has no classes */
	SKIP_RELEASE,	   /* the kernel's release is another one */
	SKIP_CONFIG,	   /* the kernel's or the C library's configuration leaves it out */
	SKIP_ARCHITECTURE, /* another machine */
	SKIP_PRIVILEGE,	   /* the caller may not */
	SKIP_SURROUNDINGS, /* something around is missing, or set otherwise */
	SKIP_FILTER,	   /* a seccomp filter around refuses it */
	SKIP_CLASSES
};

/* Writes "[class] text". Returns the class. */
enum skip_class skip_reason(char *buf, size_t size, enum skip_class class, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* The class that a reason begins with, and, where rest is not NULL, the sentence behind it. */
enum skip_class skip_class_of(const char *reason, const char **rest);

/* Whether no privilege, and no other machine of the same kind and kernel, would take the reason away. */
bool skip_is_absence(enum skip_class class);

#endif
