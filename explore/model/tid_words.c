// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* CLONE_PARENT_SETTID, CLONE_CHILD_SETTID, CLONE_CHILD_CLEARTID: a word for each, at addresses that no other birth has. */
#include <sched.h>

#include "../world.h"

static struct memory *memory_of(struct world *w, unsigned actor)
{
	return &w->memory[w->actor[actor].object[MEMORY]];
}

/* Where a word is to be cleared that nothing is stored in, the creator has put something there before, to have it seen. */
void mark_tid_word(struct world *w, unsigned creator, unsigned child, uint64_t flags)
{
	if (MARKED(flags))
		memory_of(w, creator)->tid_word[child][1] = WORD_MARK;
}

void store_tids(struct world *w, unsigned creator, unsigned child, uint64_t flags)
{
	if (flags & CLONE_PARENT_SETTID) /* in the child's only where it is the same memory: CLONE-PSETTID-04 */
		memory_of(w, creator)->tid_word[child][0] = WORD_TID;
	if (flags & CLONE_CHILD_SETTID) /* CLONE-SETCTID-01 */
		memory_of(w, child)->tid_word[child][1] = WORD_TID;
	w->actor[child].clears_word = (flags & CLONE_CHILD_CLEARTID) != 0;
}

/* CLONE-CLRTID-01: seen by those who still have that memory. */
void clear_tid(struct world *w, unsigned actor)
{
	if (w->actor[actor].clears_word)
		memory_of(w, actor)->tid_word[actor][1] = WORD_EMPTY;
	w->actor[actor].clears_word = false;
}
