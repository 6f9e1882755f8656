// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* A report from its file. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "ktap_reader.h"
#include "parsed.h"

void run_load(struct run *run, const char *path)
{
	const bool standard = !strcmp(path, "-");
	FILE *in = standard ? stdin : fopen(path, "re");
	struct stat st;

	*run = (struct run){ .path = standard ? "standard input" : path, .date = time(NULL) };
	if (!in)
		die("%s: %s", path, strerror(errno));
	if (!fstat(fileno(in), &st)) {
		if (S_ISDIR(st.st_mode))
			die("%s: %s", path, strerror(EISDIR));
		if (S_ISREG(st.st_mode))
			run->date = st.st_mtime;
	}
	ktap_read(run, in);
	if (ferror(in))
		die("%s: %s", run->path, strerror(errno));
	if (!standard)
		fclose(in);
	if (!run->count && !run->problem_count)
		run_problem(run, 0, INCOMPLETE, "there is no KTAP in it");
	run_finish(run);
}
