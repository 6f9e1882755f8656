// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
#include <stdio.h>

#include "lost.h"

void lost_add(struct lost *lost, pid_t pid, const struct item *item)
{
	for (size_t i = 0; i < lost->count; i++)
		if (lost->process[i].pid == pid)
			return;
	if (lost->count < LOST_PROCESSES)
		lost->process[lost->count++] = (struct lost_process){ pid, item };
}

bool lost_test(struct lost *lost)
{
	return ++lost->tests < LOST_TESTS;
}

void lost_remove(struct lost *lost, pid_t pid)
{
	for (size_t i = 0; i < lost->count; i++)
		if (lost->process[i].pid == pid)
			lost->process[i] = lost->process[--lost->count];
}

void lost_tell(const struct lost *lost, void (*tell)(void *context, const char *line), void *context)
{
	for (size_t i = 0; i < lost->count; i++) {
		struct process process;
		char text[512], line[700];
		if (!process_now(lost->process[i].pid, &process))
			continue;
		describe_processes(&process, 1, false, text, sizeof(text));
		snprintf(line, sizeof(line), "still alive, of %s: %s", lost->process[i].item->id, text);
		tell(context, line);
	}
}
