/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * A program: steps of actors, one at a time, so that it has one outcome. As text a step is a line:
 *
 *	A umask 027
 *	A clone FS exit=USR1 B
 *	B exit 3; A wait B
 *
 * An actor is a process or a thread, named A, B, C ... in the order of birth. '#' begins a comment.
 */
#ifndef EXPLORE_PROGRAM_H
#define EXPLORE_PROGRAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ACTORS 8
#define STEPS 64
#define ARGUMENTS 4

struct operation;

struct step {
	const struct operation *operation;
	uint8_t actor;
	int64_t arg[ARGUMENTS]; /* as .operation->args says; those that it has not are 0 */
};

struct program {
	unsigned count;
	struct step step[STEPS];
};

/* What is wrong with a text. */
struct text_error {
	unsigned line;
	char why[200]; /* names the word and what is allowed */
};

/* Reads a program, whose form alone is checked here; whether it makes sense is the model's matter. */
bool program_parse(const char *text, struct program *program, struct text_error *error);

/* Writes one step, without an end of line; cut off where the buffer is too small. Returns buf. */
char *step_text(const struct step *step, char *buf, size_t size);

/* Writes all steps, each followed by `between`. Returns buf. */
#define PROGRAM_TEXT (STEPS * 128)
char *program_text(const struct program *program, const char *between, char *buf, size_t size);

bool same_step(const struct step *a, const struct step *b);

#endif
