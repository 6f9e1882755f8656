/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/* A program for posix_spawn() that tells what it finds: this one. */
#ifndef TESTS_SPAWN_H
#define TESTS_SPAWN_H

#include "forkcheck.h"

#include <spawn.h>

/* Where the program reports: a descriptor that it inherits. */
struct spawning {
	int channel[2];
	struct image_arguments args;
};

/* Prepares the arguments of a program that does what the image says with the channel. */
static inline void spawn_image(struct spawning *spawning, enum image image)
{
	SETUP(pipe2(spawning->channel, O_CLOEXEC));
	SETUP(sys_fcntl(spawning->channel[1], F_SETFD, 0));
	image_arguments(&spawning->args, image, spawning->channel[1]);
}

/* Waits for the report of a program; all zero if it ends without one. */
static inline struct image_report spawn_report(const struct spawning *spawning)
{
	struct image_report report = { 0 };

	SETUP(sys_close(spawning->channel[1]));
	EXPECT_EQ(sys_read(spawning->channel[0], &report, sizeof(report)), (long)sizeof(report));
	return report;
}

/* Waits until a program with IMAGE_PAUSE runs. */
static inline void spawn_await(const struct spawning *spawning)
{
	char byte;

	SETUP(sys_close(spawning->channel[1]));
	EXPECT_EQ(sys_read(spawning->channel[0], &byte, 1), 1);
}

#endif
