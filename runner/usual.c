// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/time.h>

#include "cell.h"
#include "die.h"
#include "sweep.h"
#include "usual.h"

#define KIB 1024UL
#define MIB (1024 * KIB)
#define NO_LIMIT RLIM_INFINITY

/* Whether more signals are queued than a limit has: gVisor tells one of 0. */
static bool queues_more_than(rlim_t limit)
{
	const struct timespec at_once = { 0 };
	sigset_t one, before;
	rlim_t n = 0;

	sigemptyset(&one);
	sigaddset(&one, SIGRTMIN);
	sigprocmask(SIG_BLOCK, &one, &before);
	while (n <= limit && !sigqueue(getpid(), SIGRTMIN, (union sigval){ 0 }))
		n++;
	while (sigtimedwait(&one, NULL, &at_once) > 0)
		;
	sigprocmask(SIG_SETMASK, &before, NULL);
	return n > limit;
}

/*
 * What the tests take of each, and the soft limit that they find: both as an ordinary session has them. Some tests have
 * areas larger than memory. What is not here no test notices; RLIMIT_CORE is the cells' business.
 */
static const struct bound {
	int resource;
	const char *name;
	rlim_t least, usual;
} bounds[] = {
	{ RLIMIT_CPU, "RLIMIT_CPU (ulimit -t)", 60, NO_LIMIT },
	{ RLIMIT_FSIZE, "RLIMIT_FSIZE (ulimit -f)", 64 * MIB, NO_LIMIT },
	{ RLIMIT_DATA, "RLIMIT_DATA (ulimit -d)", NO_LIMIT, NO_LIMIT },
	{ RLIMIT_STACK, "RLIMIT_STACK (ulimit -s)", MIB, 8 * MIB },
	{ RLIMIT_NOFILE, "RLIMIT_NOFILE (ulimit -n)", 1024, 1024 },
	{ RLIMIT_MEMLOCK, "RLIMIT_MEMLOCK (ulimit -l)", 64 * KIB, 8 * MIB },
	{ RLIMIT_AS, "RLIMIT_AS (ulimit -v)", NO_LIMIT, NO_LIMIT },
	{ RLIMIT_SIGPENDING, "RLIMIT_SIGPENDING (ulimit -i)", 256, NO_LIMIT },
	{ RLIMIT_MSGQUEUE, "RLIMIT_MSGQUEUE (ulimit -q)", 800 * KIB, 800 * KIB },
	{ RLIMIT_NICE, "RLIMIT_NICE (ulimit -e)", 0, 0 },
	{ RLIMIT_RTPRIO, "RLIMIT_RTPRIO (ulimit -r)", 0, 0 },
	{ RLIMIT_RTTIME, "RLIMIT_RTTIME (ulimit -R)", 1000000, NO_LIMIT },
};

static _Noreturn void too_low(const struct bound *bound, rlim_t hard)
{
	char wanted[32] = "no limit";

	/* The message may go to a file. */
	signal(SIGXFSZ, SIG_IGN);
	if (bound->least != NO_LIMIT)
		snprintf(wanted, sizeof(wanted), "%llu", (unsigned long long)bound->least);
	die("%s: the hard limit is %llu; the tests take %s", bound->name, (unsigned long long)hard, wanted);
}

static void set_usual(const struct bound *bound)
{
	struct rlimit limit;

	if (getrlimit(bound->resource, &limit))
		return; /* a system without it limits nothing */
	const rlim_t hard = limit.rlim_max;
	if (hard < bound->least)
		limit.rlim_max = bound->usual;
	limit.rlim_cur = bound->usual < limit.rlim_max ? bound->usual : limit.rlim_max;
	if (setrlimit(bound->resource, &limit) && hard < bound->least &&
	    !(bound->resource == RLIMIT_SIGPENDING && queues_more_than(hard)))
		too_low(bound, hard);
}

/* Tests set policies and nice values that are to differ from the ones before. What may not be reset stays. */
static void schedule_as_usual(void)
{
	const struct sched_param none = { 0 };

	sched_setscheduler(0, SCHED_OTHER, &none);
	setpriority(PRIO_PROCESS, 0, 0);
}

void usual_state(void)
{
	/* It counts all that the user has. */
	const struct bound processes = { RLIMIT_NPROC, "RLIMIT_NPROC (ulimit -u)", 256 + (getuid() ? user_tasks() : 0),
					 NO_LIMIT };

	for (size_t i = 0; i < ARRAY_SIZE(bounds); i++)
		set_usual(&bounds[i]);
	set_usual(&processes);
	schedule_as_usual();
	prctl(PR_SET_THP_DISABLE, 0, 0, 0, 0);
}

void stop_timers(void)
{
	static const int timers[] = { ITIMER_REAL, ITIMER_VIRTUAL, ITIMER_PROF };
	const struct itimerval stopped = { 0 };
	struct itimerval now;

	for (size_t i = 0; i < ARRAY_SIZE(timers); i++)
		if (!getitimer(timers[i], &now) && (now.it_interval.tv_sec || now.it_interval.tv_usec))
			setitimer(timers[i], &stopped, NULL);
}
