// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* What a creation gives, and what the child begins with: fork(2), vfork(2), clone(2). */
#include <errno.h>
#include <signal.h>
#include <string.h>

#include "../operation.h"
#include "flag_rules.h"
#include "forkcheck.h"

int64_t creation_result(const struct world *w, unsigned actor, bool by_clone3, uint64_t flags, int exit_signal,
			const char **because)
{
	bool older_69 = w->major < 6 || (w->major == 6 && w->minor < 9);

	(void)actor;
	if (by_clone3 && exit_signal && (flags & (CLONE_THREAD | CLONE_PARENT))) {
		*because = flags & CLONE_THREAD ? "CLONE-THREAD-13" : "CLONE-PARENT-05";
		return -EINVAL;
	}
	return flags_refused(by_clone3 ? BY_CLONE3 : BY_CLONE, flags, older_69, w->privileged, because);
}

/* The child's object of one kind: the creator's own, or a copy of it, in which some things are fresh. */
static void give(struct world *w, unsigned creator, unsigned child, enum kind kind, bool shared)
{
	unsigned from = w->actor[creator].object[kind];
	/* A process has the number of its first actor. */
	unsigned to = shared ? from : kind == PROCESS ? child : free_object(w, kind);

	w->actor[child].object[kind] = (uint8_t)to;
	if (shared) {
		w->object[kind][from].users++;
		return;
	}
	w->object[kind][to] = w->object[kind][from];
	w->object[kind][to].users = 1;
	for (unsigned i = 0; i < property_count; i++)
		if (properties[i]->of == kind && properties[i]->reset)
			set_value(w, child, properties[i], properties[i]->fresh);
	if (kind == DESCRIPTORS)
		w->files[to] = w->files[from];
	if (kind == HANDLERS)
		w->handlers[to] = w->handlers[from];
	if (kind == MEMORY)
		w->memory[to] = w->memory[from];
}

/* A process of its own: whose child it is, and which signal its end sends. */
static void found_process(struct world *w, unsigned creator, unsigned child, uint64_t flags, int exit_signal)
{
	const struct process *own = process_of(w, creator);
	struct process *p = &w->process[child];

	*p = (struct process){ .leader = (int8_t)child,
			       .exit_signal = (uint8_t)exit_signal,
			       .group = own->group,
			       .session = own->session };
	if (flags & CLONE_PARENT) { /* CLONE-PARENT-01 -06 */
		p->parent = own->parent;
		p->exit_signal = own->exit_signal;
		p->parent_executions = own->parent_executions;
	} else {
		p->parent = (int8_t)w->actor[creator].object[PROCESS];
		p->parent_executions = own->executions;
	}
}

void be_born(struct world *w, unsigned creator, unsigned child, uint64_t flags, int exit_signal)
{
	struct actor *a = &w->actor[child];

	*a = (struct actor){
		.condition = LIVING, .creator = (int8_t)creator, .vfork_child = -1, .blocked = w->actor[creator].blocked
	};
	for (enum kind kind = 0; kind < KINDS; kind++)
		give(w, creator, child, kind, (flags & sharing_flag[kind]) != 0);
	/* CLONE-VM-06 -07 */
	a->altstack = w->actor[creator].altstack && (!(flags & CLONE_VM) || (flags & CLONE_VFORK));
	store_tids(w, creator, child, flags);
	if (!(flags & CLONE_THREAD))
		found_process(w, creator, child, flags, exit_signal);
	if (flags & CLONE_CLEAR_SIGHAND) { /* CLONE-CLRSIG-01; what is ignored stays so: -02 */
		w->handlers[a->object[HANDLERS]].no_zombies = false;
		w->handlers[a->object[HANDLERS]].handled = 0;
	}
	process_of(w, child)->threads++;
	w->born++;
}
