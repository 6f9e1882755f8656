// SPDX-License-Identifier: GPL-2.0-only
/* The files in /proc by which a user namespace gets its IDs. */
#include "forkcheck.h"

long write_map(pid_t pid, const char *file, const char *text)
{
	char path[64] = "/proc/self/";

	if (pid)
		proc_path(path, sizeof(path), pid, file);
	else
		append_text(path, sizeof(path), file);
	return write_file(path, text);
}
