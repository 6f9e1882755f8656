// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* The end of threads and processes, and what becomes of their children: _exit(2), exit_group(2). */
#include <signal.h>

#include "world.h"

void release_vfork(struct world *w, unsigned child)
{
	for (unsigned i = 0; i < w->born; i++) {
		struct actor *caller = &w->actor[i];
		if (caller->vfork_child != (int)child)
			continue;
		caller->vfork_child = -1;
		if (caller->condition != OPEN)
			continue;
		caller->condition = LIVING;
		w->released |= 1U << i;
	}
}

/* What a thread leaves of itself. */
static void vanish(struct world *w, unsigned actor, enum condition condition)
{
	struct actor *a = &w->actor[actor];

	clear_tid(w, actor);
	for (enum kind kind = 0; kind < KINDS; kind++)
		w->object[kind][a->object[kind]].users--;
	a->condition = condition;
	a->waiting = false;
	a->vfork_child = -1;
	w->died |= 1U << actor;
	w->released &= ~(1U << actor); /* what ended its open step has also ended it */
	process_of(w, actor)->threads--;
	release_vfork(w, actor);
}

/* REAPER-05, CLONE-SIG-07: an orphan's exit signal becomes SIGCHLD. REAPER-06 for those that have ended already. */
static void orphan(struct world *w, unsigned parent)
{
	for (unsigned i = 0; i < w->born; i++) {
		struct process *p = &w->process[i];
		if (w->actor[i].object[PROCESS] != i || p->reaped || p->parent != (int)parent)
			continue;
		p->parent = CONDUCTOR;
		p->exit_signal = SIGCHLD;
		p->parent_executions = 0;
	}
}

static void ended(struct world *w, unsigned process)
{
	struct process *p = &w->process[process];

	p->ended = true;
	w->actor[p->leader].condition = ZOMBIE;
	orphan(w, process);
	parent_learns(w, process);
}

void thread_ends(struct world *w, unsigned actor, int code)
{
	struct process *p = process_of(w, actor);
	bool leads = p->leader == (int)actor;

	if (leads || holds(w, "WAIT-53"))
		p->status = (code & 0xff) << 8;
	/* Children of this thread are another one's of its process from now on: THR-14. */
	vanish(w, actor, leads ? ZOMBIE : GONE);
	p->last_counts = p->threads == 0 && !leads;
	if (p->threads == 0)
		ended(w, w->actor[actor].object[PROCESS]);
}

void process_ends(struct world *w, unsigned process, int status)
{
	struct process *p = &w->process[process];

	p->group_exit = true;
	p->status = status;
	for (unsigned i = 0; i < w->born; i++) {
		const struct actor *a = &w->actor[i];
		if (a->object[PROCESS] == process && (a->condition == LIVING || a->condition == OPEN))
			vanish(w, i, p->leader == (int)i ? ZOMBIE : GONE);
	}
	ended(w, process);
}
