// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "whole_file.h"
#include "tool.h"

/* The file that is not yet what it is to become; removed where the program ends before. */
static const char *unfinished;

static void remove_unfinished(void)
{
	if (unfinished)
		unlink(unfinished);
}

/* Opens a new file in the folder of the one it is to become, with its mode. */
static FILE *open_beside(struct output *output, const struct stat *old)
{
	output->target = old ? realpath(output->path, NULL) : copy(output->path);
	if (!output->target)
		return NULL;
	output->beside = format("%s.XXXXXX", output->target);
	const int fd = mkostemp(output->beside, O_CLOEXEC);
	const mode_t mask = umask(0);

	umask(mask);
	if (fd >= 0) {
		unfinished = output->beside;
		atexit(remove_unfinished);
	}
	if (fd < 0 || fchmod(fd, old ? old->st_mode & 07777 : 0666 & ~mask))
		return NULL;
	return fdopen(fd, "w");
}

void output_open(struct output *output, const char *path)
{
	struct stat old;

	*output = (struct output){ .path = path, .to = stdout };
	if (!path || !strcmp(path, "-")) {
		output->path = "standard output";
		return;
	}
	const bool exists = !stat(path, &old);
	/* A device or a pipe cannot be replaced. */
	output->to = exists && !S_ISREG(old.st_mode) ? fopen(path, "we") : open_beside(output, exists ? &old : NULL);
	if (!output->to)
		die("%s: %s", path, strerror(errno));
}

void output_close(struct output *output)
{
	bool failed = fflush(output->to) || ferror(output->to);

	if (output->to != stdout)
		failed |= (output->beside && fsync(fileno(output->to))) | fclose(output->to);
	if (!failed && output->beside)
		failed = rename(output->beside, output->target);
	if (failed)
		die("%s: %s", output->path, strerror(errno));
	unfinished = NULL;
	free(output->beside);
	free(output->target);
}
