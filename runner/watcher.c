// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/socket.h>

#include "clear.h"
#include "directory.h"
#include "clock.h"
#include "shared.h"
#include "entry.h"
#include "sweep.h"
#include "watcher.h"

/* Cells end as their runner does, but may have much to clear away. */
#define CLEAR_SECONDS 20.0

/* Its process, whose child it is, and the line to it, which ends with all that have it. */
static pid_t watcher, owner;
static int line = -1;

/* Returns whether nothing is left of it. */
static bool clear_up(const struct watched *of)
{
	const bool alive = of->outside && users_in_use(of->first, of->users);
	bool done = !alive;

	for (uid_t uid = of->first; alive && uid < of->first + of->users; uid++)
		kill_user(uid);
	if (of->outside)
		shared_clear(of->first, of->users, NULL);
	if (of->root) {
		done &= !kill_descendants(of->root, NULL, 0);
		raw_kill(of->root, SIGKILL);
	}
	if (of->users || of->root)
		done &= clear_groups(of->first, of->users, of->root, of->outside || of->root);
	if (*of->base) {
		empty_directory(of->base);
		done &= !rmdir(of->base) || errno == ENOENT;
	}
	return done;
}

/* Holds nothing of the caller's but its end of the line, and hears no signal but SIGKILL. */
static void withdraw(int end)
{
	setsid();
	prctl(PR_SET_NAME, "forkcheck-watch");
	for (int sig = 1; sig <= 64; sig++)
		signal(sig, SIG_IGN);
	(void)!chdir("/");
	close_between(0, end - 1);
	close_between(end + 1, INT_MAX);
}

static _Noreturn void watch(int end)
{
	struct watched of = { 0 };

	withdraw(end);
	while (read(end, &of, sizeof(of)) == (ssize_t)sizeof(of))
		;
	for (const double until = monotonic() + CLEAR_SECONDS; !clear_up(&of) && monotonic() < until;)
		poll(NULL, 0, 20);
	_exit(0);
}

void watcher_begin(void)
{
	int ends[2];

	if (sys_getpid() == 1 || socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends))
		return;
	fflush(NULL);
	owner = sys_getpid();
	watcher = fork();
	if (watcher == 0) {
		close(ends[0]);
		watch(ends[1]);
	}
	close(ends[1]);
	line = ends[0];
}

void watcher_tell(const struct watched *watched)
{
	if (line >= 0)
		send(line, watched, sizeof(*watched), MSG_NOSIGNAL);
}

void watcher_end(void)
{
	struct pollfd gone = { .fd = line, .events = POLLIN };

	if (line < 0)
		return;
	/* For the pen, too, where that can't end. */
	shutdown(line, SHUT_WR);
	poll(&gone, 1, (int)(CLEAR_SECONDS * 1000));
	close(line);
	line = -1;
	if (watcher <= 0)
		return;
	raw_kill(watcher, SIGKILL);
	checked_wait(watcher, NULL, 0);
	watcher = 0;
}

void watcher_forget(void)
{
	close(line);
	line = -1;
}

pid_t watcher_below(void)
{
	return watcher > 0 && sys_getpid() == owner ? watcher : 0;
}
