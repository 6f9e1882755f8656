// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* CLONE_PARENT_SETTID, CLONE_CHILD_SETTID, CLONE_CHILD_CLEARTID: a word for each, at addresses that no other birth has. */
#include <sched.h>

#include "../world.h"

static struct memory *memory_of(struct world *w, unsigned actor)
{
	return &w->memory[w->actor[actor].object[MEMORY]];
}

void store_tids(struct world *w, unsigned creator, unsigned child, uint64_t flags)
{
	if (flags & CLONE_PARENT_SETTID) /* in the child's only where it is the same memory: CLONE-PSETTID-01 */
		memory_of(w, creator)->tid_words |= TID_WORD(child, 0);
	if (flags & CLONE_CHILD_SETTID) /* CLONE-SETCTID-01 */
		memory_of(w, child)->tid_words |= TID_WORD(child, 1);
	w->actor[child].clears_word = (flags & CLONE_CHILD_CLEARTID) != 0;
}

/* CLONE-CLRTID-01: seen by those who still have that memory. */
void clear_tid(struct world *w, unsigned actor)
{
	if (w->actor[actor].clears_word)
		memory_of(w, actor)->tid_words &= (uint16_t)~TID_WORD(actor, 1);
	w->actor[actor].clears_word = false;
}
