/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
#ifndef EXPLORE_WAITING_H
#define EXPLORE_WAITING_H

#include "world.h"

/* The processes that a wait is about, as bits; those that have ended only, or all. */
unsigned waitable(const struct world *w, unsigned actor, const struct wait_call *call, bool ended_only);

/* A wait by this actor: what it gives, or that it stays open. */
void waits(struct world *w, unsigned actor, const struct wait_call *call, struct prediction *prediction);

#endif
