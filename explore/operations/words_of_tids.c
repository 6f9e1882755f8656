// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
/* The words in which clone stores TIDs, two for each actor, and how they are seen. */
#include "../actor.h"
#include "forkcheck.h"

static int words[ACTORS][2];

int *tid_words(unsigned child)
{
	return words[child];
}

void tid_mark(unsigned child, uint64_t flags)
{
	if (MARKED(flags))
		*(volatile int *)&words[child][1] = -1;
}

static long get_word(unsigned n)
{
	int tid = *(volatile int *)&words[n / 2][n % 2];

	if (tid && tid == stage->seat[n / 2].first_tid)
		return WORD_TID;
	return tid == -1 ? WORD_MARK : tid;
}

static void predict_word(const struct world *w, unsigned actor, unsigned n, struct prediction *prediction)
{
	predict(prediction, w->memory[w->actor[actor].object[MEMORY]].tid_word[n / 2][n % 2],
		n % 2 ? "CLONE-SETCTID-01 CLONE-SETCTID-02 CLONE-SETCTID-05 CLONE-CLRTID-01 CLONE-CLRTID-05 CLONE-CLRTID-08 CLONE-VM-01"
		      : "CLONE-PSETTID-01 CLONE-PSETTID-02 CLONE-PSETTID-04 CLONE-PSETTID-06 CLONE-VM-01");
}

static void name_word(unsigned n, char *buf, size_t size)
{
	const char actor[] = { (char)('A' + n / 2), 0 };

	append_text(buf, size, n % 2 ? "word at child_tid of " : "word at parent_tid of ");
	append_text(buf, size, actor);
}

LOOK(word_look) = {
	.name = "word",
	.instances = 2 * ACTORS,
	.name_of = name_word,
	.get = get_word,
	.predict = predict_word,
};
