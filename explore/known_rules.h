/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/* Rules that are known to be broken here, according to expectation files. */
#ifndef EXPLORE_KNOWN_RULES_H
#define EXPLORE_KNOWN_RULES_H

#include "player.h"

/**
 * known_rules_read() - read a file of expectations, as `forkcheck run --expect` takes it
 * @word: its path, or the name of a target
 *
 * What the reasons of its lines name counts, if the lines' conditions hold: "CLONE-FS-02, ...", "PIDNS-34 to PIDNS-46". Ends
 * the program where the file is wrong.
 */
void known_rules_read(const char *word);

/* The reason of the first line that names a statement on which this rests, or NULL. */
const char *known_rule(const struct difference *difference);
/* That statement's id, which stays valid, or NULL. */
const char *known_statement(const struct difference *difference);

#endif
