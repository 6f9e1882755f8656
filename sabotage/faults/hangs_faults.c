// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* Faults that were seen to hang a run: by them selftest/safety.t sees that none of them does. A test can't but hang on them. */
#include <string.h>

#include "../sabotage.h"

static void never_come_back(struct call *call)
{
	(void)call;
	for (;;)
		REAL(SYS_ppoll, NULL, 0, NULL, NULL, 0);
}

/* The last number of its line NSpid is 1, and not the only one. */
static bool to_an_init(const struct call *call)
{
	char path[64], status[2048];

	if (call->arg[0] <= 1 ||
	    read_file(proc_path(path, sizeof(path), (pid_t)call->arg[0], "status"), status, sizeof(status)) <= 0)
		return false;
	char *line = strstr(status, "\nNSpid:");
	if (!line)
		return false;
	line += strlen("\nNSpid:");
	line[strcspn(line, "\n")] = 0;
	char *last = strrchr(line, '\t');
	return last && last != line && !strcmp(last, "\t1");
}

static const struct fault hangs[] = {
	{ .name = "vfork.never_released",
	  .breaks = "-",
	  .nr = { CREATING },
	  .mask = CLONE_VFORK,
	  .value = CLONE_VFORK,
	  .after = never_come_back },
	{ .name = "kill.ignored_by_init",
	  .breaks = "-",
	  .nr = { SYS_kill },
	  .arg = 1,
	  .mask = ~0ULL,
	  .value = SIGKILL,
	  .when = to_an_init,
	  .before = do_nothing },
};
FAULTS(hangs);
