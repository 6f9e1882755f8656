// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "die.h"
#include "known.h"

const struct known_file *known_file(const char *name, size_t length)
{
	for (size_t i = 0; i < known_file_count; i++)
		if (strlen(known_files[i].name) == length && !strncmp(name, known_files[i].name, length))
			return &known_files[i];
	return NULL;
}

const char *known_names(const char *word)
{
	for (size_t i = 0; i < known_target_count; i++)
		if (!strcmp(word, known_targets[i].name))
			return known_targets[i].files;
	return known_file(word, strlen(word)) ? word : NULL;
}

char *known_text(const struct known_file *known)
{
	static const int gzip = 16; /* what zlib adds to the size of its window for this format */
	char *text = malloc(known->size);
	z_stream stream = { .next_in = (z_const Bytef *)known->packed,
			    .avail_in = (uInt)known->packed_size,
			    .next_out = (Bytef *)text,
			    .avail_out = (uInt)known->size };

	if (!text || inflateInit2(&stream, MAX_WBITS + gzip) != Z_OK)
		die("out of memory");
	if (inflate(&stream, Z_FINISH) != Z_STREAM_END || stream.avail_out)
		die("%s.expect, which is built in, cannot be unpacked", known->name);
	inflateEnd(&stream);
	return text;
}
