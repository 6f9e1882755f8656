/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/* The known deviations on the project's targets: the files targets/NAME.expect, built in by targets/embed-known. */
#ifndef COMMON_KNOWN_H
#define COMMON_KNOWN_H

#include <stddef.h>

struct known_file {
	const char *name;	     /* of the file, without .expect */
	const unsigned char *packed; /* in gzip's format */
	size_t packed_size, size;
};
extern const struct known_file known_files[];
extern const size_t known_file_count;

struct known_target {
	const char *name;
	const char *files; /* their names, blanks between; of lines that fit the same test the first counts */
};
extern const struct known_target known_targets[];
extern const size_t known_target_count;

/* The file of this name (`length` bytes of it), or NULL. */
const struct known_file *known_file(const char *name, size_t length);

/* The names of the files of a target, or the name of a file itself; NULL: there is neither. */
const char *known_names(const char *word);

/* The text of a file, known->size bytes; the caller frees it. */
char *known_text(const struct known_file *known);

#endif
