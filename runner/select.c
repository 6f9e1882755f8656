// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "die.h"
#include "id.h"
#include "select.h"

static bool any_word_matches(const char *glob, const char *words)
{
	char word[ID_SIZE];

	while (words && *words) {
		size_t len = strcspn(words, " ");
		if (len && len < sizeof(word)) {
			memcpy(word, words, len);
			word[len] = 0;
			if (!fnmatch(glob, word, 0))
				return true;
		}
		words += len + strspn(words + len, " ");
	}
	return false;
}

bool selector_matches(const char *selector, const struct item *item)
{
	if (!strncmp(selector, "spec:", 5))
		return any_word_matches(selector + 5, item->covers);
	if (!strncmp(selector, "tag:", 4))
		return any_word_matches(selector + 4, item->test->tags);
	return glob_fits(selector, item->id);
}

size_t select_items(const struct suite *suite, char *const *selectors, int count, const struct item **chosen)
{
	bool *in = calloc(suite->count ? suite->count : 1, sizeof(*in));
	size_t n = 0;

	if (!in)
		die("out of memory");
	if (!count || selectors[0][0] == '!')
		memset(in, true, suite->count);
	for (int s = 0; s < count; s++) {
		bool add = selectors[s][0] != '!';
		const char *selector = selectors[s] + !add;
		bool used = false;
		for (size_t i = 0; i < suite->count; i++) {
			if (!selector_matches(selector, &suite->items[i]))
				continue;
			in[i] = add;
			used = true;
		}
		if (used)
			continue;
		free(in);
		die("no test matches '%s'; 'forkcheck list' shows what there is", selectors[s]);
	}
	for (size_t i = 0; i < suite->count; i++)
		if (in[i])
			chosen[n++] = &suite->items[i];
	free(in);
	if (!n)
		die("the selectors leave no test; 'forkcheck list' shows what there is");
	return n;
}

/* FNV-1a */
static uint32_t hash(const char *text, uint32_t seed)
{
	uint32_t h = 2166136261u ^ seed;

	for (; *text; text++)
		h = (h ^ (unsigned char)*text) * 16777619u;
	/* Spread the last bytes, which the multiplication hardly moves. */
	h ^= h >> 15;
	h *= 0x2c1b3c6du;
	return h ^ h >> 13;
}

size_t select_shard(const struct item **chosen, size_t count, unsigned index, unsigned shards)
{
	size_t n = 0;

	for (size_t i = 0; i < count; i++)
		if (hash(chosen[i]->id, 0) % shards == index - 1)
			chosen[n++] = chosen[i];
	return n;
}

static uint32_t shuffle_seed;

/* Groups are compared by a hash of their path, which gives them a random order and keeps them together. */
static int by_hash(const void *a, const void *b)
{
	const struct item *x = *(const struct item *const *)a, *y = *(const struct item *const *)b;
	char p[ID_SIZE], q[ID_SIZE];

	for (size_t end = 1;; end++) {
		size_t lx = 0, ly = 0;
		/* The first `end` components of each id. */
		for (size_t dots = 0; x->id[lx] && (x->id[lx] != '.' || ++dots < end); lx++)
			;
		for (size_t dots = 0; y->id[ly] && (y->id[ly] != '.' || ++dots < end); ly++)
			;
		snprintf(p, sizeof(p), "%.*s", (int)lx, x->id);
		snprintf(q, sizeof(q), "%.*s", (int)ly, y->id);
		if (strcmp(p, q)) {
			uint32_t hp = hash(p, shuffle_seed), hq = hash(q, shuffle_seed);
			return hp == hq ? strcmp(p, q) : hp < hq ? -1 : 1;
		}
		if (!x->id[lx] && !y->id[ly])
			return 0;
	}
}

void shuffle_items(const struct item **chosen, size_t count, uint32_t seed)
{
	shuffle_seed = seed;
	qsort(chosen, count, sizeof(*chosen), by_hash);
}
