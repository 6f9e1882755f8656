// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* execve(2): what the new program finds, whoever of a process calls it. */
#include <signal.h>
#include <string.h>

#include "../operation.h"

static void leave_object(struct world *w, unsigned actor, enum kind kind)
{
	struct actor *a = &w->actor[actor];
	struct object *old = &w->object[kind][a->object[kind]];

	if (old->users == 1)
		return;
	old->users--;
	unsigned place = free_object(w, kind);
	w->object[kind][place] = *old;
	w->object[kind][place].users = 1;
	if (kind == DESCRIPTORS)
		w->files[place] = w->files[a->object[kind]];
	if (kind == HANDLERS)
		w->handlers[place] = w->handlers[a->object[kind]];
	if (kind == MEMORY)
		w->memory[place] = w->memory[a->object[kind]];
	a->object[kind] = (uint8_t)place;
}

/* CLONE-THREAD-08: the others end; -09: the caller has the first one's number from now on. */
static void remain_alone(struct world *w, unsigned actor)
{
	unsigned process = w->actor[actor].object[PROCESS];

	for (unsigned i = 0; i < w->born; i++) {
		struct actor *a = &w->actor[i];
		if (i == actor || a->object[PROCESS] != process || a->condition == GONE)
			continue;
		if (a->condition != ZOMBIE) { /* a first thread that has ended holds nothing any more */
			clear_tid(w, i);
			for (enum kind kind = 0; kind < KINDS; kind++)
				w->object[kind][a->object[kind]].users--;
			w->process[process].threads--;
			w->died |= 1U << i;
			release_vfork(w, i);
		}
		a->condition = GONE;
	}
	w->process[process].leader = (int8_t)actor;
}

static void close_on_exec(struct files *files)
{
	for (unsigned fd = 0; fd < DESCRIPTORS_SEEN; fd++)
		if (files->slot[fd].close_on_exec)
			files->slot[fd] = (struct slot){ 0 };
}

void executes(struct world *w, unsigned actor)
{
	struct process *p = process_of(w, actor);

	remain_alone(w, actor);
	p->exit_signal = SIGCHLD; /* EXEC-01 */
	p->executions++;
	clear_tid(w, actor);
	/* KCMP-05: memory, descriptors and handlers are its own; root, working directory and umask stay shared. */
	leave_object(w, actor, MEMORY);
	leave_object(w, actor, DESCRIPTORS);
	leave_object(w, actor, HANDLERS);
	w->memory[w->actor[actor].object[MEMORY]] = (struct memory){ 0 };
	w->handlers[w->actor[actor].object[HANDLERS]].no_zombies = false;
	w->handlers[w->actor[actor].object[HANDLERS]].handled = 0; /* INH-SIG-06 */
	close_on_exec(&w->files[w->actor[actor].object[DESCRIPTORS]]);
	for (unsigned i = 0; i < property_count; i++)
		if (properties[i]->reset_by_exec)
			set_value(w, actor, properties[i], properties[i]->fresh_by_exec);
	w->actor[actor].altstack = false; /* INH-ALTSTK-04 */
	w->actor[actor].executed++;
	w->executed |= 1U << actor;
	release_vfork(w, actor);
}
