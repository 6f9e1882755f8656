// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "die.h"
#include "signals.h"

/* Where a handler writes: it gets no context. */
static int wake;

struct arrival {
	int sig;
	pid_t pid; /* who sent it; 0: nobody in this PID namespace */
	uid_t uid;
};

static void on_signal(int sig, siginfo_t *info, void *context)
{
	const struct arrival arrival = { sig, info->si_code <= 0 ? info->si_pid : 0, info->si_uid };
	int saved = errno;

	(void)context;
	(void)!write(wake, &arrival, sizeof(arrival));
	errno = saved;
}

void signals_catch(struct run *run)
{
	/* execve(2) resets caught signals to their default; ignored ones would stay ignored. */
	static const int signals[] = { SIGCHLD, SIGINT, SIGTERM, SIGHUP, SIGPIPE };
	const struct sigaction action = { .sa_sigaction = on_signal, .sa_flags = SA_RESTART | SA_SIGINFO };

	if (pipe2(run->wake, O_CLOEXEC | O_NONBLOCK))
		die("no pipe: %s", strerror(errno));
	wake = run->wake[1];
	for (size_t i = 0; i < ARRAY_SIZE(signals); i++)
		sigaction(signals[i], &action, NULL);
}

/* Sent by a test: below the runner, or of a cell's user. In the pen nobody else can be seen. */
static bool from_inside(struct run *run, const struct arrival *arrival)
{
	struct process list[256];

	if (arrival->pid <= 0)
		return false;
	if (sys_getpid() == 1 || (run->have.root && arrival->uid - run->first_uid < USERS_OF_RUN))
		return true;
	for (size_t n = descendants(sys_getpid(), list, ARRAY_SIZE(list)); n-- > 0;)
		if (list[n].pid == arrival->pid)
			return true;
	return false;
}

void signals_read(struct run *run)
{
	struct arrival arrival;

	while (read(run->wake[0], &arrival, sizeof(arrival)) == sizeof(arrival)) {
		const int sig = arrival.sig;
		if (sig != SIGINT && sig != SIGTERM && sig != SIGHUP)
			continue;
		const char *name = sig == SIGINT ? "SIGINT (^C)" : sig == SIGTERM ? "SIGTERM" : "SIGHUP";
		if (from_inside(run, &arrival)) {
			report_note(&run->report, "a test has sent %s to the runner, which goes on", name);
			continue;
		}
		run->stopped_by = sig;
		run->stopped = name;
	}
}
