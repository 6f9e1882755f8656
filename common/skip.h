/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * Why a test was skipped: "[CLASS THING] sentence", such as "# SKIP [config kcmp] kcmp(2): CONFIG_KCMP is off". Programs read
 * class and thing; the sentence is for people, and may be worded anew at any time.
 */
#ifndef COMMON_SKIP_H
#define COMMON_SKIP_H

#include <stdbool.h>
#include <stddef.h>

enum skip_class {
	SKIP_NONE,    /* no skip; or of another suite, which has no classes */
	SKIP_RELEASE, /* the kernel's release is another one; thing: a statement, a feature, or the release wanted */
	SKIP_CONFIG, /* the kernel's or the C library's configuration leaves it out; a feature, an option, a function */
	SKIP_ARCHITECTURE, /* another machine; the architectures wanted */
	SKIP_PRIVILEGE,	   /* the caller may not; the capabilities, or root */
	SKIP_SURROUNDINGS, /* something around is missing, or set otherwise; a feature, a file, a setting */
	SKIP_FILTER,	   /* a seccomp filter around refuses it; a feature */
	SKIP_CLASSES
};
/* As classes are written. */
extern const char *const skip_class_names[SKIP_CLASSES];

/* Between thing and sentence in a record. No thing has this in its name, nor a ']'. */
#define SKIP_THING_ENDS ": "

/* Writes the reason; thing may be "". Returns the class. */
enum skip_class skip_reason(char *buf, size_t size, enum skip_class class, const char *thing, const char *format, ...)
	__attribute__((format(printf, 5, 6)));

/* A reason taken apart. */
struct skip {
	enum skip_class class; /* SKIP_NONE: it has none, and is a sentence as a whole */
	const char *thing;     /* in the reason, not ended; length 0: none is named */
	size_t thing_length;
	const char *sentence; /* in the reason */
};
struct skip skip_read(const char *reason);

/* Whether no privilege, and no other machine of the same kind and kernel, would take the reason away. */
bool skip_is_absence(enum skip_class class);

#endif
