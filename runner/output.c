// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "output.h"

void output_line(struct output *output, const char *format, ...)
{
	char line[1024];
	va_list args;

	if (output->muted)
		return;
	va_start(args, format);
	int n = vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	if (n >= (int)sizeof(line)) {
		n = sizeof(line) - 1;
		line[n - 1] = '\n';
	}
	for (int done = 0; done < n && !output->err;) {
		ssize_t r = write(output->fd, line + done, (size_t)(n - done));
		if (r >= 0)
			done += (int)r;
		else if (errno == EAGAIN)
			poll(&(struct pollfd){ .fd = output->fd, .events = POLLOUT }, 1, -1);
		else if (errno != EINTR)
			output->err = errno;
	}
}
