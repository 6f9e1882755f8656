// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
#include "arena.h"

#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>

#include "clock.h"
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
	const char *missing = furnish();
	if (missing) {
		fprintf(stderr, "forkcheck explore: no place to play: %s\n", missing);
		_exit(NO_STAGE);
	}
	if (processor >= 0)
		pin_to(processor);
	_exit(perform(arg));
}

bool arena_here(void)
{
	const char *missing = stage_set(ACTOR_UID);

	if (missing)
		fprintf(stderr, "forkcheck explore: no place to play: %s\n", missing);
	return !missing;
}

/* How long all may take to die. */
#define DEATH_SECONDS 10

static bool ended(pid_t conductor, double seconds, int *status)
{
	const double until = monotonic() + seconds;
	long pid;

	while (((pid = raw_wait4(conductor, status, WNOHANG, NULL)) == 0 || pid == -EINTR) && monotonic() < until)
		poll(NULL, 0, 1);
	return pid != 0 && pid != -EINTR;
}

bool arena_end(pid_t conductor)
{
	int status;

	raw_kill(conductor, SIGKILL);
	if (ended(conductor, DEATH_SECONDS, &status))
		return true;
	fprintf(stderr, "forkcheck explore: process %d does not die, or something in its PID namespace: given up\n",
		conductor);
	return false;
}

int arena_await(pid_t conductor, double seconds)
{
	int status = 0;

	if (ended(conductor, seconds, &status))
		return status;
	fprintf(stderr, "forkcheck explore: no end after %.0f s\n", seconds);
	arena_end(conductor);
	return -1;
}
