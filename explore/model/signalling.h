/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
#ifndef EXPLORE_SIGNALLING_H
#define EXPLORE_SIGNALLING_H

#include "world.h"

#define SIGNAL(number) (1ULL << ((number)-1))

/* To a process, as kill(2) does and the end of a child. */
void signal_process(struct world *w, unsigned process, int number);
/* To one thread: tgkill(2). */
void signal_thread(struct world *w, unsigned actor, int number);

/* After a change of its mask: what was held back comes through. */
void mask_changed(struct world *w, unsigned actor);
/* After a change of a disposition: what is ignored from now on is pending no more. */
void disposition_changed(struct world *w, unsigned actor, int number);

/* What sigpending(2) shows. */
uint64_t pending_signals(const struct world *w, unsigned actor);

struct handlers *handlers_of(struct world *w, unsigned actor);
/* Those of a process, of which a thread lives. */
const struct handlers *process_handlers(const struct world *w, unsigned process);

/* Whether two threads of a process differ in what a signal to it would meet; a first one that has ended may still be asked. */
bool masks_differ(const struct world *w, unsigned process, int number);

#endif
