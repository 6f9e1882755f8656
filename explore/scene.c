// SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
#include "scene.h"

struct surroundings surroundings = { .patience_ms = 1000 };
struct sign_of_life *sign_of_life;
struct scene scene;

bool differs(enum difference_kind kind, unsigned actor)
{
	scene.found->kind = kind;
	scene.found->actor = actor;
	return false;
}
