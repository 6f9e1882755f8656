// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
#include "arena.h"

#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>

#include "forkcheck.h"
#include "isolate.h"
#include "player.h"
#include "processors.h"

/* Of an ordinary actor, where the conductor may choose: out of the way of the properties' own. */
#define ACTOR_UID 19999

static const char *furnish(void)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
	    mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL))
		return strerror(errno);
	return stage_set(ACTOR_UID);
}

pid_t arena_start(int processor, int (*perform)(void *), void *arg)
{
	fflush(NULL);
	long pid = sys_clone(CLONE_NEWPID | CLONE_NEWNS | SIGCHLD, NULL, NULL, NULL, 0);
	if (pid)
		return (pid_t)pid;
	signals_default();
	const char *missing = furnish();
	if (missing) {
		fprintf(stderr, "forkcheck explore: no place to play: %s\n", missing);
		_exit(NO_STAGE);
	}
	if (processor >= 0)
		pin_to(processor);
	_exit(perform(arg));
}
