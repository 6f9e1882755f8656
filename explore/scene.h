/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/* The program that is being played, for the parts of the conductor. */
#ifndef EXPLORE_SCENE_H
#define EXPLORE_SCENE_H

#include "actor.h"
#include "player.h"

struct scene {
	struct world world, before; /* as documented, after this step and before it */
	int32_t pid_of[ACTORS], tid_of[ACTORS];
	struct difference *found;
};
extern struct scene scene;

/* Notes a difference. Returns false. */
bool differs(enum difference_kind kind, unsigned actor);

/* ---- await.c ------------------------------------------------------------------------------------- */

uint64_t now_ms(void);
/* Whether more than the patience has gone by since then. */
bool late(uint64_t begin);

enum event { HAPPENED, OTHER_HAPPENED, DIED, TOO_LATE };
/*
 * Until the word is no longer what it was; or the other one (NULL: none). `actor`, whose doing that is to be, may die
 * instead.
 */
enum event await_change(const uint32_t *word, uint32_t was, const uint32_t *other, uint32_t other_was, unsigned actor);

/* Until the actor sleeps in one of these calls. It may answer instead, die, or do neither. */
enum event await_asleep(unsigned actor, const long *calls);

void give_turn(unsigned actor, enum turn what);
uint32_t turn_of(unsigned actor);
bool answered(unsigned actor);
bool await_answer(unsigned actor);

/* ---- comparison.c ----------------------------------------------------------------------------------- */

/* Whether a number is what is wanted. */
bool compare(const struct prediction *want, enum form form, int64_t raw, unsigned actor, enum difference_kind kind);
bool compare_answer(const struct operation *operation, unsigned actor, const struct prediction *want);
bool look(unsigned actor);
bool all_look(void);

/* ---- deaths.c ------------------------------------------------------------------------------------ */

/* Makes ready for the ends that the last step brings, before it is taken. */
void watch_deaths(void);
bool await_deaths(void);
void forget_ends(void);

#endif
