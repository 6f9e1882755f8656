// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* signal(7): what becomes of a signal that is sent. Nobody handles one here; it is ignored, held back, or ends the process. */
#include "signalling.h"

#include <signal.h>
#include <stddef.h>

struct handlers *handlers_of(struct world *w, unsigned actor)
{
	return &w->handlers[w->actor[actor].object[HANDLERS]];
}

static bool lives(const struct world *w, unsigned actor)
{
	return w->actor[actor].condition == LIVING || w->actor[actor].condition == OPEN;
}

/* Threads of a process share them all: CLONE_THREAD takes CLONE_SIGHAND. */
const struct handlers *process_handlers(const struct world *w, unsigned process)
{
	for (unsigned i = 0; i < w->born; i++)
		if (w->actor[i].object[PROCESS] == process && lives(w, i))
			return &w->handlers[w->actor[i].object[HANDLERS]];
	return NULL;
}

static bool ignored_by_default(int number)
{
	return number == SIGCHLD || number == SIGURG || number == SIGWINCH || number == SIGCONT;
}

static bool ignored(const struct handlers *handlers, int number)
{
	return number != SIGKILL && ((handlers->ignored & SIGNAL(number)) || ignored_by_default(number));
}

static bool blocks(const struct world *w, unsigned actor, int number)
{
	return number != SIGKILL && w->actor[actor].blocked & SIGNAL(number);
}

bool masks_differ(const struct world *w, unsigned process, int number)
{
	bool some = false, others = false;

	for (unsigned i = 0; i < w->born; i++)
		if (w->actor[i].object[PROCESS] == process && w->actor[i].condition != GONE) {
			some |= blocks(w, i, number);
			others |= !blocks(w, i, number);
		}
	return some && others;
}

void signal_process(struct world *w, unsigned process, int number)
{
	struct process *p = &w->process[process];
	const struct handlers *handlers = process_handlers(w, process);
	bool all_block = true;

	if (p->ended || !handlers)
		return;
	for (unsigned i = 0; i < w->born; i++)
		if (w->actor[i].object[PROCESS] == process && lives(w, i))
			all_block &= blocks(w, i, number);
	/* Which of the threads is asked whether it blocks what is ignored, no page says. */
	if (ignored(handlers, number) && masks_differ(w, process, number))
		p->vague |= SIGNAL(number);
	/* What is blocked is kept even if it is ignored: it need not be so for ever. */
	if (all_block)
		p->pending |= SIGNAL(number);
	else if (!ignored(handlers, number))
		process_ends(w, process, number);
}

void signal_thread(struct world *w, unsigned actor, int number)
{
	struct actor *a = &w->actor[actor];

	if (!lives(w, actor))
		return;
	if (blocks(w, actor, number))
		a->pending |= SIGNAL(number);
	else if (!ignored(handlers_of(w, actor), number))
		process_ends(w, a->object[PROCESS], number); /* CLONE-THREAD-14 */
}

void mask_changed(struct world *w, unsigned actor)
{
	struct actor *a = &w->actor[actor];
	struct process *p = process_of(w, actor);

	for (int number = 1; number < 32; number++) {
		uint64_t bit = SIGNAL(number);
		if (!((a->pending | p->pending) & bit) || blocks(w, actor, number))
			continue;
		a->pending &= ~bit;
		p->pending &= ~bit;
		if (!ignored(handlers_of(w, actor), number)) {
			process_ends(w, a->object[PROCESS], number);
			return;
		}
	}
}

void disposition_changed(struct world *w, unsigned actor, int number)
{
	unsigned process = w->actor[actor].object[PROCESS];

	if (!ignored(handlers_of(w, actor), number))
		return;
	w->process[process].pending &= ~SIGNAL(number);
	for (unsigned i = 0; i < w->born; i++)
		if (w->actor[i].object[PROCESS] == process)
			w->actor[i].pending &= ~SIGNAL(number);
}

uint64_t pending_signals(const struct world *w, unsigned actor)
{
	const struct actor *a = &w->actor[actor];

	return (a->pending | w->process[a->object[PROCESS]].pending) & a->blocked;
}
