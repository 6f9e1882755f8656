// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "die.h"
#include "kernel_log.h"

/* How many lines behind the first one belong to a complaint. */
#define LINES_BEHIND 12

static const char complaint_pattern[] =
	"WARNING: |BUG:? |Oops|UBSAN: |general protection fault|list_(add|del) corruption|suspicious RCU usage|"
	"INFO: (possible|inconsistent|trying to register|task .* blocked)|possible circular locking|bad: scheduling|"
	"unreferenced object|refcount_t: |Kernel panic";

static int log_fd = -1;
static regex_t complaint;

bool kernel_log_open(void)
{
	log_fd = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (log_fd < 0 || lseek(log_fd, 0, SEEK_END) < 0)
		return false;
	if (regcomp(&complaint, complaint_pattern, REG_EXTENDED | REG_NOSUB))
		die("the pattern of kernel messages does not compile");
	return true;
}

/*
 * The next message of the kernel's own, one line. A record is "priority and facility,number,time,flags;text\n" and may
 * go on with lines that begin with a blank.
 */
static bool next_message(char *line, size_t size)
{
	char record[8192];
	ssize_t length;

	/* EPIPE: messages were overwritten before they were read; the next call goes on behind them. */
	while ((length = read(log_fd, record, sizeof(record) - 1)) > 0 || (length < 0 && errno == EPIPE)) {
		if (length < 0)
			continue;
		record[length] = 0;
		const char *text = strchr(record, ';');
		/* What user space has written there has a facility. */
		if (!text || strtoul(record, NULL, 10) >> 3)
			continue;
		snprintf(line, size, "%.*s", (int)strcspn(text + 1, "\n"), text + 1);
		return true;
	}
	return false;
}

static size_t append_line(char *text, size_t used, size_t size, const char *line)
{
	if (used + strlen(line) + 2 > size)
		return used;
	for (; *line; line++)
		text[used++] = isprint((unsigned char)*line) ? *line : '?';
	text[used++] = '\n';
	text[used] = 0;
	return used;
}

void kernel_log_complaints(char *text, size_t size)
{
	char line[512];
	size_t used = 0;
	unsigned behind = 0;

	*text = 0;
	if (log_fd < 0)
		return;
	while (next_message(line, sizeof(line))) {
		if (!regexec(&complaint, line, 0, NULL, 0))
			behind = LINES_BEHIND;
		else if (behind)
			behind--;
		else
			continue;
		used = append_line(text, used, size, line);
	}
}
