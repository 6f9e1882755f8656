// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* wait(2): which children a call is about, and what it gives. */
#include "waiting.h"

#include <errno.h>
#include <signal.h>

#include "../operation.h"
#include "signalling.h"
#include "forkcheck.h"

/* WAIT-36 -37, CLONE-SIG-03 to -05: the kind of a child is told by its exit signal. */
static bool eligible(const struct process *p, const struct wait_call *call)
{
	bool ordinary = p->exit_signal == SIGCHLD;

	return (call->options & __WALL) || ordinary == !(call->options & __WCLONE);
}

static bool about(const struct world *w, unsigned actor, unsigned process, const struct wait_call *call)
{
	const struct process *p = &w->process[process];

	/* Is it a process at all, or a thread of another one's? */
	if (w->actor[process].object[PROCESS] != process || process >= w->born || p->reaped)
		return false;
	if (p->parent != (int)w->actor[actor].object[PROCESS])
		return false;
	return (call->which < 0 || call->which == (int)process) && eligible(p, call);
}

unsigned waitable(const struct world *w, unsigned actor, const struct wait_call *call, bool ended_only)
{
	unsigned found = 0;

	for (unsigned i = 0; i < w->born; i++)
		if (about(w, actor, i, call) && (!ended_only || w->process[i].ended))
			found |= 1U << i;
	return found;
}

static unsigned first_of(unsigned set)
{
	return (unsigned)__builtin_ctz(set);
}

static void reap(struct world *w, unsigned process, const struct wait_call *call, struct prediction *prediction)
{
	struct process *p = &w->process[process];

	predict(prediction, NAMED(process), call->which < 0 ? "WAIT-08" : "WAIT-05");
	prediction->extra = p->status;
	prediction->extra_because = !p->group_exit && p->last_counts ? "WAIT-53 WAIT-54"
				    : p->status & 0x7f		     ? "WAIT-15"
								     : "WAIT-14";
	prediction->has_extra = true;
	if (call->options & WNOWAIT)
		return;
	p->reaped = true;
	w->actor[p->leader].condition = GONE;
}

void waits(struct world *w, unsigned actor, const struct wait_call *call, struct prediction *prediction)
{
	unsigned ended = waitable(w, actor, call, true);

	if (ended) {
		reap(w, first_of(ended), call, prediction);
	} else if (!waitable(w, actor, call, false)) {
		predict(prediction, -ECHILD, call->which < 0 ? "WAIT-26" : "WAIT-27");
	} else if (call->options & WNOHANG) {
		predict(prediction, NO_PROCESS, "WAIT-09");
	} else {
		prediction->certainty = LATER;
		prediction->because = "WAIT-01";
		w->actor[actor].condition = OPEN;
		w->actor[actor].waits = *call;
		w->actor[actor].waiting = true;
	}
}

/* A wait that is open may have come to its end. */
static void look_again(struct world *w, unsigned actor)
{
	struct actor *a = &w->actor[actor];

	if (a->condition != OPEN || !a->waiting)
		return;
	struct prediction gives = { 0 };
	struct wait_call call = a->waits;
	a->waiting = false;
	waits(w, actor, &call, &gives);
	if (gives.certainty == LATER)
		return;
	a->condition = LIVING;
	a->answer = gives;
	w->released |= 1U << actor;
}

/* CLONE-SIG-08: what the parent was asked for before its execve it is not sent any more. */
static int end_signal(const struct world *w, const struct process *p)
{
	const struct process *parent = &w->process[p->parent];

	if (p->exit_signal != SIGCHLD && p->parent_executions != parent->executions && holds(w, "CLONE-SIG-08"))
		return SIGCHLD;
	return p->exit_signal;
}

void parent_learns(struct world *w, unsigned process)
{
	struct process *p = &w->process[process];
	unsigned parent = (unsigned)p->parent;

	if (p->parent == CONDUCTOR)
		return;
	int number = end_signal(w, p);
	const struct handlers *handlers = process_handlers(w, parent);
	bool ignores = number == SIGCHLD && handlers->ignored & SIGNAL(SIGCHLD);
	if (ignores || (number == SIGCHLD && handlers->no_zombies)) { /* WAIT-31 -32 */
		p->reaped = true;
		w->actor[p->leader].condition = GONE;
	}
	for (unsigned i = 0; i < w->born; i++)
		if (w->actor[i].object[PROCESS] == parent)
			look_again(w, i);
	if (number && !ignores)
		signal_process(w, parent, number);
}
